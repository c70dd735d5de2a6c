"""Taking back the last import of a directory, or the last removal of units: what is still as it was left becomes what
it was.

The history is the record of it: each is one transaction, and no other change is made by the ways `IMPORT` and `REMOVE`.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import exists, select

from core.units.models import Unit
from core.units.services import change_members, read_directory, set_unit
from tenants.db import Base
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.models import Change
from tenants.sessions import ScopedSession

IMPORT, REMOVE, UNDO = "unit import", "unit remove", "unit undo"
"""By which way a directory is imported, units are removed, and either is taken back."""
KEPT = ("name", "kind", "aliases", "settled")
"""What the history keeps of a unit that is removed: all there is of one that nothing refers to."""
_ENTITY = "unit"


class NothingToUndo(ZwgkError):
    """Nothing was imported or removed, or the last time was taken back before."""

    code = "unit_nothing_to_undo"
    sentence = "没有可以撤销的名录导入或删除；只能撤销最近一次，且只能撤销一次。"


class Undone(NamedTuple):
    """What becomes of a unit: removed, restored (its `fields`), brought back (`returned`), or it stays as it is because
    it was changed since (`changed`), a plan or another unit needs it (`used`), or its name is another's (`taken`)."""

    name: str
    what: str
    fields: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether it could not be taken back."""
        return self.what in ("changed", "used", "taken")


def undo_last(session: ScopedSession) -> list[Undone]:
    """Take back the last import or removal; returns what became of each unit that it touched, the last one first.

    Raises `NothingToUndo`.
    """
    units = {unit.id: unit for unit in session.scalars(select(Unit).with_for_update())}
    taken = _last(session)
    by_unit = groupby(sorted(taken, key=attrgetter("entity_id"), reverse=True), key=attrgetter("entity_id"))
    if taken[0].via == REMOVE:
        return [_brought_back(session, number, {change.field: change.old for change in of}) for number, of in by_unit]
    touched = {change.entity_id for change in taken}
    later = select(Change.entity_id).where(
        Change.entity == _ENTITY, Change.entity_id.in_(touched), Change.id > taken[0].id
    )
    changed = set(session.scalars(later))
    for change in taken:
        if change.entity_id not in changed and change.field != "name":
            _set_back(session, units[change.entity_id], change)
    return [_outcome(session, units[number], tuple(of), number in changed) for number, of in by_unit]


def _last(session: ScopedSession) -> Sequence[Change]:
    """The changes of the last import or removal, the last change first."""
    ways = select(Change).where(Change.entity == _ENTITY, Change.via.in_((IMPORT, REMOVE, UNDO)))
    last = session.scalars(ways.order_by(Change.id.desc()).limit(1)).first()
    if last is None or last.via == UNDO:
        raise NothingToUndo
    # all changes of one transaction bear the moment in which it began
    return session.scalars(ways.where(Change.at == last.at).order_by(Change.id.desc())).all()


def _brought_back(session: ScopedSession, number: int, held: Mapping[str, Any]) -> Undone:
    """A removed unit is there again, under its old number: by that the history knows it."""
    directory, name = read_directory(session), held["name"]
    if any(map(directory.find, (name, *held["aliases"]))):
        return Undone(name, "taken")
    session.add(Unit(id=number, **held))
    session.flush()
    record(session, [FieldChange(_ENTITY, number, field, None, held[field]) for field in KEPT])
    return Undone(name, "returned")


def _set_back(session: ScopedSession, unit: Unit, change: Change) -> None:
    if change.field == "members":
        directory = read_directory(session)
        change_members(session, unit, directory.members(unit), [directory.named(name) for name in change.old])
    else:
        set_unit(session, unit, change.field, change.old)


def _outcome(session: ScopedSession, unit: Unit, taken: Sequence[Change], changed: bool) -> Undone:
    fields = tuple(dict.fromkeys(change.field for change in reversed(taken)))
    if changed:
        return Undone(unit.name, "changed")
    if "name" not in fields:
        return Undone(unit.name, "restored", fields)
    if is_used(session, unit):
        return Undone(unit.name, "used")
    record(session, [FieldChange(_ENTITY, unit.id, "name", unit.name, None)])
    session.delete(unit)
    session.flush()
    return Undone(unit.name, "removed")


def is_used(session: ScopedSession, unit: Unit, beside: Collection[str] = ()) -> bool:
    """Whether any row names it, but for those of some tables; deleting a unit would take these rows with it."""
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_key_constraints)
    columns = (
        key.columns[column]
        for key in keys
        if key.referred_table.name == Unit.__tablename__ and key.table.name not in beside
        for column in key.column_keys[1:]
    )
    return any(session.scalar(select(exists().where(column == unit.id))) for column in columns)
