"""The unit directory of a tenant: units, groups with their members, other names for the same body."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.units.models import Unit, UnitMember
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession

# What stands between units in a cell stands in no name, but for 县（市、区）
_NAME = re.compile(r"(?=.{1,100}$)(?:[（(][^（(）)\s]*[）)]|[^\s、,，;；/|])+")
# 各街镇, 相关处室, 有关业务部门: written so, a name stands for several bodies
GROUP_NAME = re.compile(r"^(各|相关|有关|其他|其它)|(各部门|各单位|各处室|各科室)$")


class UnitUnknown(ZwgkError):
    """No unit of this name, and no alias either."""

    code = "unit_unknown"
    sentence = "没有名为“{name}”的责任单位{hint}。如确为新单位，请先运行 zwgk unit add。"


class UnitNameInvalid(ZwgkError):
    """A blank name, or one that a cell with several units would take for two."""

    code = "unit_name_invalid"
    sentence = "责任单位的名称和别名“{name}”不合要求：须是 1 到 100 个字，括号外不用空格、顿号、逗号、分号和斜线。"


class UnitExists(ZwgkError):
    """The name is taken, by a unit or as another name of one."""

    code = "unit_exists"
    sentence = "责任单位“{name}”已存在，未作任何更改。"


class NotAGroup(ZwgkError):
    """Members were named for a unit that stands for itself."""

    code = "not_a_group"
    sentence = "“{name}”不是单位组，不能加入成员。"


class GroupInGroup(ZwgkError):
    """A group as a member: tasks are laid on members once, and a group is nobody."""

    code = "group_in_group"
    sentence = "“{name}”是单位组，不能作为成员，请逐一写明其成员。"


class Directory:
    """All units of one tenant as read at one moment, found by name or alias."""

    def __init__(self, units: Sequence[Unit], members: Iterable[UnitMember]) -> None:
        self.by_id = {u.id: u for u in units}
        # A unit's own name wins over another unit's alias
        self._by_name = {alias: u for u in units for alias in u.aliases} | {u.name: u for u in units}
        self._members: dict[int, list[Unit]] = {}
        for link in members:
            self._members.setdefault(link.group_id, []).append(self.by_id[link.member_id])

    def find(self, name: str) -> Unit | None:
        """The unit of this name or alias."""
        return self._by_name.get(name.strip())

    def get(self, name: str) -> Unit:
        """The unit of this name or alias; raises `UnitUnknown`, which names the nearest one."""
        unit = self.find(name)
        if unit is None:
            near = get_close_matches(name, self._by_name, n=1)
            raise UnitUnknown(name=name, hint=f"（是否为“{near[0]}”？）" if near else "")
        return unit

    def members(self, unit: Unit) -> list[Unit]:
        """The members of a group, in the order in which they were added; empty for other units."""
        return self._members.get(unit.id, [])

    def names(self) -> dict[str, str]:
        """Every name and alias → the unit's name."""
        return {name: unit.name for name, unit in self._by_name.items()}

    def units(self) -> list[Unit]:
        """All units by name."""
        return sorted(self.by_id.values(), key=lambda u: u.name)


def read_directory(session: ScopedSession) -> Directory:
    """The directory of the session's tenant."""
    units = list(session.scalars(select(Unit).order_by(Unit.id)))
    return Directory(units, session.scalars(select(UnitMember).order_by(UnitMember.id)))


def add_unit(
    session: ScopedSession, name: str, kind: str = "", members: Sequence[str] = (), aliases: Sequence[str] = ()
) -> Unit:
    """Add a unit; without `kind`, a name like 各街镇 makes a group and any other a unit. Members must exist.

    Raises `UnitNameInvalid`, `UnitExists`, `UnitUnknown`, `NotAGroup`, `GroupInGroup`.
    """
    name, *aliases = (n.strip() for n in (name, *aliases))
    if odd := [n for n in (name, *aliases) if not _NAME.fullmatch(n)]:
        raise UnitNameInvalid(name=odd[0])
    directory = read_directory(session)
    taken = next((n for n in (name, *aliases) if directory.find(n)), None)
    if taken is not None:
        raise UnitExists(name=taken)
    found = [directory.get(m) for m in members]
    unit = _new_unit(session, name, kind or _kind(name, members), aliases)
    _add_members(session, unit, [], found)
    return unit


def _kind(name: str, members: Sequence[str] = ()) -> str:
    return "group" if members or GROUP_NAME.search(name) else "unit"


def _new_unit(session: ScopedSession, name: str, kind: str, aliases: Sequence[str] = ()) -> Unit:
    unit = Unit(name=name, kind=kind, aliases=list(aliases))
    session.add(unit)
    try:
        session.flush()
    except IntegrityError:  # another session added it after we had looked
        raise UnitExists(name=name) from None
    record(session, [FieldChange("unit", unit.id, "name", None, name)])
    return unit


def join_group(session: ScopedSession, group: Unit, members: Iterable[Unit]) -> None:
    """Add members to a group; plans that are confirmed already are not changed by it (members are offered there).

    Raises `NotAGroup`, `GroupInGroup`.
    """
    _add_members(session, group, read_directory(session).members(group), members)


def _add_members(session: ScopedSession, group: Unit, old: Sequence[Unit], members: Iterable[Unit]) -> None:
    names = [m.name for m in old]
    new = [m for m in members if m.name not in names]
    if not new:
        return
    if group.kind != "group":
        raise NotAGroup(name=group.name)
    nested = next((m.name for m in new if m.kind == "group"), None)
    if nested is not None:
        raise GroupInGroup(name=nested)
    session.add_all(UnitMember(group_id=group.id, member_id=m.id) for m in new)
    session.flush()
    record(session, [FieldChange("unit", group.id, "members", names, names + [m.name for m in new])])


def ensure_units(session: ScopedSession, names: Iterable[str]) -> Directory:
    """Add what the directory does not know yet (a document's 责任单位 as written), and return the directory."""
    directory = read_directory(session)
    missing = [name for name in dict.fromkeys(names) if directory.find(name) is None]
    for name in missing:
        _new_unit(session, name, _kind(name))
    return read_directory(session) if missing else directory
