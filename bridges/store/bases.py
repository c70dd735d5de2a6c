"""The bases of copies in the database: a pass keeps what it changed, and now and then a pass keeps everything."""

from collections.abc import Iterable

from sqlalchemy import Select, bindparam, literal, select
from sqlalchemy.orm import aliased

from bridges.store.models import SheetBase, SyncPass
from bridges.sync.base import Base
from bridges.sync.model import BaseRow
from tenants.bulk import add_rows
from tenants.db import tenant_join
from tenants.sessions import ScopedSession

LONGEST = 30
"""Passes on a chain after which one keeps the whole base: a copy is read as fast after years as on its first day."""


def _blobs() -> Select[tuple[bytes]]:
    """What the passes on the chain of parents of `pass_id` left, the oldest first."""
    chain = (
        select(SyncPass.tenant_id, SyncPass.id, SyncPass.parent, SheetBase.steps, literal(0).label("depth"))
        .join(SheetBase, tenant_join(SheetBase.pass_id, SyncPass))
        .where(SyncPass.key == bindparam("pass_id"))
        .cte("chain", recursive=True)
    )
    before, left = aliased(SyncPass), aliased(SheetBase)
    chain = chain.union_all(
        select(before.tenant_id, before.id, before.parent, left.steps, chain.c.depth + 1)
        .join(left, (left.tenant_id == before.tenant_id) & (left.pass_id == before.id))
        .where(before.tenant_id == chain.c.tenant_id, before.key == chain.c.parent, chain.c.steps > 0)
    )
    query = select(SheetBase.rows).join(
        chain, (chain.c.tenant_id == SheetBase.tenant_id) & (chain.c.id == SheetBase.pass_id)
    )
    return query.order_by(chain.c.depth.desc())


_BLOBS = _blobs()  # once: to say it takes longer than to ask it


def load_base(session: ScopedSession, pass_id: str) -> Base:
    """Each row as the nearest pass on the chain of parents left it."""
    return Base.unpack(session.scalars(_BLOBS, {"pass_id": pass_id}))


def keep_base(session: ScopedSession, done: SyncPass, rows: Iterable[BaseRow]) -> None:
    """Keep how a pass left its copy."""
    query = select(SheetBase.steps).join(SyncPass, tenant_join(SheetBase.pass_id, SyncPass))
    steps = session.scalars(query.where(SyncPass.key == done.parent)).one_or_none()
    steps = 0 if steps is None else (steps + 1) % LONGEST
    base = load_base(session, done.parent) if done.parent and not steps else Base()
    add_rows(session, SheetBase, [{"pass_id": done.id, "steps": steps, "rows": base.having(rows).pack()}])
