"""How the audit looks over HTTP."""

from marshmallow import Schema, fields, validate

from core.api.paging import PageQuery
from tenants.audit.actions import Action, shown
from tenants.audit.acts import DONE, REFUSED

_NUMBER = validate.Range(1, 2**63 - 1)


class AuditQuery(PageQuery):
    """Which entries: from one moment on, before another, of one actor, of one kind."""

    begin = fields.AwareDateTime(load_default=None)
    end = fields.AwareDateTime(load_default=None)
    actor = fields.String(load_default="", validate=validate.Length(max=200))
    action = fields.String(load_default="", validate=validate.OneOf([one.value for one in Action]))


class EntrySchema(Schema):
    """An act, or a field that changed (`detail`: field, old, new)."""

    at = fields.AwareDateTime()
    actor = fields.String()
    via = fields.String()
    address = fields.String()
    action = fields.String()
    shown = fields.Function(lambda entry: shown(entry.action))
    outcome = fields.String(validate=validate.OneOf((DONE, REFUSED)))
    entity = fields.String()
    entity_id = fields.Integer(allow_none=True)
    detail = fields.Dict()


class EntryPageSchema(Schema):
    """A page of the audit, the newest entry first."""

    items = fields.List(fields.Nested(EntrySchema))
    next = fields.String(allow_none=True)


class VerdictSchema(Schema):
    """What was looked at, the digest of the last seal, and which seal does not hold, and why."""

    seals = fields.Integer()
    rows = fields.Integer()
    head = fields.String()
    faults = fields.List(fields.Dict())


class VerificationSchema(Schema):
    """From which seal to which; `head`: a digest that was told before, and must be in the chain."""

    first = fields.Integer(load_default=1, validate=_NUMBER)
    last = fields.Integer(load_default=None, allow_none=True, validate=_NUMBER)
    head = fields.String(load_default="", validate=validate.Length(max=64))
