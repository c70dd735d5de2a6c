"""Deadlines and quotas of a task, typed: from a decomposition, or from what somebody wrote into the sheet."""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import delete, select, update

from core.decompose import draft
from core.decompose.amounts import find_day_limits, find_quotas
from core.decompose.fold import fold
from core.decompose.times import find_deadlines, labelled_deadline
from core.plans.models import Assignment, Deadline, Occurrence, Quota, Task
from core.plans.writing import Writing

BETWEEN = "；"


def typed_deadlines(deadlines: Iterable[draft.Deadline], limits: Iterable[draft.DayLimit]) -> list[Deadline]:
    """Rows (without task) for deadlines and working-day limits of a decomposition."""
    dated = [Deadline(kind=d.kind, text=d.text, starts_on=d.begins, due_on=d.due, month=d.month) for d in deadlines]
    counted = [
        Deadline(kind="working_days", text=f"{limit.trigger or ''}{limit.text}", days=limit.days, event=limit.trigger)
        for limit in limits
    ]
    return dated + counted


def typed_quotas(quotas: Iterable[draft.Quota]) -> list[Quota]:
    """Rows (without task) for quotas of a decomposition."""
    return [
        Quota(text=q.text, op=q.op, number=q.number, unit_word=q.unit, scope=q.scope, subject=q.subject) for q in quotas
    ]


def due_day(deadlines: Sequence[Deadline]) -> date | None:
    """The day by which the task as a whole is due (inclusive): the last of its dated deadlines."""
    return max((d.due_on for d in deadlines if d.due_on), default=None)


def deadline_text(deadlines: Sequence[Deadline]) -> str:
    """What the sheet shows under 完成时限."""
    return BETWEEN.join(dict.fromkeys(d.text for d in deadlines))


def quota_text(quotas: Sequence[Quota]) -> str:
    """What the sheet shows under 数量指标: the clause with the number in it."""
    return BETWEEN.join(dict.fromkeys(q.subject or q.text for q in quotas))


def read_deadlines(text: str, year: int) -> list[Deadline]:
    """What somebody wrote under 完成时限; a phrase that cannot be computed is kept, as kind `unclear`."""
    found: list[Deadline] = []
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
    """Set a task's 完成时限 as written; typed deadlines and the due days of its occurrences follow."""
    if not work.set(task, "deadline_text", text, cell="deadline"):
        return
    work.session.execute(delete(Deadline).where(Deadline.task_id == task.id))
    deadlines = read_deadlines(text, work.plan.year)
    _add(work, task, deadlines)
    of_task = select(Assignment.id).where(Assignment.task_id == task.id)
    due = update(Occurrence).where(Occurrence.assignment_id.in_(of_task)).values(due_on=due_day(deadlines))
    work.session.execute(due)


def set_quota(work: Writing, task: Task, text: str) -> None:
    """Set a task's 数量指标 as written; typed quotas follow. Text without a number leaves none."""
    if not work.set(task, "quota_text", text, cell="quota"):
        return
    work.session.execute(delete(Quota).where(Quota.task_id == task.id))
    folded = fold(text)
    _add(work, task, typed_quotas(find_quotas(folded, 0, len(folded.text))))


def _add(work: Writing, task: Task, rows: Sequence[Deadline] | Sequence[Quota]) -> None:
    for row in rows:
        row.task_id = task.id
    work.session.add_all(rows)
    work.session.flush()
