"""Headers in the manner of what units make of sheets."""

import pytest

from bridges.finding.headers import header_at, match
from tests.unit.finding.grids import TABLE, places, sheet


def read(drawn: str, row: int):
    header = header_at(sheet(drawn), row)
    return header, match(header.headings, TABLE)


def test_names_synonyms_brackets_blanks_and_line_breaks():
    _, matched = read("序 号|工作任务|责任\\n单位|完成时限（截至）|完成率|我的列|★备注：", 1)
    assert places(matched) == {"no": "A", "title": "B", "unit": "C", "deadline": "D", "percent": "E", "note": "G"}
    assert [fit.sureness for fit in matched.fits.values()] == [100, 90, 100, 95, 95, 95]
    assert matched.doubts == ()


TWO_ROWS = {
    "merged": """
        序号|任务|责任单位|完成情况|<     |<       |备注
        ^   |^   |^       |状态    |完成率|工作进展|^
        1   |甲事|甲处    |已完成  |50    |好      |""",
    "blank instead of merged": """
        序号|任务|责任单位|完成情况|      |        |备注
        |   |    |        |状态    |完成率|工作进展||
        1   |甲事|甲处    |已完成  |50    |好      |无""",
    "under a title and a line with a date": """
        任务表  |<   |<   |<   |<   |<       |<
        序号|任务|责任单位|完成情况|<     |<       |备注
        ^   |^   |^       |状态    |完成率|工作进展|^
        1   |甲事|甲处    |已完成  |50    |好      |""",
}


@pytest.mark.parametrize("drawn", TWO_ROWS.values(), ids=TWO_ROWS)
def test_two_row_headers(drawn):
    top = 2 if "任务表" in drawn else 1
    expected = {"no": "A", "title": "B", "unit": "C", "status": "D", "percent": "E", "progress": "F", "note": "G"}
    for row in (top, top + 1):
        header, matched = read(drawn, row)
        assert (header.top, header.bottom) == (top, top + 1)
        assert places(matched) == expected


def test_the_first_row_of_data_is_no_part_of_a_header():
    header, _ = read("任务|责任单位|\n甲事|甲处|我的话\n乙事|乙处|", 1)
    assert (header.top, header.bottom) == (1, 1)
    header, _ = read("任务|责任单位|备注|\n甲事||看这里|还有这里", 1)
    assert (header.top, header.bottom) == (1, 1)


def test_a_header_that_fits_two_columns_is_asked():
    _, matched = read("任务|责任单位|完成时间", 1)
    assert places(matched) == {"title": "A", "unit": "B"}
    assert [(doubt.keys, doubt.columns) for doubt in matched.doubts] == [(("deadline", "done_on"), (3,))]
    _, clear = read("任务|完成时限|完成时间", 1)
    assert places(clear) == {"title": "A", "deadline": "B", "done_on": "C"}


def test_two_headers_for_one_column_are_asked():
    _, matched = read("工作任务|任务名称|责任单位|备注|备注", 1)
    assert places(matched) == {"unit": "C"}
    assert [(doubt.keys, doubt.columns) for doubt in matched.doubts] == [(("note",), (4, 5)), (("title",), (1, 2))]


def test_what_is_only_alike_is_asked_and_never_taken():
    _, matched = read("任务|责任单位|本月进展情况", 1)
    assert places(matched) == {"title": "A", "unit": "B"}
    (doubt,) = matched.doubts
    assert (doubt.keys, doubt.columns, doubt.alike) == (("progress",), (3,), True)


def test_what_a_person_answered_comes_first():
    header = header_at(sheet("任务|责任单位|完成时间|本月进展情况|备注"), 1)
    matched = match(header.headings, TABLE, {"done_on": 3, "progress": 4, "note": None})
    assert places(matched) == {"title": "A", "unit": "B", "done_on": "C", "progress": "D"}
    assert matched.doubts == ()


def test_the_sub_header_alone_does_not_make_the_group_ours():
    _, matched = read("任务|责任单位|<\n^|主要|其他\n甲事|甲处|乙处", 1)
    assert "unit" not in matched.fits
    assert [doubt.columns for doubt in matched.doubts] == [(2, 3)]
