"""The figures that every tenant has (plugins/openness)."""

from datetime import date
from decimal import Decimal

import pytest

from plugins.openness.metrics import METRICS
from tests.support.plan_facts import facts, quota, row

BY_KEY = {metric.key.removeprefix("openness."): metric for metric in METRICS}


def value_of(name, *rows, **more):
    return BY_KEY[name].compute(facts(*rows, **more))


def test_schedule_gap_is_the_mean_over_rows_with_data():
    rows = [
        row(percent=40, status="in_progress"),
        row(status="done"),
        row(status="not_started"),
        row(status="in_progress"),
        row(status="ongoing", percent=3),
    ]
    value = value_of("schedule_gap", *rows)  # on 1 July the mark is 6/12
    assert (value.value, value.denominator, value.met) == (Decimal("-3.3"), 50, False)
    assert value.denominator_rows == tuple(r.key for r in rows[:3])
    assert value.note == "时间进度 50.0%；无完成率、持续推进和按期重复的 2 行未计入"


def test_schedule_gap_uses_counts_where_no_percent_is_given():
    value = value_of("schedule_gap", row(count=3, status="in_progress"), quotas=(quota(4),))
    assert value.value == 25


def test_reporting_rate():
    blank = row(unit="甲处")
    told = [row(progress="已发布"), row(status_word="√"), row(percent=0), row(count=0), row(completed_on=date.min)]
    value = value_of("reporting_rate", blank, *told)
    assert (float(value.value), value.numerator, value.denominator) == (83.3, 5, 6)
    assert blank.key not in value.numerator_rows


def test_assigned_rate():
    assert value_of("assigned_rate", row(unit="甲处"), row()).value == 50


def test_overdue_tasks_counts_tasks_and_opens_to_rows():
    late = {"due_on": date(2024, 6, 30)}
    rows = [row(**late), row(**late), row(task_id=2, **late), row(task_id=3, due_on=date(2024, 7, 1))]
    value = value_of("overdue_tasks", *rows)
    assert (value.value, value.denominator, value.met) == (2, 3, False)
    assert value.numerator_rows == tuple(r.key for r in rows[:3])


@pytest.mark.parametrize("name", ["training", "hearing"])
def test_training_and_hearing_bind_each_unit(name):
    rows = [row(unit="甲镇", count=1), row(unit="乙镇")]
    value = value_of(f"{name}_reached", *rows, quotas=(quota(1, "each"),), matches={f"openness.{name}": frozenset({1})})
    assert (value.value, value.note) == (50, "未达到：乙镇（0/1）")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.key)
def test_an_empty_plan_is_no_error(metric):
    value = metric.compute(facts())
    assert value.value in (None, 0)
