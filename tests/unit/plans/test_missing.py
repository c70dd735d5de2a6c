"""Who is missing in a task, and whom a quota binds that names a group."""

from decimal import Decimal

from core.plans.missing import who_is_missing
from core.plans.rollup import Shortfall, bound_rows
from tests.support.plan_facts import quota, row


def test_a_district_with_its_own_number_and_one_for_each():
    rows = [
        row(unit="区政府办公室", count=4),
        row(unit="东镇", count=1),
        row(unit="西镇", progress="已安排"),
        row(unit="南镇"),
        row(unit="北镇", status="cancelled"),
    ]
    quotas = [quota(4, subject="区政府不少于4次"), quota(1, "each", subject="各单位不少于1次")]
    (task,) = who_is_missing(rows, {1: quotas})
    assert (task.units, task.silent) == (4, ("南镇",))
    assert task.short == (Shortfall("西镇", Decimal(0), Decimal(1)), Shortfall("南镇", Decimal(0), Decimal(1)))


def test_of_a_task_that_comes_back_the_rows_that_stand_tell():
    rows = [
        row(unit="办公室", period="2024-03", past=True, progress="已报"),
        row(unit="办公室", period="2024-06"),
        row(unit="办公室", period="2024-07"),
        row(unit="法规处", period="2024-06", progress="已报"),
        row(unit="法规处", period="2024-07"),
    ]
    (task,) = who_is_missing(rows, {})
    assert (task.units, task.silent) == (2, ("办公室",))


def test_a_task_of_nobody_is_not_listed():
    assert who_is_missing([row(unit="")], {}) == []


def test_a_quota_that_names_a_group_binds_its_members_only():
    rows = [row(unit="甲局"), row(unit="东镇"), row(unit="西镇")]
    towns = quota(1, "each", subject="各街镇不少于1次", binds=frozenset({"各街镇", "东镇", "西镇"}))
    assert [r.unit for r in bound_rows(rows, [towns], towns)] == ["东镇", "西镇"]
