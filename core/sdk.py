"""All that a plugin imports from zwgk: the marker of its hooks, what it declares, and what its metrics count with."""

from core.agencies import Agency, UnitGroup
from core.hookspecs import hookimpl
from core.metrics.facts import Facts, LimitRow, Metric, MetricValue
from core.plans.rollup import (
    LampRule,
    bound_rows,
    counts_by_unit,
    elapsed_percent,
    finished_on,
    is_overdue,
    reaches,
    schedule_gap,
)
from core.plans.rows import PlanRow, QuotaRow
from core.plans.templates import TaskTemplate

__all__ = [
    "Agency",
    "Facts",
    "LampRule",
    "LimitRow",
    "Metric",
    "MetricValue",
    "PlanRow",
    "QuotaRow",
    "TaskTemplate",
    "UnitGroup",
    "bound_rows",
    "counts_by_unit",
    "elapsed_percent",
    "finished_on",
    "hookimpl",
    "is_overdue",
    "reaches",
    "schedule_gap",
]
