"""The in-place patcher: some cells of a workbook change, every other byte of it stays.

`python -m bridges.excel.patch IN.xlsx OUT.xlsx 'Sheet name!C7=text' …` (number `=n:12.5`, date `=d:2024-06-30`,
blank `=`); status 2 and one sentence when it refuses, and then nothing is written.

What and why: docs/decisions/0003-xlsx-in-place.md.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bridges.excel.address import Position, address, area, inside, position
from bridges.excel.calculation import recalculating, without_chain
from bridges.excel.cellxml import Value, cell_xml
from bridges.excel.disk import read_workbook, write_atomically
from bridges.excel.errors import BadUse, CellBelowTable, CellIsTableHeader, EditTwice, WorkbookRefused
from bridges.excel.package import Package
from bridges.excel.sheetedit import Writer, edited
from bridges.excel.sheetxml import SheetXml, number_in
from bridges.excel.styles import Styles

ARGUMENT = re.compile(r"(?P<sheet>.+?)!(?P<ref>\$?[A-Za-z]{1,3}\$?[0-9]+)=(?P<value>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Edit:
    """One cell to set. `ref` like `C7`; a str is always text, also when it begins with `=`; None is a blank.

    `over_formula`: an ordinary formula in the cell may be replaced.
    """

    sheet: str
    ref: str
    value: Value
    over_formula: bool = False


def patch(source: bytes, edits: Sequence[Edit]) -> bytes:
    """The workbook with these cells set; without edits, `source` itself.

    Kept: the style of each cell, every other cell, and all other parts byte for byte, compressed data included.
    Raises a WorkbookRefused for files, cells and values that cannot be changed without loss.
    """
    if not edits:
        return source
    book = Package.open(source)
    book.refuse_if_signed()
    styles = Styles(book.archive.read(book.styles), book.formats) if book.styles else None
    changes: dict[str, bytes | None] = {}
    for name, cells in _by_sheet(edits).items():
        part = book.sheet_part(name)
        _refuse_table_cells(book, part, cells)
        sheet = book.sheet(part)
        writers = {cell: _writer(edit.value, styles, book.date1904) for cell, edit in cells.items()}
        over = {cell for cell, edit in cells.items() if edit.over_formula}
        changes[part] = changed = edited(sheet, writers, over)
        if over and SheetXml(changed).formulas < sheet.formulas:
            changes |= without_chain(book)
    if styles and styles.added:
        changes[book.styles] = styles.xml
    return book.archive.with_changed(changes | recalculating(book))


def _by_sheet(edits: Iterable[Edit]) -> Mapping[str, dict[Position, Edit]]:
    sheets: dict[str, dict[Position, Edit]] = defaultdict(dict)
    for edit in edits:
        cell = position(edit.ref)
        if cell in sheets[edit.sheet]:
            raise EditTwice(at=edit.ref)
        sheets[edit.sheet][cell] = edit
    return sheets


def _refuse_table_cells(book: Package, part: str, cells: Iterable[Position]) -> None:
    """A header must equal the table's column name; a row below would look like the table's and not be."""
    for table in book.tables(part):
        top, left, bottom, right = area(table.get("ref", ""))
        headers = (top, left, top - (table.get("headerRowCount") == "0"), right)
        for cell in cells:
            if inside(cell, headers):
                raise CellIsTableHeader(at=address(*cell))
            if inside(cell, (bottom + 1, left, bottom + 1, right)):
                raise CellBelowTable(at=address(*cell))


def _writer(value: Value, styles: Styles | None, date1904: bool) -> Writer:
    def write(prefix: bytes, attributes: bytes, at: str) -> bytes:
        if styles and value is not None and not isinstance(value, str):
            attributes = _with_style(attributes, styles, for_date=isinstance(value, date))
        return cell_xml(prefix, attributes, value, at, date1904=date1904)

    return write


def _with_style(attributes: bytes, styles: Styles, *, for_date: bool) -> bytes:
    style = number_in(attributes, b"s")
    fitting = styles.fitting(style, for_date=for_date)
    if fitting == style:
        return attributes
    without = re.sub(rb"""\s+s\s*=\s*(?:"[^"]*"|'[^']*')""", b"", attributes)
    return b'%b s="%d"' % (without, fitting)


def parse_edit(argument: str) -> Edit:
    """`Sheet name!C7=text` → Edit. Raises BadUse."""
    found = ARGUMENT.fullmatch(argument)
    if found is None:
        raise BadUse(argument=argument)
    sheet = found["sheet"]
    if sheet[0] == sheet[-1] == "'" and len(sheet) > 2:
        sheet = sheet[1:-1].replace("''", "'")
    ref = found["ref"].replace("$", "").upper()
    try:
        return Edit(sheet, ref, _parse_value(found["value"]))
    except (InvalidOperation, ValueError) as error:
        raise BadUse(argument=argument) from error


def _parse_value(text: str) -> Value:
    if text.startswith("n:"):
        return Decimal(text[2:])
    if text.startswith("d:"):
        return date.fromisoformat(text[2:])
    return text or None


def main(arguments: Sequence[str]) -> int:
    """The command; the exit status."""
    try:
        if len(arguments) < 3:
            raise BadUse(argument=" ".join(arguments))
        source, target, *edits = arguments
        patched = patch(read_workbook(Path(source)), [parse_edit(edit) for edit in edits])
        write_atomically(Path(target), patched)
    except WorkbookRefused as refusal:
        print(refusal.message, file=sys.stderr)  # noqa: T201 a command speaks
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
