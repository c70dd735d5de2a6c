"""A plan as rows: one `PlanRow` per occurrence, with all that a sheet, a page or a metric shows. Pure.

Plain named tuples: nobody who holds them can change the database by accident. `core.plans.reading` makes them.
"""

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from core.plans.words import Status, status_word


class PlanRow(NamedTuple):
    """An occurrence with its assignment, task, section and unit.

    `key`: the row's id in sheets. `past`: put away, in no new sheet any more. `*_revs`: field → plan revision of its
    last change.
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
    past: bool
    task_revs: dict[str, Any]
    assignment_revs: dict[str, Any]
    occurrence_revs: dict[str, Any]

    @property
    def status_shown(self) -> str:
        """The unit's own word for the status, or the standard one where it wrote none."""
        return status_word(Status(self.status, self.behind), self.status_word)


class RowMark(NamedTuple):
    """A row by its key and its task; `rev`: the plan's revision that last changed it, its assignment or its task.
    `past`: put away."""

    key: str
    task_id: int
    rev: int
    past: bool


class QuotaRow(NamedTuple):
    """A quota of a task: `number` with its comparison `op` and unit word; `scope` each | total.

    `binds`: the units that it names by their group (各街镇 …), None where it names no group. `months`: it is to be
    reached in each part of the year that has so many (每季度不少于1次: 3), 0: within the year.
    """

    task_id: int
    text: str
    op: str
    number: Decimal
    unit_word: str
    scope: str
    subject: str
    binds: frozenset[str] | None = None
    months: int = 0


class MatchRow(NamedTuple):
    """A task template (by its key) that fits a task, and why, as a Chinese sentence."""

    task_id: int
    no: str
    title: str
    template: str
    reason: str


NEW, KEEP, EVERY = "new", "keep", "*"
CODES = frozenset({NEW, KEEP})
"""Answers that are no names of units. `EVERY` in place of a name: all names that are new."""


class Question(NamedTuple):
    """Something that a person has to decide: a stable code, where, and one Chinese sentence that says what to do.

    `tasks`: how many tasks hang on it. `key`: the name of the unit that `zwgk unit answer` takes an answer for, blank
    where there is nothing to answer; `options`: possible answers, each with its meaning. `text` says nothing of
    commands: in a dialogue the answer is typed, and over HTTP there are none; `told` does, with `by_command` where
    there is nothing to answer.
    """

    code: str
    where: str
    text: str
    tasks: int = 0
    key: str = ""
    options: tuple[tuple[str, str], ...] = ()
    by_command: str = ""

    @property
    def told(self) -> str:
        """The text for somebody who has the command line: with what to do there."""
        if not self.key:
            return self.text + self.by_command
        values = " 或 ".join(f"{value}（{meaning}）" if value in CODES else value for value, meaning in self.options)
        key = f"'{EVERY}'" if self.key == EVERY else self.key  # or a shell makes something else of it
        return self.text + f"（zwgk unit answer {key}=…，可写 {values}）"
