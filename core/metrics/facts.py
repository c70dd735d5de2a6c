"""What a metric is, what it is computed from, and what it gives back. Values only."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from core.plans.rollup import by_task, quotas_by_task, task_percents
from core.plans.rows import PlanRow, QuotaRow


class LimitRow(NamedTuple):
    """A working-day limit of a task: as written, and its days."""

    task_id: int
    text: str
    days: int


@dataclass(frozen=True)
class Facts:
    """One plan on one day.

    `rows`: its occurrences, without closed assignments and cancelled ones. `matches`: template key → task ids.
    """

    year: int
    today: date
    rows: tuple[PlanRow, ...]
    quotas: tuple[QuotaRow, ...] = ()
    limits: tuple[LimitRow, ...] = ()
    matches: Mapping[str, frozenset[int]] = field(default_factory=dict)

    @cached_property
    def task_rows(self) -> dict[int, list[PlanRow]]:
        """Task id → its rows."""
        return by_task(self.rows)

    @cached_property
    def task_quotas(self) -> dict[int, list[QuotaRow]]:
        """Task id → its quotas."""
        return quotas_by_task(self.quotas)

    @cached_property
    def percents(self) -> dict[int, Decimal | None]:
        """Occurrence id → percent, reported or derived; None without data."""
        percents: dict[int, Decimal | None] = {}
        for task_id, rows in self.task_rows.items():
            percents |= task_percents(rows, self.task_quotas.get(task_id, ()))
        return percents

    def rows_of(self, template: str) -> list[PlanRow]:
        """The rows of the tasks that a template fits; all rows for a blank template."""
        tasks = self.matches.get(template, frozenset())
        return [row for row in self.rows if not template or row.task_id in tasks]


@dataclass(frozen=True)
class MetricValue:
    """A figure with what it was counted from. `value` None: no data, and `note` says why.

    `numerator_rows` and `denominator_rows` are row keys, as in the sheet; `met` says whether the target is reached
    (None: no target, no data, or not due yet).
    """

    value: Decimal | None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    numerator_rows: tuple[str, ...] = ()
    denominator_rows: tuple[str, ...] = ()
    met: bool | None = None
    note: str = ""


@dataclass(frozen=True)
class Metric:
    """A figure that a plugin computes. `key` begins with the plugin's key and a dot.

    `formula` and `target` are Chinese words, `unit` is %, 个百分点, 次, 项 …; `template` is the task template whose
    tasks it is computed over (blank: the whole plan).
    """

    key: str
    title: str
    formula: str
    target: str
    unit: str
    compute: Callable[[Facts], MetricValue]
    template: str = ""
