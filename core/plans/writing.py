"""How a plan is changed: one writer at a time, one revision per transaction, one history entry per field."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, BigInteger, any_, literal, or_, select

from core.plans.models import Assignment, Occurrence, Plan, Task
from core.webhooks.events import named, tell
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.sessions import ScopedSession


class PlanUnknown(ZwgkError):
    """No such plan, or none that this tenant may see: both answer alike."""

    code = "plan_unknown"
    sentence = "没有编号为 {plan} 的年度工作要点。"
    by_command = "可用 zwgk plan list 查看。"


class Writing:
    """A transaction on one plan. `revision` is the history number that every cell changed in it gets."""

    def __init__(self, session: ScopedSession, plan: Plan, today: date) -> None:
        self.session = session
        self.plan = plan
        self.today = today
        self.revision = plan.revision + 1
        self.changes: list[FieldChange] = []
        self.advances = False  # set: something beside the cells changed (a conflict), the revision must grow

    def set(self, row: Any, field: str, value: Any, cell: str = "") -> bool:
        """Set one field, with its trace; returns whether it was another value before.

        `cell` is the cell of the sheet that the field is shown in (default: the field's own name).
        """
        old = getattr(row, field)
        if old == value:
            return False
        setattr(row, field, value)
        self.touch(row, cell or field, old, value)
        return True

    def touch(self, row: Any, cell: str, old: Any, new: Any) -> None:
        """A cell of a row was changed: its history number moves, and the change is noted."""
        row.revs = {**row.revs, cell: self.revision}
        row.rev = self.revision
        self.note(row, cell, old, new)

    def note(self, row: Any, cell: str, old: Any, new: Any) -> None:
        """Put a change into the history that moves no cell (a row was added, a plan confirmed)."""
        self.changes.append(FieldChange(row.__tablename__, row.id, cell, old, new))


@contextmanager
def writing(session: ScopedSession, plan_id: int, today: date) -> Iterator[Writing]:
    """Lock the plan and change it. The revision grows only if something changed. Raises `PlanUnknown`."""
    # read anew: who read the plan before he waited for the lock has an old revision and an old status
    locked = select(Plan).where(Plan.id == plan_id).with_for_update().execution_options(populate_existing=True)
    plan = session.scalar(locked)
    if plan is None:
        raise PlanUnknown(plan=plan_id)
    work = Writing(session, plan, today)
    yield work
    if work.changes or work.advances:
        plan.revision = work.revision
        session.flush()
        record(session, work.changes, plan.id, work.revision)
        if work.changes:
            tell(session, "rows.changed", lambda: what_changed(work))


def what_changed(work: Writing) -> dict[str, Any]:
    """The plan, its revision and the keys of the rows that the changes concern: those of a task are all its rows.
    Nothing where they concern none."""
    of: dict[str, set[int]] = defaultdict(set)
    for change in work.changes:
        of[change.entity].add(change.entity_id)
    changed = (Occurrence.id, Occurrence), (Assignment.id, Assignment), (Assignment.task_id, Task)
    # as arrays: a plan has more rows than a statement may have parameters
    ids = ((column, literal(list(of[table.__tablename__]), ARRAY(BigInteger))) for column, table in changed)
    concerned = or_(*(column == any_(array) for column, array in ids))
    query = select(Occurrence.key).join(Assignment, tenant_join(Occurrence.assignment_id, Assignment))
    keys = work.session.scalars(query.where(concerned).order_by(Occurrence.id)).all()
    return {"plan": work.plan.id, "revision": work.revision, "count": len(keys), "rows": named(keys)} if keys else {}
