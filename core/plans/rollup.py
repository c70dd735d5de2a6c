"""What follows from reported rows: percent, overdue, schedule gap, quotas, lamps, and the roll-up of a task. Pure.

Rules: "Domain rules" in `docs/architecture.md`. Percents are 0–100; due days are inclusive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from core.plans.periods import part_of_year
from core.plans.rows import PlanRow, QuotaRow

FULL = Decimal(100)
SETTLED = frozenset({"done", "ongoing", "cancelled"})  # these never turn overdue
LEVELS = ("overdue", "far_behind", "behind", "near", "fine")  # of a lamp, worst first


@dataclass(frozen=True)
class LampRule:
    """Colours of the levels, and from where they count: points behind the schedule, days before the due day.

    The defaults are the measure of 银川 2025: behind by 10 to 30 points yellow, by more than 30 red.
    """

    overdue: str = "红"
    far_behind: str = "红"
    behind: str = "黄"
    near: str = "黄"
    fine: str = "绿"
    far_points: int = 30
    behind_points: int = 10
    near_days: int = 10

    def __post_init__(self) -> None:
        wrong = [name for name, value in vars(self).items() if type(value) is not type(getattr(LampRule, name))]
        if wrong:
            raise TypeError(f"wrong kind of value: {', '.join(wrong)}")

    def colour(self, level: str) -> str:
        """The colour of a level; blank where there is none."""
        return getattr(self, level) if level else ""

    def with_settings(self, settings: Mapping[str, Any]) -> "LampRule":
        """This rule with what the tenant set otherwise; raises TypeError for a name or a value that no rule has."""
        return type(self)(**{**vars(self), **settings})


class Shortfall(NamedTuple):
    """A unit that has not reached an `each` quota (`unit` blank: the task as a whole, a `total` one). `period`: the
    last of those in which it was to be reached, blank where the whole year counts."""

    unit: str
    count: Decimal
    number: Decimal
    period: str = ""


class TaskRollup(NamedTuple):
    """A task as a whole. `percent`: mean of the rows with data, None without any; `lamp`: the worst one's level."""

    status: str
    percent: Decimal | None
    overdue: bool
    lamp: str
    short: tuple[Shortfall, ...]


def task_status(statuses: Iterable[str]) -> str:
    """The status of a task from those of its occurrences; not_started for none at all."""
    found = set(statuses)
    if found == {"cancelled"}:
        return "cancelled"
    live = found - {"cancelled"}
    if live in ({"done"}, {"ongoing"}):
        return live.pop()
    return "not_started" if live <= {"not_started"} else "in_progress"


def is_overdue(row: PlanRow, today: date) -> bool:
    """The due day has passed, and nobody reported it done."""
    return row.due_on is not None and row.due_on < today and row.status not in SETTLED


def is_reported(row: PlanRow) -> bool:
    """The unit has filled in anything at all."""
    filled = (row.status_word, row.completed_on, row.progress, row.evidence, row.note)
    return any(filled) or row.percent is not None or row.count is not None


def finished_on(row: PlanRow) -> date | None:
    """When it was done: the day that the unit gave, else the day on which it was first reported; None unless done."""
    return (row.completed_on or row.reported_on) if row.status == "done" else None


def elapsed_percent(year: int, today: date) -> Decimal:
    """序时进度: the whole months of the plan's year that have passed, in percent (the end of November: 91.7)."""
    if today.year != year:
        return FULL if today.year > year else Decimal(0)
    months = today.month if (today + timedelta(days=1)).day == 1 else today.month - 1
    return FULL * months / 12


def bound_rows(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow], quota: QuotaRow) -> list[PlanRow]:
    """The rows of a task that a quota counts in.

    A body's own number is reported by its office: 区政府… is counted in the row of 区政府办公室, where there is one.
    Such a row has one cell for one number, so an `each` quota beside it binds the others; one that names a group, as
    各街镇, binds its members. A most (不超过2次) is nothing to reach, and counts in none.
    """
    if quota.op == "<=":
        return []
    live = [row for row in rows if not row.closed and row.status != "cancelled"]
    if quota.scope == "total":
        return _own_rows(live, quota) or live
    own = {row.occurrence_id for q in quotas if q.scope == "total" for row in _own_rows(live, q)}
    bound = [row for row in live if row.unit and row.occurrence_id not in own]
    return bound if quota.binds is None else [row for row in bound if row.unit in quota.binds]


def in_parts(rows: Sequence[PlanRow], quota: QuotaRow) -> list[list[PlanRow]]:
    """The rows that a quota binds, by the parts of the year in each of which it is to be reached (as far as their
    periods have been opened); all together, if it is one for the year, or its rows do not lie in such parts."""
    parts: dict[int | None, list[PlanRow]] = {}
    for row in rows:
        parts.setdefault(part_of_year(row.period, quota.months), []).append(row)
    return [list(rows)] if None in parts else list(parts.values())


def _own_rows(rows: Iterable[PlanRow], quota: QuotaRow) -> list[PlanRow]:
    bodies = [(row, row.unit.removesuffix("办公室")) for row in rows]
    return [row for row, body in bodies if body and quota.subject.startswith(body)]


def counts_by_unit(rows: Iterable[PlanRow]) -> dict[str, Decimal]:
    """Reported numbers per unit, over all its periods."""
    counts: dict[str, Decimal] = {}
    for row in rows:
        counts[row.unit] = counts.get(row.unit, Decimal(0)) + (row.count or 0)
    return counts


def reaches(count: Decimal, quota: QuotaRow) -> bool:
    """Whether a number satisfies the quota (a target of exactly n is reached by n or more)."""
    return count >= quota.number


def shortfalls(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow]) -> tuple[Shortfall, ...]:
    """Who is short of which quota of a task: each unit of an `each` quota, the task itself for a `total` one."""
    short = []
    for quota in quotas:
        parts = in_parts(bound_rows(rows, quotas, quota), quota)
        for part in parts:
            counts = counts_by_unit(part)
            if quota.scope == "total":
                counts = {"": sum(counts.values(), Decimal(0))}
            period = max(row.period for row in part) if len(parts) > 1 else ""
            short += [Shortfall(unit, n, quota.number, period) for unit, n in counts.items() if not reaches(n, quota)]
    return tuple(short)


def _quota_percents(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    bound_by = ((quota, part) for quota in quotas for part in in_parts(bound_rows(rows, quotas, quota), quota))
    for quota, bound in bound_by:
        counts = counts_by_unit(bound)
        total = sum(counts.values(), Decimal(0))
        for row in bound:
            count = total if quota.scope == "total" else counts[row.unit]
            if row.count is not None and quota.number:
                found.setdefault(row.occurrence_id, min(FULL, FULL * count / quota.number))
    return found


def task_percents(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow]) -> dict[int, Decimal | None]:
    """Occurrence → percent for the rows of one task.

    As reported; where blank: done 100, else count against the quota, else not_started 0, else None (no data).
    """
    by_quota = _quota_percents(rows, quotas)

    def percent(row: PlanRow) -> Decimal | None:
        if row.percent is not None:
            return row.percent
        if row.status == "done":
            return FULL
        return by_quota.get(row.occurrence_id, Decimal(0) if row.status == "not_started" else None)

    return {row.occurrence_id: percent(row) for row in rows}


def schedule_gap(row: PlanRow, percent: Decimal | None, year: int, today: date) -> Decimal | None:
    """序时进度差 in points, negative when behind; None without data, and for a period (its due day speaks)."""
    if percent is None or row.period or row.status in ("ongoing", "cancelled"):
        return None
    return percent - elapsed_percent(year, today)


def lamp_level(row: PlanRow, percent: Decimal | None, rule: LampRule, year: int, today: date) -> str:
    """The level of a row's lamp, one of `LEVELS`; blank for cancelled rows and for ongoing ones without data."""
    if row.status == "cancelled" or (row.status == "ongoing" and percent is None):
        return ""
    if row.status in SETTLED:
        return "fine"
    gap = schedule_gap(row, percent, year, today)
    behind = -gap if gap is not None else Decimal(0)
    signs = (
        is_overdue(row, today),
        behind > rule.far_points,
        behind >= rule.behind_points or row.behind,
        row.due_on is not None and row.due_on - today <= timedelta(days=rule.near_days),
        True,
    )
    return LEVELS[signs.index(True)]


def roll_up(rows: Sequence[PlanRow], quotas: Sequence[QuotaRow], rule: LampRule, year: int, today: date) -> TaskRollup:
    """One task from its rows and its quotas."""
    live = [row for row in rows if not row.closed]
    percents = task_percents(live, quotas)
    known = [p for row in live if row.status != "cancelled" and (p := percents[row.occurrence_id]) is not None]
    lamps = [lamp_level(row, percents[row.occurrence_id], rule, year, today) for row in live]
    return TaskRollup(
        status=task_status(row.status for row in live),
        percent=sum(known, Decimal(0)) / len(known) if known else None,
        overdue=any(is_overdue(row, today) for row in live),
        lamp=min(filter(None, lamps), key=LEVELS.index, default=""),
        short=shortfalls(live, quotas),
    )


def by_task(rows: Iterable[PlanRow]) -> dict[int, list[PlanRow]]:
    """The rows of each task, tasks in the order of the plan; `rows` as `core.plans.reading` gives them."""
    return {task_id: list(found) for task_id, found in groupby(rows, key=lambda row: row.task_id)}


def quotas_by_task(quotas: Iterable[QuotaRow]) -> dict[int, list[QuotaRow]]:
    """The quotas of each task that has any."""
    found: dict[int, list[QuotaRow]] = {}
    for quota in quotas:
        found.setdefault(quota.task_id, []).append(quota)
    return found
