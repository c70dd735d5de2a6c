"""Who asks, and what he may: the answer to a cookie, an API token or an upload link."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tenants.models import Tenant
from tenants.people.members import grants_of
from tenants.people.rights import PLATFORM_ROLES, Grants, Right, Units, given, narrowed
from tenants.people.secret import slug_in
from tenants.people.signed_in import resumed_in
from tenants.people.tokens import Kind, TokenShown, grants_of_token, used_token
from tenants.sessions import ScopedSession, TenantUnknown, platform_session, tenant_by_slug

Means = Literal["session", "token", "link"]


@dataclass(frozen=True)
class Principal:
    """Who asks. `actor` goes into the history: `account:17`, `token:3`, `link:5` (names change, numbers do not).

    `slug` and `tenant_id`: where he acts; None for an administrator of the platform. `grants`: each right that he has
    there, with the units that it holds for. `subject`: what a link is for (`{"round": 4}`), else empty.
    """

    actor: str
    account_id: int | None
    slug: str | None
    tenant_id: int | None
    grants: Grants
    means: Means
    platform_role: str | None = None
    subject: Mapping[str, int] = field(default_factory=dict)

    @property
    def rights(self) -> frozenset[Right]:
        """The rights that he has, for all units or for some."""
        return frozenset(self.grants)

    def may(self, right: Right, unit: int | None = None) -> bool:
        """Whether he has the right at all; with `unit`, whether he has it for that unit."""
        units = self.units_of(right)
        return right in self.grants and (unit is None or units is None or unit in units)

    def units_of(self, right: Right) -> Units:
        """The units for which he has the right: None for all, nothing where he lacks it."""
        return self.grants.get(right, frozenset())


def principal_of_session(token: str, now: datetime) -> Principal | None:
    """Who has this session; None where it is over, has a step to go (`signed_in.resume` says which), or acts in a
    tenant of which the person is no member any more."""
    with platform_session() as session:
        resumed = resumed_in(session, token, now)
        if resumed is None or resumed.must:
            return None
        account, tenant = resumed.account, resumed.tenant
        if tenant is None:
            grants = given([(PLATFORM_ROLES[account.platform_role].rights, None)])
        else:
            session.become(session.get_one(Tenant, tenant.id))
            grants = grants_of(session, account.id)
    if not grants:
        return None
    place = (tenant.slug, tenant.id) if tenant else (None, None)
    role = None if tenant else account.platform_role
    return Principal(f"account:{account.id}", account.id, *place, grants, "session", role)


def principal_of_token(secret: str, now: datetime) -> Principal | None:
    """The program that has this API token; None for any secret that does not hold, whatever the reason."""
    return _of_secret(secret, "api", now)


def principal_of_link(secret: str, purpose: str, now: datetime) -> Principal | None:
    """Whoever has this link, if it is for that purpose; None for any other, whatever the reason."""
    return _of_secret(secret, "link", now, purpose)


def _of_secret(secret: str, kind: Kind, now: datetime, purpose: str | None = None) -> Principal | None:
    slug = slug_in(secret)
    if slug is None:
        return None
    try:
        with platform_session() as session:
            tenant = tenant_by_slug(session, slug)
            session.become(tenant)
            tenant_id = tenant.id
            token = used_token(session, secret, kind, now)
            grants = _held(session, token) if token and token.purpose == purpose else {}
    except TenantUnknown:
        return None
    if not grants:
        return None
    means: Means = "token" if kind == "api" else "link"
    actor = f"{means}:{token.id}"
    return Principal(actor, token.account_id, slug, tenant_id, grants, means, subject=token.subject)


def _held(session: ScopedSession, token: TokenShown) -> Grants:
    """What the token was made for, as far as who made it may still do it."""
    made_for = grants_of_token(token)
    if token.account_id is None:
        return made_for
    return narrowed(made_for, grants_of(session, token.account_id))
