"""Changing one unit as a whole: what kind it is, who belongs to it, by which other names it goes."""

from collections.abc import Sequence

from sqlalchemy import select

from core.units.directory import Directory
from core.units.models import Unit
from core.units.services import (
    NotAGroup,
    UnitExists,
    UnitIdUnknown,
    change_members,
    check_name,
    read_directory,
    set_unit,
)
from tenants.sessions import ScopedSession


def find_unit(session: ScopedSession, number: int) -> tuple[Directory, Unit]:
    """The directory, and one unit of it. Raises `UnitIdUnknown`."""
    directory = read_directory(session)
    if number not in directory.by_id:
        raise UnitIdUnknown(id=number)
    return directory, directory.by_id[number]


def lock_unit(session: ScopedSession, number: int) -> tuple[Directory, Unit]:
    """As `find_unit`, and nobody else changes it until the end of this transaction. Raises `UnitIdUnknown`."""
    session.scalar(select(Unit).where(Unit.id == number).with_for_update())
    return find_unit(session, number)


def change_unit(
    session: ScopedSession,
    unit: Unit,
    kind: str | None = None,
    members: Sequence[str] | None = None,
    aliases: Sequence[str] | None = None,
) -> None:
    """Give a unit this kind, exactly these members, exactly these aliases; None: as they are. Plans that are confirmed
    already are not changed by it.

    Raises `UnitUnknown`, `NotAGroup`, `GroupInGroup`, `UnitNameInvalid`, and `UnitExists` for another unit's name.
    """
    if kind is not None:
        set_unit(session, unit, "kind", kind)
    directory = read_directory(session)
    old = directory.members(unit)
    new = old if members is None else [directory.get(name) for name in members]
    change_members(session, unit, old, new)
    if new and unit.kind != "group":
        raise NotAGroup(name=unit.name)
    if aliases is not None:
        set_unit(session, unit, "aliases", _checked(directory, unit, aliases))


def _checked(directory: Directory, unit: Unit, aliases: Sequence[str]) -> list[str]:
    for alias in aliases:
        check_name(alias)
        if directory.find(alias) not in (None, unit):
            raise UnitExists(name=alias)
    return [alias for alias in dict.fromkeys(aliases) if alias != unit.name]
