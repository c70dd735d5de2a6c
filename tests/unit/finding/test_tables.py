"""Tables found in whole worksheets, line by line."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.finding.lines import spans
from bridges.finding.tables import clear_winner, counted, find_tables, lines
from tests.unit.finding.grids import TABLE, Sheet, places, sheet

USUAL = """
    2024年政务公开工作任务分解表|<|<|<|<
    制表单位：办公室|||制表日期：2024年3月1日|
    序号|任务    |责任单位|完成时限|自留
    一、信息公开|<|<|<|<
    1   |编目录  |甲处    |3月底   |x
    2   |做解读  |乙处    |年内    |
        |        |        |        |
    二、参与|   |        |        |
    3   |开放日  |甲处    |8月     |
    ^   |^       |乙处    |^       |
    小 计|2     |        |        |
    序号|任务    |责任单位|完成时限|自留
    4   |培训    |丙处    |10月    |
    5   |        |        |        |
    合计：5项|  |        |        |
    注：有*的为重点||    |        |
    填表人：某某|| |联系电话：123|
"""


def test_the_table_between_all_that_people_put_around_it():
    one = find_tables([sheet(USUAL)], TABLE)[0]
    assert (one.header.top, one.header.bottom) == (3, 3)
    assert places(one.matched) == {"no": "A", "title": "B", "unit": "C", "deadline": "D"}
    kinds = {line.number: line.kind for line in lines(one, TABLE)}
    assert [number for number, kind in kinds.items() if kind == "row"] == [5, 6, 9, 10, 13]
    assert [kinds[n] for n in (4, 7, 8, 11, 12, 14, 15, 16, 17)] == [
        *("section", "blank", "section", "subtotal", "header", "blank", "subtotal", "note", "note")
    ]
    assert counted(one, TABLE)["row"] == 5


@pytest.mark.parametrize("text", ["三、参与公开", "（四）新的任务"])
def test_a_line_with_nothing_but_a_text(text):
    drawn = sheet(f"任务|责任单位\n编目录|甲处\n{text}|")
    expected = "section" if text.startswith("三、") else "row"
    assert [line.kind for line in lines(find_tables([drawn], TABLE)[0], TABLE)] == ["row", expected]


def test_several_tables_and_tabs_are_asked_about():
    two = sheet("任务|责任单位\n编目录|甲处\n\n附表\n责任单位|任务|备注\n乙处|做解读|", "一")
    other = sheet("序号|任务|责任单位\n1|培训|丙处", "二")
    found = find_tables([two, other, sheet("姓名|电话\n某|1", "三")], TABLE)
    assert [(one.sheet.name, one.header.top, one.last) for one in found] == [("一", 5, 6), ("二", 1, 2), ("一", 1, 4)]
    assert clear_winner(found) is None
    assert clear_winner(found[:1]) == found[0]


def test_the_better_table_needs_no_question():
    best = sheet("序号|任务|责任单位|完成时限|完成情况|备注\n1|a|甲处|||")
    summary = sheet("任务|责任单位\n编目录|甲处")
    assert clear_winner(find_tables([summary, best], TABLE)).sheet is best


@pytest.mark.parametrize("drawn", ["", "姓名|电话\n某人|1", "备注|责任单位\n无|甲处", "任务\n编目录"])
def test_no_table(drawn):
    assert find_tables([sheet(drawn or "|")], TABLE) == ()


# ---------------------------------------------------------------- properties


HEADER = ["序号", "任务", "责任单位", "完成时限", "完成情况", "进展情况", "备注", "自留"]
DATA = [[float(n), f"任务{n}", "甲处", "年内", "已完成", "好", "", "我的"] for n in range(1, 5)]
AROUND = {
    "title": ["2024年任务分解表", *[""] * 7],
    "section": ["一、信息公开", *[""] * 7],
    "subtotal": ["小计", "", "", "", "4", "", "", ""],
    "blank": [""] * 8,
    "repeated": HEADER,
}


def rows_read(drawn: Sheet) -> list[dict[str, object]]:
    one = find_tables([drawn], TABLE)[0]
    numbers = [line.number for line in lines(one, TABLE) if line.kind == "row"]
    return [{key: drawn.values[n - 1][fit.column - 1] for key, fit in one.fits.items()} for n in numbers]


PLAIN = rows_read(Sheet("表", [HEADER, *DATA]))


@given(st.permutations(range(len(HEADER))))
@settings(max_examples=50, deadline=None)
def test_the_order_of_columns_does_not_matter(order):
    moved = [[row[i] for i in order] for row in (HEADER, *DATA)]
    assert rows_read(Sheet("表", moved)) == PLAIN


@given(st.lists(st.tuples(st.integers(0, len(DATA)), st.sampled_from(sorted(AROUND))), max_size=6))
@settings(max_examples=100, deadline=None)
def test_lines_that_are_no_rows_change_nothing(inserted):
    values = [list(HEADER), *map(list, DATA)]
    for place, kind in sorted(inserted, reverse=True):
        above_the_header = kind == "title"
        values.insert(0 if above_the_header else place + 1, list(AROUND[kind]))
    assert rows_read(Sheet("表", values)) == PLAIN
    merged = [(n, 1, n, 8) for n, row in enumerate(values, 1) if row[0] in ("2024年任务分解表", "一、信息公开")]
    assert rows_read(replace(Sheet("表", values), merged=merged)) == PLAIN


def test_line_numbers_as_people_write_them():
    assert spans([12, 25, 24, 17, 18, 19, 22]) == "第 12、17—19、22、24、25 行"
