"""How applications, their approval and the steps of a tenant look over HTTP."""

from marshmallow import Schema, fields, validate

from core.onboarding.applying import KINDS
from core.onboarding.models import STATES

_SHORT = validate.Length(1, 200)


class WishSchema(Schema):
    """What an agency asks for: its name, what it is, the plugin and the login that it wishes, whom to reach and how."""

    name = fields.String(required=True, validate=_SHORT)
    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    plugin = fields.String(load_default="", validate=validate.Length(max=200))
    contact = fields.String(required=True, validate=_SHORT)
    login = fields.String(required=True, validate=_SHORT)
    reach = fields.String(required=True, validate=_SHORT)


class AppliedSchema(Schema):
    """The number of the application, and the secret to look at it later, shown this once."""

    reference = fields.String()
    secret = fields.String()


class LookSchema(Schema):
    """An application by its number and its secret."""

    reference = fields.String(required=True, validate=_SHORT)
    secret = fields.String(required=True, validate=_SHORT)


class StandingSchema(Schema):
    """How an application stands, for who asked."""

    reference = fields.String()
    name = fields.String()
    state = fields.String(validate=validate.OneOf(STATES))
    reason = fields.String()
    at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)


class ApplicationSchema(StandingSchema):
    """An application, as the system administrator sees it."""

    kind = fields.String()
    plugin = fields.String()
    contact = fields.String()
    login = fields.String()
    reach = fields.String()
    address = fields.String()
    granted = fields.Dict(allow_none=True)
    link_until = fields.AwareDateTime(allow_none=True)


class ApplicationsQuery(Schema):
    """Which applications."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class GrantSchema(Schema):
    """What is granted; `login` blank: as wished. `same_person`: the account that there is is known to be the
    contact's."""

    slug = fields.String(required=True, validate=_SHORT)
    plugins = fields.List(fields.String(validate=_SHORT), required=True, validate=validate.Length(1, 20))
    login = fields.String(load_default="", validate=validate.Length(max=200))
    same_person = fields.Boolean(load_default=False)


class ApprovedSchema(Schema):
    """The tenant, and the secret of the administrator's link, shown this once: null where he needs none, or where this
    approval was given before."""

    reference = fields.String()
    slug = fields.String()
    login = fields.String()
    units = fields.Integer(allow_none=True)
    secret = fields.String(allow_none=True)
    link_until = fields.AwareDateTime(allow_none=True)


class RefusalSchema(Schema):
    """Why, in words for whoever asked."""

    reason = fields.String(required=True, validate=_SHORT)


class OpeningSchema(Schema):
    """The secret of a link, and the first password."""

    secret = fields.String(required=True, validate=validate.Length(1, 1000))
    password = fields.String(required=True, validate=validate.Length(1, 1000))


class ChecklistStepSchema(Schema):
    """A step on the way to the first sheet: `count` of `total` is there; what to do next, and what does it."""

    key = fields.String()
    title = fields.String()
    done = fields.Boolean()
    count = fields.Integer()
    total = fields.Integer()
    next = fields.String()
    operation = fields.String()
    command = fields.String()


class ChecklistSchema(Schema):
    """All steps in order."""

    done = fields.Boolean()
    steps = fields.List(fields.Nested(ChecklistStepSchema))
