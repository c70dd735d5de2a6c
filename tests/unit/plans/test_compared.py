"""A document as one side of a comparison: what its days, numbers and names mean, free of its year."""

import pytest

from core.comparing.tasks import Amount, Limit
from core.decompose.decompose import decompose
from core.plans.compared import Reading, draft_side
from core.plans.templates import TaskTemplate
from core.units.directory import Directory
from core.units.models import Unit, UnitMember

TRAINING = TaskTemplate("example.training", "培训", ("政务公开培训",))
UNITS = [
    Unit(id=1, name="区教育局", kind="unit", aliases=["区教委"]),
    Unit(id=2, name="甲镇", kind="unit", aliases=[]),
    Unit(id=3, name="乙镇", kind="unit", aliases=[]),
    Unit(id=4, name="各镇", kind="group", aliases=[]),
]
MEMBERS = [UnitMember(group_id=4, member_id=2), UnitMember(group_id=4, member_id=3)]


def side_task(text, units="办公室", year=2024):
    document = f"{year}年示例区政务公开工作要点\n一、工作保障\n(一)加强学习。{text}(责任单位:{units})\n"
    reading = Reading((TRAINING,), Directory(UNITS, MEMBERS), year)
    (task,) = draft_side(decompose(document), "要点.txt", year, reading).tasks
    return task


@pytest.mark.parametrize(
    ("text", "due"),
    [("2024年6月底前完成。", (0, 6, 30)), ("6月30日前完成。", (0, 6, 30)), ("2025年1月底前完成。", (1, 1, 31))],
)
def test_days_are_free_of_the_year(text, due):
    assert {limit.due for limit in side_task(text).limits} == {due}
    later = text.replace("2025", "2026").replace("2024", "2025")
    assert side_task(text).limits == side_task(later, year=2025).limits


def test_numbers_working_days_and_templates():
    task = side_task("年内开展政务公开培训不少于2次，会后10个工作日内公布材料。")
    assert task.amounts == {Amount(">=", 2, "次", "total")}
    assert Limit("working_days", days=10) in task.limits
    assert task.templates == {"培训"}
    assert task.status == ""


def test_units_are_the_bodies_that_carry_the_task():
    assert side_task("学习条例。", "区教委、各镇、某新单位").units == ("区教育局", "甲镇", "乙镇", "某新单位")
