"""Sessions: who has one, the tenant that it acts in, listing and ending them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tenants.audit.actions import Action
from tenants.errors import ZwgkError
from tenants.models import Tenant
from tenants.people.models import SignIn
from tenants.people.standing import Standing, TenantShown, standing_of
from tenants.people.steps import (
    NOTED_EVERY,
    AccountShown,
    Must,
    SessionOver,
    SignedIn,
    account_shown,
    end,
    end_all,
    living,
    locked,
    must_of,
    open_session,
    refuse_early,
    renewed,
)
from tenants.people.tracing import BY_COMMAND, SELF, By, trace
from tenants.sessions import ScopedSession, TenantUnknown, platform_session

SESSIONS_KEPT = timedelta(days=180)


class SessionUnknown(ZwgkError):
    """No such session of this account."""

    code = "session_unknown"
    sentence = "没有编号为 {id} 的登录会话，或已结束。"


@dataclass(frozen=True)
class Resumed:
    """A session that lives: whose it is, the tenant it acts in, and what it must do first (empty: nothing). `bound`:
    the tenant that it cannot leave, as its identity provider let the person in."""

    id: int
    account: AccountShown
    tenant: TenantShown | None
    must: frozenset[Must]
    bound: int | None


@dataclass(frozen=True)
class SessionShown:
    """A session in the list of an account's sessions."""

    id: int
    address: str
    agent: str
    tenant: str | None
    created_at: datetime
    seen_at: datetime


def resume(token: str, now: datetime) -> Resumed | None:
    """The session of a cookie, which is seen by this; None when it is over, whatever the reason."""
    with platform_session() as session:
        found = open_session(session, token, now)
        if found is None:
            return None
        row, account = found
        if now - row.seen_at >= NOTED_EVERY:
            row.seen_at = now
        tenant = session.get(Tenant, row.in_tenant_id) if row.in_tenant_id else None
        shown = tenant and TenantShown(tenant.id, tenant.slug, tenant.name)
        return Resumed(row.id, account_shown(account), shown, must_of(row, account), row.bound_tenant_id)


def choose_tenant(token: str, slug: str, now: datetime) -> SignedIn:
    """The session acts in this tenant from here on. Raises `SessionOver`, `StepMissing`, and `TenantUnknown` for a
    tenant that there is not and for one of which the account is no member."""
    _ready(token, now, {Must.CHOOSE_TENANT})
    with platform_session(*SELF) as session:
        row, account = locked(session, token, now)
        # not before the lock: by now it may be a tenant that takes no password
        standing = standing_of(account.id, row.bound_tenant_id)
        tenant = next((one for one in standing.tenants if one.slug == slug), None)
        if tenant is None:
            raise TenantUnknown(slug=slug)
        row.in_tenant_id = tenant.id
        trace(session, Action.TENANT_CHOSEN, account.id, address=row.address, tenant=tenant.slug)
        return renewed(row, account, standing)


def sign_out(token: str, now: datetime) -> None:
    """End this session; nothing happens where it is over."""
    with platform_session(*SELF) as session:
        if found := open_session(session, token, now):
            end(found[0], now, "signed_out")
            trace(session, Action.SIGN_OUT, found[1].id, address=found[0].address)


def sessions_of(account_id: int, now: datetime, bound: int | None = None) -> list[SessionShown]:
    """The living sessions of an account, the oldest first; to one that is `bound` to a tenant, those that are so."""
    with platform_session() as session:
        rows = _shown_to(session, account_id, now, bound)
        acting_in = select(Tenant.id, Tenant.name).where(Tenant.id.in_({row.in_tenant_id for row in rows}))
        names = dict(map(tuple, session.execute(acting_in)))
        return [
            SessionShown(row.id, row.address, row.agent, names.get(row.in_tenant_id), row.created_at, row.seen_at)
            for row in rows
        ]


def end_session(account_id: int, session_id: int, now: datetime, bound: int | None = None) -> None:
    """End one session of an account. Raises `SessionUnknown`, also for one that `sessions_of` does not list."""
    with platform_session(*SELF) as session:
        row = next((row for row in _shown_to(session, account_id, now, bound) if row.id == session_id), None)
        if row is None:
            raise SessionUnknown(id=session_id)
        end(row, now, "ended")
        trace(session, Action.SESSION_ENDED, account_id, address=row.address)


def end_sessions(account_id: int, now: datetime, by: By = BY_COMMAND) -> int:
    """End all sessions of an account; returns how many."""
    with platform_session(*by) as session:
        trace(session, Action.SESSION_ENDED, account_id)
        return end_all(session, account_id, now, "ended")


def forget_sessions(session: Session, now: datetime) -> None:
    """Remove what is left of sessions that ran out long ago. `session`: of the maintenance role."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now - SESSIONS_KEPT))


def _shown_to(session: ScopedSession, account_id: int, now: datetime, bound: int | None) -> list[SignIn]:
    return [row for row in living(session, account_id, now) if bound in (None, row.bound_tenant_id)]


def in_turn(token: str, now: datetime, allowed: Collection[Must]) -> Standing:
    """The standing of the session's account. Raises `SessionOver`, and `StepMissing` when the session must do something
    that is not `allowed` to be open still."""
    resumed = _ready(token, now, allowed)
    return standing_of(resumed.account.id, resumed.bound)


def _ready(token: str, now: datetime, allowed: Collection[Must]) -> Resumed:
    resumed = resume(token, now)
    if resumed is None:
        raise SessionOver
    refuse_early(resumed.must - set(allowed))
    return resumed
