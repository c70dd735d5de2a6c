"""A plan against the rules of its own agency."""

import pytest

from core.comparing.rules import compare_rules
from core.comparing.tasks import Amount, Limit, Side, SideTask
from core.plans.periods import Rhythm
from core.plans.rules import EACH, DueBy, Every, Milestones, Target, Within

TITLES = {"t": "列席", "u": "目录"}


def state(rule, **says):
    task = SideTask("1", "邀请代表列席", "", 2024, templates=frozenset({"列席"}), **says)
    other = SideTask("2", "别的任务", "", 2024, limits=frozenset({Limit("date", (0, 1, 1), days=1)}))
    (row,) = compare_rules([rule], Side("要点", 2024, (other, task)), TITLES)
    assert row.task is task
    return row.state


def limits(*found):
    return frozenset(found)


def due(month, day, years=0):
    return Limit("date", (years, month, day))


@pytest.mark.parametrize(
    ("rule", "says", "expected"),
    [
        (DueBy("a", "t", "", 3, 31), {"limits": limits(due(3, 31))}, "said"),
        (DueBy("a", "t", "", 3, 31), {"limits": limits(due(2, 28), due(12, 31))}, "said"),
        (DueBy("a", "t", "", 3, 31), {"limits": limits(due(4, 30))}, "other"),
        (DueBy("a", "t", "", 3, 31), {"limits": limits(due(1, 31, years=1))}, "other"),
        (DueBy("a", "t", "", 3, 31), {"limits": limits(Limit("working_days", days=10))}, "silent"),
        (Every("a", "t", "", 1), {"rhythm": Rhythm(1, 1, 25)}, "said"),
        (Every("a", "t", "", 3, 25), {"rhythm": Rhythm(1, 1, 25)}, "said"),
        (Every("a", "t", "", 1, 20), {"rhythm": Rhythm(1, 1, 25)}, "other"),
        (Every("a", "t", "", 1), {"rhythm": Rhythm(3, 3)}, "other"),
        (Every("a", "t", "", 1), {"limits": limits(due(12, 31))}, "silent"),
        (Milestones("a", "t", "", ((6, 30), (12, 31))), {"limits": limits(due(6, 30), due(12, 31))}, "said"),
        (Milestones("a", "t", "", ((6, 30), (12, 31))), {"limits": limits(due(12, 31))}, "other"),
        (Milestones("a", "t", "", ((6, 30), (12, 31))), {}, "silent"),
        (Target("a", "t", "", 4, "次"), {"amounts": frozenset({Amount(">=", 4, "次", "total")})}, "said"),
        (Target("a", "t", "", 4, "次"), {"amounts": frozenset({Amount(">=", 3, "次", "total")})}, "other"),
        (Target("a", "t", "", 1, "次", EACH), {"amounts": frozenset({Amount(">=", 4, "次", "total")})}, "silent"),
        (Target("a", "t", "", 4, "次"), {"amounts": frozenset({Amount(">=", 9, "场", "total")})}, "silent"),
        (Within("a", "t", "", (5, 1), "收到"), {"limits": limits(Limit("working_days", days=5))}, "said"),
        (Within("a", "t", "", (10,), "收到"), {"limits": limits(Limit("working_days", days=15))}, "other"),
        (Within("a", "t", "", (10,), "收到"), {"limits": limits(due(6, 30))}, "silent"),
    ],
)
def test_what_a_document_says_of_a_rule(rule, says, expected):
    assert state(rule, **says) == expected


def test_one_task_may_say_it_for_all_of_its_template():
    tasks = [
        SideTask(str(n), "", "", 2024, templates=frozenset({"列席"}), limits=found)
        for n, found in enumerate((limits(), limits(due(3, 31)), limits()))
    ]
    rows = compare_rules([DueBy("a", "t", "", 3, 31)], Side("要点", 2024, tuple(tasks)), TITLES)
    assert [(row.task.no, row.state) for row in rows] == [("1", "said")]


def test_no_task_of_the_template():
    assert [row.state for row in compare_rules([DueBy("a", "u", "", 3, 31)], Side("", 2024, ()), TITLES)] == ["no_task"]


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (DueBy("a", "t", "", 3, 31), "3月31日前"),
        (Every("a", "t", "", 1), "每月一次"),
        (Every("a", "t", "", 1, 25), "每月25日前"),
        (Every("a", "t", "", 3, 10), "每季度末月10日前"),
        (Milestones("a", "t", "", ((6, 30), (12, 31))), "6月30日、12月31日前"),
        (Target("a", "t", "", 4, "次"), "年内不少于4次"),
        (Target("a", "t", "", 1, "次", EACH), "各单位年内不少于1次"),
        (Within("a", "t", "", (5, 1), "收到留言"), "收到留言后5或1个工作日内"),
    ],
)
def test_in_words(rule, words):
    assert rule.words == words
