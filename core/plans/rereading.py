"""Lists of units that can be read in two ways: 甲局和乙局 is two units, or one. A person says which, once."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import or_, select

from core.plans.assigning import hand_over
from core.plans.models import Assignment, Plan, Task
from core.plans.rows import NEW, Question
from core.plans.writing import Writing, writing
from core.units.changes import stands_for
from core.units.directory import Directory
from core.units.models import Unit
from core.units.services import add_unit, ensure_units, names_in, read_directory, set_unit
from tenants.sessions import ScopedSession


class _Reading(NamedTuple):
    """How a list was read (`joined`: as one unit, `parted`: as two), the two names, and both as one."""

    code: str
    first: str
    second: str
    whole: str


def reading_questions(session: ScopedSession, plan: Plan, directory: Directory) -> Iterator[Question]:
    """The lists of a plan of which nobody has said yet how they are to be read."""
    count = Counter(reading for _, reading in _readings(session, plan))
    for one, tasks in count.items():
        if _is_open(one, directory):
            said = "两个单位" if one.code == "parted" else "一个单位"
            text = f"现按{said}读取，是“{one.first}”和“{one.second}”两个单位，还是一个单位？"
            options = ((f"{one.first}、{one.second}", "是两个单位"), (NEW, "是一个单位"))
            yield Question("unit_reading", one.whole, text, tasks, one.whole, options)


def _is_open(reading: _Reading, directory: Directory) -> bool:
    whole = directory.find(reading.whole)
    if reading.code == "joined":
        return whole is not None and not whole.settled
    parts = map(directory.find, (reading.first, reading.second))
    return whole is None and not all(part and part.settled for part in parts)


def _readings(session: ScopedSession, plan: Plan | None = None) -> Iterator[tuple[Task, _Reading]]:
    """Each task (of a plan, or of all) with a list that can be read in two ways, and how it was read."""
    either = or_(*(Task.readings.contains([{"code": code}]) for code in ("joined", "parted")))
    query = select(Task).where(either).order_by(Task.id)
    for task in session.scalars(query if plan is None else query.where(Task.plan_id == plan.id)):
        names = {(one["code"], *one["names"]) for one in task.readings if one["code"] in ("joined", "parted")}
        yield from ((task, _Reading(*each)) for each in sorted(names))


def answer_reading(session: ScopedSession, name: str, value: str, today: date) -> bool:
    """Take an answer to such a question, kept for later documents and carried out in the plans that there are;
    returns whether it is one."""
    tasks = [(task, reading) for task, reading in _readings(session) if reading.whole == name]
    if not tasks:
        return False
    _, read = tasks[0]
    parts, whole = [read.first, read.second], read_directory(session).find(name)
    if names_in(value) == parts:
        _are_two(session, parts, whole, {task.plan_id for task, _ in tasks}, today)
    elif value == NEW and whole is None:
        _is_one(session, name, parts, [task for task, _ in tasks], today)
    else:
        return False
    return True


def _are_two(session: ScopedSession, parts: Sequence[str], whole: Unit | None, plans: set[int], today: date) -> None:
    directory = ensure_units(session, parts, settled=True)
    units = [directory.get(part) for part in parts]
    for unit in units:
        set_unit(session, unit, "settled", True)
    if whole is not None:
        stands_for(session, whole, units)
        for plan in sorted(plans):
            with writing(session, plan, today) as work:
                hand_over(work, whole, units)


def _is_one(session: ScopedSession, name: str, parts: Sequence[str], tasks: Sequence[Task], today: date) -> None:
    directory, whole = read_directory(session), add_unit(session, name)
    gone = [unit.id for unit in map(directory.find, parts) if unit]
    for plan, of_plan in groupby(sorted(tasks, key=lambda task: task.plan_id), key=lambda task: task.plan_id):
        with writing(session, plan, today) as work:
            for task in of_plan:
                _join(work, task, whole, gone)


def _join(work: Writing, task: Task, whole: Unit, gone: Sequence[int]) -> None:
    """The row of the first of two units becomes that of the one which they are; the row of the second is closed."""
    query = select(Assignment).where(Assignment.task_id == task.id, Assignment.unit_id.in_(gone), ~Assignment.closed)
    first, *others = work.session.scalars(query.order_by(Assignment.id)).all() or [None]
    if first is not None:
        first.unit_id = whole.id
        work.touch(first, "unit", None, whole.name)
    for other in others:
        work.set(other, "closed", True)
