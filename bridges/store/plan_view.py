"""A plan as one copy's pass sees it: whole rows only where something moved since the copy was left."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import BigInteger, any_, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from bridges.store.plan_table import TASK, held_value, table_row
from bridges.sync.base import Base, Mark, Rows
from bridges.sync.model import OFFICE, BaseRow, TableSnapshot
from bridges.table import CellKey, Held, Table, TableRow
from core.plans.models import Assignment, Occurrence, Plan, Task
from core.plans.reading import row_marks, rows_of_keys
from core.plans.rows import PlanRow
from tenants.models import Change as Trace
from tenants.sessions import ScopedSession


def snapshot(
    session: ScopedSession,
    plan: Plan,
    table: Table,
    base: Base,
    holder: str,
    *,
    part: bool = False,
    brought: Collection[str] = (),
) -> TableSnapshot:
    """All rows of the holder that are not closed (`part`: those of the base only), and every value that a changed cell
    held since the copy's base. A row that is put away stays one of the copies that have it, and comes into no other,
    but for those that it is `brought` to."""
    found = row_marks(session, plan.id, None if holder == OFFICE else int(holder))
    own = (mark for mark in found if mark.key in base or not (part or mark.past) or mark.key in brought)
    marks = {mark.key: Mark(mark.rev, {TASK: f"t{mark.task_id}"}) for mark in own}
    moved = [key for key, mark in marks.items() if not base.in_step(key, mark.number)]
    shown = rows_of_keys(session, moved)
    read = {row.key: table_row(row) for row in shown}
    marks |= {key: marks.pop(key) for key in read}  # rows that are new to the copy come in the order of the document
    return TableSnapshot(Rows(marks, read, base, table), _history(session, table, shown, _since(read, base)))


def _since(rows: Mapping[str, TableRow], base: Base) -> Mapping[str, int]:
    """Rows whose table side is newer than a cell of the copy → the history number on which the oldest one stands."""
    known = {key: _oldest(base[key]) for key in rows if key in base}
    return {key: number for key, number in known.items() if rows[key].number > number}


def _oldest(base: BaseRow) -> int:
    return min([base.number, *(cell.number for cell in base.cells.values())])


def _history(
    session: ScopedSession, table: Table, rows: Iterable[PlanRow], since: Mapping[str, int]
) -> dict[CellKey, tuple[Held, ...]]:
    owners: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    for row in rows:
        if row.key in since:
            owners[Occurrence.__tablename__][row.occurrence_id].add(row.key)
            owners[Assignment.__tablename__][row.assignment_id].add(row.key)  # of whose periods each shows the unit
            owners[Task.__tablename__][row.task_id].add(f"t{row.task_id}")
    if not owners:
        return {}
    of_these = (
        (Trace.entity == entity) & (Trace.entity_id == any_(literal(list(ids), ARRAY(BigInteger))))
        for entity, ids in owners.items()
    )
    query = select(Trace.entity, Trace.entity_id, Trace.field, Trace.revision, Trace.new)
    query = query.where(or_(*of_these), Trace.revision > min(since.values())).order_by(Trace.id)
    columns = {column.key: column for column in table.columns}
    history: dict[CellKey, list[Held]] = defaultdict(list)
    for entity, entity_id, field, number, new in session.execute(query):
        if field in columns:
            for owner in owners[entity][entity_id]:
                history[owner, field].append(Held(number, held_value(columns[field], new)))
    return {cell: tuple(held) for cell, held in history.items()}
