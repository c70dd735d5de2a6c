"""The store of the sheet bridge on PostgreSQL: one transaction reads what a pass needs, one stores what it leaves."""

import secrets
from collections.abc import Collection, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from importlib.metadata import version
from typing import Any

from flask import current_app
from sqlalchemy import Select, bindparam, exists, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import aliased

from bridges.ports import Stale
from bridges.store import plan_table, records
from bridges.store.bases import load_base
from bridges.store.declared import declared, new_headers
from bridges.store.models import Binding, Conflict, SheetEdit, SheetPart, SheetRow, StampKey, SyncPass
from bridges.store.plan_view import snapshot
from bridges.sync.base import Base
from bridges.sync.model import Before, Candidate, KnownRow
from bridges.sync.plan import Plan as PassPlan
from bridges.sync.rest import state_of
from bridges.sync.stamp import Stamp
from bridges.sync.undo import Done, OpenCell
from bridges.table import CellKey, Table, TableRow
from core.plans.models import Plan, new_key
from core.plans.opening import has_begun, open_begun, recurs
from core.plans.services import find_plan
from core.plans.writing import writing
from core.tenancy import sheet_layout_of
from tenants.audit.actions import Action
from tenants.audit.acts import REFUSED, record_act
from tenants.db import tenant_join
from tenants.sessions import ScopedSession, tenant_session

PROGRAM = version("zwgk")
DECIDED = ("settled", "given_up", "equal")
"""How a candidate is closed as a whole: undoing that pass opens it again."""


class PlanStore:
    """The `Store` of the plans of one tenant, for one actor and way; `today` is the day of what is reported done, and
    the one up to which the periods of a plan are opened before it is read; `address`: where the actor asked from."""

    brought: Collection[str] = ()
    """Rows that its new copies have though they are put away."""

    def __init__(self, tenant: str, actor: str, via: str, today: date, address: str = "") -> None:
        self._tenant, self._actor, self._via, self._today, self._address = tenant, actor, via, today, address

    def _session(self) -> AbstractContextManager[ScopedSession]:
        return tenant_session(self._tenant, self._actor, self._via, self._address)

    def key(self) -> bytes:
        """The tenant's secret, made with its first copy and never changed."""
        return self._secret

    @cached_property
    def _secret(self) -> bytes:
        with self._session() as session:
            if secret := session.scalar(select(StampKey.secret)):
                return secret
            # two first exports at once: one of the two secrets stays, and both get that one
            new = upsert(StampKey).values(tenant_id=session.scope.tenant_id, secret=secrets.token_bytes(32))
            session.execute(new.on_conflict_do_nothing())
            return session.scalars(select(StampKey.secret)).one()

    def table(self, stamp: Stamp) -> Table | None:
        """The plan that a stamp is about; None for a binding or pass that is not ours."""
        with self._session() as session:
            plan = _plan_told(session, stamp)
            return plan and declared(session, plan, stamp.copy)

    def load(self, stamp: Stamp) -> Before | None:
        """All that the engine needs for this stamp; None for a binding or pass that is not ours."""
        with self._session() as session:
            plan = _plan_told(session, stamp)
            if plan is None:
                return None
            open_begun(session, plan, self._today)
            table = declared(session, plan, stamp.copy)
            return self._before(session, plan, stamp, table, load_base(session, stamp.pass_id))

    def begin(self, table: str, holder: str) -> Before:
        """A new copy of the plan with key `table` (`plan_table.plan_key`) for a holder; nothing is stored yet."""
        layout = sheet_layout_of(current_app, self._tenant)
        with self._session() as session:
            plan = find_plan(session, plan_table.plan_id(table))
            open_begun(session, plan, self._today)
            whole, stamp = declared(session, plan), Stamp(table, secrets.token_hex(4), holder, "")
            before = self._before(session, plan, stamp, whole, Base())
            rows = before.snapshot.rows.values()
            return replace(before, headers=new_headers(layout, rows, recurring=recurs(session, plan)))

    def _before(self, session: ScopedSession, plan: Plan, stamp: Stamp, table: Table, base: Base) -> Before:
        rows = {"part": _is_part(session, stamp.copy), "brought": self.brought}
        return Before(
            table=table,
            snapshot=snapshot(session, plan, table, base, stamp.holder, **rows),
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
            binding = _bound(session, plan.binding)
            with writing(session, binding.plan_id, self._today) as work:
                if work.plan.revision != revision:
                    raise Stale
                records.carry_out(work, plan)
                records.store(work, binding, plan)

    def refused(self, code: str) -> None:
        """A pass was stopped: note that it was tried."""
        with self._session() as session:
            record_act(session, Action.SHEET_SYNCED, detail={"code": code}, outcome=REFUSED)

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        """The copy was written: note it on the pass."""
        with self._session() as session:
            session.execute(update(SyncPass).where(SyncPass.key == pass_id).values(written=fingerprint))

    def checked(self, stamp: Stamp, at: str) -> None:
        """A pass over this stamp found nothing to do."""
        with self._session() as session:
            _note_checked(session, stamp, at)

    def rest(self, stamp: Stamp, table: Table, revision: int, file: str) -> None:
        """A pass over this file found nothing to do and nothing to tell."""
        with self._session() as session:
            state = state_of(table, revision, PROGRAM)
            done = update(SyncPass).where(SyncPass.key == stamp.pass_id)
            session.execute(done.values(rest_file=file, rest_state=state))

    def resting(self, file: str, at: str | None = None) -> Stamp | None:
        """The stamp of a file of which `rest` was told, if all is as it was then."""
        with self._session() as session:
            query = select(SyncPass, Binding.key, Plan).join(Binding, tenant_join(SyncPass.binding_id, Binding))
            query = query.join(Plan, tenant_join(Binding.plan_id, Plan)).where(SyncPass.rest_file == file)
            for done, binding, plan in session.execute(query):
                if has_begun(plan, self._today):
                    return None
                if done.rest_state == state_of(declared(session, plan, done.copy), plan.revision, PROGRAM):
                    stamp = Stamp(binding, done.copy, done.holder, done.key)
                    if at:
                        _note_checked(session, stamp, at)
                    return stamp
            return None

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
            shown = found[0][0].owner
            row = plan_table.rows_that_show(session, [shown])[shown]
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
            changes = records.changes_of(past.records)
            moved = (*past.records["rows"], *past.records["withdrawn"])
            rows = plan_table.rows_that_show(session, {*moved, *(change.owner for change in changes)})
            settled = select(Conflict.data).where(Conflict.closed_by == pass_id, Conflict.closed_how.in_(DECIDED))
            return Done(
                binding=binding,
                undone=pass_id,
                number=past.number,
                changes=changes,
                now={(c.owner, c.field): rows[c.owner].cell(c.field) for c in changes},
                revision=plan.revision,
                pass_id=secrets.token_hex(6),
                added={key: _number_now(rows[key]) for key in past.records["rows"]},
                withdrawn={key: rows[key].state == "left" for key in past.records["withdrawn"]},
                settled=tuple(map(Candidate.from_json, session.scalars(settled))),
            )


def _bound(session: ScopedSession, key: str) -> Binding:
    """The binding with this key, made with the first pass over a copy of it."""
    found = select(Binding).where(Binding.key == key)
    if session.scalar(found) is None:
        new = upsert(Binding).values(tenant_id=session.scope.tenant_id, key=key, plan_id=plan_table.plan_id(key))
        session.execute(new.on_conflict_do_nothing())
    return session.scalars(found).one()


def _note_checked(session: ScopedSession, stamp: Stamp, at: str) -> None:
    when = datetime.fromisoformat(at)
    session.execute(update(Binding).where(Binding.key == stamp.binding).values(last_checked_at=when))
    seen = update(SyncPass).where(SyncPass.key == stamp.pass_id, SyncPass.written.is_(None))
    session.execute(seen.values(written=""))


def _plan_told(session: ScopedSession, stamp: Stamp) -> Plan | None:
    """The plan that a stamp is about, if all that it says of its pass is so."""
    query = select(Plan).join(Binding, tenant_join(Binding.plan_id, Plan))
    query = query.join(SyncPass, tenant_join(SyncPass.binding_id, Binding))
    of_pass = SyncPass.key == stamp.pass_id, SyncPass.copy == stamp.copy, SyncPass.holder == stamp.holder
    return session.scalars(query.where(Binding.key == stamp.binding, *of_pass)).one_or_none()


def _plan_of(session: ScopedSession, binding: str) -> Plan:
    query = select(Plan).join(Binding, tenant_join(Binding.plan_id, Plan))
    return session.scalars(query.where(Binding.key == binding)).one()


def _is_part(session: ScopedSession, copy: str) -> bool:
    return session.scalar(select(SheetPart.id).where(SheetPart.copy == copy)) is not None


def _number_now(row: TableRow) -> int | None:
    return None if row.state == "left" else row.number


def _known(session: ScopedSession, stamp: str) -> dict[tuple[str, str, str], Any]:
    query = select(SheetEdit.row, SheetEdit.field, SheetEdit.value, SheetEdit.fate).where(SheetEdit.stamp == stamp)
    return {(row, field, value): fate for row, field, value, fate in session.execute(query.order_by(SheetEdit.id))}


def _added(session: ScopedSession, stamp: str) -> tuple[KnownRow, ...]:
    query = select(SheetRow.stamp, SheetRow.row, SheetRow.content).where(SheetRow.stamp == stamp)
    return tuple(KnownRow(*row) for row in session.execute(query.order_by(SheetRow.id)))


def _written_child() -> Select[tuple[int]]:
    child, grandchild = aliased(SyncPass), aliased(SyncPass)
    seen = exists().where(grandchild.tenant_id == child.tenant_id, grandchild.parent == child.key)
    of_stamp = child.parent == bindparam("stamp")
    return select(child.id).where(of_stamp, or_(child.written.is_not(None), seen)).limit(1)


_WRITTEN_CHILD = _written_child()  # once: to say it takes longer than to ask it


def _confirmed(session: ScopedSession, stamp: str) -> bool:
    return session.scalar(_WRITTEN_CHILD, {"stamp": stamp}) is not None


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
