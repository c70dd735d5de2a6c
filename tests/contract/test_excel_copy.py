"""The Excel adapter: a workbook that people rearranged is still read and written as the same copy."""

import io
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from bridges.excel.copy import ExcelCopy
from bridges.excel.errors import FileLocked, TableAmbiguous, WorkbookRefused
from bridges.ports import Busy, Changed
from bridges.sync.model import ID, NOTE
from bridges.sync.plan import AppendRow, CellWrite, Plan, Writes
from bridges.sync.values import read
from bridges.table import Column, Odd, Scalar, Table
from tests.contract.copy_contract import CopyContract

TABLE = Table(
    key="t",
    title="工作要点任务分解表",
    year=2024,
    columns=(
        Column("title", "任务", owner="office", aliases=("工作任务",)),
        Column("deadline", "完成时限", owner="office", aliases=("完成时间",)),
        Column("status", "完成情况", "status", choices=("未开始", "已完成")),
        Column("percent", "完成率(%)", "percent"),
        Column("done_on", "完成日期", "date", aliases=("完成时间",)),
        Column("progress", "进展情况"),
    ),
)
ROWS = (
    AppendRow("r1", ("编写解读材料", "6月底", "未开始", 40, "2024-06-30", "=尚未"), ""),
    AppendRow("r2", ("更新目录", None, None, None, None, None), "请填写"),
    AppendRow("r3", ("开展培训", "年内", "已完成", 100, None, "两期\n共80人"), ""),
)
STAMP = "zwgk1 b c office p{} signature"


def plan(fingerprint: str = "", cells: tuple[CellWrite, ...] = (), rows: tuple[AppendRow, ...] = ()) -> Plan:
    return Plan("p", "", "b", "c", "office", "我", "2024-03-01T09:00:00+08:00", fingerprint, writes=Writes(cells, rows))


@pytest.fixture
def copy(tmp_path: Path) -> ExcelCopy:
    made = ExcelCopy(tmp_path / "分解表.xlsx")
    made.create(plan(rows=ROWS), STAMP.format(1), TABLE)
    return made


def rearrange(copy: ExcelCopy, change) -> None:
    """As a person would, in another program."""
    book = openpyxl.load_workbook(copy.path)
    change(book["任务分解表"])
    target = io.BytesIO()
    book.save(target)
    copy.path.write_bytes(target.getvalue())


def contents(copy: ExcelCopy) -> list[tuple]:
    return [(row.id, row.cells, row.note) for row in copy.read(TABLE).rows]


EXPORTED = [(row.id, row.cells, row.note) for row in ROWS]


def test_what_was_laid_out_is_read(copy):
    read = copy.read(TABLE)
    assert contents(copy) == EXPORTED
    assert copy.stamp() == read.stamp == STAMP.format(1)
    assert [row.at for row in read.rows] == ["4", "5", "6"]
    assert read.columns == tuple(zip([c.key for c in TABLE.columns], "BCDEFG", strict=True))
    assert (read.id_at, read.note_at, read.appendable, read.trouble) == ("A", "H", True, "")


def test_equal_tables_make_equal_files(copy, tmp_path):
    other = ExcelCopy(tmp_path / "other.xlsx")
    assert other.create(plan(rows=ROWS), STAMP.format(1), TABLE) == copy.read(TABLE).fingerprint


def test_a_file_that_stood_there_is_kept(copy):
    found = copy.path.read_bytes()
    copy.create(plan(rows=ROWS[:1]), STAMP.format(1), TABLE)
    assert copy.path.with_name(copy.path.name + ".bak").read_bytes() == found
    copy.path.with_name(f"~${copy.path.name}").touch()
    with pytest.raises(FileLocked):
        copy.create(plan(rows=ROWS), STAMP.format(1), TABLE)


def test_columns_and_rows_are_found_wherever_they_went(copy):
    def change(sheet):
        sheet.insert_rows(1, 2)
        sheet.insert_cols(1)
        sheet.insert_cols(4)
        sheet["D5"], sheet["D6"] = "我的列", "我的话"
        sheet["C5"] = " 工作 任务 "
        sheet["H5"] = "完成时间"  # an alias of two columns; the other one is there under its own name
        sheet.title = "改了名"

    rearrange(copy, change)
    read = copy.read(TABLE)
    assert contents(copy) == EXPORTED
    assert dict(read.columns)["title"] == "C"
    assert dict(read.columns)["done_on"] == "H"
    assert (read.id_at, read.note_at) == ("B", "J")


def test_one_write_puts_values_messages_rows_and_stamp(copy):
    before = copy.read(TABLE)
    cells = (
        CellWrite("D4", "r1", "status", "已完成"),
        CellWrite("E4", "r1", "percent", 85),
        CellWrite("F4", "r1", "done_on", None),
        CellWrite("F5", "r2", "done_on", "2024-07-01"),
        CellWrite("F6", "r3", "done_on", "七月"),
        CellWrite("G5", "r2", "progress", "-1"),
        CellWrite("H5", "r2", NOTE, None),
        CellWrite("A6", "r9", ID, "r9"),
    )
    added = AppendRow("r4", ("新任务", "12月", None, None, "2024-12-01", None), "新增")
    mark = copy.write(plan(before.fingerprint, cells, (added,)), STAMP.format(2), TABLE)
    after = copy.read(TABLE)
    assert after.fingerprint == mark
    assert after.stamp == STAMP.format(2)
    assert contents(copy) == [
        ("r1", ("编写解读材料", "6月底", "已完成", 85, None, "=尚未"), ""),
        ("r2", ("更新目录", None, None, None, "2024-07-01", "-1"), ""),
        ("r9", ("开展培训", "年内", "已完成", 100, "七月", "两期\n共80人"), ""),
        ("r4", added.cells, "新增"),
    ]
    sheet = openpyxl.load_workbook(copy.path)["任务分解表"]
    assert sheet["F5"].value == sheet["F7"].value.replace(month=7) == datetime(2024, 7, 1)  # noqa: DTZ001 as in the file
    assert sheet["B7"].border.left.style == sheet["B6"].border.left.style == "thin"
    assert copy.path.with_name(copy.path.name + ".bak").exists()


def test_formulas_errors_percentages_and_merged_cells(copy):
    def change(sheet):
        sheet["B4"], sheet["C4"], sheet["E4"] = "=1+1", "#REF!", 0.8
        sheet["E4"].number_format = "0%"
        sheet.merge_cells("D5:D6")
        sheet["D5"] = "未开始"

    rearrange(copy, change)
    first, second, third = copy.read(TABLE).rows
    assert first.cells[:4] == (Odd("formula", "=1+1"), Odd("error", "#REF!"), "未开始", "80%")
    assert second.cells[2] == third.cells[2] == "未开始"
    mark = copy.read(TABLE).fingerprint
    cells = (CellWrite("B4", "r1", "title", "编写解读材料"), CellWrite("E4", "r1", "percent", 90))
    copy.write(plan(mark, cells), STAMP.format(2), TABLE)
    assert copy.read(TABLE).rows[0].cells[0] == "编写解读材料"
    assert copy.read(TABLE).rows[0].cells[3] == 90


def test_a_truth_value_is_not_the_number_one(copy):
    rearrange(copy, lambda sheet: sheet.__setitem__("G4", True))
    assert contents(copy)[0][1][-1] == "TRUE"


def test_section_rows_subtotals_and_blank_rows_are_no_rows(copy):
    def change(sheet):
        sheet["B8"] = "二、其他"
        sheet.merge_cells("B8:H8")
        sheet["A10"], sheet["B10"] = "", "小计"
        sheet["B12"] = "新填的一行"

    rearrange(copy, change)
    assert [(row.at, row.id) for row in copy.read(TABLE).rows] == [("4", "r1"), ("5", "r2"), ("6", "r3"), ("12", "")]


def test_what_people_put_around_the_rows_is_read_past(copy):
    """A title, a group row above the header, a section, a subtotal, their own column, columns moved."""

    def change(sheet):
        sheet.insert_rows(5)
        sheet["C5"] = "一、解读"
        sheet.append([None, "小计", None, "=COUNTA(D4:D7)"])
        sheet.append([None, "填表人：某某"])
        sheet.move_range("G3:G7", cols=4)  # 进展情况
        sheet.insert_rows(3)
        sheet["B3"], sheet["D3"] = "主要", "完成"
        sheet.merge_cells("D3:F3")
        for letters in "BC":
            sheet[f"{letters}3"] = sheet[f"{letters}4"].value
            sheet[f"{letters}4"] = None
            sheet.merge_cells(f"{letters}3:{letters}4")
        sheet["L4"] = "自留"

    rearrange(copy, change)
    assert contents(copy) == EXPORTED
    assert [row.at for row in copy.read(TABLE).rows] == ["5", "7", "8"]
    assert dict(copy.read(TABLE).columns)["progress"] == "K"


def test_two_columns_of_one_name_are_not_guessed_at(copy):
    rearrange(copy, lambda sheet: sheet.__setitem__("J3", "进展情况"))
    assert "progress" not in dict(copy.read(TABLE).columns)


def test_a_value_that_shows_in_merged_cells_is_written_once(copy):
    rearrange(copy, lambda sheet: sheet.merge_cells("B4:B5"))
    mark = copy.read(TABLE).fingerprint
    cells = (CellWrite("B4", "r1", "title", "新"), CellWrite("B5", "r2", "title", "新"))
    assert not copy.check(plan(mark, cells), STAMP.format(2), TABLE)
    copy.write(plan(mark, cells), STAMP.format(2), TABLE)
    assert [row.cells[0] for row in copy.read(TABLE).rows] == ["新", "新", "开展培训"]
    other = plan(copy.read(TABLE).fingerprint, (CellWrite("B5", "r2", "title", "别的"),))
    assert "B5" in copy.check(other, STAMP.format(3), TABLE).cells


def test_day_numbers_of_a_workbook_that_counts_from_1904(copy):
    def change(sheet):
        sheet.parent.epoch = CALENDAR_MAC_1904
        sheet["F4"], sheet["F5"] = datetime(2024, 6, 30), 44011  # noqa: DTZ001 as in a file
        sheet["F5"].number_format = "General"

    rearrange(copy, change)
    column = TABLE.columns[4]
    days = [read(column, row.cells[4], 2024).value.norm for row in copy.read(TABLE).rows[:2]]
    assert days == ["2024-06-30", "2024-06-30"]
    mark = copy.read(TABLE).fingerprint
    copy.write(plan(mark, (CellWrite("F6", "r3", "done_on", "2024-07-01"),)), STAMP.format(2), TABLE)
    assert copy.read(TABLE).rows[2].cells[4] == "2024-07-01"


@pytest.mark.parametrize("below", ["B9", "P9"])
def test_nothing_is_appended_when_something_stands_below(copy, below):
    def change(sheet):
        sheet[below] = "合计：3项"

    rearrange(copy, change)
    assert not copy.read(TABLE).appendable


@pytest.mark.parametrize(
    ("change", "trouble"),
    [
        (lambda sheet: sheet.delete_rows(1, 9), "empty"),
        (lambda sheet: sheet.delete_cols(1), "no_id_column"),
        (lambda sheet: sheet.delete_rows(3), "no_id_column"),
        (lambda sheet: sheet.delete_cols(2, 7), "no_header"),
    ],
)
def test_a_workbook_without_the_table(copy, change, trouble):
    rearrange(copy, change)
    assert copy.read(TABLE).trouble == trouble


def test_a_copied_tab_is_asked_about(copy):
    rearrange(copy, lambda sheet: sheet.parent.copy_worksheet(sheet))
    with pytest.raises(TableAmbiguous):
        copy.read(TABLE)


def test_a_stamp_that_is_in_the_file_and_in_no_cell_is_none(copy):
    """It is told early and turns out to be wrong: whoever asks again is told the truth."""

    def into_a_comment(sheet):
        sheet["A3"].value, sheet["B3"].comment = None, Comment(STAMP.format(1), "某人")

    rearrange(copy, into_a_comment)
    assert copy.stamp() == STAMP.format(1)
    read = copy.read(TABLE)
    assert (read.stamp, read.trouble) == ("", "no_id_column")
    assert copy.stamp() == ""


def test_nor_is_one_in_a_workbook_without_a_filled_cell(copy):
    def only_a_comment(sheet):
        sheet.delete_rows(1, sheet.max_row)
        sheet["B3"].comment = Comment(STAMP.format(1), "某人")

    rearrange(copy, only_a_comment)
    assert copy.stamp() == STAMP.format(1)
    assert copy.read(TABLE).trouble == "empty"
    assert copy.stamp() == ""


def test_a_stamp_of_which_a_part_has_a_look_of_its_own_is_one(copy):
    stamp = STAMP.format(1)
    bold = CellRichText(stamp[:9], TextBlock(InlineFont(b=True), stamp[9:]))
    rearrange(copy, lambda sheet: sheet.cell(3, 1, bold))
    assert copy.stamp() == copy.read(TABLE).stamp == stamp


def test_a_text_that_mentions_stamps_is_none(copy):
    def mention(sheet):
        sheet["A1"], sheet["A3"] = "见 zwgk1 说明", None

    rearrange(copy, mention)
    assert copy.stamp() == copy.read(TABLE).stamp == ""


def test_what_a_text_with_a_nul_mentions_hides_no_stamp(copy):
    rearrange(copy, lambda sheet: sheet.cell(1, 1, "见 zwgk1 说明_x0000_"))
    assert copy.stamp() == copy.read(TABLE).stamp == STAMP.format(1)


def test_missing_columns_are_simply_not_there(copy):
    rearrange(copy, lambda sheet: sheet.delete_cols(8))
    rearrange(copy, lambda sheet: sheet.delete_cols(4))
    read = copy.read(TABLE)
    assert [key for key, _ in read.columns] == ["title", "deadline", "percent", "done_on", "progress"]
    assert read.note_at == ""
    assert [row.note for row in read.rows] == ["", "", ""]
    copy.write(plan(read.fingerprint, rows=(ROWS[0],)), STAMP.format(2), TABLE)
    assert copy.read(TABLE).rows[3].cells == ("编写解读材料", "6月底", 40, "2024-06-30", "=尚未")


def test_a_file_changed_since_it_was_read_is_not_written(copy):
    mark = copy.read(TABLE).fingerprint
    rearrange(copy, lambda sheet: None)
    found = copy.path.read_bytes()
    with pytest.raises(Changed):
        copy.write(plan(mark), STAMP.format(2), TABLE)
    assert copy.path.read_bytes() == found


def test_a_file_open_elsewhere_is_neither_read_nor_written(copy):
    mark = copy.read(TABLE).fingerprint
    copy.path.with_name(f"~${copy.path.name}").touch()
    with pytest.raises(Busy, match="打开"):
        copy.read(TABLE)
    with pytest.raises(Busy):
        copy.write(plan(mark), STAMP.format(2), TABLE)


def test_what_cannot_be_written_is_named_cell_by_cell_and_leaves_the_file_alone(copy):
    rearrange(copy, lambda sheet: sheet.merge_cells("D5:E5"))
    found = copy.path.read_bytes()
    cells = (
        CellWrite("G4", "r1", "progress", "长" * 40_000),
        CellWrite("D4", "r1", "status", "已完成"),
        CellWrite("E5", "r2", "percent", 5),
    )
    refusals = copy.check(plan(copy.read(TABLE).fingerprint, cells), STAMP.format(2), TABLE)
    assert set(refusals.cells) == {"G4", "E5"}
    assert "合并" in refusals.cells["E5"]
    assert refusals.rows == ""
    assert copy.path.read_bytes() == found


def test_rows_that_cannot_be_appended_are_named_as_one(copy):
    tall = AppendRow("r4", ("新", None, None, None, None, "长" * 40_000), "")
    refusals = copy.check(plan(copy.read(TABLE).fingerprint, rows=(tall,)), STAMP.format(2), TABLE)
    assert (refusals.cells, "G7" in refusals.rows) == ({}, True)


def test_without_an_id_nothing_is_written(copy):
    rearrange(copy, lambda sheet: sheet.merge_cells("A4:A5"))
    cells = (CellWrite("A5", "r9", ID, "r9"),)
    with pytest.raises(WorkbookRefused):
        copy.check(plan(copy.read(TABLE).fingerprint, cells), STAMP.format(2), TABLE)


class TestExcelCopy(CopyContract):
    def new(self, folder: Path) -> ExcelCopy:
        return ExcelCopy(folder / "分解表.xlsx")

    def type_into(self, copy: ExcelCopy, at: str, value: Scalar) -> None:
        def change(sheet):
            sheet[at] = value

        rearrange(copy, change)

    def keep_busy(self, copy: ExcelCopy) -> None:
        copy.path.with_name(f"~${copy.path.name}").touch()
