"""One pass over a worksheet part for what calamine does not show: formulas, errors, percentages, and its extent."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from xml.sax.saxutils import unescape

from bridges.excel.address import MAX_COLUMN, MAX_ROW, Area, Position, column_number, position
from bridges.excel.errors import BadAddress, FileTooLarge, FileUnsupported
from bridges.excel.formats import Formats
from bridges.excel.sheetxml import SheetXml
from bridges.excel.tags import REST_OF_TAG, attribute

MAX_CELLS = 2_000_000
MAX_BOX = 5_000_000
"""Rows × columns from A1 to the last filled cell: calamine allocates all of them. So much may be merged, too."""
SHORTEST_CELL = 4
BLOCK = 2**20
NOT_SMALL = rb'<%bc(?=[\s/>])(?! r="[A-Z][0-9]{1,5}")'
"""A cell outside A1:Z99999 (2.6 million), or one that does not begin with its name. Most sheets have none, and need no
closer look."""
CELL = rb'<%bc(?=[\s/>])(?: r="([A-Z]{1,3})([0-9]{1,7})")?(%b)>'
ERROR = rb"<%bv>(#[^<]*)"


@dataclass(frozen=True, slots=True)
class SheetScan:
    """What stands behind or beside the values of one worksheet."""

    formulas: Mapping[Position, str]
    """The formula as stored; empty for the followers of a shared one."""
    errors: Mapping[Position, str]
    """Error values without a formula: #REF!, #N/A, …"""
    percents: frozenset[Position]
    """Cells whose number is shown as hundredths."""
    merged: tuple[Area, ...]


def scan_sheet(sheet: SheetXml, formats: Formats) -> SheetScan:
    """Read the part once. Raises FileTooLarge for extents that abort calamine, FileUnsupported for odd structure."""
    _refuse_extent(sheet)
    _refuse_merged(sheet)
    cells = _Cells(sheet)
    formulas = {cell: unescape(_decoded(found[2])) for cell, _, found in cells.around(_formula(sheet))}
    errors = {
        cell: _decoded(found[1])
        for cell, attributes, found in cells.around(re.compile(ERROR % re.escape(sheet.prefix)))
        if attribute(attributes, b"t") == b"e" and cell not in formulas
    }
    return SheetScan(formulas, errors, _percents(sheet, cells, formats), tuple(sheet.merged))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _refuse_extent(sheet: SheetXml) -> None:
    text, data, prefix = sheet.text, sheet.data, re.escape(sheet.prefix)
    small = re.compile(NOT_SMALL % prefix).search(text, data.inner, data.inner_end) is None
    if data.inner_end - data.inner > MAX_CELLS * SHORTEST_CELL:
        ends = (b" ",) if small else (b" ", b">", b"/", b"\n", b"\t", b"\r")
        cells = sum(text.count(b"<%bc%b" % (sheet.prefix, end), data.inner, data.inner_end) for end in ends)
        if cells > MAX_CELLS:
            raise FileTooLarge(what="单元格数", limit=f"{MAX_CELLS:,}")
    if small:
        return
    rows, columns = _extent(sheet, blanks=True)
    if rows * columns > MAX_BOX:  # often nothing but formatted blanks, which calamine leaves out
        rows, columns = _extent(sheet, blanks=False)
    if rows > MAX_ROW or columns > MAX_COLUMN:
        raise FileUnsupported(what="行号或列号超出范围")
    if rows * columns > MAX_BOX:
        raise FileTooLarge(what="行数乘列数", limit=f"{MAX_BOX:,}")


def _extent(sheet: SheetXml, *, blanks: bool) -> tuple[int, int]:
    """Last row and last column of the cells, with or without those that hold nothing."""
    pattern = re.compile(CELL % (re.escape(sheet.prefix), REST_OF_TAG))
    letters: set[bytes] = set()
    digits: set[bytes] = set()
    for start, end in _blocks(sheet):
        tags = pattern.findall(sheet.text, start, end)
        found = tags if blanks else [tag for tag in tags if not tag[2].endswith(b"/")]
        letters.update(tag[0] for tag in found)
        digits.update(tag[1] for tag in found)
    if b"" in letters:  # `r` is missing or not the first attribute: look at each cell
        rows, columns = zip(*sheet.places().values(), strict=True)
        return max(rows), max(columns)
    return max(map(int, digits), default=0), max((column_number(word.decode()) for word in letters), default=0)


def _blocks(sheet: SheetXml) -> Iterator[tuple[int, int]]:
    """Pieces of the sheet that cut no tag in two: the tags of all of it would take ten times its size."""
    start, last = sheet.data.inner, sheet.data.inner_end
    while start < last:
        end = sheet.text.find(b"<", start + BLOCK, last)
        yield start, end if end >= 0 else last
        start = end if end >= 0 else last


def _refuse_merged(sheet: SheetXml) -> None:
    merged = sum((bottom - top + 1) * (right - left + 1) for top, left, bottom, right in sheet.merged)
    if merged > MAX_BOX:
        raise FileTooLarge(what="合并单元格的面积", limit=f"{MAX_BOX:,}")


def _formula(sheet: SheetXml) -> "re.Pattern[bytes]":
    return re.compile(sheet.opening(b"f").pattern + rb"([^<]*)")


def _percents(sheet: SheetXml, cells: "_Cells", formats: Formats) -> frozenset[Position]:
    if not formats.percents:
        return frozenset()
    styles = b"|".join(b"%d" % style for style in sorted(formats.percents))
    styled = rb"""<%bc\s(?:[^<>]*?\s)?s\s*=\s*["'](?:%b)["']""" % (re.escape(sheet.prefix), styles)
    return frozenset(cell for cell, _, _ in cells.around(re.compile(styled)))


class _Cells:
    """The cells of a sheet, found from something that stands in them."""

    def __init__(self, sheet: SheetXml) -> None:
        self._sheet = sheet

    def around(self, pattern: "re.Pattern[bytes]") -> Iterator[tuple[Position, bytes, "re.Match[bytes]"]]:
        """Where the pattern is found: the cell, its attributes, the match."""
        sheet = self._sheet
        opening, tag, first = sheet.opening(b"c"), b"<%bc" % sheet.prefix, sheet.data.inner
        cell = None
        for found in pattern.finditer(sheet.text, first, sheet.data.inner_end):
            start = sheet.text.rfind(tag, first, found.start() + len(tag))
            while start >= 0 and not (opened := opening.match(sheet.text, start)):
                start = sheet.text.rfind(tag, first, start)
            if start >= 0:
                cell = opened
            if cell is None:
                raise FileUnsupported(what="工作表的结构")
            first = found.start()  # no cell is looked for twice
            ref = attribute(cell[1], b"r")
            yield self._places[cell.start()] if ref is None else _position(ref), cell[1], found

    @cached_property
    def _places(self) -> Mapping[int, Position]:
        return self._sheet.places()


def _position(ref: bytes) -> Position:
    try:
        return position(ref.decode("ascii", "replace"))
    except BadAddress as error:
        raise FileUnsupported(what="单元格地址超出范围") from error
