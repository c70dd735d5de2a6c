"""Setting the 完成时限 and the 数量指标 of a task, as written, with what follows from them."""

from sqlalchemy import delete, select, update

from core.decompose.amounts import find_quotas
from core.decompose.fold import fold
from core.plans.limits import due_day, for_task, read_cadences, read_deadlines, typed_quotas
from core.plans.models import Assignment, Deadline, Occurrence, Quota, Task
from core.plans.periods import rhythm_of
from core.plans.writing import Writing
from tenants.bulk import add_rows


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
