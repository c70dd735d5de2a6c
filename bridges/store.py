"""The store of the sheet bridge on PostgreSQL: one transaction reads what a pass needs, one stores what it leaves."""

import secrets
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, literal, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from bridges import plan_table, records
from bridges.models import Binding, Conflict, SheetBase, SheetEdit, SheetRow, StampKey, SyncPass
from bridges.ports import Stale
from bridges.sync.model import BaseRow, Before, Candidate, KnownRow
from bridges.sync.plan import Plan as PassPlan
from bridges.sync.stamp import Stamp
from bridges.sync.undo import Done, OpenCell
from bridges.table import CellKey, Table, TableRow
from core.plans.models import Plan, new_key
from core.plans.writing import writing
from core.units.services import read_directory
from tenants.db import tenant_join
from tenants.sessions import ScopedSession, tenant_session

DECIDED = ("settled", "given_up", "equal")
"""How a candidate is closed as a whole: undoing that pass opens it again."""


class PlanStore:
    """The `Store` of the plans of one tenant, for one actor and way; `today` is the day of what is reported done."""

    def __init__(self, tenant: str, actor: str, via: str, today: date) -> None:
        self._tenant, self._actor, self._via, self._today = tenant, actor, via, today

    def _session(self) -> AbstractContextManager[ScopedSession]:
        return tenant_session(self._tenant, self._actor, self._via)

    def key(self) -> bytes:
        """The tenant's secret, made with its first copy."""
        with self._session() as session:
            # two first exports at once: one of the two secrets stays, and both get that one
            new = upsert(StampKey).values(tenant_id=session.scope.tenant_id, secret=secrets.token_bytes(32))
            session.execute(new.on_conflict_do_nothing())
            return session.scalars(select(StampKey.secret)).one()

    def table(self, stamp: Stamp) -> Table | None:
        """The plan that a stamp is about; None for a binding or pass that is not ours."""
        with self._session() as session:
            query = select(SyncPass.id).join(Binding, tenant_join(SyncPass.binding_id, Binding))
            ours = query.where(
                Binding.key == stamp.binding,
                SyncPass.key == stamp.pass_id,
                SyncPass.copy == stamp.copy,
                SyncPass.holder == stamp.holder,
            )
            if session.scalar(ours) is None:
                return None
            return plan_table.plan_table(_plan_of(session, stamp.binding), read_directory(session))

    def load(self, stamp: Stamp) -> Before:
        """All that the engine needs for this stamp."""
        with self._session() as session:
            plan = _plan_of(session, stamp.binding)
            base = _base(session, stamp.pass_id)
            return self._before(session, plan, stamp, base)

    def begin(self, table: str, holder: str) -> Before:
        """A new copy of the plan with key `table` (`plan_table.plan_key`) for a holder."""
        with self._session() as session:
            new = upsert(Binding).values(
                tenant_id=session.scope.tenant_id, key=table, plan_id=plan_table.plan_id(table)
            )
            session.execute(new.on_conflict_do_nothing())
            plan = _plan_of(session, table)
            return self._before(session, plan, Stamp(table, secrets.token_hex(4), holder, ""), {})

    def _before(self, session: ScopedSession, plan: Plan, stamp: Stamp, base: dict[str, BaseRow]) -> Before:
        return Before(
            table=plan_table.plan_table(plan, read_directory(session)),
            snapshot=plan_table.snapshot(session, plan, base),
            binding=stamp.binding,
            copy=stamp.copy,
            holder=stamp.holder,
            stamp=stamp.pass_id,
            pass_id=secrets.token_hex(6),
            base=base,
            new_id=new_key,
            revision=plan.revision,
            known=_known(session, stamp.pass_id),
            added=_added(session, stamp.pass_id),
            confirmed=_confirmed(session, stamp.pass_id),
            candidates=_by_cell(_open(session, stamp.binding)),
        )

    def commit(self, plan: PassPlan, revision: int) -> None:
        """Carry out a pass. Raises `Stale` when the plan moved on since `revision`."""
        with self._session() as session:
            binding = session.scalars(select(Binding).where(Binding.key == plan.binding)).one()
            with writing(session, binding.plan_id, self._today) as work:
                if work.plan.revision != revision:
                    raise Stale
                records.carry_out(work, plan)
                records.store(work, binding, plan)

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        """The copy was written: note it on the pass."""
        with self._session() as session:
            session.execute(update(SyncPass).where(SyncPass.key == pass_id).values(written=fingerprint))

    def checked(self, stamp: Stamp, at: str) -> None:
        """A pass over this stamp found nothing to do."""
        with self._session() as session:
            when = datetime.fromisoformat(at)
            session.execute(update(Binding).where(Binding.key == stamp.binding).values(last_checked_at=when))
            seen = update(SyncPass).where(SyncPass.key == stamp.pass_id, SyncPass.written.is_(None))
            session.execute(seen.values(written=""))

    def conflicts(self) -> Sequence[Candidate]:
        """All open candidates of the tenant."""
        with self._session() as session:
            return _open(session)

    def cell(self, owner: str, field: str) -> OpenCell | None:
        """A cell with its open candidates; None where none is open. `owner` may also be a row that shows the cell."""
        with self._session() as session:
            query = select(Conflict, Binding.key).join(Binding, tenant_join(Conflict.binding_id, Binding))
            owners = plan_table.owners_of(session, owner)
            found = session.execute(
                query.where(Conflict.owner.in_(owners), Conflict.field == field, Conflict.closed_by.is_(None))
            ).all()
            if not found:
                return None
            binding = found[0][1]
            plan = _plan_of(session, binding)
            row = plan_table.by_owner(plan_table.table_rows(session, plan))[found[0][0].owner]
            candidates = tuple(Candidate.from_json(conflict.data) for conflict, _ in found)
            return OpenCell(binding, row.id, row.cell(field), candidates, plan.revision, secrets.token_hex(6))

    def done(self, pass_id: str) -> Done | None:
        """What a pass did and how those cells stand now; None for a pass that is not ours."""
        with self._session() as session:
            query = select(SyncPass, Binding.key).join(Binding, tenant_join(SyncPass.binding_id, Binding))
            found = session.execute(query.where(SyncPass.key == pass_id)).one_or_none()
            if found is None:
                return None
            past, binding = found
            plan = _plan_of(session, binding)
            rows = plan_table.table_rows(session, plan)
            owners = plan_table.by_owner(rows)
            changes = records.changes_of(past.records)
            settled = select(Conflict.data).where(Conflict.closed_by == pass_id, Conflict.closed_how.in_(DECIDED))
            return Done(
                binding=binding,
                undone=pass_id,
                number=past.number,
                changes=changes,
                now={(c.owner, c.field): owners[c.owner].cell(c.field) for c in changes},
                revision=plan.revision,
                pass_id=secrets.token_hex(6),
                added={key: _number_now(rows[key]) for key in past.records["rows"]},
                withdrawn={key: rows[key].state == "left" for key in past.records["withdrawn"]},
                settled=tuple(map(Candidate.from_json, session.scalars(settled))),
            )


def _plan_of(session: ScopedSession, binding: str) -> Plan:
    query = select(Plan).join(Binding, tenant_join(Binding.plan_id, Plan))
    return session.scalars(query.where(Binding.key == binding)).one()


def _number_now(row: TableRow) -> int | None:
    return None if row.state == "left" else row.number


def _base(session: ScopedSession, pass_id: str) -> dict[str, BaseRow]:
    """Each row as the nearest pass on the chain of parents left it."""
    chain = (
        select(SyncPass.tenant_id, SyncPass.id, SyncPass.parent, literal(0).label("depth"))
        .where(SyncPass.key == pass_id)
        .cte("chain", recursive=True)
    )
    before = aliased(SyncPass)
    chain = chain.union_all(
        select(before.tenant_id, before.id, before.parent, chain.c.depth + 1).where(
            before.tenant_id == chain.c.tenant_id, before.key == chain.c.parent
        )
    )
    query = (
        select(SheetBase.data)
        .join(chain, (chain.c.tenant_id == SheetBase.tenant_id) & (chain.c.id == SheetBase.pass_id))
        .ext(distinct_on(SheetBase.row))
        .order_by(SheetBase.row, chain.c.depth)
    )
    return {row.id: row for row in map(BaseRow.from_json, session.scalars(query))}


def _known(session: ScopedSession, stamp: str) -> dict[tuple[str, str, str], Any]:
    query = select(SheetEdit.row, SheetEdit.field, SheetEdit.value, SheetEdit.fate).where(SheetEdit.stamp == stamp)
    return {(row, field, value): fate for row, field, value, fate in session.execute(query.order_by(SheetEdit.id))}


def _added(session: ScopedSession, stamp: str) -> tuple[KnownRow, ...]:
    query = select(SheetRow.stamp, SheetRow.row, SheetRow.content).where(SheetRow.stamp == stamp)
    return tuple(KnownRow(*row) for row in session.execute(query.order_by(SheetRow.id)))


def _confirmed(session: ScopedSession, stamp: str) -> bool:
    child, grandchild = aliased(SyncPass), aliased(SyncPass)
    seen = exists().where(grandchild.tenant_id == child.tenant_id, grandchild.parent == child.key)
    query = select(child.id).where(child.parent == stamp, or_(child.written.is_not(None), seen))
    return session.scalars(query.limit(1)).one_or_none() is not None


def _open(session: ScopedSession, binding: str | None = None) -> list[Candidate]:
    query = select(Conflict.data).where(Conflict.closed_by.is_(None)).order_by(Conflict.id)
    if binding is not None:
        query = query.join(Binding, tenant_join(Conflict.binding_id, Binding))
        query = query.where(Binding.key == binding)
    return [Candidate.from_json(data) for data in session.scalars(query)]


def _by_cell(candidates: Iterable[Candidate]) -> dict[CellKey, tuple[Candidate, ...]]:
    cells: dict[CellKey, tuple[Candidate, ...]] = {}
    for candidate in candidates:
        cells[candidate.cell] = (*cells.get(candidate.cell, ()), candidate)
    return cells
