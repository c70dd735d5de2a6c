"""The unit directory over HTTP."""

from typing import Any

from core.api.access import Acting, access, now
from core.api.blueprint import ApiBlueprint
from core.api.trial import TriedSchema, trial
from core.files.services import find_file
from core.jobs.schemas import JobSchema
from core.jobs.services import ask_for
from core.jobs.views import accepted
from core.units.changes import cancel, reorganise
from core.units.directory import Directory
from core.units.editing import change_unit, find_unit, lock_unit
from core.units.jobs import TAKE
from core.units.removing import remove_units
from core.units.schemas import (
    ListingSchema,
    ReorganisationSchema,
    ReorganisedSchema,
    UndoneSchema,
    UnitChangeSchema,
    UnitSchema,
)
from core.units.services import add_unit, check_ids, read_directory
from core.units.shown import shown_unit
from core.units.undoing import REMOVE, UNDO, undo_last
from tenants.people.rights import Right
from tenants.sessions import beside

units = ApiBlueprint("units", __name__, "/units", "责任单位")


def _shown(directory: Directory, number: int) -> dict[str, Any]:
    return shown_unit(directory, directory.by_id[number])


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


@units.get("/<int:unit>")
@access(Right.UNITS_READ)
@units.etag
@units.response(200, UnitSchema)
def one_unit(acting: Acting, unit: int) -> Any:
    """一个责任单位。"""
    return shown_unit(*find_unit(acting.session, unit))


@units.patch("/<int:unit>")
@access(Right.UNITS_CHANGE)
@units.etag
@units.arguments(UnitChangeSchema)
@units.response(200, UnitSchema)
def edit_unit(acting: Acting, given: dict[str, Any], unit: int) -> Any:
    """修改类别、成员或别名，须带 If-Match；已确认的要点不受影响。"""
    directory, found = lock_unit(acting.session, unit)
    units.check_etag(shown_unit(directory, found), UnitSchema)
    change_unit(acting.session, found, **given)
    return _shown(read_directory(acting.session), unit)


@units.delete("/<int:unit>")
@access(Right.UNITS_CHANGE)
@units.response(204)
def remove_unit(acting: Acting, unit: int) -> None:
    """删除责任单位：只限没有任何地方用到的；可以撤销。"""
    _, found = find_unit(acting.session, unit)
    with beside(acting.session, via=REMOVE) as session:
        remove_units(session, [found.name], now())


@units.post("/changes")
@access(Right.UNITS_CHANGE)
@units.arguments(ReorganisationSchema)
@units.response(200, ReorganisedSchema)
def change(acting: Acting, given: dict[str, Any]) -> Any:
    """登记机构改革：更名、合并、拆分；已有的要点照旧，以后年份的文件按变更后的单位理解。"""
    check_ids(acting.session, given["units"])
    names = [read_directory(acting.session).by_id[unit].name for unit in given["units"]]
    changed = reorganise(acting.session, names, given["into"], given["since"])
    directory = read_directory(acting.session)
    return {"changed": changed, "units": [_shown(directory, unit) for unit in given["units"]]}


@units.delete("/<int:unit>/successors")
@access(Right.UNITS_CHANGE)
@units.response(200, UnitSchema)
def cancel_change(acting: Acting, unit: int) -> Any:
    """撤销登记的变更；要点不受影响。"""
    _, found = lock_unit(acting.session, unit)
    cancel(acting.session, found)
    return _shown(read_directory(acting.session), unit)


@units.post("/imports")
@access(Right.UNITS_CHANGE)
@units.arguments(ListingSchema)
@units.response(202, JobSchema)
def import_directory(acting: Acting, given: dict[str, Any]) -> Any:
    """从已上传的表格导入单位名录，或只列出将有的更改；重复导入不会重复增加，可以撤销。"""
    find_file(acting.session, given["file"], acting.principal.grants)
    return accepted(ask_for(acting.session, TAKE, given, lock="units"))


@units.post("/undo")
@access(Right.UNITS_CHANGE)
@units.arguments(TriedSchema)
@units.response(200, UndoneSchema(many=True))
def undo(acting: Acting, given: dict[str, Any]) -> Any:
    """撤销最近一次名录导入或删除；其后又有改动的、已经用到的单位不动，并逐一列出。"""
    with beside(acting.session, via=UNDO) as session, trial(session, given["dry_run"]):
        return undo_last(session)
