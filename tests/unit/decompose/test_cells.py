"""Cells that say nothing or cannot be read, and what stands under a table or a body."""

import pytest

from core.decompose.decompose import decompose

TITLE = "云溪市甲局2026年政务公开任务分解表"


def read(*lines):
    return decompose("\n".join((TITLE, *lines)))


def shown(draft):
    return [(task.no, task.section, task.unit_names, [one.text for one in task.deadlines]) for task in draft.tasks]


def test_a_limit_that_cannot_be_read_ends_its_row():
    header = ("序号", "工作领域", "工作内容", "责任科室", "完成时限")
    rows = ("1", "保障", "办好来信。", "甲科", "视工作情况", "2", "编好目录。", "乙科", "年底前")
    assert shown(read(*header, *rows)) == [
        ("表(1)", "保障", ("甲科",), ["视工作情况"]),
        ("表(2)", "保障", ("乙科",), ["年底前"]),
    ]


@pytest.mark.parametrize("nothing", ["无", "—", "/", "空", "（空）", "暂无"])
def test_a_cell_that_names_nobody_keeps_its_column(nothing):
    header = ["类别", "序号", "内容", "牵头科室", "配合科室", "时限要求"]
    rows = (
        "抓公开 1 办好来信。 甲科 {} 3月底前 2 编好目录。 乙科 丙科 款项下达后20日内 抓解读 3 讲好政策。 丙科 {} 全年"
    )
    draft = read(*[line for cell in (*header, *rows.format(nothing, nothing).split()) for line in (cell, "|")])
    assert shown(draft) == [
        ("表(1)", "抓公开", ("甲科",), ["3月底前"]),
        ("表(2)", "抓公开", ("乙科", "丙科"), ["款项下达后20日内"]),
        ("表(3)", "抓解读", ("丙科",), ["全年"]),
    ]
    assert [task.lead_unit for task in draft.tasks] == ["甲科", "乙科", "丙科"]
    assert [one.code for one in draft.leftovers] == ["limit"]


def test_a_label_that_names_nobody_is_understood():
    draft = read("1.办好来信。", "牵头单位：甲局", "配合单位：无", "完成时限：6月底前", "2.编好目录。", "责任单位：")
    assert shown(draft)[0][2:] == (("甲局",), ["6月底前"])
    assert {one.text for one in draft.leftovers} == {"责任单位："}


@pytest.mark.parametrize(
    "foot",
    [
        "抄送：市委办公室，市人大办公室。",
        "云溪市甲局办公室 2026年3月4日印发",
        "联系人：张某 电话：0000-1234567",
        "填表单位（盖章）：甲科",
        "（联系人：张某，联系电话：0000-1234567）",
    ],
)
@pytest.mark.parametrize(
    "body",
    [
        ("一、甲章", "1.办好来信。（责任单位：甲局）", "2.编好目录。（责任单位：乙局）"),
        ("序号\t内容\t责任科室\t时限", "1\t办好来信。\t甲局\t5月", "2\t编好目录。\t乙局\t6月"),
    ],
)
def test_the_foot_of_a_document_is_no_task(body, foot):
    draft = read(*body, foot)
    assert [task.unit_names for task in draft.tasks] == [("甲局",), ("乙局",)]
    assert [one.code for one in draft.leftovers] == ["page"]


def test_a_task_may_have_somebody_to_call():
    draft = read("1.办好来信。", "责任单位：甲局", "联系人：张某", "2.编好目录。", "责任单位：乙局")
    assert [task.unit_names for task in draft.tasks] == [("甲局",), ("乙局",)]


def test_a_table_without_a_title_is_no_section_of_its_own():
    draft = decompose(f"{TITLE}\n说明如下\n序号\t内容\t责任科室\n1\t办好来信。\t甲科\n2\t编好目录。\t乙科\n")
    assert [section.title for section in draft.sections] == [TITLE]
    assert draft.meta.embedded_table is None


def test_a_notice_names_itself_and_who_issued_it():
    draft = decompose("云溪县人民政府办公室\n关于分解2026年政务公开任务的通知\n一、甲章\n1.办好来信。\n")
    assert draft.meta.title == "云溪县人民政府办公室关于分解2026年政务公开任务的通知"
    assert (draft.meta.issuing_agency, draft.meta.year) == ("云溪县人民政府办公室", 2026)


def test_a_head_with_several_values_on_a_line():
    draft = read("来源：甲局 时间：2026-03-04", "索引号：AB12　　发文日期：2026年3月2日", "一、甲章", "1.办好来信。")
    assert (draft.meta.issuing_agency, draft.meta.published_at) == ("甲局", "2026-03-04")
    assert (draft.meta.index_number, str(draft.meta.issue_date)) == ("AB12", "2026-03-02")
