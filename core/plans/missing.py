"""Who is missing in a task: which units have reported nothing, and which are short of their number. Pure.

Of a task that comes back, the rows that stand say who is silent (the open period and the last closed one): who reported
in March has said nothing of July.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from core.plans.rollup import Shortfall, by_task, is_reported, shortfalls
from core.plans.rows import PlanRow, QuotaRow


class TaskMissing(NamedTuple):
    """A task of `units` units (rows that are cancelled or put away left out): `silent` have reported nothing, `short`
    not enough, over all its periods."""

    no: str
    title: str
    units: int
    silent: tuple[str, ...]
    short: tuple[Shortfall, ...]


def who_is_missing(rows: Iterable[PlanRow], quotas: Mapping[int, Sequence[QuotaRow]]) -> list[TaskMissing]:
    """Every task that units carry, in the order of the plan; `rows` without closed ones, `quotas` by task."""
    return [
        _of_task(live, quotas.get(task, ()))
        for task, found in by_task(rows).items()
        if (live := [row for row in found if row.unit and row.status != "cancelled"])
    ]


def _of_task(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow]) -> TaskMissing:
    stand = [row for row in rows if not row.past]
    reported = {row.unit for row in stand if is_reported(row)}
    units = dict.fromkeys(row.unit for row in stand)
    silent = tuple(unit for unit in units if unit not in reported)
    return TaskMissing(rows[0].no, rows[0].title, len(units), silent, shortfalls(rows, quotas))
