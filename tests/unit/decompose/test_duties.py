"""Who does it, where only a sentence says so."""

import pytest

from core.decompose.decompose import decompose


def tasks(*items):
    text = "\n".join(["2026年云溪市政务公开工作要点", "一、甲章", *items])
    return decompose(text)


@pytest.mark.parametrize(
    ("written", "title", "units"),
    [
        ("编好手册，由甲局牵头，乙局、丙局配合，9月底前完成。", "编好手册", ["甲局", "乙局", "丙局"]),
        ("编好手册，由甲局会同乙局组织实施，6月底前报丙办公室。", "编好手册", ["甲局", "乙局"]),
        ("编好手册。该项工作由甲局牵头，各乡镇、各部门按职责分工负责。", "编好手册", ["甲局", "各乡镇", "各部门"]),
        ("来信由各承办单位负责。", "来信", ["各承办单位"]),
        ("编好手册，由甲局主办，乙局协办。", "编好手册", ["甲局", "乙局"]),
        ("走访学校、医院，由甲局、乙局分别负责。", "走访学校、医院", ["甲局", "乙局"]),
        ("办好来信。由甲局负责，乙局负责督办。", "办好来信", ["甲局", "乙局"]),
        ("办好来信。甲局负责登记来信，乙局协同配合，每季度通报一次。", "办好来信", ["甲局", "乙局"]),
    ],
)
def test_a_sentence_that_names_nothing_else_says_who_does_it(written, title, units):
    (task,) = tasks(f"（一）{written}").tasks
    assert (task.title, [*task.unit_names]) == (title, units)


def test_a_task_that_begins_with_its_body():
    first, second = tasks("1.甲局负责公布目录，6月底前完成。", "2.乙局牵头公布目录。").tasks
    assert (first.unit_names, first.lead) == (("甲局",), None)
    assert (second.unit_names, second.lead_unit) == ((), "乙局")


@pytest.mark.parametrize(
    "written",
    [
        "由甲局牵头，各科室参加，逐项核对，3月底前更新。",
        "建立甲局牵头、各科室配合的机制。",
        "把责任落实到具体科室负责。",
        "由甲局负责解释的事项要公开。",
        "按照谁主管谁负责，各科室配合。",
        "推动政策在园区落实。",
        "甲局、乙局要加强配合。",
        "由甲局牵头，各科室指定专人负责。",
    ],
)
def test_a_sentence_that_says_more_names_no_units(written):
    (task,) = tasks(f"（一）{written}").tasks
    assert task.units == ()


def test_units_of_a_bracket_are_not_mixed_with_those_of_a_sentence():
    (task,) = tasks("（一）来信由甲局负责。（责任单位：乙局）").tasks
    assert task.unit_names == ("乙局",)


def test_who_does_it_in_words_that_are_not_read_is_a_doubt():
    draft = tasks("（一）来信由甲局按流程负责答复。")
    assert [one.code for one in draft.leftovers] == ["duty"]


def test_the_verb_before_a_body_is_none_of_its_name():
    (task,) = tasks("（一）形成甲办公室牵头、各科室配合的格局。").tasks
    assert task.lead is None
