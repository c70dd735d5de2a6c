"""Signing in by an identity provider, and linking one's account to it: to begin, and to come back.

What is begun is a row, taken away by the first who comes back with its state in the browser that began, within
`LIFE`. The provider is asked between two transactions, never inside one. All of it is the tenant's own: its audit tells
of it, and the session that comes of it acts there and nowhere else (docs/decisions/0013).
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete

from tenants.audit.actions import Action
from tenants.audit.acts import REFUSED, record_act
from tenants.errors import ZwgkError
from tenants.identity.links import account_linked, link
from tenants.identity.models import IdentityFlow
from tenants.identity.protocol import Known, Proofs, ProviderRefused, address_to_go, redeem
from tenants.identity.providers import registration
from tenants.identity.terms import Registration
from tenants.identity.trust import trust_here
from tenants.people.models import Account, SignIn
from tenants.people.secret import digest, new_secret
from tenants.people.signed_in import Resumed
from tenants.people.signing_in import factor_of, may_come_in
from tenants.people.standing import standing_of
from tenants.people.steps import SessionOver, SignedIn, begin, is_over, refuse_early, renewed
from tenants.people.tracing import trace
from tenants.sessions import ScopedSession, TenantUnknown, platform_session, tenant_session

LIFE = timedelta(minutes=10)
FRESH = timedelta(minutes=10)
"""So long ago at most somebody has signed in who links his account."""


class ProviderOff(ZwgkError):
    """Nobody signs in so there: no such tenant, no provider, or one that is not in use."""

    code = "provider_off"
    sentence = "此机关没有启用统一身份认证。"


class FlowOver(ZwgkError):
    """Nothing that this browser began: used, late, made up, or begun elsewhere."""

    code = "flow_over"
    sentence = "登录已超时，或不是从此浏览器发起的，请重新登录。"


class IdentityNotLinked(ZwgkError):
    """The provider vouches for somebody who is no member here; no account is made."""

    code = "identity_not_linked"
    sentence = "您在认证服务器上的身份没有关联本机关的成员，不能登录。请用密码登录后关联，或请本机关的管理员关联。"


class AccountShut(ZwgkError):
    """Disabled, locked, run out, or the operator's, which no tenant vouches for."""

    code = "account_shut"
    sentence = "此账号已停用、锁定或失效，不能登录，请联系管理员。"


class NotFresh(ZwgkError):
    """A session that has been left alone for long enough to be somebody else's by now, or no password began it."""

    code = "not_fresh"
    sentence = "请先重新用密码登录，再在十分钟内关联身份。"


@dataclass(frozen=True)
class Begun:
    """Where the browser goes, and what it is given to be known by when it comes back."""

    address: str
    browser: str = field(repr=False)


@dataclass(frozen=True)
class Returned:
    """What a browser comes back with, to the address of which tenant: the provider's answer, and our cookie; empty: not
    there."""

    slug: str
    state: str
    code: str
    issuer: str
    browser: str = field(repr=False)


@dataclass(frozen=True)
class _Flow:
    tenant_id: int
    ours: Registration
    proofs: Proofs
    session_id: int | None


def begin_sign_in(slug: str, now: datetime) -> Begun:
    """Somebody wants to sign in at this tenant. Raises `ProviderOff`, `ProviderDown`, `ProviderRefused`."""
    try:
        with tenant_session(slug, "", "sign_in") as session:
            tenant_id, ours = session.scope.tenant_id, registration(session)
    except TenantUnknown:
        raise ProviderOff from None
    return _begin(tenant_id, ours, None, now)


def begin_link(resumed: Resumed, now: datetime) -> Begun:
    """Who is signed in by password links his account.

    Raises `StepMissing`, `NotFresh`, `ProviderOff`, `ProviderDown`, `ProviderRefused`.
    """
    refuse_early(resumed.must)
    if resumed.tenant is None:
        raise ProviderOff
    with tenant_session(resumed.tenant.id, f"account:{resumed.account.id}", "session") as session:
        ours = registration(session)
        row = session.get_one(SignIn, resumed.id)
        if row.bound_tenant_id is not None or now - row.created_at > FRESH:
            raise NotFresh
    return _begin(resumed.tenant.id, ours, resumed.id, now)


def come_back(returned: Returned, address: str, agent: str, now: datetime) -> SignedIn:
    """The session that comes of it: a new one, or the one whose account is linked now, with another secret.

    Raises `FlowOver`, `ProviderOff`, `ProviderDown`, `ProviderRefused`, `IdentityNotLinked`, `AccountShut`,
    `SessionOver`, `IdentityExists`.
    """
    flow = _take(returned, address, now)
    told = _told(flow)
    with _refusals_told(flow, address, told):
        if not returned.code:
            raise ProviderRefused(why="answer")
        known = redeem(flow.ours, trust_here(), returned.code, returned.issuer, flow.proofs, now)
        told["subject"] = known.subject
        if flow.session_id is not None:
            return _link(flow, flow.session_id, known, address, now)
        return _let_in(flow, known, address, agent, now)


def _begin(tenant_id: int, ours: Registration | None, session_id: int | None, now: datetime) -> Begun:
    if ours is None:
        raise ProviderOff
    proofs, browser = Proofs(new_secret(), new_secret(), new_secret()), new_secret()
    address = address_to_go(ours, trust_here(), proofs)
    with tenant_session(tenant_id, "", "sign_in") as session:
        session.execute(delete(IdentityFlow).where(IdentityFlow.begun_at <= now - LIFE))
        session.add(
            IdentityFlow(
                digest=digest(proofs.state),
                browser=digest(browser),
                issuer=ours.issuer,
                nonce=proofs.nonce,
                verifier=proofs.verifier,
                session_id=session_id,
                begun_at=now,
            )
        )
    return Begun(address, browser)


def _take(returned: Returned, address: str, now: datetime) -> _Flow:
    """What was begun, which is gone by this: nobody comes back twice. What another tenant's provider was asked is not
    seen in this one: a code does not go to a provider that it is not from."""
    mine = (IdentityFlow.digest == digest(returned.state), IdentityFlow.browser == digest(returned.browser))
    found = None
    with suppress(TenantUnknown), tenant_session(returned.slug, "", "sign_in", address) as session:
        tenant_id, ours = session.scope.tenant_id, registration(session)
        begun = delete(IdentityFlow).where(*mine, IdentityFlow.begun_at > now - LIFE)
        columns = (IdentityFlow.issuer, IdentityFlow.nonce, IdentityFlow.verifier, IdentityFlow.session_id)
        found = session.execute(begun.returning(*columns)).one_or_none()
    if found is None:
        with platform_session("", "sign_in", address) as session:
            trace(session, Action.SIGN_IN, None, done=False, by="oidc", code=FlowOver.code)
        raise FlowOver
    if ours is None or ours.issuer != found.issuer:  # what one provider was asked is not shown to another
        raise ProviderOff
    return _Flow(tenant_id, ours, Proofs(returned.state, found.nonce, found.verifier), found.session_id)


def _let_in(flow: _Flow, known: Known, address: str, agent: str, now: datetime) -> SignedIn:
    account_id = _account(flow, known)
    standing = standing_of(account_id, flow.tenant_id)
    if not standing.tenants:
        raise IdentityNotLinked
    with tenant_session(flow.tenant_id, f"account:{account_id}", "sign_in", address) as session:
        _hold(session, flow)
        account = session.get_one(Account, account_id, with_for_update=True)
        if account_linked(session, flow.ours.issuer, known.subject) != account_id:
            raise IdentityNotLinked
        if account.platform_role is not None or not may_come_in(account, now):
            raise AccountShut
        factor = factor_of(account, known.second_factor, standing)
        signed = begin(session, account, standing, factor, address, agent, now, bound=flow.tenant_id)
        told = _told(flow) | {"subject": known.subject, "second_factor": factor.value}
        record_act(session, Action.SIGN_IN, subject=("account", account_id), detail=told)
        return signed


def _hold(session: ScopedSession, flow: _Flow) -> None:
    """The provider may have been switched off, or set otherwise, while it was asked; whoever does it from here on
    waits, and ends the session that comes of this. Before the account is locked, as there. Raises `ProviderOff`."""
    if registration(session, hold=True) != flow.ours:
        raise ProviderOff


def _account(flow: _Flow, known: Known) -> int:
    with tenant_session(flow.tenant_id, "", "sign_in") as session:
        account_id = account_linked(session, flow.ours.issuer, known.subject)
    if account_id is None:
        raise IdentityNotLinked
    return account_id


def _link(flow: _Flow, session_id: int, known: Known, address: str, now: datetime) -> SignedIn:
    with tenant_session(flow.tenant_id, "", "session", address) as session:
        _hold(session, flow)
        row = session.get_one(SignIn, session_id)
        standing = standing_of(row.account_id)
        account = session.get_one(Account, row.account_id, with_for_update=True)
        session.refresh(row, with_for_update=True)
        here = row.in_tenant_id == flow.tenant_id and flow.tenant_id in {one.id for one in standing.tenants}
        if account.disabled or is_over(row, now) or not here:
            raise SessionOver
        session.acting(f"account:{account.id}")
        link(session, account.id, flow.ours.issuer, known.subject, now)
        return renewed(row, account, standing)


def _told(flow: _Flow) -> dict[str, str]:
    return {"by": "oidc", "for": "sign_in" if flow.session_id is None else "link", "issuer": flow.ours.issuer}


@contextmanager
def _refusals_told(flow: _Flow, address: str, told: dict[str, str]) -> Iterator[None]:
    """The tenant's audit has the reason, and the subject that may have to be linked; whoever asks is told less."""
    try:
        yield
    except ZwgkError as refused:
        with tenant_session(flow.tenant_id, "", "sign_in", address) as session:
            why = told | {"code": refused.code, "why": str(refused.fields.get("why", ""))}
            record_act(session, Action.SIGN_IN, detail=why, outcome=REFUSED)
        raise
