"""A new workbook from a layout: how an office would set out a table, ready to be filled in and printed.

openpyxl makes the frame and one styled row; the rows themselves are written by the cell writer of the patcher, which
is ten times faster and escapes what openpyxl does not. Same layout, same bytes: times come from the layout.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from bridges.excel.address import MAX_ROW, column_letters
from bridges.excel.archive import Archive
from bridges.excel.cellxml import Value, cell_xml, stored_text
from bridges.excel.package import Package
from bridges.excel.sheetxml import SheetXml, Span
from bridges.excel.tags import attribute

HEADER_ROW, FIRST_ROW = 3, 4
"""Under the merged title and the subtitle."""
LINE_HEIGHT, ROW_PADDING, TALLEST_ROW = 15, 7, 409
"""Points; 11-point text, and the limit of Excel."""
LONGEST_LIST = 255
"""Characters of a drop-down that stands in the rule itself; longer ones get a hidden sheet."""
CHOICES_SHEET = "选项"

LINE = Side(style="thin", color="FFA6A6A6")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
ACROSS = Border(top=LINE, bottom=LINE)
HEADER_FILL = PatternFill("solid", fgColor="FFD9E2F3")
SHADE = PatternFill("solid", fgColor="FFEFEFEF")
TITLE_FONT = Font(name="黑体", size=18)
SUBTITLE_FONT = Font(name="宋体", size=10, color="FF595959")
HEADER_FONT = Font(name="黑体", size=11)
BODY_FONT = Font(name="宋体", size=11)


@dataclass(frozen=True)
class SheetColumn:
    """One column. `width` in characters of the standard font (a Chinese one counts two); `choices` make a drop-down
    beside which other words can still be typed; `shaded`: kept by the office, not locked."""

    header: str
    width: float = 16
    number_format: str = "General"
    centered: bool = False
    choices: tuple[str, ...] = ()
    hidden: bool = False
    shaded: bool = False


@dataclass(frozen=True)
class Layout:
    """A sheet to be. `rows` have a value for each column; `created` is written as the file's time (no time zone).
    `subtitle` may have several lines. `headings`: index of a row → the text that stands over it, on a line of its own
    across the table."""

    title: str
    subtitle: str
    columns: tuple[SheetColumn, ...]
    rows: Sequence[Sequence[Value]]
    created: datetime
    sheet_name: str = "任务分解表"
    headings: Mapping[int, str] = field(default_factory=dict)


def export_workbook(layout: Layout) -> bytes:
    """The workbook. Raises BadValue for text that no cell can hold."""
    frame = Package.open(_frame(layout))
    part = frame.sheet_part(layout.sheet_name)
    archive = frame.archive
    if layout.rows:
        archive = Archive.open(archive.with_changed({part: _with_rows(frame.sheet(part), layout)}))
    return archive.with_time(layout.created)


Place = tuple[str, bytes, float]
"""Of a column: its letters, the style of its cells, and how wide a text in it may be (0: nobody sees it)."""


def _with_rows(sheet: SheetXml, layout: Layout) -> bytes:
    """The frame's styled row, once for each row of values; the one below it, for each heading."""
    styled, last = sheet.row(FIRST_ROW), sheet.row(FIRST_ROW + bool(layout.headings))
    columns = _places(sheet, styled, [0 if column.hidden else column.width for column in layout.columns])
    across = _places(sheet, last, [sum(column.width for column in layout.columns)] * len(columns))
    lines = _lines_of(layout, columns, across)
    written = (_row(number, places, values) for number, (places, values) in enumerate(lines, FIRST_ROW))
    return b"".join((sheet.xml[: styled.start], *written, sheet.xml[last.end :]))


def _places(sheet: SheetXml, styled: Span, widths: Sequence[float]) -> list[Place]:
    cells = zip(sheet.cells(styled), widths, strict=True)
    return [(column_letters(cell.number), attribute(cell.attributes, b"s") or b"0", width) for cell, width in cells]


def _lines_of(
    layout: Layout, columns: Sequence[Place], across: Sequence[Place]
) -> Iterator[tuple[Sequence[Place], Sequence[Value]]]:
    before = _first_shown(layout) - 1
    for index, values in enumerate(layout.rows):
        if index in layout.headings:
            yield across, (*[None] * before, layout.headings[index], *[None] * (len(columns) - before - 1))
        yield columns, values


def _first_shown(layout: Layout) -> int:
    return next(index for index, column in enumerate(layout.columns, 1) if not column.hidden)


def _row(number: int, columns: Sequence[Place], values: Sequence[Value]) -> bytes:
    cells: list[bytes] = []
    lines = 1
    for (letters, style, width), value in zip(columns, values, strict=True):
        at = f"{letters}{number}"
        cells.append(cell_xml(b"", b' r="%b" s="%b"' % (at.encode(), style), value, at))
        if width and isinstance(value, str):
            lines = max(lines, _lines(value, width))
    # a height without customHeight: programs show it, and fit the row anew when somebody types
    return b'<row r="%d" ht="%d">%b</row>' % (number, _height(lines), b"".join(cells))


def _lines(text: str, width: float) -> int:
    """How many lines the wrapped text takes; a Chinese character is two characters wide and three bytes long."""
    wide = ((len(line) + len(line.encode("utf-8", "replace"))) // 2 for line in text.split("\n"))
    return sum(characters // int(width - 1) + 1 for characters in wide)


def _height(lines: int) -> int:
    return min(LINE_HEIGHT * lines + ROW_PADDING, TALLEST_ROW)


def _frame(layout: Layout) -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = layout.sheet_name
    _write_heading(sheet, layout)
    for index, column in enumerate(layout.columns, 1):
        _set_up_column(sheet, index, column)
        if layout.headings:
            _set_up_heading(sheet.cell(FIRST_ROW + 1, index))
    _set_up_page(sheet, layout)
    _add_choices(book, sheet, layout.columns)
    book.properties.creator = "zwgk"
    book.properties.title = layout.title
    book.properties.created = book.properties.modified = layout.created
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        ExcelWriter(book, archive).save()  # Workbook.save would put the clock's time into the properties
    return target.getvalue()


def _write_heading(sheet: Worksheet, layout: Layout) -> None:
    first = _first_shown(layout)
    title, subtitle = sheet.cell(1, first), sheet.cell(2, first)
    _put_text(title, layout.title)
    _put_text(subtitle, layout.subtitle)
    title.font, title.alignment = TITLE_FONT, Alignment(horizontal="center", vertical="center")
    subtitle.font, subtitle.alignment = SUBTITLE_FONT, Alignment(vertical="center")
    sheet.merge_cells(start_row=1, end_row=1, start_column=first, end_column=len(layout.columns))
    lines = layout.subtitle.count("\n") + 1
    if lines > 1:
        sheet.merge_cells(start_row=2, end_row=2, start_column=first, end_column=len(layout.columns))
        subtitle.alignment = Alignment(vertical="center", wrap_text=True)
    for row, height in ((1, 34), (2, 20 if lines == 1 else _height(lines)), (HEADER_ROW, 32)):
        sheet.row_dimensions[row].height = height


def _set_up_column(sheet: Worksheet, index: int, column: SheetColumn) -> None:
    dimension = sheet.column_dimensions[get_column_letter(index)]
    dimension.width, dimension.hidden = column.width, column.hidden
    header, body = sheet.cell(HEADER_ROW, index), sheet.cell(FIRST_ROW, index)
    _put_text(header, column.header)
    header.font, header.fill, header.border = HEADER_FONT, HEADER_FILL, GRID
    header.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    body.font, body.border, body.number_format = BODY_FONT, GRID, column.number_format
    body.alignment = Alignment(horizontal="center" if column.centered else None, vertical="center", wrap_text=True)
    if column.shaded:
        body.fill = SHADE


def _set_up_heading(cell: Cell) -> None:
    """Its text runs on over the blank cells beside it: merged cells could not be sorted."""
    cell.font, cell.fill, cell.border = HEADER_FONT, HEADER_FILL, ACROSS
    cell.alignment = Alignment(vertical="center")


def _put_text(cell: Cell, text: str) -> None:
    cell.value = stored_text(text, cell.coordinate)
    cell.data_type = "s"  # or "=…" would become a formula


def _set_up_page(sheet: Worksheet, layout: Layout) -> None:
    sheet.freeze_panes = f"A{FIRST_ROW}"
    last_row = max(HEADER_ROW + len(layout.rows) + len(layout.headings), FIRST_ROW)
    sheet.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(len(layout.columns))}{last_row}"
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"
    sheet.page_setup.paperSize, sheet.page_setup.orientation = Worksheet.PAPERSIZE_A4, "landscape"
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.header, margins.footer = 0.5, 0.6, 0.3, 0.3
    sheet.print_options.horizontalCentered = True
    sheet.oddFooter.center.text = "第 &P 页，共 &N 页"


def _add_choices(book: Workbook, sheet: Worksheet, columns: Sequence[SheetColumn]) -> None:
    """Drop-downs reach below the last row, for rows that people add."""
    for index, column in enumerate(columns, 1):
        if column.choices:
            letters = get_column_letter(index)
            rule = DataValidation("list", _list_of(book, column.choices), allow_blank=True, showErrorMessage=False)
            rule.add(f"{letters}{FIRST_ROW}:{letters}{MAX_ROW}")
            sheet.add_data_validation(rule)


def _list_of(book: Workbook, choices: Sequence[str]) -> str:
    """The rule's list: the words themselves, or cells of a hidden sheet where they do not fit."""
    words = f'"{",".join(choices)}"'
    if len(words) <= LONGEST_LIST and not any("," in choice or '"' in choice for choice in choices):
        return words
    if CHOICES_SHEET not in book.sheetnames:
        book.create_sheet(CHOICES_SHEET).sheet_state = "hidden"
    sheet = book[CHOICES_SHEET]
    column = sheet.max_column + 1
    for row, choice in enumerate(choices, 1):
        _put_text(sheet.cell(row, column), choice)
    letters = get_column_letter(column)
    return f"{quote_sheetname(CHOICES_SHEET)}!${letters}$1:${letters}${len(choices)}"
