"""Removing what is past its term: the rows of whole seals, from the oldest on. The seals stay, and the chain with them.

Only the maintenance role can: the application has no right to remove a row of the audit.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from tenants.audit.actions import Action
from tenants.audit.chain import Chain
from tenants.audit.models import SealColumns
from tenants.audit.verifying import LEAST_DAYS, pruned_through


def past_term(session: Session, chain: Chain, now: datetime, days: int) -> SealColumns | None:
    """The last seal that is older than the term; None where all that is older was pruned before."""
    seals, before = chain.seals, now - timedelta(days=max(days, LEAST_DAYS))
    query = select(seals).where(chain.own(seals), seals.sealed_at < before).order_by(seals.number.desc()).limit(1)
    found = session.scalars(query).one_or_none()
    return found if found and found.number > pruned_through(session, chain) else None


def prune(session: Session, chain: Chain, now: datetime, days: int, actor: str) -> int:
    """Remove the rows of all seals that are older than `days` (at least 180); returns how many. `session`: of
    `cross_tenant`. That it was done is a row of the audit itself, which `verify` reads."""
    chain.lock(session, alone=True)
    last = past_term(session, chain, now, days)
    if last is None:
        return 0
    ended = [session.execute(delete(t).where(chain.own(t), t.txn < last.until)).rowcount for t in chain.tables]
    done = {"actor": actor, "via": "command", "address": "", "outcome": "done", "entity": "seal", "entity_id": None}
    detail = {"through": last.number, "rows": sum(ended)}
    entry = insert(chain.tables[0]).values(**chain.owned(), **done, action=Action.AUDIT_PRUNED.value, detail=detail)
    session.execute(entry)
    return sum(ended)
