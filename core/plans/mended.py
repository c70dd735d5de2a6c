"""Mending a plan by one step, and what came of it: what `zwgk task split | merge | move` and the interface do alike."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from core.plans.draftview import TaskView, draft_view, view_json
from core.plans.mending import Mended
from core.plans.models import Task
from core.plans.writing import Writing, writing
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession


class TaskUnknown(ZwgkError):
    """No such task, or none that this tenant may see: both answer alike."""

    code = "task_unknown"
    sentence = "没有编号为 {id} 的任务。"


class Outcome(NamedTuple):
    """The tasks that a mending left, the rows that it closed, and what else to know."""

    tasks: list[TaskView]
    closed: tuple[str, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return self._asdict() | {"tasks": [view_json(view) for view in self.tasks]}


def mend(session: ScopedSession, plan_id: int, today: date, step: Callable[[Writing], Mended]) -> Outcome:
    """Carry out one step of `core.plans.mending`, and show what came of it. Raises what the step raises."""
    with writing(session, plan_id, today) as work:
        mended = step(work)
    return Outcome(draft_view(session, work.plan, mended.tasks), mended.closed, mended.notes)


def plan_of(session: ScopedSession, task: int) -> int:
    """The plan of a task. Raises `TaskUnknown`."""
    found = session.scalar(select(Task.plan_id).where(Task.id == task))
    if found is None:
        raise TaskUnknown(id=task)
    return found


def tasks_of(work: Writing, numbers: Sequence[int]) -> list[Task]:
    """These tasks of the plan that is written. Raises `TaskUnknown` for the first that is none."""
    found = {task.id: task for task in work.session.scalars(select(Task).where(Task.id.in_(numbers)))}
    for number in numbers:
        if number not in found or found[number].plan_id != work.plan.id:
            raise TaskUnknown(id=number)
    return [found[number] for number in numbers]
