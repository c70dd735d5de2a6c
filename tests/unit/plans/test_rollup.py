from datetime import date
from decimal import Decimal

import pytest

from core.plans.rollup import (
    LampRule,
    Shortfall,
    bound_rows,
    by_task,
    elapsed_percent,
    finished_on,
    is_overdue,
    lamp_level,
    roll_up,
    schedule_gap,
    shortfalls,
    task_percents,
    task_status,
)
from tests.support.plan_facts import quota, row

JULY = date(2024, 7, 1)
RULE = LampRule()


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["done", "done"], "done"),
        (["done", "cancelled"], "done"),
        (["ongoing", "ongoing"], "ongoing"),
        (["not_started", "not_started", "cancelled"], "not_started"),
        (["done", "not_started"], "in_progress"),
        (["done", "ongoing"], "in_progress"),
        (["in_progress", "in_progress"], "in_progress"),
        (["cancelled"], "cancelled"),
        ([], "not_started"),
    ],
)
def test_status_of_a_task(statuses, expected):
    assert task_status(statuses) == expected


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2023, 12, 31), "0.0"),
        (date(2024, 1, 30), "0.0"),
        (date(2024, 1, 31), "8.3"),
        (date(2024, 2, 28), "8.3"),
        (date(2024, 2, 29), "16.7"),
        (date(2024, 11, 29), "83.3"),
        (date(2024, 11, 30), "91.7"),
        (date(2024, 12, 31), "100.0"),
        (date(2025, 1, 1), "100.0"),
    ],
)
def test_elapsed_share_counts_whole_months(today, expected):
    assert f"{elapsed_percent(2024, today):.1f}" == expected


@pytest.mark.parametrize(
    ("status", "due_on", "expected"),
    [
        ("not_started", date(2024, 6, 30), True),
        ("in_progress", date(2024, 6, 30), True),
        ("in_progress", JULY, False),  # due days are inclusive
        ("in_progress", None, False),
        ("done", date(2024, 6, 30), False),
        ("ongoing", date(2024, 6, 30), False),
        ("cancelled", date(2024, 6, 30), False),
    ],
)
def test_overdue(status, due_on, expected):
    assert is_overdue(row(status=status, due_on=due_on), JULY) is expected


def test_done_without_a_date_counts_from_the_day_it_was_reported():
    assert finished_on(row(status="done", reported_on=JULY)) == JULY
    assert finished_on(row(status="done", completed_on=date(2024, 6, 1), reported_on=JULY)) == date(2024, 6, 1)
    assert finished_on(row(status="in_progress", completed_on=JULY)) is None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "done", "percent": 60}, 60),  # the unit's own number comes first
        ({"status": "done"}, 100),
        ({"status": "in_progress", "count": 3}, 75),
        ({"status": "not_started", "count": 1}, 25),
        ({"status": "in_progress", "count": 9}, 100),
        ({"status": "not_started"}, 0),
        ({"status": "in_progress"}, None),
        ({"status": "ongoing"}, None),
    ],
)
def test_percent_of_a_row(fields, expected):
    reported = row(unit="甲处", **fields)
    assert task_percents([reported], [quota(4)]) == {reported.occurrence_id: expected}


def test_a_total_quota_is_reached_together_and_an_each_quota_alone():
    a, b = row(unit="甲处", count=1, status="in_progress"), row(unit="乙处", count=2, status="in_progress")
    assert list(task_percents([a, b], [quota(4)]).values()) == [75, 75]
    assert list(task_percents([a, b], [quota(2, "each")]).values()) == [50, 100]


def test_the_office_reports_the_number_of_its_own_body():
    """The district's own number beside that of each unit: one cell of a row holds one number."""
    office, town, bureau = row(unit="区政府办公室"), row(unit="甲镇"), row(unit="区教育局")
    own, each = quota(4, subject="区政府年内邀请"), quota(1, "each", subject="各单位年内邀请")
    rows, quotas = [office, town, bureau], [own, each]
    assert bound_rows(rows, quotas, own) == [office]
    assert bound_rows(rows, quotas, each) == [town, bureau]
    assert bound_rows([town, bureau], quotas, own) == [town, bureau]


def test_closed_cancelled_and_unassigned_rows_are_not_bound():
    bound = row(unit="甲镇")
    rows = [bound, row(unit="乙镇", closed=True), row(unit="丙镇", status="cancelled"), row()]
    assert bound_rows(rows, [], quota(1, "each")) == [bound]


def test_who_is_short():
    rows = [
        row(unit="区政府办公室", count=3),
        row(unit="甲镇", count=1),
        row(unit="乙镇", count=0),
        row(unit="丙镇"),
    ]
    quotas = [quota(4, subject="区政府"), quota(1, "each")]
    assert shortfalls(rows, quotas) == (
        Shortfall("", Decimal(3), Decimal(4)),
        Shortfall("乙镇", Decimal(0), Decimal(1)),
        Shortfall("丙镇", Decimal(0), Decimal(1)),
    )


def test_a_most_is_nothing_to_reach():
    rows, most = [row(unit="甲镇", count=1, status="in_progress")], [quota(2)._replace(op="<=")]
    assert shortfalls(rows, most) == ()
    assert list(task_percents(rows, most).values()) == [None]


def test_a_unit_reaches_its_quota_over_all_its_periods():
    rows = [row(unit="甲镇", period="2024-Q1", count=1), row(unit="甲镇", period="2024-Q2", count=1)]
    assert shortfalls(rows, [quota(2, "each")]) == ()
    assert shortfalls(rows, [quota(3, "each")]) == (Shortfall("甲镇", Decimal(2), Decimal(3)),)


def test_what_is_asked_of_each_quarter_is_reached_in_each():
    rows = [row(unit="甲镇", period="2024-Q1", count=3), row(unit="甲镇", period="2024-Q2", status="in_progress")]
    asked = quota(1, months=3)
    assert shortfalls(rows, [asked]) == (Shortfall("", Decimal(0), Decimal(1), "2024-Q2"),)
    assert list(task_percents(rows, [asked]).values()) == [100, None]
    assert shortfalls(rows, [quota(4, months=12)]) == (Shortfall("", Decimal(3), Decimal(4)),)


def test_months_make_up_the_quarter_that_is_asked_for():
    rows = [row(unit="甲镇", period=f"2024-{month:02}", count=month % 2) for month in (2, 3, 4)]
    assert shortfalls(rows, [quota(1, "each", months=3)]) == (Shortfall("甲镇", Decimal(0), Decimal(1), "2024-04"),)
    once = row(unit="甲镇", count=1)
    assert shortfalls([once], [quota(1, months=3)]) == ()  # without periods all that is known is the year


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"percent": 40}, Decimal(-10)),
        ({"percent": None}, None),
        ({"percent": 40, "period": "2024-06"}, None),
        ({"percent": 40, "status": "ongoing"}, None),
    ],
)
def test_schedule_gap(fields, expected):
    reported = row(**{"status": "in_progress", **fields})
    assert schedule_gap(reported, reported.percent, 2024, JULY) == expected


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"status": "in_progress", "percent": 90, "due_on": date(2024, 6, 30)}, "overdue"),
        ({"status": "in_progress", "percent": 19}, "far_behind"),
        ({"status": "in_progress", "percent": 20}, "behind"),
        ({"status": "in_progress", "percent": 40}, "behind"),
        ({"status": "in_progress", "percent": 41}, "fine"),
        ({"status": "in_progress", "percent": 50, "behind": True}, "behind"),
        ({"status": "in_progress", "percent": 50, "due_on": date(2024, 7, 11)}, "near"),
        ({"status": "in_progress", "percent": 50, "due_on": date(2024, 7, 12)}, "fine"),
        ({"status": "in_progress", "percent": None}, "fine"),
        ({"status": "done", "percent": 10, "due_on": date(2024, 1, 1)}, "fine"),
        ({"status": "ongoing", "percent": None, "due_on": date(2024, 1, 1)}, ""),
        ({"status": "ongoing", "percent": 5}, "fine"),
        ({"status": "cancelled", "percent": 5}, ""),
    ],
)
def test_lamp(fields, level):
    reported = row(**fields)
    assert lamp_level(reported, reported.percent, RULE, 2024, JULY) == level


def test_a_tenant_sets_its_own_colours_and_thresholds():
    rule = RULE.with_settings({"near": "蓝", "near_days": 3})
    assert (rule.colour("near"), rule.colour("behind"), rule.colour("")) == ("蓝", "黄", "")
    soon = row(status="in_progress", percent=100, due_on=date(2024, 7, 5))
    assert lamp_level(soon, soon.percent, rule, 2024, JULY) == "fine"


@pytest.mark.parametrize(
    "settings", [{"purple": "紫"}, {"near_days": "3"}, {"near": 3}, {"far_points": True}, ["near"]]
)
def test_a_setting_that_no_rule_has_is_refused(settings):
    with pytest.raises(TypeError):
        RULE.with_settings(settings)


def test_roll_up_of_a_task():
    rows = [
        row(unit="甲镇", status="done", count=1),
        row(unit="乙镇", status="in_progress", count=0, due_on=date(2024, 6, 30)),
        row(unit="丙镇", status="in_progress"),
        row(unit="丁镇", status="cancelled", percent=0),
        row(unit="戊镇", status="done", closed=True),
    ]
    rolled = roll_up(rows, [quota(1, "each")], RULE, 2024, JULY)
    assert rolled.status == "in_progress"
    assert rolled.percent == 50  # 100 and 0; 丙镇 has no data
    assert (rolled.overdue, rolled.lamp) == (True, "overdue")
    assert [short.unit for short in rolled.short] == ["乙镇", "丙镇"]


def test_roll_up_without_data():
    rolled = roll_up([row(status="ongoing")], [], RULE, 2024, JULY)
    assert rolled == ("ongoing", None, False, "", ())


def test_rows_are_grouped_by_task():
    rows = [row(task_id=7), row(task_id=7), row(task_id=3)]
    assert by_task(rows) == {7: rows[:2], 3: rows[2:]}
