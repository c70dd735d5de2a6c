"""Nothing is dropped in silence: what was not understood is listed with its place and a reason."""

import pytest

from core.decompose.decompose import decompose

HEAD = "2026年云溪市数字局政务公开工作要点\n一、甲章\n"


@pytest.mark.parametrize(
    ("body", "code", "text", "line"),
    [
        ("(一)征求意见期不少于三十余日。", "number", "不少于三十余", 3),
        ("(一)来信30日内反馈。", "limit", "30日内", 3),
        ("(一)来信15个自然日内反馈。", "limit", "15个自然日内", 3),
        ("(一)春节前完成。", "date", "春节前", 3),
        ("(一)子项。(责任单位:甲处;督导单位:乙处、丙处)", "bracket", "督导单位:乙处、丙处", 3),
        ("(一)子项。(责任单位:《甲、乙》编委会、丙局)", "bracket", "《甲、乙》编委会", 3),
        ("(一)办好3月15日活动。", "day", "3月15日", 3),
        ("(一)6月前提交。", "date", "6月前", 3),
        ("(一)子项。（甲处、乙局）", "names", "（甲处、乙局）", 3),
        ("(一)子项。（甲局）", "duty", "（甲局）", 3),
        ("(一)子项（具体事项由甲局负责）。", "duty", "（具体事项由甲局负责）", 3),
        ("(一)办法有效期至2028年4月30日。", "day", "4月30日", 3),
        ("(一)子项。(责任单位:甲处", "bracket", "(责任单位:", 3),
        ("(一)子项。(责任单位:甲处)还要跟进落实。", "uncovered", "还要跟进落实。", 3),
        ("本章有两项。\n(一)子项。", "intro", "本章有两项。", 3),
        ("(一)子项。\n分享到:", "page", "分享到:", 4),
        ("(一)子项。\n事项表\n序号事项责任单位\n1甲事甲处", "table", "甲事甲处", 6),
        ("(一)\n(二)子项。", "text", "(一)", 3),
    ],
)
def test_listed_with_place_and_reason(body, code, text, line):
    source = HEAD + body
    found = [one for one in decompose(source).leftovers if one.code == code]
    assert [(one.text, one.line) for one in found][:1] == [(text, line)]
    assert found[0].reason
    assert source[found[0].source.start : found[0].source.end].strip() == text


def test_units_of_a_heading_are_not_given_to_items_of_which_one_has_its_own():
    draft = decompose(
        "2026年某局政务公开工作要点\n一、抓培训(责任单位:甲处)\n(一)学条例。(责任单位:乙处)\n(二)学办法。\n"
    )
    assert [task.unit_names for task in draft.tasks] == [("乙处",), ()]
    assert {one.code for one in draft.leftovers} == {"heading", "bracket"}


def test_units_above_the_items_are_not_given_to_the_item_before():
    body = "责任单位：甲局\n1.编目录。\n2.办培训。\n责任单位：乙局\n1.做考核。\n"
    draft = decompose("2026年云溪市政务公开工作要点\n" + body)
    assert [task.units for task in draft.tasks] == [(), (), ()]
    assert [one.text for one in draft.leftovers if one.code == "heading"] == ["责任单位：甲局", "责任单位：乙局"]


def test_a_plain_document_leaves_nothing():
    body = "(一)子项。年内列席不少于4次,10个工作日内公开。(责任单位:甲处)\n某局办公室\n2026年3月1日\n"
    assert decompose(HEAD + body).leftovers == ()


def test_text_without_any_task_is_all_left_over():
    draft = decompose("今天天气很好。\n我们去公园。\n")
    assert draft.tasks == ()
    assert [one.line for one in draft.leftovers] == [1, 2]
