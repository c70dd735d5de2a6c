"""How sure a draft is of each field: the rules one by one, and what `certain` is worth over composed documents."""

from collections import Counter
from pathlib import Path

import pytest

from core.decompose.confidence import confidence
from core.decompose.decompose import decompose
from core.decompose.known import rejoined
from core.decompose.readings import FIELDS, LEVELS, REASONS, Reading, worst
from core.plans.draftview import MARKS
from tests.support.compositions import compose
from tests.support.damage import DAMAGES, judge
from tests.support.sheets import markdown_table

PAGE = Path(__file__).parents[3] / "docs/drafts.md"
HEAD = "2024年示例区政务公开工作要点\n一、信息公开\n"


def read(*paragraphs, known=()):
    """The readings of each task of a document with these paragraphs, in which two other tasks are as usual."""
    usual = ("编制目录。编制并公布目录。(责任单位:甲局)", "公布名单。按时公布名单。(责任单位:甲局)")
    lines = [f"({'一二三四五六'[n]}){text}" for n, text in enumerate((*usual, *paragraphs))]
    text = HEAD + "\n".join(lines) + "\n"
    draft = rejoined(text, decompose(text), known)
    return text, confidence(text, draft, known)[2:]


def codes(readings, field="units"):
    return {one.code: one.level for one in readings if one.field == field}


UNITS = {
    "(责任单位:乙局)": {"labelled": "certain"},
    "(责任单位:甲局、乙局)": {"labelled": "certain"},
    "": {"missing": "doubtful"},
    "(责任单位:市乙局和市丙局)": {"labelled": "certain", "parted": "likely"},
    "(责任单位:甲局和市丙局)": {"labelled": "certain"},  # 甲局 stands alone elsewhere
    "(责任单位:乙局和各街镇)": {"labelled": "certain"},
    "(责任单位:文化和旅游局)": {"labelled": "certain"},
    "(责任单位:干部和人才处)": {"labelled": "certain", "joined": "likely"},
    "(责任单位:乙中心（丙委员会、丁办公室）)": {"labelled": "certain", "aside": "likely"},
    "(责任单位:各县（市、区）)": {"labelled": "certain"},
    "(责任单位:乙局牵头丙局)": {"labelled": "certain", "verb": "doubtful"},
    "(责任单位:乙局、有关方面人士)": {"labelled": "certain", "odd_name": "doubtful"},
    "(乙局牵头，丙局配合)": {"unlabelled": "likely"},
}


@pytest.mark.parametrize("bracket", UNITS)
def test_units(bracket):
    _, (readings,) = read(f"做好解读。做好政策解读。{bracket}")
    assert codes(readings) == UNITS[bracket]


@pytest.mark.parametrize(
    ("text", "field", "code"),
    [
        ("做好解读。二季度前完成解读。", "deadlines", "no_day"),
        ("做好解读。6月、12月底前各查一次。", "deadlines", "due_part"),
        ("做好解读。7月15日举办讲座。", "deadlines", "leftover"),
        ("做好解读。两小时内答复。", "deadlines", "leftover"),
        ("做好解读。讲座不少于若干场，至少两三百人。", "quotas", "leftover"),
        ("乙局牵头做好解读。", "units", "sentence"),
        ("做好解读。做好(政策解读。", "units", "unbalanced"),
        ("做好解读。乙局、各县(市、区)", "quotas", "names_inside"),
        ("做好解读。做好政策", "text", "cut"),
        ("每季度通报。每季度通报一次。", "title", "odd_title"),
    ],
)
def test_other_fields(text, field, code):
    _, (readings,) = read(f"{text}(责任单位:甲局)" if field != "text" else text)
    assert code in codes(readings, field)
    assert worst(one for one in readings if one.field == field) != "certain"


def test_two_readings_name_both_and_the_whole():
    text, (readings,) = read("做好解读。做好政策解读。(责任单位:市乙局和市丙局)")
    (reading,) = (one for one in readings if one.code == "parted")
    assert reading.names == ("市乙局", "市丙局", "市乙局和市丙局")
    assert text[reading.source.start : reading.source.end] == "市乙局和市丙局"
    assert reading.reason == "“市乙局”与“市丙局”按两个单位读取，也可能是一个单位的名称“市乙局和市丙局”"


@pytest.mark.parametrize("known", [("市乙局",), ("市乙局和市丙局",)])
def test_what_somebody_said_is_no_question(known):
    _, (readings,) = read("做好解读。做好政策解读。(责任单位:市乙局和市丙局)", known=known)
    assert codes(readings) == {"labelled": "certain"}


def test_a_known_name_is_put_together_again():
    text = HEAD + "(一)做好解读。做好解读。(责任单位:市乙局 和市丙局牵头、丁局)\n"
    (task,) = rejoined(text, decompose(text), {"市乙局和市丙局"}).tasks
    assert (task.unit_names, task.lead_unit) == (("市乙局和市丙局", "丁局"), "市乙局和市丙局")
    assert text[task.units[0].source.start : task.units[0].source.end] == "市乙局 和市丙局"
    (task,) = rejoined(text, decompose(text), ()).tasks
    assert task.unit_names == ("市乙局", "市丙局", "丁局")


def test_shared_brackets_and_gaps():
    text = HEAD + "(一)一是编制目录。二是公布目录。(责任单位:甲局)\n(二)做好解读。(责任单位:甲局)\n(四)培训。\n"
    shared, second, third, _ = confidence(text, decompose(text))
    assert codes(shared) == codes(second) == {"inherited": "likely"}
    assert codes(third)["gap"] == "doubtful"


def test_a_name_that_holds_or_shortens_another_one():
    _, (holds, *_) = read(
        "做好解读。(责任单位:市某某中心丙研究室)", "做好培训。(责任单位:丙研究室)", "做好宣传。(责任单位:丁局)"
    )
    assert codes(holds) == {"labelled": "certain", "holds": "likely"}
    _, (short, whole, _) = read(
        "做好解读。(责任单位:市信访办)", "做好培训。(责任单位:市信访办公室)", "做好宣传。(责任单位:丁局)"
    )
    assert codes(short)["shortened"] == "likely"
    assert codes(whole) == {"labelled": "certain"}


def test_a_number_unlike_the_others_is_odd():
    items = "\n".join(f"({numeral})第{numeral}件。做好这件。(责任单位:甲局)" for numeral in "一二三四五")
    text = f"{HEAD}{items}\n二、队伍\n一是练兵。年内开展。(责任单位:甲局)\n"
    *usual, odd = confidence(text, decompose(text))
    assert {one.field for one in odd if one.code == "odd_number"} == set(FIELDS)
    assert not any(one.code == "odd_number" for readings in usual for one in readings)


def test_what_was_not_understood_in_a_row_is_doubtful_there():
    rows = "1 | 办好热线 | 甲科 | 全年 |", "2 | 回信 | 找谁都行。 | 全年 | 甲 | 乙 |", "3 | 公布账目 | 乙科 | 全年 |"
    text = "\n".join(("2026年某局任务表", "序号 | 任务 | 单位 | 时限 |", *rows))
    draft = decompose(text)
    assert [one.code for one in draft.leftovers if one.line > 2] == ["table"]
    levels = [worst(one for one in readings if one.field == "units") for readings in confidence(text, draft)]
    assert levels == ["certain", "doubtful", "certain"]


def test_every_field_is_told_and_the_way_back_holds():
    _, tasks = read("做好解读。6月底前完成。(责任单位:乙局)", "做好宣传")
    for readings in tasks:
        assert {one.field for one in readings} == set(FIELDS)
        assert [Reading.from_json(one.as_json()) for one in readings] == list(readings)
        for one in readings:
            assert "{" not in one.reason


def test_the_table_of_reasons():
    assert {level for level, _ in REASONS.values()} == set(LEVELS)
    rows = markdown_table(PAGE.read_text("utf-8"), "reasons")
    told = {code: row["level"] for row in rows for code in row["code"].replace("`", "").split(", ")}
    assert told == {code: level for code, (level, _) in REASONS.items()}
    assert set(MARKS) <= {*FIELDS, "doubt"}


def figures(damage, seeds):
    """How many fields there are of each level, and how many of them are wrong."""
    every, wrong = Counter(), Counter()
    for seed in seeds:
        for one in judge(compose(seed), damage, seed):
            every[one.level] += 1
            wrong[one.level] += not one.right
    return every, wrong


def test_certain_is_right_over_composed_documents():
    every, wrong = figures("none", range(300))
    assert wrong["certain"] <= 0.001 * every["certain"]
    assert every["certain"] > 0.9 * every.total()  # and doubt is rare where nothing is wrong


@pytest.mark.parametrize("damage", [name for name in DAMAGES if name != "none"])
def test_what_damage_makes_wrong_is_seldom_called_certain(damage):
    every, wrong = figures(damage, range(120))
    assert wrong.total() > 20  # it is damage
    assert wrong["certain"] <= 0.01 * every["certain"]
    assert wrong["certain"] <= (0.45 if damage == "line lost" else 0.25) * wrong.total()
