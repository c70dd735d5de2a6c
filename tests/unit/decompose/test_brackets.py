"""Responsibility brackets: labels, parts, names."""

import pytest

from core.decompose.brackets import BracketGrammar, lead_in_text
from core.decompose.fold import fold


def one(text, labels=()):
    found = BracketGrammar(labels).find(fold(text))
    (bracket,) = found.read
    assert found.doubts == []
    return bracket


def names(text):
    return [unit.name for unit in one(text).units]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("（责任单位：甲处、乙局）", ["甲处", "乙局"]),
        ("(责任 单位:甲处,乙局;丙中心)", ["甲处", "乙局", "丙中心"]),
        ("(责任单位:市民中心(热线中心)、各街镇)", ["市民中心(热线中心)", "各街镇"]),
        ("（责任单位：各县（市、区）、市直部门）", ["各县（市、区）", "市直部门"]),
        ("(责任单位:南山镇及相关单位)", ["南山镇", "相关单位"]),
        ("(责任单位:甲局、乙局等)", ["甲局", "乙局"]),
        ("(责任单位:甲局、乙局等有关部门)", ["甲局", "乙局", "有关部门"]),
        ("(责任单位:文化和旅游局和各街镇)", ["文化和旅游局", "各街镇"]),
        ("(责任单位:综合处 法规处)", ["综合处", "法规处"]),
        ("(责任单位:信息 中心)", ["信息中心"]),
        ("(责任单位:甲处、乙处按职责分工负责)", ["甲处", "乙处"]),
        ("【责任科室：办公室】", ["办公室"]),
        ("责任单位：甲处、乙处\n", ["甲处", "乙处"]),
    ],
)
def test_names_as_written(text, expected):
    assert names(text) == expected


def parts(text):
    return [(unit.name, unit.role) for unit in one(text).units]


def test_lead_and_coop_only_where_written():
    assert parts("(责任单位:甲局、乙局)") == [("甲局", "responsible"), ("乙局", "responsible")]
    want = [("甲局", "lead"), ("乙局", "coop"), ("丙局", "coop")]
    assert parts("（牵头单位：甲局，配合单位：乙局、丙局）") == want
    assert parts("(责任单位:由甲局牵头,乙局、丙局配合)") == want
    assert parts("(责任单位:甲局(牵头),乙局、丙局(配合))") == want


def test_deadline_label_is_not_a_unit():
    bracket = one("(责任单位:甲局,完成时限:6月底前)")
    assert [unit.name for unit in bracket.units] == ["甲局"]
    assert len(bracket.deadlines) == 1


def test_what_is_no_name_is_a_doubt():
    bracket = one("(责任单位:甲局、详见《分工表》,责任人:张三、李四)")
    assert [unit.name for unit in bracket.units] == ["甲局"]
    assert len(bracket.doubts) == 2


def test_a_bracket_that_never_closes_is_told():
    found = BracketGrammar().find(fold("甲(责任单位:乙处\n丙(责任单位:丁处)"))
    assert [unit.name for bracket in found.read for unit in bracket.units] == ["丁处"]
    assert [code for code, *_ in found.doubts] == ["bracket"]


def test_a_label_of_the_caller():
    assert one("(办理单位:甲局)", ("办理单位",)).units[0].name == "甲局"


def test_spans_are_the_characters_of_the_name():
    text = "前文（责任 单位：甲 处、乙局）"
    assert [text[unit.source.start : unit.source.end] for unit in one(text).units] == ["甲 处", "乙局"]


@pytest.mark.parametrize(
    ("text", "lead"),
    [
        ("依托大厅,由市机关局牵头,配合做好服务", "市机关局"),
        ("局办公室牵头协调各处室", "局办公室"),
        ("全面解读由我局牵头制定的政策", None),
        ("配合牵头部门做好归集", None),
        ("明确责任部门,牵头协调各科室", None),
    ],
)
def test_lead_in_a_sentence(text, lead):
    folded = fold(text)
    found = lead_in_text(folded, 0, len(folded.text))
    assert (found.name if found else None) == lead


def test_a_clause_of_what_is_due_by_when_is_a_limit_where_it_names_nobody():
    text = fold("编好目录。（甲局、乙局按职责分工负责，6月底前出台办法，年内见效）").text
    bracket = one(text)
    assert [unit.name for unit in bracket.units] == ["甲局", "乙局"]
    assert [text[slice(*place)] for place in bracket.deadlines] == ["6月底前", "年内"]
    unread = BracketGrammar().find(fold("编好目录。（甲局负责，6月底前由乙局印发文件）"))
    assert unread.read == []
    assert [code for code, *_ in unread.doubts] == ["duty"]
