"""How leaving looks over HTTP."""

from marshmallow import Schema, fields, validate

_SECRET = validate.Length(1, 1000)


class ShownAgainSchema(Schema):
    """Whoever asks shows once more that it is he."""

    password = fields.String(required=True, validate=_SECRET)
    code = fields.String(required=True, validate=_SECRET)


class LeavingSchema(Schema):
    """That the tenant asked to leave; from `not_before` on it may be erased."""

    state = fields.String()
    asked_at = fields.AwareDateTime()
    asked_by = fields.String()
    not_before = fields.AwareDateTime()


class LeavingPreviewSchema(Schema):
    """What erasing removes and what stays until the term of the audit ends, by table; the logins that go and stay.
    `leaving`: null where it was not asked for."""

    leaving = fields.Nested(LeavingSchema, allow_none=True)
    erased = fields.Dict(keys=fields.String(), values=fields.Integer())
    kept = fields.Dict(keys=fields.String(), values=fields.Integer())
    accounts = fields.List(fields.String())
    others = fields.List(fields.String())


class ErasureSchema(Schema):
    """The short name once more, so that nobody erases the wrong one."""

    slug = fields.String(required=True, validate=validate.Length(1, 200))


class TombstoneSchema(Schema):
    """What remains of an erased tenant."""

    in_tenant_id = fields.Integer(data_key="tenant")
    slug_digest = fields.String()
    asked_at = fields.AwareDateTime()
    asked_by = fields.String()
    erased_at = fields.AwareDateTime()
    erased_by = fields.String()
    rows = fields.Dict(keys=fields.String(), values=fields.Integer())
    manifest = fields.String()
    seals = fields.Integer()
    head = fields.String()
    audit_until = fields.AwareDateTime()
