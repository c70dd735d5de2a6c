"""Lines that a page cut, and lines that only look as if it had."""

import pytest

from core.decompose.fold import fold
from core.decompose.wraps import unwrapped


def lines(*texts):
    return unwrapped(fold("\n".join(texts))).text.split("\n")


CUT = (
    "各科室要把办理群众来信的情况记下来",
    "每个月公布一次并且向群众说明为什么",
    "有的来信还没有办完以及何时能够办完",
    "对反映集中的问题要开会研究解决办法",
)
"""One sentence over lines of one width."""


def test_a_sentence_that_a_page_cut_is_one_line():
    assert lines(*CUT, "并公布。") == ["".join(CUT) + "并公布。"]


def test_rows_of_one_width_are_no_cut_sentence():
    rows = [f"{number}|办理群众来信并且回访|甲科室|每月" for number in range(1, 6)]
    assert lines(*rows) == rows


@pytest.mark.parametrize("bar", ["|", "│", "\t"])
def test_a_bar_ends_a_cell(bar):
    cells = [f"{line}{bar}" for line in CUT]
    assert lines(*cells) == cells


def test_a_bar_alone_is_no_part_of_the_cell_above():
    cells = [one for line in CUT for one in (line, "|")]
    assert lines(*cells) == cells


def test_no_line_begins_with_a_comma():
    assert lines("责任单位", "甲局、乙局", "、丙局", "全年") == ["责任单位", "甲局、乙局、丙局", "全年"]


@pytest.mark.parametrize("last", [(), ("年底前", "")])
def test_blank_lines_that_stand_everywhere_part_paragraphs(last):
    cells = [one for number, line in enumerate(CUT, start=7) for one in (str(number), "", line, "", *last)]
    assert lines(*cells) == cells


def test_who_does_it_stands_below_a_full_sentence():
    sentence = (*CUT[:3], CUT[3][:-1] + "。")
    duty = "甲局牵头,乙局配合"
    assert lines(*sentence, duty, *sentence, duty) == ["".join(sentence), duty] * 2


@pytest.mark.parametrize("width", [19, 30, 38])
@pytest.mark.parametrize("row", ["|{}|", "{}"])
def test_rows_that_a_page_cut_are_whole_again(row, width):
    table = [
        ("序号", "事项", "工作要求", "责任科室", "完成时限"),
        ("1", "目录", "编好主动公开目录并且公布征求到的意见和采纳的情况。", "甲科、乙科", "4月30日前"),
        ("2", "来信", "把群众来信办理的情况每个季度公布一次并说明还没有办完的原因。", "乙科", "每季度末"),
        ("3", "热线", "接好热线。", "丙科", "12月20日前"),
        ("4", "讲座", "办好面向企业和群众的政策讲座并把讲座的内容放在专栏里。", "甲科、丁中心", "年底前"),
    ]
    more = [(str(number), *table[4][1:]) for number in range(5, 12)]
    rows = [row.format("|".join(cells)) for cells in (*table, *more)]
    cut = [text[at : at + width] for text in rows for at in range(0, len(text), width)]
    assert lines(*cut) == rows
