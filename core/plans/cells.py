"""Changing one cell of a plan: what each field of the task sheet means in the database.

`norm` is a cell's normal form (a status, an ISO date, a number, unit names joined by 、), `written` the word as the
person wrote it; for free text both are the text.
"""

from collections.abc import Callable, Collection
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.plans.assigning import set_units
from core.plans.limiting import set_deadline, set_quota
from core.plans.models import Assignment, Occurrence, Task
from core.plans.words import Status, read_status, status_word
from core.plans.writing import Writing
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.history import history_of, plain
from tenants.models import Change
from tenants.sessions import ScopedSession


class RowUnknown(ZwgkError):
    """No such row in this plan, or none that this tenant may see: both answer alike."""

    code = "row_unknown"
    sentence = "没有编号为 {row} 的任务行。"


class Row(NamedTuple):
    """The three rows of the database that one row of the sheet shows."""

    task: Task
    assignment: Assignment
    occurrence: Occurrence


def find_row(session: ScopedSession, plan_id: int, key: str) -> Row:
    """The row of the plan with this key. Raises `RowUnknown`."""
    return find_rows(session, plan_id, [key])[key]


def find_rows(session: ScopedSession, plan_id: int, keys: Collection[str]) -> dict[str, Row]:
    """The rows of the plan with these keys. Raises `RowUnknown` for the first that there is not."""
    rows = _rows(session, plan_id, Occurrence.key == any_(literal(list(keys), ARRAY(Text))))
    found = {row.occurrence.key: row for row in rows}
    for key in keys:
        if key not in found:
            raise RowUnknown(row=key)
    return found


def rows_of_tasks(session: ScopedSession, plan_id: int, task_ids: Collection[int]) -> dict[int, Row]:
    """Any row of each task: where a field belongs to the task, each of its rows will do."""
    wanted = literal(list(task_ids), ARRAY(BigInteger))
    rows = _rows(session, plan_id, Task.id == any_(wanted)) if task_ids else []
    return {row.task.id: row for row in rows}


def history_of_row(session: ScopedSession, row: Row) -> list[Change]:
    """What happened to a row: to its task, its assignment and itself, oldest first."""
    changes = [change for part in row for change in history_of(session, part.__tablename__, part.id)]
    return sorted(changes, key=lambda change: change.id)


def _rows(session: ScopedSession, plan_id: int, condition: ColumnElement[bool]) -> list[Row]:
    a, o = Assignment, Occurrence
    query = select(Task, a, o).join(a, tenant_join(a.task_id, Task)).join(o, tenant_join(o.assignment_id, a))
    found = session.execute(query.where(condition).order_by(a.id, o.id))
    # the plan is asked for here: said in the query, it leads the planner through all rows of the plan
    return [Row(*row) for row in found if row[0].plan_id == plan_id]


def norm_of(field: str, value: Any) -> Any:
    """The normal form of a value that was given for a field, as `schemas.EditSchema` read it."""
    if field == "status":
        status = read_status(value)
        return status.norm if status else None
    return plain(value)


def edit_cell(work: Writing, row: Row, field: str, norm: Any, written: Any) -> None:
    """Set one cell; nothing happens where it holds that value already. Raises `UnitUnknown`."""
    _SETTERS[field](work, row, norm, written)


def _title(work: Writing, row: Row, _norm: Any, written: Any) -> None:
    work.set(row.task, "title", written or "")


def _text(work: Writing, row: Row, _norm: Any, written: Any) -> None:
    work.set(row.task, "text", written or "")


def _deadline(work: Writing, row: Row, _norm: Any, written: Any) -> None:
    set_deadline(work, row.task, written or "")


def _quota(work: Writing, row: Row, _norm: Any, written: Any) -> None:
    set_quota(work, row.task, written or "")


def _unit(work: Writing, row: Row, norm: Any, _written: Any) -> None:
    set_units(work, row.assignment, unit_names(norm))


def unit_names(norm: Any) -> list[str]:
    """The units that a cell names, from its normal form."""
    return norm.split("、") if norm else []


def _status(work: Writing, row: Row, norm: Any, written: Any) -> None:
    """`norm`: a status; in_progress+behind where the unit itself writes that it lags (滞后)."""
    occurrence = row.occurrence
    new = Status.of(norm or "not_started")
    old = Status(occurrence.status, occurrence.behind)
    shown = status_word(old, occurrence.status_word)
    if new == old and (occurrence.status_word or shown == status_word(new, written or "")):
        return  # the state did not change: the unit's own word stays
    occurrence.status, occurrence.behind, occurrence.status_word = new.status, new.behind, written or ""
    work.touch(occurrence, "status", shown, status_word(new, occurrence.status_word))
    first_done = new.status == "done" and old.status != "done" and occurrence.completed_on is None
    occurrence.reported_on = work.today if first_done else None


def _number(field: str) -> Callable[[Writing, Row, Any, Any], None]:
    def setter(work: Writing, row: Row, norm: Any, _written: Any) -> None:
        work.set(row.occurrence, field, None if norm is None else Decimal(str(norm)))

    return setter


def _completed_on(work: Writing, row: Row, norm: Any, _written: Any) -> None:
    work.set(row.occurrence, "completed_on", date.fromisoformat(norm) if norm else None)


def _free_text(field: str) -> Callable[[Writing, Row, Any, Any], None]:
    def setter(work: Writing, row: Row, _norm: Any, written: Any) -> None:
        work.set(row.occurrence, field, written or "")

    return setter


_SETTERS: dict[str, Callable[[Writing, Row, Any, Any], None]] = {
    "title": _title,
    "text": _text,
    "unit": _unit,
    "deadline": _deadline,
    "quota": _quota,
    "status": _status,
    "percent": _number("percent"),
    "count": _number("count"),
    "completed_on": _completed_on,
    "progress": _free_text("progress"),
    "evidence": _free_text("evidence"),
    "note": _free_text("note"),
}
