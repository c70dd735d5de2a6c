"""Which units carry a task: assigning, taking away, and expanding groups into their members."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import func, select

from core.plans.models import IMPORTED, Assignment, Occurrence, Task, new_key
from core.plans.writing import Writing
from core.units.models import Unit
from core.units.services import read_directory
from tenants.bulk import add_rows
from tenants.db import tenant_join


class Due(NamedTuple):
    """The day by which an occurrence is due (inclusive, Asia/Shanghai), and its period, '' for a one-off task."""

    day: date | None = None
    period: str = ""


NO_DUE = Due()


def new_occurrence(assignment_id: int, due: Due, key: str = "") -> dict[str, Any]:
    """The columns of an occurrence that nobody has reported on; `key` is the id of its row in sheets."""
    blank = dict.fromkeys(("status_word", "progress", "evidence", "note"), "")
    state = {"status": "not_started", "behind": False, "past": False, "revs": {}, "rev": IMPORTED}
    own = {"assignment_id": assignment_id, "key": key or new_key(), "due_on": due.day, "period": due.period}
    return {**own, **blank, **state}


def add_assignment(
    work: Writing, task: Task, unit: Unit | None, role: str = "", due: Due = NO_DUE, key: str = ""
) -> Assignment:
    """Lay a task on a unit (None: nobody yet), with its first occurrence; `key` is the id of its row in sheets."""
    assignment = Assignment(task_id=task.id, unit_id=unit.id if unit else None, role=role, revs={})
    work.session.add(assignment)
    work.session.flush()
    occurrence = new_occurrence(assignment.id, due, key) | {"revs": {"status": work.revision}, "rev": work.revision}
    add_rows(work.session, Occurrence, [occurrence])
    work.touch(assignment, "unit", None, unit.name if unit else "")
    return assignment


def _of_task(work: Writing, task_id: int) -> dict[int | None, Assignment]:
    found = work.session.scalars(select(Assignment).where(Assignment.task_id == task_id))
    return {a.unit_id: a for a in found}


def set_units(work: Writing, assignment: Assignment, names: Sequence[str], others: Collection[str] = ()) -> None:
    """The units typed into one row, as a set; `others`: those that other rows of the task get in the same pass.

    The row keeps its id for the unit it had, or else (nobody, a role) for the first new one; further units get rows of
    their own;
    a unit that the row had and that no row names any more is closed, its history kept. The last row of a task is not
    closed when its unit is emptied: a task without unit is one row with a blank one. Raises `UnitUnknown`.
    """
    directory = read_directory(work.session)
    own = directory.by_id[assignment.unit_id] if assignment.unit_id else None
    wanted = list(dict.fromkeys(map(directory.get, names)))
    staying = {*wanted, *map(directory.get, others)}
    if not assignment.closed and wanted == ([own] if own else []):
        return
    work.touch(assignment, "unit", own.name if own else "", "、".join(unit.name for unit in wanted))
    taken = _of_task(work, assignment.task_id)
    free = [unit for unit in wanted if unit.id not in taken]
    if free and (own is None or (own.kind == "role" and own not in staying)):
        assignment.unit_id = free.pop(0).id
    elif not staying and all(a.closed for a in taken.values() if a is not assignment):
        assignment.unit_id = None
    else:
        work.set(assignment, "closed", own not in staying)
    for unit in wanted:
        if unit.id in taken:
            work.set(taken[unit.id], "closed", False)
    task = work.session.get_one(Task, (assignment.tenant_id, assignment.task_id))
    for unit in free:
        add_assignment(work, task, unit, assignment.role, due_of(work, assignment))


def add_task(work: Writing, key: str, title: str, names: Sequence[str] = ()) -> Task:
    """Add a task by hand, after the last one; `key` is the id of its first row, further units get rows of their own.

    Raises `UnitUnknown`.
    """
    last = work.session.scalars(select(func.max(Task.position)).where(Task.plan_id == work.plan.id)).one()
    task = Task(plan_id=work.plan.id, no="", position=(last or 0) + 1, title=title, text="", revs={})
    work.session.add(task)
    work.session.flush()
    work.touch(task, "title", None, title)
    first = add_assignment(work, task, None, key=key)
    set_units(work, first, names)
    return task


def due_of(work: Writing, assignment: Assignment) -> Due:
    """When the assignment's latest occurrence is due."""
    query = select(Occurrence.due_on, Occurrence.period).where(Occurrence.assignment_id == assignment.id)
    found = work.session.execute(query.order_by(Occurrence.id.desc()).limit(1)).one_or_none()
    return Due(*found) if found else NO_DUE


def hand_over(work: Writing, unit: Unit, others: Sequence[Unit]) -> None:
    """What the plan laid on a unit is laid on others from now on: its rows go, with all that was reported, to the first
    of them that has none yet; the further ones get rows of their own."""
    query = select(Assignment).join(Task, tenant_join(Assignment.task_id, Task))
    mine = query.where(Task.plan_id == work.plan.id, Assignment.unit_id == unit.id, ~Assignment.closed)
    for assignment in list(work.session.scalars(mine)):
        taken = _of_task(work, assignment.task_id)
        free = [other for other in others if other.id not in taken]
        for other in others:
            if other.id in taken:
                work.set(taken[other.id], "closed", False)
        if not free:
            work.set(assignment, "closed", True)
            continue
        task, due = work.session.get_one(Task, (assignment.tenant_id, assignment.task_id)), due_of(work, assignment)
        assignment.unit_id = free[0].id
        work.touch(assignment, "unit", unit.name, free[0].name)
        for other in free[1:]:
            add_assignment(work, task, other, assignment.role, due)


def expand_groups(work: Writing) -> int:
    """Lay each task of the plan that is laid on a group with members on the members; returns how many were added.

    The group's own row is closed. Done once, when the plan is confirmed: members who join later are offered, not added.
    """
    directory = read_directory(work.session)
    query = select(Assignment).join(Task, tenant_join(Assignment.task_id, Task))
    added = 0
    for assignment in list(work.session.scalars(query.where(Task.plan_id == work.plan.id, ~Assignment.closed))):
        unit = directory.by_id.get(assignment.unit_id) if assignment.unit_id else None
        members = directory.members_in(unit, work.plan.year) if unit else []
        if not members:
            continue
        task = work.session.get_one(Task, (assignment.tenant_id, assignment.task_id))
        taken = _of_task(work, assignment.task_id)
        due = due_of(work, assignment)
        for member in (m for m in members if m.id not in taken):
            add_assignment(work, task, member, assignment.role, due)
            added += 1
        work.set(assignment, "closed", True)
    return added
