"""Sealing: what was written since the last seal gets one of its own. Writers never wait for it.

Rows come with the number of their transaction. Below the oldest running transaction none can come any more, whatever
commits when; up to there, and not further, a seal takes all rows from where the last one ended.
"""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from tenants.audit.chain import START, Chain, lines, part, seal_digest
from tenants.audit.numbering import NumbersElsewhere, at_home

_BOUND = select(func.audit_number(func.pg_snapshot_xmin(func.pg_current_snapshot())), func.clock_timestamp())


class Made(NamedTuple):
    """A seal that was made: its number, over how many rows, and its digest."""

    number: int
    rows: int
    digest: str


def seal(session: Session, chain: Chain) -> Made | None:
    """Seal what has not been; None where there is nothing. One sealer at a time, others wait for it.

    Raises `NumbersElsewhere`.
    """
    chain.lock(session, alone=True)
    if not at_home(session):
        raise NumbersElsewhere
    newest = chain.newest(session)
    number, first, previous = (newest.number + 1, newest.until, newest.digest) if newest else (1, 0, START)
    # the rows are read after the bound was: whatever is below it has ended by now, and is seen
    until, at = session.execute(_BOUND).one()
    parts = [part(table, lines(session, chain, table, first, until)) for table in chain.tables]
    rows = sum(count for _name, count, _digest in parts)
    if not rows:
        return None
    told = {"number": number, "first": first, "until": until, "parts": parts, "previous": previous, "sealed_at": at}
    digest = seal_digest(number, first, until, at, parts, previous)
    session.execute(insert(chain.seals).values(**chain.owned(), **told, digest=digest))
    return Made(number, rows, digest)


def oldest_unsealed(session: Session, chain: Chain) -> datetime | None:
    """When the oldest row was written that is not sealed."""
    since = chain.since(session)
    of_each = [select(func.min(table.at)).where(chain.own(table), table.txn >= since) for table in chain.tables]
    return min((at for at in map(session.scalar, of_each) if at), default=None)
