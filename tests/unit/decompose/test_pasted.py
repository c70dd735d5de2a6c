"""Texts as people take them from pages and programs: line ends lost, titles broken, words over columns missing."""

import pytest

from core.decompose.decompose import decompose

TITLE = "2026年云溪市数字局政务公开工作要点\n"
ROWS = (
    ("办好专栏", "1", "每周更新专栏。", "信息科", "6月底前"),
    ("", "2", "清理过期信息。", "信息科", "持续推进"),
    ("做好解读", "3", "编写图解。", "法规科", "全年"),
)
HEADER = ("工作任务", "具体要求", "责任科室", "时限要求")


def shape(text):
    return [(task.no, task.section, task.title, task.unit_names) for task in decompose(text).tasks]


@pytest.mark.parametrize("parted", ["\n", "\n|\n"], ids=["lines", "bars"])
def test_a_column_of_numbers_without_a_word_over_it(parted):
    cells = [*HEADER, *(cell for row in ROWS for cell in row if cell)]
    found = shape(TITLE + parted.join(cells))
    assert found == [
        ("表(1)", "办好专栏", "每周更新专栏", ("信息科",)),
        ("表(2)", "办好专栏", "清理过期信息", ("信息科",)),
        ("表(3)", "做好解读", "编写图解", ("法规科",)),
    ]
    in_bars = ["|".join(HEADER), *("|".join(filter(None, row)) for row in ROWS)]
    assert shape(TITLE + "\n".join(in_bars)) == found


def test_a_first_row_that_does_not_fit_has_no_number_beside_it():
    body = "工作任务|具体要求|责任科室\n办好专栏|1|信息科|每周更新。\n"
    assert [task.unit_names for task in decompose(TITLE + body).tasks] == [()]


def test_columns_of_indicators_have_the_task_in_the_last():
    cells = ["序号", "一级指标", "二级指标", "三级指标", "责任单位"]
    cells += [
        "1",
        "主动公开",
        "政策",
        "公开文件。",
        "法规科",
        "2",
        "机构",
        "更新名录。",
        "人事科",
        "3",
        "互动",
        "信箱",
        "回复来信。",
        "办公室",
    ]
    assert [(section, title, units) for _, section, title, units in shape(TITLE + "\n\n".join(cells))] == [
        ("主动公开／政策", "公开文件", ("法规科",)),
        ("主动公开／机构", "更新名录", ("人事科",)),
        ("互动／信箱", "回复来信", ("办公室",)),
    ]


def test_a_heading_within_another_between_rows():
    cells = ["主要内容", "责任单位", "一、办好专栏", "(一)更新", "每周更新专栏。", "信息科牵头落实"]
    cells += ["(二)清理", "清理过期信息。", "信息科牵头落实", "二、做好解读", "编写图解。", "法规科牵头落实"]
    assert [section for _, section, _, _ in shape(TITLE + "\n".join(cells))] == [
        "一、办好专栏／(一)更新",
        "一、办好专栏／(二)清理",
        "二、做好解读",
    ]


def test_paragraphs_run_together_to_one_line():
    text = (
        "结合实际,制定本方案。一、工作目标公开更多。二、工作任务(一)办好专栏。1.每周更新专栏。(责任单位:信息科)"
        "2.清理过期信息1、2类。(责任单位:信息科)(二)做好解读。1.编写图解。(责任单位:法规科;完成时限:年底前)三、其他(一)报告进展。"
    )
    assert [(no, title) for no, _, title, _ in shape(text)] == [
        ("二(一)(1)", "每周更新专栏"),
        ("二(一)(2)", "清理过期信息1、2类"),
        ("二(二)(1)", "编写图解"),
        ("三(一)", "报告进展"),
    ]


def test_numbers_within_a_paragraph_that_is_one_do_not_part_it():
    body = "一、办好专栏\n(一)更新专栏。分两步:一、收集;二、审核。1.收集。2.审核。(责任单位:信息科)\n"
    assert [no for no, *_ in shape(TITLE + body)] == ["一(一)"]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        ("云溪市落实《省公开\n行动计划(2021—2025年)》实施方案", "云溪市落实《省公开行动计划(2021—2025年)》实施方案"),
        ("2026年云溪市公开标准化\n工作实施方案", "2026年云溪市公开标准化工作实施方案"),
        ("云溪市人民政府办公室\n2026年公开工作要点", "2026年公开工作要点"),
        ("2026年1月5日 云溪市公开网\n云溪市公开工作要点", "云溪市公开工作要点"),
    ],
)
def test_a_title_on_two_lines(lines, title):
    draft = decompose(f"{lines}\n一、办好专栏\n(一)更新专栏。(责任单位:信息科)\n")
    assert draft.meta.title == title


def test_cells_each_with_its_bar_where_merged_ones_are_missing():
    rows = [
        ["1", "主动公开", "更新专栏。", "甲处", "乙处", "6月底前"],
        ["2", "清理专栏。", "乙处", "无", "每学期开学前"],
    ]
    rows += [["3", "互动", "接来电。", "丙处", "甲处", "长期"]]
    cells = ["序号", "类别", "公开事项", "责任部门", "配合部门", "完成时间", *(cell for row in rows for cell in row)]
    draft = decompose(TITLE + "\n".join(f"{cell} |" for cell in cells))
    assert [(task.section, task.title, task.unit_names) for task in draft.tasks] == [
        ("主动公开", "更新专栏", ("甲处", "乙处")),
        ("主动公开", "清理专栏", ("乙处",)),
        ("互动", "接来电", ("丙处", "甲处")),
    ]
    assert [one.text for task in draft.tasks for one in task.deadlines] == ["6月底前", "每学期开学前", "长期"]
