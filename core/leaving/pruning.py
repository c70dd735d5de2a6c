"""The audit of erased tenants, once its term is over: the rows go, the seals and the tombstone stay."""

from datetime import datetime

from sqlalchemy import select

from tenants.audit.chain import tenant_chain
from tenants.audit.pruning import prune
from tenants.audit.verifying import LEAST_DAYS, pruned_through
from tenants.models import Tombstone
from tenants.sessions import cross_tenant, platform_session


def prune_erased(now: datetime, actor: str) -> int:
    """Remove the audit of erased tenants that is past its term; returns how many rows. Raises `MaintUrlMissing` where
    there is something to do."""
    with platform_session(actor, "upkeep") as session:
        over = session.execute(
            select(Tombstone.in_tenant_id, Tombstone.seals).where(Tombstone.audit_until <= now)
        ).all()
    return sum(_pruned(number, seals, now, actor) for number, seals in over)


def _pruned(tenant_id: int, seals: int, now: datetime, actor: str) -> int:
    chain = tenant_chain(tenant_id)
    with cross_tenant(f"清理已注销租户 {tenant_id} 的到期审计", actor) as session:
        # what the pruning itself wrote is left: it would never end
        return prune(session, chain, now, LEAST_DAYS, actor) if pruned_through(session, chain) < seals else 0
