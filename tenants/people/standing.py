"""What an account is in all its tenants: where it is a member, and the strictest rules that hold for it.

Nobody but the account itself is shown this: its tenants are no business of one another.
"""

from dataclasses import dataclass

from sqlalchemy import select

from tenants.identity.models import IdentityProvider
from tenants.models import Setting, Tenant
from tenants.people.models import AccountTenant, Membership
from tenants.people.policy import SECURITY, Policy, policy_of, strictest
from tenants.people.rights import TENANT_ADMIN
from tenants.sessions import ScopedSession, platform_session, tenant_session


@dataclass(frozen=True)
class TenantShown:
    """A tenant, as its member sees it before he has chosen it."""

    id: int
    slug: str
    name: str


@dataclass(frozen=True)
class Standing:
    """The tenants of which an account is a member now, the policy, and whether it administers one of them. `barred`:
    it is a member of one more, which takes its identity provider's word only."""

    tenants: tuple[TenantShown, ...]
    policy: Policy
    administers: bool
    barred: bool = False


def standing_of(account_id: int | None, bound: int | None = None) -> Standing:
    """The standing of an account; of none (a login that nobody has), that of somebody without tenants. `bound`: for a
    session that this tenant's identity provider let in: what the account is elsewhere does not count there."""
    member_of, policies, roles, barred = [], [], set(), False
    for tenant in known_in(account_id):
        if bound not in (None, tenant.id):
            continue
        with tenant_session(tenant.id, f"account:{account_id}", "sign_in") as session:
            held = {membership.role for membership in memberships_of(session, account_id)}
            if not held:
                continue
            policies.append(policy_in(session))
            roles |= held
            if bound is None and TENANT_ADMIN not in held and _takes_no_passwords(session):
                barred = True
            else:
                member_of.append(tenant)
    return Standing(tuple(member_of), strictest(policies), TENANT_ADMIN in roles, barred)


def memberships_of(session: ScopedSession, account_id: int) -> list[Membership]:
    """The present memberships of an account in the session's tenant."""
    present = (Membership.account_id == account_id, Membership.ended_at.is_(None))
    return list(session.scalars(select(Membership).where(*present).order_by(Membership.id)))


def policy_in(session: ScopedSession) -> Policy:
    """The policy of the session's tenant."""
    settings = session.execute(select(Setting.name, Setting.value).where(Setting.name.startswith(SECURITY)))
    return policy_of(dict(map(tuple, settings)))


def _takes_no_passwords(session: ScopedSession) -> bool:
    only = (IdentityProvider.enabled, ~IdentityProvider.passwords)
    return session.scalar(select(IdentityProvider.id).where(*only)) is not None


def known_in(account_id: int | None) -> list[TenantShown]:
    """The tenants in which an account is, or was, a member."""
    with platform_session() as session:
        known = select(AccountTenant.in_tenant_id).where(AccountTenant.account_id == account_id)
        columns = select(Tenant.id, Tenant.slug, Tenant.name)
        return [TenantShown(*row) for row in session.execute(columns.where(Tenant.id.in_(known)).order_by(Tenant.slug))]
