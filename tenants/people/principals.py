"""Who asks, and what he may: the answer to a cookie, an API token or an upload link.

A secret says itself whose session it wants: it begins with the tenant. So who asks is found by one statement, in the
very session that he then acts in; a secret that says another tenant than its own is none, as its digest is another.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from flask import current_app
from sqlalchemy import Row, Select, and_, bindparam, or_, select, update

from tenants.models import Tenant
from tenants.people.members import held_by
from tenants.people.models import Account, Membership, SignIn, Token
from tenants.people.rights import PLATFORM_ROLES, Grants, Right, Units, given, narrowed
from tenants.people.secret import digest, slug_in, tenant_in
from tenants.people.standing import memberships_of
from tenants.people.steps import NOTED_EVERY, is_over, must_of
from tenants.people.tokens import Kind
from tenants.sessions import ScopedSession, TenantUnknown, beside, platform_session, tenant_by_slug, tenant_session

Means = Literal["session", "token", "link"]


@dataclass(frozen=True)
class Principal:
    """Who asks. `actor` goes into the history: `account:17`, `token:3`, `link:5` (names change, numbers do not).

    `slug` and `tenant_id`: where he acts; None for an administrator of the platform. `grants`: each right that he has
    there, with the units that it holds for. `subject`: what a link is for (`{"round": 4}`), else empty. `until`: when a
    token or link ends.
    """

    actor: str
    account_id: int | None
    slug: str | None
    tenant_id: int | None
    grants: Grants
    means: Means
    platform_role: str | None = None
    subject: Mapping[str, int] = field(default_factory=dict)
    until: datetime | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """The rights that he has, for all units or for some."""
        return frozenset(self.grants)

    def may(self, right: Right, unit: int | None = None) -> bool:
        """Whether he has the right at all; with `unit`, whether he has it for that unit."""
        units = self.units_of(right)
        return right in self.grants and (unit is None or units is None or unit in units)

    def may_for_all(self, right: Right) -> bool:
        """Whether he has the right, and for all units: what is the whole agency's takes that."""
        return right in self.grants and self.grants[right] is None

    def units_of(self, right: Right) -> Units:
        """The units for which he has the right: None for all, nothing where he lacks it."""
        return self.grants.get(right, frozenset())


def _with_memberships(query: Select[Any], account: Any) -> Select[Any]:
    """A row more for each present membership of the account in the session's tenant."""
    held = and_(Membership.account_id == account, Membership.ended_at.is_(None))
    return query.add_columns(Membership.role, Membership.units.label("role_units")).outerjoin(Membership, held)


_SESSION = _with_memberships(
    select(
        *(SignIn.id, SignIn.seen_at, SignIn.idle_minutes, SignIn.expires_at, SignIn.ended_at, SignIn.second_factor),
        *(
            SignIn.in_tenant_id,
            SignIn.bound_tenant_id,
            SignIn.account_id,
            Account.platform_role,
            Account.must_change,
            Tenant.slug,
        ),
    )
    .join(Account, Account.id == SignIn.account_id)
    .outerjoin(Tenant, Tenant.id == SignIn.in_tenant_id)
    .where(SignIn.digest == bindparam("digest"), ~Account.disabled),
    SignIn.account_id,
)
_TOKEN = _with_memberships(
    select(
        Token.id,
        Token.account_id,
        Token.rights,
        Token.units,
        Token.purpose,
        Token.subject,
        Token.last_used_at,
        Token.expires_at,
    )
    .outerjoin(Account, Account.id == Token.account_id)
    .where(
        *(Token.digest == bindparam("digest"), Token.kind == bindparam("kind")),
        *(Token.revoked_at.is_(None), Token.expires_at > bindparam("now")),
        or_(Token.account_id.is_(None), ~Account.disabled),
    ),
    Token.account_id,
)


@contextmanager
def asking(
    secret: str, means: Means, now: datetime, via: str, address: str, purpose: str | None = None
) -> Iterator[tuple[ScopedSession, Principal] | None]:
    """Who has this secret, and the session that he acts in, committed at the end; None for any secret that does not
    hold, whatever the reason.

    A session holds that has no step to go and acts in a tenant of which the person is a member, or in none as an
    administrator of the platform; a link, if it is for that `purpose`.
    """
    slug = slug_in(secret)
    tenant_id = tenant_in(secret) if means == "session" else slug and _tenant_id(slug)
    if means != "session" and tenant_id is None:
        yield None
        return
    scope = ("", via, address)
    with tenant_session(tenant_id, *scope) if tenant_id else platform_session(*scope) as session:
        if means == "session":
            found = _of_session(session, secret, now)
        else:
            found = _of_token(session, secret, slug, means, now, purpose)
        if found is not None:
            session.acting(found.actor)
        yield found and (session, found)


def principal_of_session(token: str, now: datetime) -> Principal | None:
    """Who has this session, if it holds (`asking`)."""
    with asking(token, "session", now, "sign_in", "") as found:
        return found and found[1]


def _of_session(session: ScopedSession, token: str, now: datetime) -> Principal | None:
    rows = session.rows(_SESSION, {"digest": digest(token)})
    if not rows or is_over(rows[0], now) or must_of(rows[0], rows[0]):
        return None
    row, tenant_id = rows[0], rows[0].in_tenant_id
    role = row.platform_role
    if tenant_id != session.scope.tenant_id or (tenant_id and role):
        return None
    grants = given([(PLATFORM_ROLES[role].rights, None)]) if role else _held(rows)
    if not grants:
        return None
    if now - row.seen_at >= NOTED_EVERY:
        _note(session, update(SignIn).where(SignIn.id == row.id).values(seen_at=now))
    return Principal(f"account:{row.account_id}", row.account_id, row.slug, tenant_id, grants, "session", role)


def _of_token(
    session: ScopedSession, secret: str, slug: str, means: Means, now: datetime, purpose: str | None
) -> Principal | None:
    kind: Kind = "api" if means == "token" else "link"
    rows = session.rows(_TOKEN, {"digest": digest(secret), "kind": kind, "now": now})
    if not rows or rows[0].purpose != purpose:
        return None
    row = rows[0]
    grants = _made_for(row)
    if row.account_id is not None:  # as far as who made it may still do it
        grants = narrowed(grants, _held(rows))
    if not grants:
        return None
    if row.last_used_at is None or now - row.last_used_at >= NOTED_EVERY:
        _note(session, update(Token).where(Token.id == row.id).values(last_used_at=now))
    place = (slug, session.scope.tenant_id)
    return Principal(
        f"{means}:{row.id}", row.account_id, *place, grants, means, subject=row.subject, until=row.expires_at
    )


def grants_now(session: ScopedSession, actor: str, now: datetime) -> Grants:
    """What somebody may do at this moment who asked for something before (`Principal.actor`): what his memberships
    give, or his token or link as far as it holds still. Nothing for anybody else, nor for a disabled account."""
    means, _, number = actor.partition(":")
    if means == "account":
        if session.scalar(select(Account.disabled).where(Account.id == int(number))):
            return {}
        return held_by((row.role, row.units) for row in memberships_of(session, int(number)))
    if means not in ("token", "link"):
        return {}
    row = session.get(Token, (session.scope.tenant_id, int(number)))
    if row is None or row.revoked_at is not None or row.expires_at <= now:
        return {}
    if row.account_id is None:
        return _made_for(row)
    return narrowed(_made_for(row), grants_now(session, f"account:{row.account_id}", now))


def _made_for(row: Token | Row[Any]) -> Grants:
    """What a token or link was issued for."""
    return given([([Right(right) for right in row.rights], None if row.units is None else frozenset(row.units))])


def _held(rows: Sequence[Row[Any]]) -> Grants:
    """What the memberships amount to that came along."""
    return held_by((row.role, row.role_units) for row in rows if row.role is not None)


def _note(session: ScopedSession, change: Any) -> None:
    """By itself: whoever asks at the same moment must not wait for the end of this request."""
    with beside(session) as own:
        own.execute(change)


def _tenant_id(slug: str) -> int | None:
    """The tenant of a short name. It is remembered: neither ever changes, and of a tenant that is gone no secret
    holds."""
    known: dict[str, int] = current_app.extensions.setdefault("zwgk_tenant_ids", {})
    if slug not in known:
        try:
            with platform_session() as session:
                known[slug] = tenant_by_slug(session, slug).id
        except TenantUnknown:
            return None
    return known[slug]
