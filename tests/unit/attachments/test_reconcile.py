"""A document and its attached table: the same task once, completed, and no contradiction settled in silence."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from core.attachments.reconcile import Attachment, reconcile
from core.decompose.decompose import decompose
from core.decompose.draft import DecomposeHints

HEADER = "序号\t工作任务\t责任单位\t完成时限"
CATALOGUE = "逐项核对政务公开事项目录并向社会公布"
BRIEFING = "组织面向企业的政策解读活动，邀请代表现场提问"


def paper(*items):
    numbered = (f"（{numeral}）{item}" for numeral, item in zip("一二三四五六", items, strict=False))
    return "\n".join(("2026年某局政务公开工作要点", "一、抓好公开", *numbered))


def together(text, *rows, header=HEADER, **more):
    table = "\n".join(("重点任务分解表", header, *(f"{n}\t{row}" for n, row in enumerate(rows, 1))))
    return reconcile(text, [Attachment("任务分解表.xlsx", table)], **more)


def codes(draft):
    return [leftover.code for leftover in draft.leftovers if leftover.code.startswith("attached")]


def reason(draft, code):
    return next(leftover.reason for leftover in draft.leftovers if leftover.code == code)


def test_without_attachments_nothing_changes():
    text = paper(f"{CATALOGUE}。（责任单位：甲处）")
    assert reconcile(text, []) == (text, decompose(text))


def test_a_task_in_both_is_one_and_the_table_completes_it():
    _, draft = together(
        paper(f"{CATALOGUE}。", f"{BRIEFING}。"), f"{CATALOGUE}\t甲处、乙处\t6月底前", f"{BRIEFING}\t丙处\t长期"
    )
    first, second = draft.tasks
    assert (first.no, first.unit_names, second.unit_names) == ("一(一)", ("甲处", "乙处"), ("丙处",))
    assert [(found.kind, found.due) for found in first.deadlines] == [("date", date(2026, 6, 30))]
    assert [found.kind for found in second.deadlines] == ["ongoing"]
    assert codes(draft) == []


def test_every_place_counts_in_the_one_text():
    text, draft = together(paper(f"{CATALOGUE}。"), f"{CATALOGUE}\t甲处\t6月底前", "另一项全新的工作内容\t乙处\t年内")
    first, _ = draft.tasks
    assert text[first.units[0].source.start : first.units[0].source.end] == "甲处"
    assert text[first.deadlines[0].source.start : first.deadlines[0].source.end] == first.deadlines[0].text
    for task in draft.tasks:
        assert text[task.source.start : task.source.end] == task.text
    only = next(leftover for leftover in draft.leftovers if leftover.code == "attached_only")
    assert text.split("\n")[only.line - 1].endswith("另一项全新的工作内容\t乙处\t年内")
    assert "附件：任务分解表.xlsx" in text


def test_contradictions_are_listed_and_the_document_stands():
    said = f"{CATALOGUE}，办好不少于2场活动，6月底前完成。（牵头单位：甲处；配合单位：乙处）"
    row = f"{CATALOGUE}，办好不少于3场活动\t丙处\t9月底前"
    _, draft = together(paper(said), row)
    (task,) = draft.tasks
    assert (task.unit_names, task.lead_unit, task.deadlines[0].due) == (("甲处", "乙处"), "甲处", date(2026, 6, 30))
    assert task.quotas[0].number == 2
    assert sorted(codes(draft)) == ["attached_deadline", "attached_quota", "attached_units"]
    assert "丙处" in reason(draft, "attached_units")
    assert "9月底前" in reason(draft, "attached_deadline")


def test_the_table_tells_who_leads():
    header = "序号\t工作任务\t牵头单位\t配合单位"
    _, draft = together(paper(f"{CATALOGUE}。（责任单位：甲处、乙处）"), f"{CATALOGUE}\t甲处\t乙处", header=header)
    assert (draft.tasks[0].lead_unit, draft.tasks[0].coop_units, codes(draft)) == ("甲处", ("乙处",), [])
    _, draft = together(
        paper(f"{CATALOGUE}。（牵头单位：乙处；配合单位：甲处）"), f"{CATALOGUE}\t甲处\t乙处", header=header
    )
    assert (draft.tasks[0].lead_unit, codes(draft)) == ("乙处", ["attached_lead"])


def test_a_task_in_one_of_them_only():
    _, draft = together(
        paper(f"{CATALOGUE}。（责任单位：甲处）", f"{BRIEFING}。"),
        f"{CATALOGUE}\t甲处\t",
        "完全不同的一项事情\t丁处\t年内",
    )
    assert [task.unit_names for task in draft.tasks] == [("甲处",), (), ("丁处",)]
    assert codes(draft) == ["attached_not", "attached_only"]
    assert draft.tasks[2].section in {section.heading for section in draft.sections}


def test_a_row_for_several_tasks_and_several_rows_for_one():
    both = f"{CATALOGUE}；{BRIEFING}"
    _, draft = together(paper(f"{CATALOGUE}。", f"{BRIEFING}。"), f"{both}\t甲处\t年内")
    assert [task.unit_names for task in draft.tasks] == [("甲处",), ("甲处",)]
    assert codes(draft) == []
    _, draft = together(paper(f"{both}。"), f"{CATALOGUE}\t甲处\t6月底前", f"{BRIEFING}\t乙处\t年内")
    assert draft.tasks[0].unit_names == ("甲处", "乙处")
    assert codes(draft) == ["attached_split"]


def test_a_row_like_two_tasks_is_a_question():
    _, draft = together(paper(f"{CATALOGUE}甲。", f"{CATALOGUE}乙。"), f"{CATALOGUE}\t甲处\t年内")
    assert [task.unit_names for task in draft.tasks] == [(), ()]
    assert codes(draft) == ["attached_unclear"]
    assert "一(一)、一(二)" in reason(draft, "attached_unclear")


def test_an_attachment_without_tasks_is_said():
    text, draft = reconcile(paper(f"{CATALOGUE}。"), [Attachment("说明.docx", "只是一段说明文字。")])
    assert codes(draft) == ["attached_nothing"]
    assert text.endswith("只是一段说明文字。")


def test_two_attachments_and_a_year_that_only_the_caller_knows():
    text = paper(f"{CATALOGUE}。").replace("2026年", "")
    table = f"{HEADER}\n1\t{CATALOGUE}\t甲处\t6月底前"
    attachments = [Attachment("说明.txt", "说明。"), Attachment("表.txt", table)]
    _, draft = reconcile(text, attachments, DecomposeHints(year=2027))
    assert draft.tasks[0].deadlines[0].due == date(2027, 6, 30)
    assert codes(draft) == ["attached_nothing"]


@given(st.text("一二、（）。责任单位：甲处序号\t\n1附件", max_size=60), st.text("一、（）甲处序号\t\n1", max_size=60))
def test_any_two_texts(one, other):
    text, draft = reconcile(one, [Attachment("x", other)])
    for task in draft.tasks:
        assert text[task.source.start : task.source.end] == task.text


def test_two_names_of_one_unit_contradict_nothing():
    known = {"区教委": "区教育局"}.get
    rows = (f"{CATALOGUE}\t区教委、乙处\t", f"{BRIEFING}\t卫委\t")
    text = paper(f"{CATALOGUE}。（责任单位：乙处、区教育局）", f"{BRIEFING}。（责任单位：区卫生局（以下简称卫委））")
    _, draft = together(text, *rows, known=lambda name: known(name, name))
    assert codes(draft) == []
    assert [task.unit_names for task in draft.tasks] == [("乙处", "区教育局"), ("区卫生局",)]
    assert codes(together(text, *rows)[1]) == ["attached_units"]


def test_a_lead_under_another_name_is_the_same_lead():
    row = f"{CATALOGUE}\t区教委牵头，乙处配合\t"
    text = paper(f"{CATALOGUE}。（牵头单位：区教育局；配合单位：乙处）")
    assert codes(together(text, row, known=lambda name: name.replace("教委", "教育局"))[1]) == []
    assert codes(together(text, row)[1]) == ["attached_units"]
