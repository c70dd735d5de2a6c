"""Which units carry a task: assigning, taking away, and expanding groups into their members."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.plans.models import Assignment, Occurrence, Task, new_key
from core.plans.writing import Writing
from core.units.models import Unit
from core.units.services import read_directory
from tenants.bulk import add_rows


def new_occurrence(assignment_id: int, due_on: date | None, key: str = "") -> dict[str, Any]:
    """The columns of an occurrence that nobody has reported on; `key` is the id of its row in sheets."""
    blank = dict.fromkeys(("period", "status_word", "progress", "evidence", "note"), "")
    state = {"status": "not_started", "behind": False, "due_on": due_on, "revs": {}}
    return {"assignment_id": assignment_id, "key": key or new_key(), **blank, **state}


def add_assignment(
    work: Writing, task: Task, unit: Unit | None, role: str = "", due_on: date | None = None, key: str = ""
) -> Assignment:
    """Lay a task on a unit (None: nobody yet), with its one occurrence; `key` is the id of its row in sheets."""
    assignment = Assignment(task_id=task.id, unit_id=unit.id if unit else None, role=role, revs={})
    work.session.add(assignment)
    work.session.flush()
    add_rows(work.session, Occurrence, [new_occurrence(assignment.id, due_on, key)])
    work.touch(assignment, "unit", None, unit.name if unit else "")
    return assignment


def _of_task(work: Writing, task_id: int) -> dict[int | None, Assignment]:
    found = work.session.scalars(select(Assignment).where(Assignment.task_id == task_id))
    return {a.unit_id: a for a in found}


def set_units(work: Writing, assignment: Assignment, names: Sequence[str]) -> None:
    """The units typed into one row, as a set.

    The row keeps its id for the unit it had, or else for the first new one; further units get rows of their own;
    a unit that the row had and that is not named any more is closed, its history kept. Raises `UnitUnknown`.
    """
    directory = read_directory(work.session)
    wanted = list(dict.fromkeys(directory.get(name).id for name in names))
    taken = _of_task(work, assignment.task_id)
    free = [u for u in wanted if u not in taken]
    if assignment.unit_id not in wanted:
        if assignment.unit_id is None and free:
            _name_unit(work, assignment, directory.by_id[free.pop(0)])
        else:
            work.set(assignment, "closed", True)
    for unit_id in wanted:
        if unit_id in taken:
            work.set(taken[unit_id], "closed", False)
    task = work.session.get_one(Task, (assignment.tenant_id, assignment.task_id))
    for unit_id in free:
        add_assignment(work, task, directory.by_id[unit_id], assignment.role, due_of(work, assignment))


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


def _name_unit(work: Writing, assignment: Assignment, unit: Unit) -> None:
    assignment.unit_id = unit.id
    work.touch(assignment, "unit", "", unit.name)


def due_of(work: Writing, assignment: Assignment) -> date | None:
    """The due day of the assignment's latest occurrence (inclusive, Asia/Shanghai)."""
    query = select(Occurrence.due_on).where(Occurrence.assignment_id == assignment.id)
    return work.session.scalars(query.order_by(Occurrence.id.desc()).limit(1)).one_or_none()


def expand_groups(work: Writing) -> int:
    """Lay each task of the plan that is laid on a group with members on the members; returns how many were added.

    The group's own row is closed. Done once, when the plan is confirmed: members who join later are offered, not added.
    """
    directory = read_directory(work.session)
    query = select(Assignment).join(Task, (Task.tenant_id == Assignment.tenant_id) & (Task.id == Assignment.task_id))
    added = 0
    for assignment in list(work.session.scalars(query.where(Task.plan_id == work.plan.id, ~Assignment.closed))):
        unit = directory.by_id.get(assignment.unit_id) if assignment.unit_id else None
        members = directory.members(unit) if unit else []
        if not members:
            continue
        task = work.session.get_one(Task, (assignment.tenant_id, assignment.task_id))
        taken = _of_task(work, assignment.task_id)
        due_on = due_of(work, assignment)
        for member in (m for m in members if m.id not in taken):
            add_assignment(work, task, member, assignment.role, due_on)
            added += 1
        work.set(assignment, "closed", True)
    return added
