"""One worksheet part with some cells changed: only those `<c>` (or a new `<c>`, a new `<row>`) differ.

Beside them only the two hints that would turn wrong are widened: the row's `spans` and the sheet's `dimension`.
"""

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from bridges.excel.address import Area, Position, address, area, column_letters
from bridges.excel.errors import CellIsFormula, CellIsMerged
from bridges.excel.sheetxml import SheetXml, Span, attribute, number_in

Writer = Callable[[bytes, bytes, str], bytes]
"""(namespace prefix, attributes of the cell, its address) → the new `<c>` element."""
Splice = tuple[int, int, bytes]
"""Replace text[start:end]."""

OF_THE_OLD_VALUE = re.compile(rb"""\s+(?:t|cm|vm)\s*=\s*(?:"[^"]*"|'[^']*')""")
"""The type, and the links that make a value a dynamic array or a picture in the cell."""

SPANS = re.compile(rb"""\bspans\s*=\s*(?:"[^"]*"|'[^']*')""")


def edited(sheet: SheetXml, writers: Mapping[Position, Writer], over_formulas: Collection[Position] = ()) -> bytes:
    """The part with each cell written by its writer; a formula is replaced only at `over_formulas`.

    A new cell takes the style of its row, else of its column; in a row behind the last one the style of the cell
    above, so that an appended row looks like its table. Raises CellIsMerged, CellIsFormula, FileUnsupported.
    """
    _refuse_covered(writers, sheet)
    by_row: dict[int, dict[int, Writer]] = defaultdict(dict)
    for (row, column), writer in sorted(writers.items()):
        by_row[row][column] = writer
    rows = {row.number: row for row in sheet.rows}
    splices = list(_dimension(sheet, writers))
    new_rows: list[tuple[int, bytes]] = []
    for number, cells in by_row.items():
        if number in rows:
            splices += _row_splices(sheet, rows[number], cells, over_formulas)
        else:
            new_rows.append((number, _new_row(sheet, number, cells)))
    splices += _children_splices(sheet, sheet.data, b"sheetData", sheet.rows, new_rows)
    return _spliced(sheet.xml, splices)


def _refuse_covered(cells: Iterable[Position], sheet: SheetXml) -> None:
    for cell, where in _covered(cells, sheet.merged):
        if cell != where[:2]:
            raise CellIsMerged(at=address(*cell))
    for cell, _ in _covered(cells, sheet.formula_areas):
        raise CellIsFormula(at=address(*cell))


def _covered(cells: Iterable[Position], areas: Iterable[Area]) -> Iterator[tuple[Position, Area]]:
    ordered = sorted(cells)
    for where in areas:
        top, left, bottom, right = where
        for cell in ordered[bisect_left(ordered, (top, left)) : bisect_right(ordered, (bottom, right))]:
            if left <= cell[1] <= right:
                yield cell, where


def _row_splices(
    sheet: SheetXml, row: Span, cells: Mapping[int, Writer], over_formulas: Collection[Position]
) -> Iterator[Splice]:
    present = {cell.number: cell for cell in sheet.cells(row)}
    new: list[tuple[int, bytes]] = []
    formula = sheet.opening(b"f")
    for column, writer in cells.items():
        at = address(row.number, column)
        cell = present.get(column)
        if cell is None:
            new.append((column, writer(sheet.prefix, _reference(at, _inherited_style(sheet, row, column)), at)))
        else:
            found = formula.search(sheet.text, cell.inner, cell.inner_end)
            if found and ((row.number, column) not in over_formulas or attribute(found[1], b"ref")):
                raise CellIsFormula(at=at)  # with `ref` it fills other cells too: shared, array, data table
            kept = OF_THE_OLD_VALUE.sub(b"", cell.attributes).rstrip()
            yield cell.start, cell.end, writer(sheet.prefix, kept, at)
    yield from _children_splices(sheet, row, b"row", list(present.values()), new)


def _children_splices(
    sheet: SheetXml, parent: Span, name: bytes, present: Sequence[Span], new: list[tuple[int, bytes]]
) -> Iterator[Splice]:
    """Put new children, ascending, where their number belongs."""
    if not new:
        return
    tag = sheet.prefix + name
    attributes = (
        _widened_spans(parent.attributes, [number for number, _ in new]) if name == b"row" else parent.attributes
    )
    if parent.empty:
        inner = b"".join(element for _, element in new)
        yield parent.start, parent.end, b"<%b%b>%b</%b>" % (tag, attributes, inner, tag)
        return
    if attributes != parent.attributes:
        yield parent.start, parent.inner, b"<%b%b>" % (tag, attributes)
    numbers = [child.number for child in present]
    for number, element in new:
        following = bisect_left(numbers, number)
        place = present[following].start if following < len(present) else _behind(parent, present)
        yield place, place, element


def _behind(parent: Span, present: Sequence[Span]) -> int:
    return present[-1].end if present else parent.inner


def _new_row(sheet: SheetXml, number: int, cells: Mapping[int, Writer]) -> bytes:
    above = _looks_of_last_row(sheet) if not sheet.rows or number > sheet.rows[-1].number else {}
    elements = []
    for column, writer in cells.items():
        at = address(number, column)
        style = above.get(column) or _column_style(sheet, column)
        elements.append(writer(sheet.prefix, _reference(at, style), at))
    return b'<%brow r="%d">%b</%brow>' % (sheet.prefix, number, b"".join(elements), sheet.prefix)


def _reference(at: str, style: bytes | None) -> bytes:
    return b' r="%b"' % at.encode() + (b' s="%b"' % style if style else b"")


def _looks_of_last_row(sheet: SheetXml) -> dict[int, bytes | None]:
    if not sheet.rows:
        return {}
    return {cell.number: attribute(cell.attributes, b"s") for cell in sheet.cells(sheet.rows[-1])}


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


def _dimension(sheet: SheetXml, cells: Iterable[Position]) -> Iterator[Splice]:
    found = sheet.opening(b"dimension").search(sheet.text, 0, sheet.data.start)
    ref = attribute(found[1], b"ref") if found else None
    if found is None or ref is None:
        return
    top, left, bottom, right = area(ref.decode("ascii", "replace"))
    rows, columns = zip(*cells, strict=True)
    top, left, bottom, right = min(top, *rows), min(left, *columns), max(bottom, *rows), max(right, *columns)
    wider = f"{column_letters(left)}{top}:{column_letters(right)}{bottom}".encode()
    if area(wider.decode()) != area(ref.decode()):
        yield found.start(), found.end(), found[0].replace(ref, wider, 1)


def _spliced(xml: bytes, splices: Iterable[Splice]) -> bytes:
    pieces: list[bytes] = []
    here = 0
    for start, end, replacement in sorted(splices, key=lambda splice: splice[:2]):
        pieces += xml[here:start], replacement
        here = end
    return b"".join((*pieces, xml[here:]))
