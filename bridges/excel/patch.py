"""The in-place patcher: some cells of a workbook change, every other byte of it stays.

`python -m bridges.excel.patch IN.xlsx OUT.xlsx 'Sheet name!C7=text' …` (number `=n:12.5`, date `=d:2024-06-30`,
blank `=`); status 2 and one sentence when it refuses, and then nothing is written.

What and why: docs/decisions/0003-xlsx-in-place.md.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

from bridges.excel.address import Area, Position, position
from bridges.excel.archive import Pieces
from bridges.excel.calculation import has_formulas, recalculated, without_chain
from bridges.excel.cellxml import Value, cell_xml
from bridges.excel.columns import hiding
from bridges.excel.disk import read_workbook, write_atomically
from bridges.excel.errors import BadUse, EditRefused, EditTwice, WorkbookRefused
from bridges.excel.growth import growth, with_filters
from bridges.excel.package import Package
from bridges.excel.sheetedit import Writer, edited
from bridges.excel.styles import Styles
from bridges.excel.tags import number_in

NOTHING: Mapping[str, Collection[int]] = {}
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


@dataclass(frozen=True, slots=True)
class Patched:
    """A workbook with all the edits that can be made, and the reasons why the others cannot."""

    content: bytes
    refused: Sequence[EditRefused]


def patch(source: bytes, edits: Sequence[Edit], hide: Mapping[str, Collection[int]] = NOTHING) -> bytes:
    """The workbook with these cells set, and the columns `hide` (sheet name → numbers from 1) hidden; where nothing is
    asked for, `source` itself.

    Kept: the style of each cell, every other cell, and all other parts byte for byte, compressed data included.
    Raises a WorkbookRefused for files, cells and values that cannot be changed without loss.
    """
    done = patch_what_can_be(source, edits, hide)
    if done.refused:
        raise done.refused[0]
    return done.content


def patch_what_can_be(source: bytes, edits: Sequence[Edit], hide: Mapping[str, Collection[int]] = NOTHING) -> Patched:
    """As `patch`, but a cell that cannot be written does not keep the others from it. Raises for files only."""
    if not edits and not any(hide.values()):
        return Patched(source, ())
    work = _Work(Package.open(source))
    work.book.refuse_if_signed()
    by_sheet = _by_sheet(edits)
    for name in dict.fromkeys((*by_sheet, *hide)):
        work.edit_sheet(name, by_sheet.get(name, {}), hide.get(name, ()))
    return Patched(work.finished(), work.refused)


class _Work:
    """One patch in the making: the parts changed so far, and what was refused."""

    def __init__(self, book: Package) -> None:
        self.book = book
        self.styles = Styles(book.text(book.styles), book.formats) if book.styles else None
        self.changes: dict[str, bytes | Pieces | None] = {}
        self.refused: list[EditRefused] = []
        self._formulas = 0
        self._filters: dict[int, tuple[Area, Area]] = {}

    def edit_sheet(self, name: str, cells: Mapping[Position, Edit], hidden: Collection[int]) -> None:
        """Set the cells of one sheet, hide columns, let tables and filter grow."""
        part = self.book.sheet_part(name)
        sheet = self.book.sheet(part)
        grown = growth(self.book, part, sheet, cells)
        kept = {refusal.at for refusal in grown.refused}
        wanted = {cell: edit for cell, edit in cells.items() if edit.ref not in kept}
        writers = {cell: _writer(edit.value, self.styles, self.book.date1904) for cell, edit in wanted.items()}
        done = edited(sheet, writers, {cell for cell, edit in wanted.items() if edit.over_formula})
        done.splices += (*grown.splices, *hiding(sheet, hidden))
        self.changes |= {part: done.into(sheet)} | grown.parts
        self.refused += (*grown.refused, *done.refused)
        self._formulas += done.formulas
        if grown.filter:
            self._filters[self.book.order.index(name)] = grown.filter

    def finished(self) -> bytes:
        """The workbook, with all parts that follow from what was changed."""
        book, styles = self.book, self.styles
        before = book.text(book.workbook)
        workbook = with_filters(before, self._filters)
        if has_formulas(book):
            workbook = recalculated(workbook)
        if workbook != before:
            self.changes[book.workbook] = workbook
        if self._formulas:
            self.changes |= without_chain(book)
        if styles and styles.added:
            self.changes[book.styles] = styles.xml
        return book.archive.with_changed(self.changes)


def _by_sheet(edits: Iterable[Edit]) -> Mapping[str, dict[Position, Edit]]:
    sheets: dict[str, dict[Position, Edit]] = defaultdict(dict)
    for edit in edits:
        cell = position(edit.ref)
        if cell in sheets[edit.sheet]:
            raise EditTwice(at=edit.ref)
        sheets[edit.sheet][cell] = edit
    return sheets


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
