"""The life of a session: what it lacks, the steps that give it that, and when it is over.

A session runs out `idle_minutes` after it was last seen and at `expires_at`, whichever comes first. With every step it
gets another secret.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, true

from tenants.errors import ZwgkError
from tenants.people.models import Account, SignIn
from tenants.people.policy import Policy
from tenants.people.secret import digest, session_secret
from tenants.people.standing import Standing, TenantShown
from tenants.sessions import ScopedSession

NOTED_EVERY = timedelta(minutes=1)
"""That somebody is there is written down so often, not with every request."""


class Must(StrEnum):
    """What a session has to do before it may do anything else, in this order."""

    SECOND_FACTOR = "second_factor"
    CHANGE_PASSWORD = "change_password"  # noqa: S105 - the name of a step
    ENROL_SECOND_FACTOR = "enrol_second_factor"
    CHOOSE_TENANT = "choose_tenant"


STEPS = {
    Must.SECOND_FACTOR: "输入验证码",
    Must.CHANGE_PASSWORD: "修改密码",
    Must.ENROL_SECOND_FACTOR: "设置两步验证",
    Must.CHOOSE_TENANT: "选择机关",
}


class Factor(StrEnum):
    """How far a session is with the second factor: not needed, to be set up, asked for, given."""

    NONE = "none"
    ENROL = "enrol"
    ASKED = "asked"
    GIVEN = "given"


class SessionOver(ZwgkError):
    """No such session, or one that was ended or ran out."""

    code = "session_over"
    sentence = "登录已失效，请重新登录。"


class StepMissing(ZwgkError):
    """The session has to do something else first; `fields["must"]` says what."""

    code = "step_missing"
    sentence = "请先完成：{steps}。"


class PasswordNeeded(ZwgkError):
    """One tenant's identity provider said who it is: not enough for what the account signs in by everywhere."""

    code = "password_needed"
    sentence = "本次经统一身份认证登录，不能作此更改，请用密码登录后再改。"


@dataclass(frozen=True)
class AccountShown:
    """The person, as he is shown to himself, and when the platform reset what he signs in by."""

    id: int
    login: str
    name: str
    platform_role: str | None
    password_reset_at: datetime | None
    second_factor_reset_at: datetime | None


@dataclass(frozen=True)
class SignedIn:
    """A session after a step: its new secret (the one before is void), and the tenants that may be chosen."""

    token: str = field(repr=False)
    account: AccountShown
    tenants: tuple[TenantShown, ...]
    must: frozenset[Must]


def refuse_early(must: Collection[Must]) -> None:
    """Raises `StepMissing` where there is something to do first."""
    if must:
        raise StepMissing(steps="、".join(words for one, words in STEPS.items() if one in must), must=sorted(must))


def locked(session: ScopedSession, token: str, now: datetime) -> tuple[SignIn, Account]:
    """The session and its account, nobody else changes them meanwhile. Raises `SessionOver`."""
    found = open_session(session, token, now)
    if found is None:
        raise SessionOver
    row, account = found
    # the account first, as everywhere: two who wait for each other wait for ever
    session.refresh(account, with_for_update=True)
    session.refresh(row, with_for_update=True)
    if row.digest != digest(token) or account.disabled or is_over(row, now):
        raise SessionOver
    return row, account


def renewed(row: SignIn, account: Account, standing: Standing) -> SignedIn:
    """Give a session a new secret: one that was known before a step is worth nothing after it."""
    token = session_secret(row.in_tenant_id)
    row.digest = digest(token)
    return SignedIn(token, account_shown(account), standing.tenants, must_of(row, account))


def begin(
    session: ScopedSession,
    account: Account,
    standing: Standing,
    factor: Factor,
    address: str,
    agent: str,
    now: datetime,
    bound: int | None = None,
) -> SignedIn:
    """A new session of an account; the oldest ones end where it is one too many. The account is locked. `bound`: the
    tenant whose identity provider let the person in."""
    policy, only = standing.policy, standing.tenants[0].id if len(standing.tenants) == 1 else None
    row = SignIn(
        account_id=account.id,
        in_tenant_id=None if account.platform_role else only,
        bound_tenant_id=bound,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=policy.session_hours),
        idle_minutes=policy.idle_minutes,
        address=_printable(address),
        agent=_printable(agent),
        second_factor=factor,
    )
    _make_room(session, row, policy, now)
    signed = renewed(row, account, standing)
    session.add(row)
    return signed


def open_session(session: ScopedSession, token: str, now: datetime) -> tuple[SignIn, Account] | None:
    """The living session of a cookie and its account; None for any other."""
    query = select(SignIn, Account).join(Account, Account.id == SignIn.account_id)
    found = session.execute(query.where(SignIn.digest == digest(token))).one_or_none()
    if found is None or found[1].disabled or is_over(found[0], now):
        return None
    return found[0], found[1]


def is_over(row: SignIn, now: datetime) -> bool:
    """Ended, or run out."""
    idle = row.seen_at + timedelta(minutes=row.idle_minutes)
    return row.ended_at is not None or now >= min(idle, row.expires_at)


def living(session: ScopedSession, account_id: int, now: datetime) -> list[SignIn]:
    """The living sessions of an account, the oldest first."""
    of_account = (SignIn.account_id == account_id, SignIn.ended_at.is_(None))
    rows = session.scalars(select(SignIn).where(*of_account).order_by(SignIn.created_at, SignIn.id))
    return [row for row in rows if not is_over(row, now)]


def end_bound(session: ScopedSession, tenant_id: int, now: datetime, account_id: int | None = None) -> None:
    """End the sessions that a tenant's identity provider let in: those of one account, or all."""
    whose = true() if account_id is None else SignIn.account_id == account_id
    bound = (SignIn.bound_tenant_id == tenant_id, SignIn.ended_at.is_(None))
    for row in session.scalars(select(SignIn).where(*bound, whose)):
        end(row, now, "unlinked")


def end_all(session: ScopedSession, account_id: int, now: datetime, why: str, but: int | None = None) -> int:
    """End all sessions of an account, `but` for one; returns how many."""
    ending = [row for row in living(session, account_id, now) if row.id != but]
    for row in ending:
        end(row, now, why)
    return len(ending)


def must_of(row: SignIn, account: Account) -> frozenset[Must]:
    """What a session has to do first."""
    lacking = {
        Must.SECOND_FACTOR: row.second_factor == Factor.ASKED,
        Must.CHANGE_PASSWORD: account.must_change and row.bound_tenant_id is None,
        Must.ENROL_SECOND_FACTOR: row.second_factor == Factor.ENROL,
        Must.CHOOSE_TENANT: row.in_tenant_id is None and account.platform_role is None,
    }
    return frozenset(step for step, open_still in lacking.items() if open_still)


def account_shown(account: Account) -> AccountShown:
    """The person of an account."""
    resets = (account.password_reset_at, account.second_factor_reset_at)
    return AccountShown(account.id, account.login, account.name, account.platform_role, *resets)


def _make_room(session: ScopedSession, coming: SignIn, policy: Policy, now: datetime) -> None:
    # by a tenant's own provider nobody puts the person out of where he is by his password
    alike = (row for row in living(session, coming.account_id, now) if row.bound_tenant_id == coming.bound_tenant_id)
    present = list(alike)
    for row in present[: max(0, len(present) - policy.sessions + 1)]:
        end(row, now, "too_many")


def end(row: SignIn, now: datetime, why: str) -> None:
    """A session is over."""
    row.ended_at, row.ended_why = now, why


def _printable(text: str) -> str:
    return "".join(filter(str.isprintable, text))[:200]
