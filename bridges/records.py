"""Putting the records of a pass into the database: changes of the plan first, then what the bridge itself remembers."""

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bridges import plan_table
from bridges.models import Binding, Conflict, SheetBase, SheetEdit, SheetNote, SheetProposal, SheetRow, SyncPass
from bridges.sync.model import BaseCell, BaseRow, Candidate, Closed
from bridges.sync.plan import Change, Opened, Plan, Proposal
from bridges.sync.values import read
from bridges.table import Table, TableRow, Value
from core.plans.models import Assignment, Occurrence
from core.plans.writing import Writing
from core.units.services import read_directory
from tenants.bulk import add_rows
from tenants.sessions import ScopedSession


def carry_out(work: Writing, plan: Plan) -> None:
    """The changes of the table that a pass makes, by the services of the plan. Raises what they refuse."""
    kept = plan.records
    for new in kept.rows:
        plan_table.add_row(work, new)
    for change in kept.changes:
        plan_table.apply_change(work, change)
    for key in kept.withdrawn:
        plan_table.set_withdrawn(work, key, True)
    for key in kept.revived:
        plan_table.set_withdrawn(work, key, False)
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
    add_rows(session, SheetBase, [own | {"row": b.id, "data": b.as_json()} for b in _bases(work, plan)])
    add_rows(
        session,
        SheetEdit,
        [own | {"stamp": k.stamp, "row": k.row, "field": k.field, "value": k.key, "fate": k.fate} for k in kept.known],
    )
    add_rows(session, SheetRow, [own | {"stamp": k.stamp, "row": k.id, "content": dict(k.content)} for k in kept.added])
    add_rows(session, SheetNote, [own | {"row": n.row, "text": n.text} for n in kept.notes])
    add_rows(session, SheetProposal, [own | _proposal(p) for p in kept.proposals])
    for closed in kept.closed:
        _close(session, binding, closed, plan.pass_id)
    for opened in kept.opened:
        _open(session, binding, opened)
    session.flush()


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
    table = plan_table.plan_table(work.plan, read_directory(work.session))
    rows = plan_table.table_rows(work.session, work.plan)
    return [
        replace(base, cells={**base.cells, **_otherwise(base, rows[base.id], table)})
        if base.kind == "row" and base.number == work.revision
        else base
        for base in bases
    ]


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


def _find(session: ScopedSession, binding: Binding, owner: str, field: str, key: str) -> Conflict | None:
    query = select(Conflict).where(
        Conflict.binding_id == binding.id,
        Conflict.owner == owner,
        Conflict.field == field,
        Conflict.value_key == key,
        Conflict.closed_by.is_(None),
    )
    return session.scalar(query)


def _open(session: ScopedSession, binding: Binding, opened: Opened) -> None:
    """Record a candidate, or a further origin of an open one."""
    new = Candidate(opened.owner, opened.field, opened.value, opened.valid, (opened.origin,))
    conflict = _find(session, binding, opened.owner, opened.field, new.key)
    if conflict is None:
        row = Conflict(binding_id=binding.id, owner=new.owner, field=new.field, value_key=new.key, data=new.as_json())
        session.add(row)
        session.flush()
        return
    conflict.data = {**conflict.data, "origins": [*conflict.data["origins"], asdict(opened.origin)]}


def _close(session: ScopedSession, binding: Binding, closed: Closed, pass_id: str) -> None:
    """Close a candidate, or take one origin off it and close it when none is left."""
    conflict = _find(session, binding, closed.owner, closed.field, closed.key)
    if conflict is None:
        return
    origins = conflict.data["origins"]
    if closed.origin:
        left = [o for o in origins if (o["pass_id"], o["row"]) != (closed.origin, closed.row)]
        if left:
            conflict.data = {**conflict.data, "origins": left}
            return
    conflict.closed_by, conflict.closed_how = pass_id, closed.how
    session.flush()
