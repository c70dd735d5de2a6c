"""How long work looks over HTTP."""

from marshmallow import Schema, fields, validate

from core.api.paging import PageQuery
from core.jobs.kinds import kinds
from core.jobs.models import STATES

_STATE = validate.OneOf(STATES)


class JobSchema(Schema):
    """A piece of long work: how far it is, and what came of it."""

    id = fields.Integer()
    kind = fields.String()
    shown = fields.Function(lambda job: kinds()[job.kind].shown)
    state = fields.String(validate=_STATE)
    step = fields.String()
    done = fields.Integer()
    total = fields.Integer(allow_none=True)
    result = fields.Dict(allow_none=True)
    error = fields.Function(lambda job: {"code": job.error_code, "message": job.error} if job.error_code else None)
    created_at = fields.AwareDateTime()
    started_at = fields.AwareDateTime(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)


class JobQuery(PageQuery):
    """Which jobs."""

    state = fields.String(load_default=None, validate=_STATE)


class JobPageSchema(Schema):
    """A page of jobs, the newest first."""

    items = fields.List(fields.Nested(JobSchema))
    next = fields.String(allow_none=True)
