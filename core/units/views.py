"""The unit directory over HTTP."""

from typing import Any

from marshmallow import Schema, fields, validate

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.units.models import UNIT_KINDS
from core.units.services import add_unit, read_directory
from core.units.shown import shown_unit
from tenants.people.rights import Right

units = ApiBlueprint("units", __name__, "/units", "责任单位")
_NAME = validate.Length(1, 100)


class UnitSchema(Schema):
    """A unit, a group with its members, a role or an outside body."""

    id = fields.Integer(dump_only=True)
    name = fields.String(required=True, validate=_NAME)
    kind = fields.String(validate=validate.OneOf(UNIT_KINDS))
    members = fields.List(fields.String(validate=_NAME), validate=validate.Length(max=1000))
    aliases = fields.List(fields.String(validate=_NAME), validate=validate.Length(max=100))
    settled = fields.Boolean(dump_only=True)
    successors = fields.List(fields.String(), dump_only=True)
    since = fields.Date(dump_only=True, allow_none=True)


@units.get("")
@access(Right.UNITS_READ)
@units.response(200, UnitSchema(many=True))
def all_units(acting: Acting) -> Any:
    """全部责任单位、单位组及成员。"""
    directory = read_directory(acting.session)
    return [shown_unit(directory, unit) for unit in directory.units()]


@units.post("")
@access(Right.UNITS_CHANGE)
@units.arguments(UnitSchema)
@units.response(201, UnitSchema)
def new_unit(acting: Acting, given: dict[str, Any]) -> Any:
    """增加责任单位或单位组；类别默认按名称判断。"""
    name, kind = given["name"], given.get("kind", "")
    unit = add_unit(acting.session, name, kind, given.get("members", ()), given.get("aliases", ()))
    return shown_unit(read_directory(acting.session), unit)
