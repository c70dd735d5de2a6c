"""Who belongs to a tenant, in which role, and for which units."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.people.accounts import account_for, checked_name, folded
from tenants.people.models import Account, AccountTenant, Membership
from tenants.people.rights import ROLES, TENANT_ADMIN, Grants, given
from tenants.people.steps import end_all
from tenants.sessions import ScopedSession


class RoleUnknown(ZwgkError):
    """No such role."""

    code = "role_unknown"
    sentence = "没有名为“{role}”的角色，可用：{known}。"


class RoleUnits(ZwgkError):
    """Units for a role that is for all, or none for one that is not."""

    code = "role_units"
    sentence = "角色“{role}”{why}。"


class MemberUnknown(ZwgkError):
    """No such membership in this tenant, or one that has ended; `who` is its number or a login."""

    code = "member_unknown"
    sentence = "没有成员“{who}”，或已移出。"


class MemberExists(ZwgkError):
    """The person has this role."""

    code = "member_exists"
    sentence = "“{login}”已是{role}，未作任何更改。"


class PlatformAccount(ZwgkError):
    """An administrator of the platform, who is in no tenant."""

    code = "platform_account"
    sentence = "“{login}”是平台管理员的账号，不能成为机关的成员，请换一个登录名。"


class LastAdmin(ZwgkError):
    """Nobody would be left who could let anybody in."""

    code = "last_admin"
    sentence = "“{name}”是最后一位租户管理员，不能移出或改为其他角色，请先增加一位租户管理员。"


@dataclass(frozen=True)
class Member:
    """A membership, as its tenant sees it."""

    id: int
    account_id: int
    login: str
    name: str
    role: str
    units: tuple[int, ...] | None
    added_at: datetime


@dataclass(frozen=True)
class Invited:
    """A new member, and the password to hand out, shown this once; None for a person who has one already."""

    member: Member
    initial_password: str | None = field(repr=False)


def list_members(session: ScopedSession) -> list[Member]:
    """The present members of the session's tenant, by login."""
    return [_shown(row, login) for row, login in session.execute(_present().order_by(Account.login, Membership.id))]


def find_member(session: ScopedSession, member_id: int) -> Member:
    """A present member. Raises `MemberUnknown`."""
    return _shown(*_get(session, member_id))


def lock_member(session: ScopedSession, member_id: int) -> Member:
    """As `find_member`, and nobody else changes it until the end of this transaction. Raises `MemberUnknown`."""
    return _shown(*_lock(session, member_id))


def members_by_login(session: ScopedSession, login: str, role: str | None = None) -> list[Member]:
    """The memberships of a person, or the one of a role. Raises `MemberUnknown`."""
    known = folded(login)
    found = [one for one in list_members(session) if one.login == known and role in (None, one.role)]
    if not found:
        raise MemberUnknown(who=login)
    return found


def invite(
    session: ScopedSession, login: str, name: str, role: str, units: Collection[int] | None, now: datetime
) -> Invited:
    """The person of this login has this role from here on; an account is made where there is none.

    `units`: ids of units of this tenant, which the caller has looked up; None for a role that is for all units.
    Raises `RoleUnknown`, `RoleUnits`, `LoginInvalid`, `PersonNameInvalid`, `PlatformAccount`, `MemberExists`.
    """
    units = _checked(role, units)
    account, initial = account_for(session, login, name, now)
    login = account.login
    let_in(session, account)
    row = Membership(account_id=account.id, name=checked_name(name), role=role, units=units, added_at=now)
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise MemberExists(login=login, role=ROLES[role].name) from None
    if role == TENANT_ADMIN:
        _anew(session, row, now)
    changes = [("login", login), ("name", row.name), ("role", role), ("units", units)]
    _record(session, row, [(field, None, value) for field, value in changes])
    return Invited(_shown(row, login), initial)


def let_in(session: ScopedSession, account: Account) -> None:
    """The account is known in the session's tenant from here on, which gives it no right. Raises `PlatformAccount`."""
    if account.platform_role is not None:
        raise PlatformAccount(login=account.login)
    known = {"in_tenant_id": session.scope.tenant_id, "account_id": account.id}
    session.execute(insert(AccountTenant).values(known).on_conflict_do_nothing())


def change_member(
    session: ScopedSession, member_id: int, role: str, units: Collection[int] | None, now: datetime
) -> Member:
    """Another role, other units. Raises `MemberUnknown`, `RoleUnknown`, `RoleUnits`, `LastAdmin`, `MemberExists`."""
    row, login = _lock(session, member_id)
    before = {"role": row.role, "units": row.units}
    after = {"role": role, "units": _checked(role, units)}
    if row.role == TENANT_ADMIN != role:
        _keep_one_admin(session, row)
    row.role, row.units = after.values()
    try:
        session.flush()
    except IntegrityError:
        raise MemberExists(login=login, role=ROLES[role].name) from None
    if role != before["role"] and TENANT_ADMIN in (role, before["role"]):
        _anew(session, row, now)
    _record(session, row, [(field, before[field], after[field]) for field in after])
    return _shown(row, login)


def end_member(session: ScopedSession, member_id: int, now: datetime) -> None:
    """The person has this role no longer, from the next request on. Raises `MemberUnknown`, `LastAdmin`."""
    row, _login = _lock(session, member_id)
    if row.role == TENANT_ADMIN:
        _keep_one_admin(session, row)
    row.ended_at = now
    session.flush()
    if row.role == TENANT_ADMIN:
        _anew(session, row, now)
    _record(session, row, [("role", row.role, None)])


def held_by(roles: Iterable[tuple[str, Collection[int] | None]]) -> Grants:
    """What several roles amount to, each with the units that it holds for, if it is bound."""
    return given((ROLES[role].rights, frozenset(units or ()) if ROLES[role].bound else None) for role, units in roles)


def _checked(role: str, units: Collection[int] | None) -> list[int] | None:
    if role not in ROLES:
        raise RoleUnknown(role=role, known="、".join(ROLES))
    bound = ROLES[role].bound
    if bound and not units:
        raise RoleUnits(role=ROLES[role].name, why="须指定责任单位")
    if not bound and units:
        raise RoleUnits(role=ROLES[role].name, why="不限于个别责任单位，不能指定")
    return sorted(set(units)) if units else None


def _anew(session: ScopedSession, row: Membership, now: datetime) -> None:
    """Who becomes an administrator, or is one no longer, signs in anew: his session may have begun without a second
    factor, or by a password that this tenant takes of administrators only."""
    # who is just signing in is in before, or waits; who makes the person a member elsewhere does neither
    session.get_one(Account, row.account_id, with_for_update={"key_share": True})
    end_all(session, row.account_id, now, "admin_changed")


def _keep_one_admin(session: ScopedSession, leaving: Membership) -> None:
    """Of administrators who are locked (`_lock`)."""
    if set(session.scalars(select(Membership.id).where(_ADMINISTERS))) <= {leaving.id}:
        raise LastAdmin(name=leaving.name)


_ADMINISTERS = and_(Membership.role == TENANT_ADMIN, Membership.ended_at.is_(None))


def _lock(session: ScopedSession, member_id: int) -> tuple[Membership, str]:
    """With the administrators, all in one order: two who let each other go at the same moment would both be gone."""
    concerned = select(Membership.id).where(or_(Membership.id == member_id, _ADMINISTERS))
    session.execute(concerned.order_by(Membership.id).with_for_update())
    return _get(session, member_id)


def _present():
    joined = select(Membership, Account.login).join(Account, Account.id == Membership.account_id)
    return joined.where(Membership.ended_at.is_(None))


def _get(session: ScopedSession, member_id: int) -> tuple[Membership, str]:
    # as it is now, whatever the session read before it was locked
    asked = _present().where(Membership.id == member_id).execution_options(populate_existing=True)
    found = session.execute(asked).one_or_none()
    if found is None:
        raise MemberUnknown(who=member_id)
    return found[0], found[1]


def _record(session: ScopedSession, row: Membership, changes: Collection[tuple[str, object, object]]) -> None:
    record(session, [FieldChange("membership", row.id, field, old, new) for field, old, new in changes if old != new])


def _shown(row: Membership, login: str) -> Member:
    units = None if row.units is None else tuple(row.units)
    return Member(row.id, row.account_id, login, row.name, row.role, units, row.added_at)
