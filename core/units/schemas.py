"""How units look over HTTP."""

from marshmallow import Schema, fields, validate

from core.api.trial import TriedSchema
from core.units.models import UNIT_KINDS

_NAME = validate.Length(1, 100)
_ID = validate.Range(1, 2**63 - 1)


class UnitChangeSchema(Schema):
    """What a unit becomes; what is not named stays. `members` and `aliases` are all that there are then."""

    kind = fields.String(validate=validate.OneOf(UNIT_KINDS))
    members = fields.List(fields.String(validate=_NAME), validate=validate.Length(max=1000))
    aliases = fields.List(fields.String(validate=_NAME), validate=validate.Length(max=100))


class UnitSchema(UnitChangeSchema):
    """A unit, a group with its members, a role or an outside body."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, validate=_NAME)
    settled = fields.Boolean(dump_only=True)
    successors = fields.List(fields.String(), dump_only=True)
    since = fields.Date(dump_only=True, allow_none=True)


class ReorganisationSchema(Schema):
    """From `since` on, these units are those of the names `into`, which are added where they are new."""

    units = fields.List(fields.Integer(validate=_ID), required=True, validate=validate.Length(1, 100))
    into = fields.List(fields.String(validate=_NAME), required=True, validate=validate.Length(1, 100))
    since = fields.Date(required=True)


class ReorganisedSchema(Schema):
    """The units as they are registered now; `changed`: whether that was not known yet."""

    changed = fields.Boolean()
    units = fields.List(fields.Nested(UnitSchema))


class ListingSchema(TriedSchema):
    """A directory by the id of its file."""

    file = fields.Integer(required=True, validate=_ID)


class UndoneSchema(Schema):
    """What becomes of a unit; `stays`: it could not be taken back."""

    name = fields.String()
    what = fields.String(validate=validate.OneOf(("removed", "restored", "returned", "changed", "used", "taken")))
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    stays = fields.Boolean()
