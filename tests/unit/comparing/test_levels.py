"""Our plan against the superior plan."""

import os
from pathlib import Path

import pytest

from core.comparing.levels import compare_levels
from core.comparing.shown import level_summary, level_table
from core.comparing.tasks import Side, SideTask
from core.decompose.decompose import decompose


def side(title, *tasks):
    numbered = enumerate(tasks, 1)
    return Side(title, 2024, tuple(SideTask(str(n), heading, text, 2024) for n, (heading, text) in numbered))


THEIRS = side(
    "市要点",
    ("设立政策咨询窗口", "各区在便民大厅设立政策咨询窗口，安排专人接待。"),
    ("公布重大项目清单", "每季度公布重大项目清单和建设进度。"),
    ("办好政府公报", "政府公报按月编印，免费赠阅。"),
)
OURS = side(
    "区要点",
    ("做优便民服务", "在便民大厅设立政策咨询窗口，安排专人接待；延长夜间服务；增设母婴室。"),
    ("加强项目信息公开", "发改、建设部门每季度公布重大项目清单，同时公布建设进度和投资额。"),
    ("项目进度上墙", "在工地围挡公布重大项目建设进度。"),
    ("推进老茶馆保护", "公布老茶馆保护名录。"),
)


def test_which_of_ours_answer_which_of_theirs():
    rows, own = compare_levels(THEIRS, OURS)
    assert [[answer.task.no for answer in row.answers] for row in rows] == [["1"], ["2", "3"], []]
    assert [task.no for task in own] == ["4"]
    assert rows[0].answers[0].reason.startswith("标题全部见于其中，正文有")
    assert "共有“在便民大厅设立政策咨询窗…”“安排专人接待”" in rows[0].answers[0].reason


def test_a_long_task_of_ours_answers_a_short_one_of_theirs():
    """What else ours says takes nothing away; the other way round much of ours is not found in theirs."""
    there, back = compare_levels(THEIRS, OURS), compare_levels(OURS, THEIRS)
    assert there.rows[0].answers[0].score > back.rows[0].answers[0].score


def test_where_nothing_answers_the_nearest_is_named():
    theirs = side("市要点", ("公布公交线路调整", "公交线路调整之前公布方案并听取乘客意见，调整之后公布运行情况。"))
    ours = side("区要点", ("公布轮渡班次", "轮渡班次调整之前公布方案并听取意见。"), ("保护老茶馆", "公布老茶馆名录。"))
    ((row,), own) = compare_levels(theirs, ours)
    assert (row.answers, row.nearest.task.no, len(own)) == ((), "1", 2)
    assert level_table(compare_levels(theirs, ours))[0][-1].startswith("最接近：")


def test_as_a_table():
    levels = compare_levels(THEIRS, OURS)
    assert level_summary(THEIRS, OURS, levels).endswith(
        "上级任务 3 项，有对应 2 项，没有对应 1 项；本级自有任务 1 项。"
    )
    assert [line[:5] for line in level_table(levels)] == [
        ("有对应", "1", "设立政策咨询窗口", "1", "做优便民服务"),
        ("有对应", "2", "公布重大项目清单", "2", "加强项目信息公开"),
        ("有对应", "2", "公布重大项目清单", "3", "项目进度上墙"),
        ("没有对应", "3", "办好政府公报", "", ""),
        ("本级自有", "", "", "4", "推进老茶馆保护"),
    ]


READ_BY_HAND = (
    *("二(一)=一(二是)", "二(二)=一(三是)", "二(三)=二(二是)", "二(四)=四(二是)", "二(五)=一(一是)", "二(六)=二(二是)"),
    *("三(二)=二(三是)", "四(一)=四(四是)", "四(二)=四(一是)", "四(三)=四(三是)", "四(四)=四(二是)", "五(一)=三(一是)"),
    *("五(二)=三(四是)", "五(三)=五(一是)"),
)


@pytest.mark.skipif("ZWGK_CORPUS" not in os.environ, reason="ZWGK_CORPUS names no corpus")
def test_two_agencies_that_follow_the_same_city():
    """Read by hand: what of 003's plan stands in 004's, in other words and under other headings."""

    def document(number):
        (path,) = Path(os.environ["ZWGK_CORPUS"]).glob(f"{number}_*.txt")
        tasks = decompose(path.read_text(encoding="utf-8")).tasks
        return Side(number, 2024, tuple(SideTask(task.no, task.title, task.text, 2024) for task in tasks))

    rows, _ = compare_levels(document("003"), document("004"))
    best = {row.task.no: row.answers[0].task.no if row.answers else None for row in rows}
    assert {no: found for no, found in best.items() if found} == dict(pair.split("=") for pair in READ_BY_HAND)
    assert [no for no, found in best.items() if not found] == [
        "一(一)",
        "一(二)",
        "一(三)",
        "一(四)",
        "三(一)",
        "五(四)",
    ]
