"""What the directory says by now and a plan does not: members who joined a group later, units that were reorganised.

A plan keeps what it said until a person accepts; what is accepted leaves its trace like any other change.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from core.plans.assigning import add_assignment, due_of, hand_over
from core.plans.models import Assignment, Plan, Task
from core.plans.writing import writing
from core.units.directory import Directory
from core.units.models import Unit
from core.units.services import read_directory
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


class Offer(NamedTuple):
    """A task that `units` could carry: as members of the group `unit` (`why` joined), or because `unit` became them
    (`why` changed)."""

    task_id: int
    no: str
    title: str
    why: str
    unit: str
    units: tuple[str, ...]


def offers(session: ScopedSession, plan: Plan) -> list[Offer]:
    """What could be accepted in a plan, in the order of its tasks. Of a draft no groups: confirming expands them."""
    directory = read_directory(session)
    return [offer for task, laid in _by_task(session, plan) for offer in _of_task(directory, plan, task, laid)]


def accept_offers(session: ScopedSession, plan: Plan, today: date) -> list[Offer]:
    """Carry out all offers of a plan; returns them."""
    found = offers(session, plan)
    directory = read_directory(session)
    with writing(session, plan.id, today) as work:
        for unit in dict.fromkeys(directory.get(offer.unit) for offer in found if offer.why == "changed"):
            hand_over(work, unit, directory.in_year(unit, plan.year))
        for offer in found:
            if offer.why == "joined":
                task = session.get_one(Task, (plan.tenant_id, offer.task_id))
                group = _assignment(session, task, directory.get(offer.unit))
                for name in offer.units:
                    add_assignment(work, task, directory.get(name), group.role, due_of(work, group))
                work.set(group, "closed", True)
    return found


def _assignment(session: ScopedSession, task: Task, unit: Unit) -> Assignment:
    query = select(Assignment).where(Assignment.task_id == task.id, Assignment.unit_id == unit.id)
    return session.scalars(query).one()


def _by_task(session: ScopedSession, plan: Plan) -> Iterator[tuple[Task, list[Assignment]]]:
    query = (
        select(Task, Assignment)
        .join(Assignment, tenant_join(Assignment.task_id, Task))
        .where(Task.plan_id == plan.id, Assignment.unit_id.is_not(None))
        .order_by(Task.position, Assignment.id)
    )
    laid: dict[Task, list[Assignment]] = {}
    for task, assignment in session.execute(query):
        laid.setdefault(task, []).append(assignment)
    return iter(laid.items())


def _of_task(directory: Directory, plan: Plan, task: Task, laid: Sequence[Assignment]) -> Iterator[Offer]:
    units = {directory.by_id[a.unit_id]: a for a in laid if a.unit_id is not None}
    coming = set(units)
    for unit, assignment in units.items():
        after = directory.in_year(unit, plan.year)
        if not assignment.closed and after != [unit]:
            coming |= set(after)
            yield Offer(task.id, task.no, task.title, "changed", unit.name, tuple(one.name for one in after))
    for group, assignment in units.items():
        members = directory.members_in(group, plan.year)
        expanded = not assignment.closed or any(one in units and not units[one].closed for one in members)
        joined = [one for one in members if one not in coming]
        if plan.status == "confirmed" and expanded and joined:
            coming |= set(joined)
            yield Offer(task.id, task.no, task.title, "joined", group.name, tuple(one.name for one in joined))
