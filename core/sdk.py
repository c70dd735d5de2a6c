"""All that a plugin imports from zwgk: the marker of its hooks, what it declares, and what its metrics count with."""

from collections.abc import Callable
from typing import Any

from core.agencies import Agency, SheetLayout, UnitGroup
from core.hookspecs import hookimpl
from core.metrics.facts import Facts, LimitRow, Metric, MetricValue
from core.plans.rollup import (
    LampRule,
    bound_rows,
    counts_by_unit,
    elapsed_percent,
    finished_on,
    in_parts,
    is_overdue,
    is_reported,
    reaches,
    schedule_gap,
)
from core.plans.rows import PlanRow, QuotaRow
from core.plans.rules import EACH, TOTAL, DueBy, Every, Milestones, Rule, Target, Within
from core.plans.templates import TaskTemplate

__all__ = [
    "EACH",
    "TOTAL",
    "Agency",
    "DueBy",
    "Every",
    "Facts",
    "LampRule",
    "LimitRow",
    "Metric",
    "MetricValue",
    "Milestones",
    "PlanRow",
    "Plugin",
    "QuotaRow",
    "Rule",
    "SheetLayout",
    "Target",
    "TaskTemplate",
    "UnitGroup",
    "Within",
    "bound_rows",
    "counts_by_unit",
    "elapsed_percent",
    "finished_on",
    "hookimpl",
    "in_parts",
    "is_overdue",
    "is_reported",
    "reaches",
    "schedule_gap",
]


class Plugin:
    """A plugin that only declares: the name of each hook, and what it gives."""

    def __init__(self, **answers: Any) -> None:
        vars(self).update((hook, hookimpl(_giving(answer))) for hook, answer in answers.items())


def _giving(answer: Any) -> Callable[[], Any]:
    return lambda: answer
