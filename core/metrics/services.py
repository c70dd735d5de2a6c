"""Computing the metrics of a plan: one by one, so that a metric that fails is named and the others stand."""

import logging
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from core.metrics.facts import Facts, LimitRow, Metric, MetricValue
from core.plans.models import Deadline, Plan, Task
from core.plans.reading import live_rows, match_rows, quota_rows
from tenants.db import tenant_join
from tenants.sessions import ScopedSession

logger = logging.getLogger(__name__)


class Figure(NamedTuple):
    """A metric and its value. `error`: why it could not be computed, blank when it was."""

    metric: Metric
    value: MetricValue
    error: str = ""


def _checked(value: object) -> MetricValue:
    if not isinstance(value, MetricValue):
        raise TypeError(f"gave {value!r}, not MetricValue")
    return value


def _figure(metric: Metric, facts: Facts) -> Figure:
    try:
        value = _checked(metric.compute(facts))
    except Exception as error:
        logger.exception("metric %s failed", metric.key)
        return Figure(metric, MetricValue(None, note="计算出错"), f"{type(error).__name__}: {error}")
    return Figure(metric, value)


def metrics_of(facts: Facts, metrics: Iterable[Metric]) -> list[Figure]:
    """Every metric over these facts, in order. Pure."""
    return [_figure(metric, facts) for metric in metrics]


def _limits(session: ScopedSession, plan_id: int) -> tuple[LimitRow, ...]:
    query = (
        select(Deadline.task_id, Deadline.text, Deadline.days)
        .join(Task, tenant_join(Deadline.task_id, Task))
        .where(Task.plan_id == plan_id, Deadline.days.is_not(None))
        .order_by(Task.position, Deadline.id)
    )
    return tuple(LimitRow(*row) for row in session.execute(query))


def _matches(session: ScopedSession, plan_id: int) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for match in match_rows(session, plan_id):
        found.setdefault(match.template, set()).add(match.task_id)
    return {template: frozenset(tasks) for template, tasks in found.items()}


def plan_facts(session: ScopedSession, plan: Plan, today: date) -> Facts:
    """What metrics of this plan are computed from: four queries, however many rows."""
    return Facts(
        year=plan.year,
        today=today,
        rows=tuple(row for row in live_rows(session, plan.id) if row.status != "cancelled"),
        quotas=tuple(quota_rows(session, plan.id)),
        limits=_limits(session, plan.id),
        matches=_matches(session, plan.id),
    )
