"""Putting the records of a pass into the database: changes of the plan first, then what the bridge itself remembers."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bridges.store import plan_table
from bridges.store.bases import keep_base
from bridges.store.candidates import OpenConflicts
from bridges.store.declared import declared
from bridges.store.models import Binding, SheetEdit, SheetHeader, SheetNote, SheetProposal, SheetRow, SyncPass
from bridges.sync.base import words_of
from bridges.sync.model import BaseCell, BaseRow
from bridges.sync.plan import Change, Plan, Proposal
from bridges.sync.values import read
from bridges.table import Table, TableRow, Value
from core.plans.models import Assignment, Occurrence
from core.plans.opening import open_changed
from core.plans.reading import rows_of_keys
from core.plans.writing import Writing
from core.webhooks.events import named, tell
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.bulk import add_rows


def carry_out(work: Writing, plan: Plan) -> None:
    """The changes of the table that a pass makes, by the services of the plan. Raises what they refuse."""
    kept = plan.records
    for new in kept.rows:
        plan_table.add_row(work, new)
    plan_table.apply_changes(work, kept.changes)
    for key in kept.withdrawn:
        plan_table.set_withdrawn(work, key, True)
    for key in kept.revived:
        plan_table.set_withdrawn(work, key, False)
    open_changed(work)
    work.advances = any((kept.changes, kept.opened, kept.closed, kept.known, kept.added, kept.proposals))


def store(work: Writing, binding: Binding, plan: Plan) -> None:
    """The pass itself, its base rows, and everything it has to know later."""
    session, kept, number = work.session, plan.records, work.revision
    done = SyncPass(
        binding_id=binding.id,
        key=plan.pass_id,
        parent=plan.parent,
        copy=plan.copy,
        holder=plan.holder,
        who=plan.who,
        at=datetime.fromisoformat(plan.at),
        number=number,
        fingerprint=plan.fingerprint,
        report=plan.as_json(),
        records={
            "changes": [asdict(c) | {"old": list(c.old), "new": list(c.new)} for c in kept.changes],
            "rows": _brought(work),
            "withdrawn": list(kept.withdrawn),
        },
    )
    session.add(done)
    session.flush()
    own = {"pass_id": done.id}
    add_rows(session, SheetHeader, [own | {"copy": plan.copy, "field": f, "header": h} for f, h in kept.headers])
    if plan.copy:
        keep_base(session, done, _bases(work, plan))
    add_rows(
        session,
        SheetEdit,
        [own | {"stamp": k.stamp, "row": k.row, "field": k.field, "value": k.key, "fate": k.fate} for k in kept.known],
    )
    add_rows(session, SheetRow, [own | {"stamp": k.stamp, "row": k.id, "content": dict(k.content)} for k in kept.added])
    add_rows(session, SheetNote, [own | {"row": n.row, "text": n.text} for n in kept.notes])
    add_rows(session, SheetProposal, [own | _proposal(p) for p in kept.proposals])
    record_act(session, _action(plan), subject=(SyncPass.__tablename__, done.id), detail=_told(binding, plan))
    waiting = OpenConflicts(session, binding, {one.owner for one in (*kept.closed, *kept.opened)})
    for closed in kept.closed:
        waiting.close(closed, plan.pass_id)
    session.flush()  # a candidate may be closed and opened anew, and is open once
    new = [opened for opened in kept.opened if waiting.open(opened)]
    session.flush()
    if new:
        conflicts = [{"owner": one.owner, "field": one.field} for one in new]
        about = {"plan": binding.plan_id, "pass": plan.pass_id, "count": len(new)}
        tell(session, "conflict.opened", lambda: about | {"conflicts": named(conflicts)})


def _action(plan: Plan) -> Action:
    if not plan.copy:
        return Action.SHEET_CHANGED_BACK
    if plan.parent:
        return Action.SHEET_SYNCED
    return Action.SHEET_ADOPTED if plan.fingerprint else Action.SHEET_EXPORTED


def _told(binding: Binding, plan: Plan) -> dict[str, Any]:
    """What the audit says of a pass: how much, and nothing of what; the values are in the history."""
    lists = {name: len(items) for name, items in vars(plan.report).items() if items}
    return {"pass": plan.pass_id, "plan": binding.plan_id, "rows": len(plan.writes.rows)} | lists


def _brought(work: Writing) -> list[str]:
    """Keys of the rows that the changes brought into the table: new ones, and closed ones that were opened again."""
    found = {
        change.entity_id
        for change in work.changes
        if change.entity == Assignment.__tablename__
        and ((change.field, change.new) == ("closed", False) or (change.field, change.old) == ("unit", None))
    }
    query = select(Occurrence.key).where(Occurrence.assignment_id.in_(found)).order_by(Occurrence.id)
    return list(work.session.scalars(query)) if found else []


def _bases(work: Writing, plan: Plan) -> list[BaseRow]:
    """How the pass leaves its rows. What the table did not keep as it was typed (units laid on rows of their own, an
    emptied status which is 未启动) is still to be written to the copy, whose reader typed it knowing what it means."""
    bases = [base.numbered(work.revision) for base in plan.records.base]
    if not (plan.records.changes or plan.records.rows):
        return bases
    work.session.flush()
    table = declared(work.session, work.plan, plan.copy)
    own = {base.id for base in bases if base.kind == "row" and base.number == work.revision}
    rows = {row.key: plan_table.table_row(row) for row in rows_of_keys(work.session, own)}
    return [_as_kept(base, rows[base.id], table) if base.id in own else base for base in bases]


def _as_kept(base: BaseRow, row: TableRow, table: Table) -> BaseRow:
    cells = {**base.cells, **_otherwise(base, row, table)}
    pairs = zip(table.columns, base.shown, strict=True)
    in_step = [(column, raw, row.cell(column.key).value) for column, raw in pairs if column.key not in cells]
    return replace(base, cells=cells, words=words_of(in_step, table.year))


def _otherwise(base: BaseRow, row: TableRow, table: Table) -> dict[str, BaseCell]:
    cells = {}
    for column, raw in zip(table.columns, base.shown, strict=True):
        left, now = read(column, raw, table.year).value, row.cell(column.key)
        if column.key not in base.cells and left.norm != now.value.norm:
            cells[column.key] = BaseCell("held", left, now.number - 1, now.value, now.number)
    return cells


def changes_of(records: dict[str, Any]) -> tuple[Change, ...]:
    """The changes of a stored pass."""
    return tuple(Change(**c | {"old": Value(*c["old"]), "new": Value(*c["new"])}) for c in records["changes"])


def _proposal(proposal: Proposal) -> dict[str, Any]:
    cells = {key: list(value) for key, value in proposal.cells.items()}
    data = {"owner": proposal.owner, "old": list(proposal.old), "new": list(proposal.new), "cells": cells}
    return {"row": proposal.row, "field": proposal.field, "who": proposal.who, "data": data}
