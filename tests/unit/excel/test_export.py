import io
from dataclasses import replace
from datetime import date, datetime

import openpyxl
import pytest

from bridges.excel.errors import BadValue
from bridges.excel.export import Layout, SheetColumn, export_workbook
from bridges.excel.reader import read_grids

COLUMNS = (
    SheetColumn("标记", hidden=True),
    SheetColumn("任务", 20, shaded=True),
    SheetColumn("状态", 10, centered=True, choices=("未开始", "已完成")),
    SheetColumn("日期", 12, "yyyy-mm-dd"),
    SheetColumn("单位", choices=tuple(f"第{n}处室，综合" for n in range(60))),
    SheetColumn("同步提示"),
)
ROWS = (
    ("r1", "=HYPERLINK(1)", "未开始", date(2024, 6, 30), None, None),
    ("r2", "#N/A", None, None, "第1处室", "甲\n乙 <丙> _x0041_ \x07"),
    ("r3", "长" * 60, 0.5, None, "", 7),
)


def layout(rows=ROWS, **more) -> Layout:
    return Layout("工作要点", "说明", COLUMNS, rows, datetime(2024, 3, 1, 9, 30), **more)  # noqa: DTZ001 as in the file


@pytest.fixture(scope="module")
def sheet():
    return openpyxl.load_workbook(io.BytesIO(export_workbook(layout())))["任务分解表"]


def test_values(sheet):
    grid = read_grids(export_workbook(layout()))["任务分解表"]
    assert grid.row(3, range(1, 7)) == tuple(column.header for column in COLUMNS)
    for number, values in enumerate(ROWS, 4):
        expected = tuple(value.isoformat() if isinstance(value, date) else value or None for value in values)
        assert grid.row(number, range(1, 7)) == expected
    assert sheet["B4"].data_type == "s"
    assert sheet["B5"].data_type == "s"


def test_a_heading_is_text_too():
    title = replace(layout(), title="=1+1")
    assert read_grids(export_workbook(title))["任务分解表"].cell(1, 2) == "=1+1"


def test_headings_stand_over_their_rows_and_nothing_is_merged():
    content = export_workbook(layout(headings={0: "一、甲", 2: "二、" + "乙" * 80}))
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert [c.value for c in sheet["B"][3:]] == ["一、甲", "=HYPERLINK(1)", "#N/A", "二、" + "乙" * 80, "长" * 60]
    assert [c.value for c in sheet["A"][3:]] == [None, "r1", "r2", None, "r3"]
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["B1:F1"]
    assert sheet.auto_filter.ref == "A3:F8"
    assert sheet["B4"].fill.fgColor.rgb == sheet["F4"].fill.fgColor.rgb == sheet["B7"].fill.fgColor.rgb
    assert sheet["B5"].fill.fgColor.rgb == sheet["B8"].fill.fgColor.rgb != sheet["B4"].fill.fgColor.rgb
    assert not sheet["B4"].alignment.wrap_text
    assert sheet.row_dimensions[4].height < sheet.row_dimensions[7].height


def test_what_nobody_sees_makes_no_row_higher():
    rows = [("r" * 60, *row[1:]) for row in ROWS]
    heights = [
        openpyxl.load_workbook(io.BytesIO(export_workbook(layout(one)))).active.row_dimensions[4].height
        for one in (ROWS, rows)
    ]
    assert heights[0] == heights[1]


def test_set_out_for_people(sheet):
    assert sheet["B1"].value == "工作要点"
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["B1:F1"]
    assert sheet.freeze_panes == "A4"
    assert sheet.auto_filter.ref == "A3:F6"
    assert sheet.column_dimensions["A"].hidden
    assert sheet["B4"].fill.fgColor.rgb != sheet["C4"].fill.fgColor.rgb
    assert sheet["D4"].number_format == "yyyy-mm-dd"
    assert not sheet.protection.sheet
    assert sheet.row_dimensions[6].height > sheet.row_dimensions[4].height


def test_set_out_for_paper(sheet):
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == "$3:$3"
    assert "&P" in sheet.oddFooter.center.text


def test_drop_downs_allow_other_words_and_reach_below(sheet):
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert set(rules) == {"C4:C1048576", "E4:E1048576"}
    assert not any(rule.showErrorMessage for rule in rules.values())
    assert rules["C4:C1048576"].formula1 == '"未开始,已完成"'
    assert rules["E4:E1048576"].formula1 == "'选项'!$B$1:$B$60"
    assert sheet.parent["选项"].sheet_state == "hidden"
    assert sheet.parent["选项"]["B60"].value == "第59处室，综合"


def test_row_heights_are_hints_only(seen):
    xml = seen.xml(export_workbook(layout()))
    assert 'customHeight="1"' not in xml[xml.index('<row r="4"') :]


def test_an_empty_table_keeps_one_styled_row():
    sheet = openpyxl.load_workbook(io.BytesIO(export_workbook(layout(rows=()))))["任务分解表"]
    assert sheet.max_row == 4
    assert sheet["D4"].number_format == "yyyy-mm-dd"


def test_same_layout_same_bytes():
    assert export_workbook(layout()) == export_workbook(layout())


def test_text_that_no_cell_holds_is_refused():
    with pytest.raises(BadValue):
        export_workbook(layout(rows=(("r", "长" * 32768, None, None, None, None),)))
