"""Reading the unit directory of a tenant, adding units and names to it, and who belongs to a group."""

import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from core.agencies import UnitGroup
from core.decompose.known import plain
from core.units.directory import Directory
from core.units.models import Unit, UnitMember, UnitSuccessor
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession

# What stands between units in a cell stands in no name, but for 县（市、区）
_NAMES = re.compile(r"(?:[（(][^（(）)\s]*[）)]|[^\s、,，;；/|])+")
LONGEST_NAME = 100
# 各街镇, 相关处室, 有关业务部门: written so, a name stands for several bodies
GROUP_NAME = re.compile(r"^(各|相关|有关|其他|其它)|(各部门|各单位|各处室|各科室)$")
# 起草部门, 政策制定机关: another one for each item
ROLE_NAME = re.compile(
    r"(?:文件|政策|信息|决策|项目|活动){0,2}(?:起草|制定|制作|承办|主办|牵头|发布|解读|责任)(?:部门|单位|机关|处室|科室)"
)


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


class UnitIdUnknown(ZwgkError):
    """No such unit, or none of this tenant: both answer alike."""

    code = "unit_unknown"
    sentence = "没有编号为 {id} 的责任单位。"


def names_in(text: str) -> list[str]:
    """The names in a cell or an answer, each once."""
    return list(dict.fromkeys(found[0] for found in _NAMES.finditer(text)))


def read_directory(session: ScopedSession) -> Directory:
    """The directory of the session's tenant."""
    units = list(session.scalars(select(Unit).order_by(Unit.id)))
    members = session.scalars(select(UnitMember).order_by(UnitMember.id))
    return Directory(units, members, session.scalars(select(UnitSuccessor).order_by(UnitSuccessor.id)))


def check_ids(session: ScopedSession, ids: Collection[int]) -> None:
    """Raises `UnitIdUnknown` for the first that is no unit of the session's tenant."""
    known = set(session.scalars(select(Unit.id).where(Unit.id.in_(ids)))) if ids else set()
    for one in ids:
        if one not in known:
            raise UnitIdUnknown(id=one)


def check_name(name: str) -> None:
    """Raises `UnitNameInvalid`."""
    if len(name) > LONGEST_NAME or not _NAMES.fullmatch(name):
        raise UnitNameInvalid(name=name)


def add_unit(
    session: ScopedSession, name: str, kind: str = "", members: Sequence[str] = (), aliases: Sequence[str] = ()
) -> Unit:
    """Add a unit; without `kind`, a name like 各街镇 makes a group, one like 起草部门 a role, and any other a unit.
    Members must exist.

    Raises `UnitNameInvalid`, `UnitExists`, `UnitUnknown`, `NotAGroup`, `GroupInGroup`.
    """
    name, *aliases = (n.strip() for n in (name, *aliases))
    directory = read_directory(session)
    for each in (name, *aliases):
        check_name(each)
        if directory.find(each):
            raise UnitExists(name=each)
    found = [directory.get(m) for m in members]
    kind = kind or kind_of(name, members)
    unit = _new_unit(session, name, kind, aliases, settled=kind in ("unit", "outside"))
    change_members(session, unit, [], found)
    return unit


def kind_of(name: str, members: Sequence[str] = ()) -> str:
    """What a name says that it is."""
    if members or GROUP_NAME.search(name):
        return "group"
    return "role" if ROLE_NAME.fullmatch(name) else "unit"


def _new_unit(session: ScopedSession, name: str, kind: str, aliases: Sequence[str] = (), settled: bool = True) -> Unit:
    unit = Unit(name=name, kind=kind, aliases=list(aliases), settled=settled)
    session.add(unit)
    try:
        session.flush()
    except IntegrityError:  # another session added it after we had looked
        raise UnitExists(name=name) from None
    record(session, [FieldChange("unit", unit.id, "name", None, name)])
    return unit


def set_unit(session: ScopedSession, unit: Unit, field: str, value: Any) -> None:
    """Set one field of a unit, with its trace; nothing happens where it has that value."""
    old = getattr(unit, field)
    if old != value:
        setattr(unit, field, value)
        session.flush()
        record(session, [FieldChange("unit", unit.id, field, old, value)])


def join_group(session: ScopedSession, group: Unit, members: Iterable[Unit]) -> None:
    """Add members to a group; plans that are confirmed already are not changed by it (members are offered there).

    Raises `NotAGroup`, `GroupInGroup`.
    """
    old = read_directory(session).members(group)
    change_members(session, group, old, [*old, *members])


def leave_group(session: ScopedSession, group: Unit, members: Collection[Unit]) -> None:
    """Take members out of a group; plans that are confirmed already are not changed by it."""
    old = read_directory(session).members(group)
    change_members(session, group, old, [member for member in old if member not in members])


def change_members(session: ScopedSession, group: Unit, old: Sequence[Unit], new: Sequence[Unit]) -> None:
    """A group that had the members `old` has the members `new`. Raises `NotAGroup`, `GroupInGroup`."""
    joining = list(dict.fromkeys(member for member in new if member not in old))
    leaving = [member for member in old if member not in new]
    if not joining and not leaving:
        return
    if group.kind != "group":
        raise NotAGroup(name=group.name)
    nested = next((member.name for member in joining if member.kind == "group"), None)
    if nested is not None:
        raise GroupInGroup(name=nested)
    session.add_all(UnitMember(group_id=group.id, member_id=member.id) for member in joining)
    gone = UnitMember.member_id.in_([member.id for member in leaving])
    session.execute(delete(UnitMember).where(UnitMember.group_id == group.id, gone))
    session.flush()
    set_unit(session, group, "settled", True)
    before, after = ([m.name for m in those] for those in (old, [*(m for m in old if m not in leaving), *joining]))
    record(session, [FieldChange("unit", group.id, "members", before, after)])


def ensure_units(session: ScopedSession, names: Iterable[str], settled: bool = False) -> Directory:
    """Add what the directory does not know yet (a document's 责任单位 as written), and return the directory.

    `settled`: it was not a document that named them, nobody has to be asked.
    """
    directory = read_directory(session)
    # two ways to write a name, full and half width, are one unit: it has the first one
    missing = {plain(name): name for name in reversed(list(names)) if directory.find(name) is None}
    for name in reversed(missing.values()):
        _new_unit(session, name, kind_of(name), settled=settled)
    return read_directory(session) if missing else directory


def add_groups(session: ScopedSession, groups: Iterable[UnitGroup]) -> None:
    """Add the units that a plugin knows, each with its members. Raises `UnitExists` for a body that is named twice."""
    for group in groups:
        ensure_units(session, group.members, settled=True)
        add_unit(session, group.name, group.kind, group.members, group.aliases)
