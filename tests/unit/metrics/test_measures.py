"""The factories that agencies declare their figures with."""

from datetime import date

import pytest

from core.metrics.facts import LimitRow
from plugins.openness.measures import (
    done_by_metric,
    limit_metric,
    milestone_metric,
    on_time_metric,
    quota_count_metric,
    quota_each_metric,
)
from tests.support.plan_facts import facts, quota, row

MATCHES = {"demo.meeting": frozenset({1})}
NO_TASK = "本年要点中没有此项任务"


def test_on_time_counts_what_is_due_and_opens_to_its_rows():
    june, done = date(2024, 6, 30), {"status": "done"}
    on_time = row(due_on=june, completed_on=june, **done)
    late = row(due_on=june, completed_on=date(2024, 7, 1), **done)
    open_ = row(due_on=june, status="in_progress")
    others = (row(due_on=date(2024, 7, 1)), row(due_on=june, status="ongoing"), row())
    value = on_time_metric("demo.on_time", "按时完成率").compute(facts(on_time, late, open_, *others))
    assert float(value.value) == 33.3
    assert (value.numerator, value.denominator, value.met) == (1, 3, False)
    assert value.numerator_rows == (on_time.key,)
    assert value.denominator_rows == (on_time.key, late.key, open_.key)


def test_nothing_due_yet_is_no_figure():
    value = on_time_metric("demo.on_time", "按时完成率").compute(facts(row(due_on=date(2024, 12, 31))))
    assert (value.value, value.note) == (None, "没有已到期的任务")


@pytest.mark.parametrize(
    ("completed_on", "today", "value", "met"),
    [
        (date(2024, 3, 31), date(2024, 7, 1), 100, True),
        (date(2024, 4, 1), date(2024, 7, 1), 0, False),
        (None, date(2024, 3, 31), 0, None),  # the day itself still belongs to the limit
        (None, date(2024, 4, 1), 0, False),
    ],
)
def test_done_by_a_day_of_the_year(completed_on, today, value, met):
    metric = done_by_metric("demo.by", "按期", "demo.meeting", 3, 31)
    own = row(status="done" if completed_on else "in_progress", completed_on=completed_on, due_on=date(2024, 12, 31))
    got = metric.compute(facts(own, row(task_id=2), today=today, matches=MATCHES))
    assert (got.value, got.met, got.denominator_rows) == (value, met, (own.key,))


@pytest.mark.parametrize(
    ("today", "percents", "value", "note"),
    [
        (date(2024, 6, 30), (0, 0), None, "首个节点尚未到期"),
        (date(2024, 7, 1), (33, 20), 50, "已过 1/3 个节点，应完成 33%"),
        (date(2024, 10, 1), (70, None), 50, "已过 2/3 个节点，应完成 66%"),
        (date(2025, 1, 5), (99, 100), 50, "已过 3/3 个节点，应完成 100%"),
    ],
)
def test_milestones(today, percents, value, note):
    metric = milestone_metric("demo.steps", "节点", "demo.meeting", ((6, 30), (9, 30), (12, 31)))
    rows = [row(percent=percent, status="in_progress") for percent in percents]
    got = metric.compute(facts(*rows, today=today, matches=MATCHES))
    assert (got.value, got.note) == (value, note)


def test_a_count_against_its_quota():
    metric = quota_count_metric("demo.count", "列席次数", "demo.meeting", "不少于4次")
    rows = [row(unit="甲处", count=3), row(unit="乙处"), row(task_id=2, count=9)]
    value = metric.compute(facts(*rows, quotas=(quota(4), quota(7, unit_word="个")), matches=MATCHES))
    assert (value.value, value.denominator, value.met) == (3, 4, False)
    assert (value.numerator_rows, value.denominator_rows) == ((rows[0].key,), (rows[0].key, rows[1].key))


def test_a_count_without_a_number_in_the_document_has_no_target():
    value = quota_count_metric("demo.count", "列席次数", "demo.meeting").compute(facts(row(count=2), matches=MATCHES))
    assert (value.value, value.denominator, value.met) == (2, None, None)
    assert value.note == "要点没有写明数量，由办公室确定目标"


def test_the_districts_own_count_beside_that_of_each_unit():
    rows = [row(unit="区政府办公室", count=4), row(unit="甲镇", count=1), row(unit="乙镇"), row(unit="丙镇", count=0)]
    both = (quota(4, subject="区政府年内"), quota(1, "each"))
    given = facts(*rows, quotas=both, matches=MATCHES)
    own = quota_count_metric("demo.own", "区级列席", "demo.meeting").compute(given)
    each = quota_each_metric("demo.each", "各单位列席", "demo.meeting").compute(given)
    assert (own.value, own.met, own.denominator_rows) == (4, True, (rows[0].key,))
    assert (float(each.value), each.numerator, each.denominator) == (33.3, 1, 3)
    assert each.note == "未达到：乙镇（0/1）、丙镇（0/1）"
    assert each.numerator_rows == (rows[1].key,)


def test_a_quota_on_each_unit_says_why_there_is_no_figure():
    metric = quota_each_metric("demo.each", "各单位列席", "demo.meeting")
    assert metric.compute(facts(row(), quotas=(quota(1, "each"),), matches=MATCHES)).note.startswith("要点没有对各单位")
    assert metric.compute(facts(row(task_id=2), matches=MATCHES)).note == NO_TASK


def test_which_tasks_carry_a_working_day_limit():
    rows = [row(no="四(二)"), row(no="四(二)"), row(task_id=2)]
    limits = (LimitRow(1, "5个工作日内", 5), LimitRow(1, "1个工作日内", 1), LimitRow(2, "10个工作日", 10))
    value = limit_metric("demo.limit", "限时", 5, 1).compute(facts(*rows, limits=limits))
    assert (value.value, value.note) == (1, "四(二)：5个工作日内；四(二)：1个工作日内")
    assert value.numerator_rows == (rows[0].key, rows[1].key)
    assert limit_metric("demo.limit", "限时", 7).compute(facts(*rows, limits=limits)).value is None
