"""Opening the periods of recurring tasks: each assignment of such a task gets an occurrence when a period begins.

An occurrence that is older than the last closed one is put away: it counts in every figure and stands in no new sheet.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import BigInteger, Row, any_, exists, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.decompose.draft import Cadence
from core.plans.limits import read_cadences
from core.plans.models import Assignment, Deadline, Occurrence, Plan, Task
from core.plans.periods import Period, Rhythm, is_mixed, opening, periods_of, rhythm_of, standing
from core.plans.writing import Writing, writing
from tenants.db import tenant_join
from tenants.sessions import ScopedSession

Calendar = tuple[Period, ...]
NOT_OPENED = "有新的周期尚未生成，重新导出或同步时生成。"
"""What those say who only read, and so open nothing, where `has_begun`."""
NOT_OPENED_BY_COMMAND = "也可运行 zwgk plan periods。"


def open_begun(session: ScopedSession, plan: Plan, today: date) -> None:
    """Open what has begun, in this transaction; no more than a look at the plan where nothing has."""
    if has_begun(plan, today):
        with writing(session, plan.id, today) as work:
            open_periods(work)


def open_now(session: ScopedSession, plan: Plan, today: date) -> Counter[str]:
    """As `open_periods`, in this transaction."""
    with writing(session, plan.id, today) as work:
        return open_periods(work)


def open_changed(work: Writing) -> None:
    """At the end of changes that may have given a task another rhythm (`limiting.set_deadline`)."""
    if has_begun(work.plan, work.today):
        open_periods(work)


def has_begun(plan: Plan, today: date) -> bool:
    """Whether there is a period to open."""
    return plan.opens_on is not None and plan.opens_on <= today


def open_periods(work: Writing) -> Counter[str]:
    """Open the periods of a confirmed plan that have begun, and note when the next ones do (`Plan.opens_on`). Done
    again on the same day, it does nothing. Returns names of periods → how many rows they got."""
    if work.plan.status != "confirmed":
        return Counter()
    calendars = {id_: periods_of(rhythm, work.plan.year) for id_, rhythm in rhythms(work.session, work.plan.id).items()}
    opened = []
    for (task_id, assignment_id), rows in _occurrences(work, calendars).items():
        opened += _open(work, calendars[task_id], assignment_id, rows)
    work.session.flush()  # the history names new rows by their ids
    for row in opened:
        work.note(row, "period", "", row.period)
    coming = {period.begins for calendar in calendars.values() for period in calendar if period.begins > work.today}
    work.plan.opens_on = min(coming, default=None)
    return Counter(row.period for row in opened)


def recurs(session: ScopedSession, plan: Plan) -> bool:
    """Whether some task of the plan comes back."""
    of_plan = select(Occurrence.id).join(Assignment, tenant_join(Occurrence.assignment_id, Assignment))
    of_plan = of_plan.join(Task, tenant_join(Assignment.task_id, Task)).where(Task.plan_id == plan.id)
    return plan.opens_on is not None or bool(session.scalar(select(of_plan.where(Occurrence.period != "").exists())))


def _open(work: Writing, calendar: Calendar, assignment_id: int, rows: dict[str, Occurrence]) -> list[Occurrence]:
    """The rows of the periods that begin for one assignment, `rows` are those it has by the names of their periods; a
    row that has none yet, as the plan was a draft or the task came but once, becomes that of the first."""
    opened = []
    for period in opening(calendar, rows, work.today, work.plan.opens_on):
        row = rows.pop("", None) or Occurrence(assignment_id=assignment_id, revs={})
        row.period, row.rev, row.revs = period.name, work.revision, {**row.revs, "period": work.revision}
        work.session.add(row)
        rows[period.name] = row
        opened.append(row)
    due, shown = {period.name: period.due for period in calendar}, standing(calendar, rows)
    for name, row in rows.items():
        row.due_on = due.get(name, row.due_on)
        row.past = row.past or bool(shown and name and name not in shown)
    return opened


def rhythms(session: ScopedSession, plan_id: int) -> dict[int, Rhythm]:
    """How each recurring task of a plan comes back."""
    found = ((task.id, rhythm_of(limits, cadences)) for task, limits, cadences in _timing(session, plan_id))
    return {id_: rhythm for id_, rhythm in found if rhythm}


def mixed_tasks(session: ScopedSession, plan_id: int) -> list[str]:
    """The tasks of a plan that would come back but for a date, or another rhythm, beside their rhythm: number and
    title."""
    timing = _timing(session, plan_id)
    return [f"{task.no} {task.title}" for task, limits, cadences in timing if is_mixed(limits, cadences)]


def _timing(session: ScopedSession, plan_id: int) -> Iterator[tuple[Row, list[Deadline], list[Cadence]]]:
    """Each task of a plan that has an open row (`id`, `no`, `title`), with its limits and its cadences."""
    limits: dict[int, list[Deadline]] = defaultdict(list)
    of_plan = Task.plan_id == plan_id
    for limit in session.scalars(select(Deadline).join(Task, tenant_join(Deadline.task_id, Task)).where(of_plan)):
        limits[limit.task_id].append(limit)
    open_row = exists().where(tenant_join(Assignment.task_id, Task), ~Assignment.closed)
    tasks = select(Task.id, Task.no, Task.title, Task.cadence).where(of_plan, open_row)
    for task in session.execute(tasks.order_by(Task.position, Task.id)):
        yield task, limits[task.id], read_cadences(task.cadence)


def _occurrences(work: Writing, calendars: dict[int, Calendar]) -> dict[tuple[int, int], dict[str, Occurrence]]:
    """(task, assignment) → its occurrences by the names of their periods."""
    query = select(Occurrence, Assignment.task_id).join(Assignment, tenant_join(Occurrence.assignment_id, Assignment))
    of_tasks = Assignment.task_id == any_(literal(list(calendars), ARRAY(BigInteger)))
    found: dict[tuple[int, int], dict[str, Occurrence]] = defaultdict(dict)
    for row, task_id in work.session.execute(query.where(of_tasks, ~Assignment.closed).order_by(Occurrence.id)):
        found[task_id, row.assignment_id][row.period] = row
    return found
