"""A plan as rows: one `PlanRow` per occurrence, with all that a sheet, a page or a metric shows. Pure.

Plain named tuples: nobody who holds them can change the database by accident. `core.plans.reading` makes them.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core.plans.words import Status, status_word


class PlanRow(NamedTuple):
    """An occurrence with its assignment, task, section and unit.

    `key`: the row's id in sheets. `*_revs`: field → plan revision of its last change.
    """

    key: str
    occurrence_id: int
    assignment_id: int
    task_id: int
    no: str
    position: int
    section: str
    title: str
    text: str
    deadline_text: str
    quota_text: str
    unit: str
    role: str
    closed: bool
    period: str
    due_on: date | None
    status: str
    status_word: str
    behind: bool
    percent: Decimal | None
    count: Decimal | None
    completed_on: date | None
    reported_on: date | None
    progress: str
    evidence: str
    note: str
    task_revs: dict[str, Any]
    assignment_revs: dict[str, Any]
    occurrence_revs: dict[str, Any]

    @property
    def status_shown(self) -> str:
        """The unit's own word for the status, or the standard one where it wrote none."""
        return status_word(Status(self.status, self.behind), self.status_word)


class RowMark(NamedTuple):
    """A row by its key and its task; `rev`: the plan's revision that last changed it, its assignment or its task."""

    key: str
    task_id: int
    rev: int


class QuotaRow(NamedTuple):
    """A quota of a task: `number` with its comparison `op` and unit word; `scope` each | total."""

    task_id: int
    text: str
    op: str
    number: Decimal
    unit_word: str
    scope: str
    subject: str


class MatchRow(NamedTuple):
    """A task template (by its key) that fits a task, and why, as a Chinese sentence."""

    task_id: int
    no: str
    title: str
    template: str
    reason: str
