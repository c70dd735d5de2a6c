"""What becomes of units: two names for one body, renamed, merged, split. Plans keep what they said; documents of later
years mean the new units."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete

from core.units.directory import Directory
from core.units.models import Unit, UnitSuccessor
from core.units.services import add_unit, read_directory, set_unit
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession


class ChangeUnclear(ZwgkError):
    """Several units became several: which became which?"""

    code = "change_unclear"
    sentence = "一次只能写一个单位更名、几个单位合并为一个，或一个单位拆分为几个；请分几次办理。"


class ChangeCircular(ZwgkError):
    """A unit would become, in the end, itself."""

    code = "change_circular"
    sentence = "“{name}”不能变更为它自己，也不能变更为由它变更而来的单位。"


class GroupChanged(ZwgkError):
    """A group is no body; its members are changed instead."""

    code = "group_changed"
    sentence = "“{name}”不是一个单位，不能更名、合并或拆分；请改其成员。"
    by_command = "可用 zwgk unit join、zwgk unit leave。"


class ChangedBefore(ZwgkError):
    """Something else was said of this unit before."""

    code = "changed_before"
    sentence = "“{name}”已登记为变更到“{into}”，如要更正，请先撤销这一登记。"
    by_command = "可运行 zwgk unit change {name} --cancel。"


def reorganise(session: ScopedSession, olds: Sequence[str], news: Sequence[str], since: date) -> bool:
    """From the year of `since` on, the units `olds` are the units `news`, which are added where they are new; of
    several `news`, a person is asked who carries what. Returns whether that was not known yet.

    Raises `UnitUnknown`, `UnitNameInvalid`, `ChangeUnclear`, `ChangeCircular`, `GroupChanged`, `ChangedBefore`.
    """
    directory = read_directory(session)
    before = list(dict.fromkeys(directory.get(name) for name in olds))
    known = directory.find(news[0]) if len(news) == 1 else None
    before = [unit for unit in before if unit is not known] or before  # 甲 and 乙 become 甲: only 乙 is no more
    if len(before) > 1 and len(news) > 1:
        raise ChangeUnclear
    for name in dict.fromkeys(news):
        if directory.find(name) is None:
            add_unit(session, name, before[0].kind)
    directory = read_directory(session)
    after = list(dict.fromkeys(directory.get(name) for name in news))
    changed = [_replace(session, directory, unit, after, since) for unit in before]
    return any(changed)


def _replace(
    session: ScopedSession, directory: Directory, unit: Unit, after: Sequence[Unit], since: date | None
) -> bool:
    if group := next((one.name for one in (unit, *after) if one.kind in ("group", "role")), None):
        raise GroupChanged(name=group)
    links = directory.links(unit)
    if links and {(link.successor_id, link.since) for link in links} == {(one.id, since) for one in after}:
        return False
    if links:
        raise ChangedBefore(name=unit.name, into="、".join(one.name for one in directory.successors(unit)))
    _link(session, directory, unit, after, since)
    set_unit(session, unit, "settled", len(after) == 1)
    return True


def same_as(session: ScopedSession, unit: Unit, other: Unit) -> None:
    """The name of `unit` never meant anything else than `other`. Raises `ChangeCircular`, `ChangedBefore`."""
    stands_for(session, unit, [other])


def stands_for(session: ScopedSession, unit: Unit, others: list[Unit]) -> None:
    """The name of `unit` never meant anything else than these several. Raises `ChangeCircular`, `ChangedBefore`."""
    directory = read_directory(session)
    if directory.successors(unit) == others:
        return
    if directory.links(unit):
        raise ChangedBefore(name=unit.name, into="、".join(one.name for one in directory.successors(unit)))
    _link(session, directory, unit, others, None)
    set_unit(session, unit, "settled", True)


def choose_successors(session: ScopedSession, unit: Unit, chosen: Sequence[Unit]) -> None:
    """Who carries what documents lay on a unit that was split: these of its successors, or others."""
    since = read_directory(session).links(unit)[0].since
    cancel(session, unit)
    _link(session, read_directory(session), unit, chosen, since)
    set_unit(session, unit, "settled", True)


def cancel(session: ScopedSession, unit: Unit) -> bool:
    """What was said to have become of a unit was wrong; returns whether there was anything. Plans stay as they are."""
    directory = read_directory(session)
    if not directory.links(unit):
        return False
    _trace(session, unit, directory.successors(unit), ())
    session.execute(delete(UnitSuccessor).where(UnitSuccessor.unit_id == unit.id))
    set_unit(session, unit, "settled", True)
    return True


def _link(session: ScopedSession, directory: Directory, unit: Unit, after: Sequence[Unit], since: date | None) -> None:
    for one in after:
        if directory.leads(one.id, unit.id):
            raise ChangeCircular(name=unit.name)
    session.add_all(UnitSuccessor(unit_id=unit.id, successor_id=one.id, since=since) for one in after)
    session.flush()
    _trace(session, unit, (), after)


def _trace(session: ScopedSession, unit: Unit, old: Iterable[Unit], new: Iterable[Unit]) -> None:
    names = ([one.name for one in units] for units in (old, new))
    record(session, [FieldChange("unit", unit.id, "successors", *names)])
