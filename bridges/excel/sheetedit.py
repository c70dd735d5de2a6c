"""One worksheet part with some cells changed: only those `<c>` (or a new `<c>`, a new `<row>`) differ.

Beside them only the two hints that would turn wrong are widened: the row's `spans` and the sheet's `dimension`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bridges.excel.address import Area, Position, address, area, column_letters
from bridges.excel.archive import Pieces
from bridges.excel.errors import CellIsFormula, CellIsMerged, EditRefused
from bridges.excel.sheetxml import SheetXml, Span, Splice
from bridges.excel.tags import attribute, number_in

Writer = Callable[[bytes, bytes, str], bytes]
"""(namespace prefix, attributes of the cell, its address) → the new `<c>` element."""

OF_THE_OLD_VALUE = re.compile(rb"""\s+(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
"""The type, and the links that make a value a dynamic array or a picture in the cell."""

SPANS = re.compile(rb"""\bspans\s*=\s*(?:"[^"]*"|'[^']*')""")


@dataclass
class Edited:
    """What became of the edits of one part: `splices` to make in it, and the cells that cannot be written."""

    splices: list[Splice] = field(default_factory=list)
    refused: list[EditRefused] = field(default_factory=list)
    formulas: int = 0
    """How many formulas are overwritten."""

    def into(self, sheet: SheetXml) -> Pieces:
        """The part with all of them made."""
        xml, here = memoryview(sheet.xml), 0  # its slices are no copies
        pieces: list[bytes | memoryview] = []
        for start, end, replacement in sorted(self.splices, key=lambda splice: splice[:2]):
            pieces += xml[here:start], replacement
            here = end
        return (*pieces, xml[here:])


def edited(sheet: SheetXml, writers: Mapping[Position, Writer], over_formulas: Collection[Position] = ()) -> Edited:
    """Each cell written by its writer; a formula is replaced only at `over_formulas`.

    A new cell takes the style of its row, else of its column; in a row behind the last one the style of the cell
    above, so that an appended row looks like its table. Raises FileUnsupported.
    """
    done = Edited(refused=list(_unseen(writers, sheet)))
    without = {refusal.at for refusal in done.refused}
    by_row: dict[int, dict[int, Writer]] = defaultdict(dict)
    for (row, column), writer in sorted(writers.items()):
        if not without or address(row, column) not in without:
            by_row[row][column] = writer
    new_rows: list[tuple[int, bytes]] = []
    for number, cells in by_row.items():
        row = sheet.row(number)
        if row:
            _edit_row(sheet, row, cells, over_formulas, done)
        elif elements := _new_cells(sheet, number, cells, done):
            new_rows.append((number, b'<%brow r="%d">%b</%brow>' % (sheet.prefix, number, elements, sheet.prefix)))
    done.splices += _added_rows(sheet, new_rows)
    done.splices += _dimension(sheet, writers)
    return done


def _unseen(cells: Collection[Position], sheet: SheetXml) -> Iterator[EditRefused]:
    """Refusals of cells whose value would not be seen, or not stay."""
    for cell, where in _covered(cells, sheet.merged):
        if cell != where[:2]:
            yield CellIsMerged(at=address(*cell))
    for cell, _ in _covered(cells, sheet.formula_areas):
        yield CellIsFormula(at=address(*cell))


def _covered(cells: Iterable[Position], areas: Iterable[Area]) -> Iterator[tuple[Position, Area]]:
    ordered = sorted(cells)
    for where in areas:
        top, left, bottom, right = where
        for cell in ordered[bisect_left(ordered, (top, left)) : bisect_right(ordered, (bottom, right))]:
            if left <= cell[1] <= right:
                yield cell, where


def _edit_row(
    sheet: SheetXml, row: Span, writers: Mapping[int, Writer], over_formulas: Collection[Position], done: Edited
) -> None:
    present = sheet.some_cells(row, writers)
    new: list[tuple[int, bytes]] = []
    for column, writer in writers.items():
        at, cell = address(row.number, column), present.get(column)
        if cell is None:
            kept = _reference(at, _inherited_style(sheet, row, column))
        else:
            kept = OF_THE_OLD_VALUE.sub(b"", cell.attributes).rstrip()
            formula = not cell.empty and sheet.opening(b"f").search(sheet.text, cell.inner, cell.inner_end)
            if formula and ((row.number, column) not in over_formulas or attribute(formula[1], b"ref")):
                done.refused.append(CellIsFormula(at=at))  # with `ref` it fills other cells too
                continue
            done.formulas += bool(formula)
        element = _element(sheet, writer, kept, at, done)
        if element and cell:
            done.splices.append((cell.start, cell.end, element))
        elif element:
            new.append((column, element))
    done.splices += _added_cells(sheet, row, list(present.values()), new)


def _element(sheet: SheetXml, writer: Writer, attributes: bytes, at: str, done: Edited) -> bytes:
    """The cell as written, or nothing where no cell can hold the value."""
    try:
        return writer(sheet.prefix, attributes, at)
    except EditRefused as refusal:
        done.refused.append(refusal)
        return b""


def _added_cells(sheet: SheetXml, row: Span, present: Sequence[Span], new: list[tuple[int, bytes]]) -> Iterator[Splice]:
    if not new:
        return
    attributes = _widened_spans(row.attributes, [column for column, _ in new])
    if row.empty:
        inner = b"".join(element for _, element in new)
        yield row.start, row.end, b"<%brow%b>%b</%brow>" % (sheet.prefix, attributes, inner, sheet.prefix)
        return
    if attributes != row.attributes:
        yield row.start, row.inner, b"<%brow%b>" % (sheet.prefix, attributes)
    yield from _between([cell.number for cell in present], [cell.start for cell in present], _behind(row, present), new)


def _added_rows(sheet: SheetXml, new: list[tuple[int, bytes]]) -> Iterator[Splice]:
    data, rows = sheet.data, sheet.rows
    if new and data.empty:
        inner = b"".join(element for _, element in new)
        tag = sheet.prefix + b"sheetData"
        yield data.start, data.end, b"<%b%b>%b</%b>" % (tag, data.attributes, inner, tag)
    elif new:
        last = [sheet.row(rows.numbers[-1])] if rows.numbers else []
        yield from _between(rows.numbers, rows.starts, _behind(data, last), new)


def _between(
    numbers: Sequence[int], starts: Sequence[int], behind: int, new: list[tuple[int, bytes]]
) -> Iterator[Splice]:
    """New children, ascending, where their number belongs."""
    for number, element in new:
        following = bisect_left(numbers, number)
        place = starts[following] if following < len(numbers) else behind
        yield place, place, element


def _behind(parent: Span, present: Sequence[Span]) -> int:
    return present[-1].end if present else parent.inner


def _new_cells(sheet: SheetXml, number: int, writers: Mapping[int, Writer], done: Edited) -> bytes:
    """The cells of a row that is not there yet."""
    above = _looks_of_last_row(sheet) if not sheet.rows.numbers or number > sheet.rows.numbers[-1] else {}
    elements = []
    for column, writer in writers.items():
        at = address(number, column)
        kept = _reference(at, above.get(column) or _column_style(sheet, column))
        elements.append(_element(sheet, writer, kept, at, done))
    return b"".join(elements)


def _reference(at: str, style: bytes | None) -> bytes:
    return b' r="%b"' % at.encode() + (b' s="%b"' % style if style else b"")


def _looks_of_last_row(sheet: SheetXml) -> dict[int, bytes | None]:
    if not sheet.rows.numbers:
        return {}
    last = sheet.row(sheet.rows.numbers[-1])
    return {cell.number: attribute(cell.attributes, b"s") for cell in sheet.cells(last)}


def _inherited_style(sheet: SheetXml, row: Span, column: int) -> bytes | None:
    if attribute(row.attributes, b"customFormat") in (b"1", b"true"):
        return attribute(row.attributes, b"s")
    return _column_style(sheet, column)


def _column_style(sheet: SheetXml, column: int) -> bytes | None:
    for found in sheet.opening(b"col").finditer(sheet.text, 0, sheet.data.start):
        if number_in(found[1], b"min") <= column <= number_in(found[1], b"max"):
            return attribute(found[1], b"style")
    return None


def _widened_spans(attributes: bytes, columns: list[int]) -> bytes:
    spans = attribute(attributes, b"spans")
    if spans is None or not re.fullmatch(rb"\d+:\d+", spans):
        return attributes
    first, last = (int(number) for number in spans.split(b":"))
    wider = b"%d:%d" % (min(first, *columns), max(last, *columns))
    return SPANS.sub(b'spans="%b"' % wider, attributes, count=1) if wider != spans else attributes


def _dimension(sheet: SheetXml, cells: Collection[Position]) -> Iterator[Splice]:
    found = sheet.opening(b"dimension").search(sheet.text, 0, sheet.data.start)
    ref = attribute(found[1], b"ref") if found else None
    if found is None or ref is None or not cells:
        return
    top, left, bottom, right = area(ref.decode("ascii", "replace"))
    rows, columns = zip(*cells, strict=True)
    top, left, bottom, right = min(top, *rows), min(left, *columns), max(bottom, *rows), max(right, *columns)
    wider = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}".encode()
    if area(wider.decode()) != area(ref.decode()):
        yield found.start(), found.end(), found[0].replace(ref, wider, 1)
