"""Deadlines and quotas of a task, typed: from a decomposition, or from what somebody wrote into the sheet."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update

from core.decompose import draft
from core.decompose.amounts import find_day_limits, find_quotas
from core.decompose.fold import fold
from core.decompose.times import find_cadence, find_deadlines, labelled_deadline
from core.plans.models import Assignment, Deadline, Occurrence, Quota, Task
from core.plans.periods import rhythm_of
from core.plans.writing import Writing
from tenants.bulk import add_rows

BETWEEN = "；"


class DeadlineRow(NamedTuple):
    """The columns of a `Deadline`, without its task."""

    kind: str
    text: str
    starts_on: date | None = None
    due_on: date | None = None
    month: int | None = None
    day: int | None = None
    days: int | None = None
    event: str | None = None


class QuotaRow(NamedTuple):
    """The columns of a `Quota`, without its task."""

    text: str
    op: str
    number: int | float
    unit_word: str
    scope: str
    subject: str


def typed_deadlines(deadlines: Iterable[draft.Deadline], limits: Iterable[draft.DayLimit]) -> list[DeadlineRow]:
    """Deadlines and working-day limits of a decomposition."""
    dated = [DeadlineRow(d.kind, d.text, d.begins, d.due, d.month, d.day) for d in deadlines]
    counted = [
        DeadlineRow("working_days", f"{limit.trigger or ''}{limit.text}", days=limit.days, event=limit.trigger)
        for limit in limits
    ]
    return dated + counted


def typed_quotas(quotas: Iterable[draft.Quota]) -> list[QuotaRow]:
    """Quotas of a decomposition."""
    return [QuotaRow(q.text, q.op, q.number, q.unit, q.scope, q.subject) for q in quotas]


def read_cadences(texts: Iterable[str]) -> list[draft.Cadence]:
    """The cadences of a task, from what it says of them (`Task.cadence`)."""
    found = []
    for text in texts:
        folded = fold(text)
        found += find_cadence(folded, 0, len(folded.text))
    return found


def due_day(deadlines: Sequence[DeadlineRow]) -> date | None:
    """The day by which the task as a whole is due (inclusive): the last of its dated deadlines."""
    return max((d.due_on for d in deadlines if d.due_on), default=None)


def deadline_text(deadlines: Sequence[DeadlineRow]) -> str:
    """What the sheet shows under 完成时限."""
    return BETWEEN.join(dict.fromkeys(d.text for d in deadlines))


def quota_text(quotas: Sequence[QuotaRow]) -> str:
    """What the sheet shows under 数量指标: the clause with the number in it."""
    return BETWEEN.join(dict.fromkeys(q.subject or q.text for q in quotas))


def read_deadlines(text: str, year: int) -> list[DeadlineRow]:
    """What somebody wrote under 完成时限; a phrase that cannot be computed is kept, as kind `unclear`."""
    found: list[DeadlineRow] = []
    for phrase in filter(None, (part.strip() for part in text.replace(";", BETWEEN).split(BETWEEN))):
        folded = fold(phrase)
        whole = 0, len(folded.text)
        limits = list(find_day_limits(folded, *whole))
        dated = list(find_deadlines(folded, *whole, year))
        if not limits and not dated:
            dated = [labelled_deadline(folded, *whole, year)]
        found += typed_deadlines(dated, limits)
    return found


def set_deadline(work: Writing, task: Task, text: str) -> None:
    """Set a task's 完成时限 as written; typed deadlines and the due days of its occurrences follow. The periods of a
    task that comes back do so when the plan is opened next (`opening.open_changed`)."""
    if not work.set(task, "deadline_text", text, cell="deadline"):
        return
    work.session.execute(delete(Deadline).where(Deadline.task_id == task.id))
    deadlines = read_deadlines(text, work.plan.year)
    add_rows(work.session, Deadline, for_task(task.id, deadlines))
    of_task = select(Assignment.id).where(Assignment.task_id == task.id)
    due = update(Occurrence).where(Occurrence.assignment_id.in_(of_task)).values(due_on=due_day(deadlines))
    work.session.execute(due)
    if work.plan.status == "confirmed" and rhythm_of(deadlines, read_cadences(task.cadence)):
        work.plan.opens_on = work.today


def set_quota(work: Writing, task: Task, text: str) -> None:
    """Set a task's 数量指标 as written; typed quotas follow. Text without a number leaves none."""
    if not work.set(task, "quota_text", text, cell="quota"):
        return
    work.session.execute(delete(Quota).where(Quota.task_id == task.id))
    folded = fold(text)
    quotas = typed_quotas(find_quotas(folded, 0, len(folded.text)))
    add_rows(work.session, Quota, for_task(task.id, quotas))


def for_task(task_id: int, rows: Sequence[DeadlineRow] | Sequence[QuotaRow]) -> list[dict[str, Any]]:
    """The rows as they are inserted."""
    return [{"task_id": task_id, **row._asdict()} for row in rows]
