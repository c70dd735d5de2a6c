"""The same document in every kind of file gives the same text and the same tasks."""

import pytest

from core.decompose.decompose import decompose
from core.documents.reader import parse_document
from tests.support.papers import WRITERS, Paragraph, Table, as_txt

PAPER = (
    Paragraph("2026年某局政务公开工作要点"),
    Paragraph("为做好全年的公开工作，制定本要点。"),
    Paragraph("抓好重点领域公开", 0),
    Paragraph(
        "优化公开目录。各处室对照目录逐项核对，于6月底前完成，新增事项在形成之日起20个工作日内公开，"
        "并同步更新网站专栏和查阅点的资料。（责任单位：办公室、信息中心）",
        1,
    ),
    Paragraph("用好新媒体。每月推送不少于4次，重要政策发布当天转载。（牵头单位：宣传处；配合单位：各处室）", 1),
    Paragraph("做实解读回应", 0),
    Paragraph(
        "开展面对面解读，年内举办活动不少于2场，邀请企业和群众代表参加，现场答疑，会后一周内公布问答实录。"
        "（责任单位：政策处，完成时限：2026年11月底前）",
        1,
    ),
    *(
        Paragraph(f"第{number}项保障措施，明确专人、定期通报，结果纳入年度考核。（责任单位：办公室）", 1)
        for number in "一二三四五"
    ),
    Paragraph("重点任务分解表"),
    Table(
        (
            ("序号", "领域", "工作任务", "责任单位", "完成时限"),
            (
                "1",
                "决策公开",
                "公布重大行政决策目录并动态更新，邀请公众代表列席会议不少于3次",
                "县政府办公室",
                "3月底前",
            ),
            ("2", None, "公开决策草案和说明，同时公开听取意见的情况", "政策处、县发展和改革局", "10月15日前"),
            ("3", "服务公开", "更新办事指南，做到线上线下一致", "县行政审批局", "每月25日前"),
            ("4", None, "公开办件量和满意度统计情况", None, "每季度"),
        )
    ),
)


def facts(text):
    """What was understood, without the places in the text."""
    draft = decompose(text)
    return draft.meta.year, [
        (
            task.no,
            task.section,
            task.title,
            task.text,
            task.unit_names,
            task.lead_unit,
            task.coop_units,
            [(found.kind, found.due) for found in task.deadlines],
            [(found.op, found.number, found.unit) for found in task.quotas],
            [found.days for found in task.working_day_limits],
        )
        for task in draft.tasks
    ]


TEXT = as_txt(PAPER).decode()


@pytest.mark.parametrize("name", WRITERS)
def test_every_kind_gives_the_same_text_and_tasks(name):
    document = parse_document(name, WRITERS[name](PAPER))
    assert document.text.strip() == TEXT
    assert facts(document.text) == facts(TEXT)


def test_the_document_has_tasks_in_its_prose_and_in_its_table():
    tasks = facts(TEXT)[1]
    assert len(tasks) == 8 + 4
    assert tasks[0][4] == ("办公室", "信息中心")
    assert tasks[0][7][0][0] == "date"
    assert [task[4] for task in tasks[8:10]] == [("县政府办公室",), ("政策处", "县发展和改革局")]
    assert all(task[7] for task in tasks[8:])


def test_a_page_says_that_it_was_not_read_whole():
    assert parse_document("a.html", WRITERS["a.html"](PAPER)).notes
