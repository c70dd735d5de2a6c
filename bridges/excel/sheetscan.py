"""One pass over a worksheet part for what calamine does not show: formulas, errors, percentages, and its extent."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from bridges.excel.address import MAX_COLUMN, MAX_ROW, Area, Position, column_number, position
from bridges.excel.errors import BadAddress, FileTooLarge, FileUnsupported
from bridges.excel.formats import Formats
from bridges.excel.sheetxml import REST_OF_TAG, SheetXml, attribute, number_in

MAX_CELLS = 2_000_000
MAX_BOX = 5_000_000
"""Rows × columns from A1 to the last filled cell: calamine allocates all of them."""
CELL = rb'<%bc(?=[\s/>])(?: r="([A-Z]{1,3})([0-9]{1,7})")?(%b)>'
ROW_OR_CELL = re.compile(rb"<((?:[^\s<>/:!?]+:)?)(?:c|row)(?=[\s/>])")
ERROR = rb"<%bv>(#[^<]*)"

Tag = tuple[bytes, bytes, bytes]
"""Column letters, row digits, the rest of the tag."""


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
    _refuse_other_prefixes(sheet)
    _refuse_extent(sheet)
    formulas = {cell: unescape(_decoded(found[2])) for cell, _, found in _marked(sheet, _formula(sheet))}
    errors = {
        cell: _decoded(found[1])
        for cell, attributes, found in _marked(sheet, re.compile(ERROR % re.escape(sheet.prefix)))
        if attribute(attributes, b"t") == b"e" and cell not in formulas
    }
    return SheetScan(formulas, errors, _percents(sheet, formats), tuple(sheet.merged))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace")


def _refuse_other_prefixes(sheet: SheetXml) -> None:
    """calamine compares local names: cells under another prefix would pass by this scan."""
    text = sheet.text
    if sheet.prefix or b":c" in text or b":row" in text:
        prefixes = set(ROW_OR_CELL.findall(text, sheet.data.inner, sheet.data.inner_end))
        if prefixes - {sheet.prefix}:
            raise FileUnsupported(what="工作表的命名空间")


def _refuse_extent(sheet: SheetXml) -> None:
    pattern = re.compile(CELL % (re.escape(sheet.prefix), REST_OF_TAG))
    tags: list[Tag] = pattern.findall(sheet.text, sheet.data.inner, sheet.data.inner_end)
    if len(tags) > MAX_CELLS:
        raise FileTooLarge(what="单元格数", limit=f"{MAX_CELLS:,}")
    rows, columns = _extent(sheet, tags)
    if rows * columns > MAX_BOX:  # often nothing but formatted blanks, which calamine leaves out
        rows, columns = _extent(sheet, [tag for tag in tags if not tag[2].endswith(b"/")])
    if rows > MAX_ROW or columns > MAX_COLUMN:
        raise FileUnsupported(what="行号或列号超出范围")
    if rows * columns > MAX_BOX:
        raise FileTooLarge(what="行数乘列数", limit=f"{MAX_BOX:,}")


def _extent(sheet: SheetXml, tags: Sequence[Tag]) -> tuple[int, int]:
    """Last row and last column."""
    if not tags:
        return 0, 0
    letters, digits = {tag[0] for tag in tags}, {tag[1] for tag in tags}
    if b"" in letters:  # `r` is missing or not the first attribute: look at each cell
        rows, columns = zip(*sheet.places.values(), strict=True)
        return max(rows), max(columns)
    return max(map(int, digits)), max(column_number(word.decode()) for word in letters)


def _formula(sheet: SheetXml) -> "re.Pattern[bytes]":
    return re.compile(sheet.opening(b"f").pattern + rb"([^<]*)")


def _percents(sheet: SheetXml, formats: Formats) -> frozenset[Position]:
    if not formats.percents:
        return frozenset()
    styled = _marked(sheet, sheet.opening(b"c"))
    return frozenset(cell for cell, attributes, _ in styled if number_in(attributes, b"s") in formats.percents)


def _marked(sheet: SheetXml, pattern: "re.Pattern[bytes]") -> Iterator[tuple[Position, bytes, "re.Match[bytes]"]]:
    """Where the pattern is found: the cell, its attributes, the match."""
    opening, tag = sheet.opening(b"c"), b"<%bc" % sheet.prefix
    for found in pattern.finditer(sheet.text, sheet.data.inner, sheet.data.inner_end):
        start = found.start()
        while (cell := opening.match(sheet.text, start)) is None:
            start = sheet.text.rfind(tag, sheet.data.inner, start)
            if start < 0:
                raise FileUnsupported(what="工作表的结构")
        ref = attribute(cell[1], b"r")
        yield sheet.places[start] if ref is None else _position(ref), cell[1], found


def _position(ref: bytes) -> Position:
    try:
        return position(ref.decode("ascii", "replace"))
    except BadAddress as error:
        raise FileUnsupported(what="单元格地址超出范围") from error
