"""Taking back the directory that was imported last: what is still as the import left it becomes what it was.

The history is the record of it: an import is one transaction, and no other change is made by the way `IMPORT`.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import exists, select

from core.units.models import Unit
from core.units.services import change_members, read_directory, set_unit
from tenants.db import Base
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.models import Change
from tenants.sessions import ScopedSession

IMPORT, UNDO = "unit import", "unit undo"
"""By which way a directory is imported, and taken back."""
_ENTITY = "unit"


class NothingToUndo(ZwgkError):
    """No directory was imported, or the last one was taken back before."""

    code = "unit_nothing_to_undo"
    sentence = "没有可以撤销的名录导入；只能撤销最近一次，且只能撤销一次。"


class Undone(NamedTuple):
    """What becomes of a unit: removed, restored (its `fields`), or it stays as it is because it was changed since
    (`changed`) or a plan or another unit needs it (`used`)."""

    name: str
    what: str
    fields: tuple[str, ...] = ()

    @property
    def stays(self) -> bool:
        """Whether it could not be taken back."""
        return self.what in ("changed", "used")


def undo_import(session: ScopedSession) -> list[Undone]:
    """Take back the last import; returns what became of each unit that it touched, the last one first.

    Raises `NothingToUndo`.
    """
    units = {unit.id: unit for unit in session.scalars(select(Unit).with_for_update())}
    taken = _last_import(session)
    touched = {change.entity_id for change in taken}
    later = select(Change.entity_id).where(
        Change.entity == _ENTITY, Change.entity_id.in_(touched), Change.id > taken[0].id
    )
    changed = set(session.scalars(later))
    for change in taken:
        if change.entity_id not in changed and change.field != "name":
            _set_back(session, units[change.entity_id], change)
    by_unit = groupby(sorted(taken, key=attrgetter("entity_id"), reverse=True), key=attrgetter("entity_id"))
    return [_outcome(session, units[number], tuple(of), number in changed) for number, of in by_unit]


def _last_import(session: ScopedSession) -> Sequence[Change]:
    """The changes of the last import, the last change first."""
    ways = select(Change).where(Change.entity == _ENTITY, Change.via.in_((IMPORT, UNDO)))
    last = session.scalars(ways.order_by(Change.id.desc()).limit(1)).first()
    if last is None or last.via == UNDO:
        raise NothingToUndo
    # all changes of one transaction bear the moment in which it began
    return session.scalars(ways.where(Change.at == last.at).order_by(Change.id.desc())).all()


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
    if _is_used(session, unit):
        return Undone(unit.name, "used")
    record(session, [FieldChange(_ENTITY, unit.id, "name", unit.name, None)])
    session.delete(unit)
    session.flush()
    return Undone(unit.name, "removed")


def _is_used(session: ScopedSession, unit: Unit) -> bool:
    """Whether any row names it; deleting a unit would take these rows with it."""
    keys = (key for table in Base.metadata.tables.values() for key in table.foreign_key_constraints)
    columns = (
        key.columns[column]
        for key in keys
        if key.referred_table.name == Unit.__tablename__
        for column in key.column_keys[1:]
    )
    return any(session.scalar(select(exists().where(column == unit.id))) for column in columns)
