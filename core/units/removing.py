"""Removing units from the directory: what nothing refers to, and only that. `core.units.undoing` brings them back."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, select

from core.units.directory import Directory, UnitUnknown
from core.units.models import Unit
from core.units.services import read_directory
from core.units.undoing import KEPT, is_used
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.people.members import list_members
from tenants.people.tokens import list_tokens
from tenants.sessions import ScopedSession


class UnitInUse(ZwgkError):
    """Something refers to the unit."""

    code = "unit_in_use"
    sentence = "不能删除“{name}”，未作任何更改：{why}。"
    by_command = "请先运行：{how}。"


INSTEAD = (
    "zwgk unit answer {name}=另一单位（如它就是另一单位）"
    "或 zwgk unit change {name} --into 新单位 --since 日期（如已更名或合并）"
)


def remove_units(session: ScopedSession, names: Sequence[str], now: datetime) -> list[str]:
    """Remove these units, all or none, and return their names. Only a unit's own name will do: whoever removes an
    alias does not mean the unit. `now`: tokens that have expired by then do not count.

    Raises `UnitUnknown`, `UnitInUse`.
    """
    session.scalars(select(Unit.id).with_for_update()).all()  # nobody refers to one while it is being looked at
    directory = read_directory(session)
    units = list(dict.fromkeys(_own(directory, name) for name in names))
    for unit in units:
        if uses := list(_uses(session, directory, unit, now)):
            why, how = ("；".join(words) for words in zip(*uses, strict=True))
            raise UnitInUse(name=unit.name, why=why, how=how)
    changes = [FieldChange("unit", unit.id, field, getattr(unit, field), None) for unit in units for field in KEPT]
    session.execute(delete(Unit).where(Unit.id.in_([unit.id for unit in units])))
    record(session, changes)
    return [unit.name for unit in units]


def _own(directory: Directory, name: str) -> Unit:
    unit = directory.own(name)
    if unit is None:
        known = directory.get(name)
        raise UnitUnknown(name=name, hint=f"（它是“{known.name}”的别名）")
    return unit


def _uses(session: ScopedSession, directory: Directory, unit: Unit, now: datetime) -> Iterator[tuple[str, str]]:
    """What refers to a unit, each with the command that ends it."""
    name, every = unit.name, directory.by_id.values()
    if members := directory.members(unit):
        told = [member.name for member in members]
        yield f"它有成员{'、'.join(told)}", f"zwgk unit leave {name} {' '.join(told)}"
    for group in (one for one in every if unit in directory.members(one)):
        yield f"它是“{group.name}”的成员", f"zwgk unit leave {group.name} {name}"
    if after := directory.successors(unit):
        told = "、".join(one.name for one in after)
        yield f"它已登记变更为{told}", f"zwgk unit change {name} --cancel"
    for old in (one for one in every if unit in directory.successors(one)):
        yield f"“{old.name}”已登记变更为它", f"zwgk unit change {old.name} --cancel"
    for login in dict.fromkeys(one.login for one in list_members(session) if unit.id in (one.units or ())):
        yield f"账号 {login} 是它的联络员", f"zwgk member remove {login}"
    for token in (one for kind in ("api", "link") for one in list_tokens(session, kind, now)):
        if unit.id in (token.units or ()):
            yield f"令牌“{token.name}”限于它", f"zwgk token revoke {token.id}"
    if is_used(session, unit, beside=("unit_member", "unit_successor")):
        yield "要点或下发表中有它的任务行，记录须保留，含已关闭的行", INSTEAD.format(name=name)
