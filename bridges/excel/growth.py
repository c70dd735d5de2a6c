"""Appended rows belong to what ended right above them: an Excel table, or the filter of the sheet, grows with them.

As offices see it: Excel itself does this when somebody types below a table. It is done only where nothing can be
swallowed: the rows were empty, and no totals row, no other table and no merged cells are in the way.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from bridges.excel.address import Area, Position, address, area, column_letters, inside
from bridges.excel.errors import BadAddress, CellBelowTable, CellInPivot, CellIsTableHeader, EditRefused
from bridges.excel.package import Package, parse
from bridges.excel.sheetxml import SheetXml, Splice
from bridges.excel.tags import REST_OF_TAG, attribute

REF = re.compile(rb"""(\sref\s*=\s*)(?:"[^"]*"|'[^']*')""")
GROWING = re.compile(rb"<(?:[^\s:<>/]+:)?(?:table|autoFilter)(?=[\s/>])%b>" % REST_OF_TAG)
"""The tags of a table part that name its extent: the table's own, and that of its filter."""
FILTER_NAME = b"_xlnm._FilterDatabase"
DEFINED_NAME = re.compile(rb"(<(?:[^\s:<>/]+:)?definedName(?=[\s/>])(%b)>)([^<]*)(</)" % REST_OF_TAG)
BOUND = ("queryTable", "xml")
"""Kinds of tables whose rows come from elsewhere."""


@dataclass
class Growth:
    """What the edits of one sheet do to its tables and its filter."""

    parts: dict[str, bytes] = field(default_factory=dict)
    """Changed table parts."""
    splices: list[Splice] = field(default_factory=list)
    """Of the sheet part: the wider filter."""
    filter: tuple[Area, Area] | None = None
    """The sheet's filter before and after."""
    refused: list[EditRefused] = field(default_factory=list)


def growth(book: Package, part: str, sheet: SheetXml, cells: Collection[Position]) -> Growth:
    """Look at every table of the sheet, pivot tables too, and at its filter."""
    done = Growth()
    tables = {name: parse(book.archive, name) for name in book.tables(part)}
    extents = {name: area(table.get("ref", "")) for name, table in tables.items()}
    for name, table in tables.items():
        where = extents[name]
        headers = (where[0], where[1], where[0] - (table.get("headerRowCount") == "0"), where[3])
        done.refused += [CellIsTableHeader(at=address(*cell)) for cell in cells if inside(cell, headers)]
        below = _appended(sheet, where, cells)
        others = [*sheet.merged, *(extent for other, extent in extents.items() if other != name)]
        bound = table.get("tableType") in BOUND or table.get("totalsRowCount", "0") != "0"
        if below and (bound or _meets(others, where, len(below))):
            done.refused += [CellBelowTable(at=address(*cell)) for row in below for cell in row]
        elif below:
            done.parts[name] = _with_extent(book.text(name), _longer(where, len(below)))
    for where in map(area, book.pivots(part)):
        done.refused += [CellInPivot(at=address(*cell)) for cell in cells if inside(cell, where)]
    _grow_filter(sheet, cells, done)
    return done


def _appended(sheet: SheetXml, where: Area, cells: Collection[Position]) -> list[list[Position]]:
    """The cells to be written right below an area, row by row, as far as those rows hold nothing yet."""
    below: dict[int, list[Position]] = defaultdict(list)
    for cell in cells:
        if where[1] <= cell[1] <= where[3]:
            below[cell[0]].append(cell)
    numbers = itertools.count(where[2] + 1)
    return [below[n] for n in itertools.takewhile(lambda n: n in below and not _filled(sheet, n, where), numbers)]


def _filled(sheet: SheetXml, number: int, where: Area) -> bool:
    """Does anything stand in this row, in the columns of the area?"""
    row = sheet.row(number)
    return row is not None and any(
        where[1] <= cell.number <= where[3] and sheet.text[cell.inner : cell.inner_end].strip()
        for cell in sheet.cells(row)
    )


def _meets(others: Collection[Area], where: Area, rows: int) -> bool:
    _, left, bottom, right = where
    return any(o[0] <= bottom + rows and o[2] > bottom and o[1] <= right and o[3] >= left for o in others)


def _longer(where: Area, rows: int) -> Area:
    top, left, bottom, right = where
    return top, left, bottom + rows, right


def _with_extent(xml: bytes, where: Area) -> bytes:
    return GROWING.sub(lambda tag: _set_ref(tag[0], where), xml)


def _set_ref(tag: bytes, where: Area) -> bytes:
    top, left, bottom, right = where
    ref = f"{address(top, left)}:{address(bottom, right)}".encode()
    return REF.sub(lambda found: b'%b"%b"' % (found[1], ref), tag, count=1)


def _grow_filter(sheet: SheetXml, cells: Collection[Position], done: Growth) -> None:
    found = sheet.opening(b"autoFilter").search(sheet.text, sheet.data.end)
    ref = attribute(found[1], b"ref") if found else None
    if found is None or ref is None:
        return
    where = area(ref.decode("ascii", "replace"))
    below = _appended(sheet, where, cells)
    if below and not _meets(sheet.merged, where, len(below)):
        longer = _longer(where, len(below))
        done.splices.append((found.start(), found.end(), _set_ref(found[0], longer)))
        done.filter = where, longer


def with_filters(workbook: bytes, grown: Mapping[int, tuple[Area, Area]]) -> bytes:
    """The workbook part in which the hidden name that repeats a sheet's filter follows it. `grown`: index of the sheet
    → its filter before and after. A name that says something else is left alone."""

    def follow(found: "re.Match[bytes]") -> bytes:
        opened, attributes, text, closing = found.groups()
        index = attribute(attributes, b"localSheetId") or b""
        if attribute(attributes, b"name") != FILTER_NAME or not index.isdigit() or int(index) not in grown:
            return found[0]
        before, after = grown[int(index)]
        sheet, mark, ref = text.rpartition(b"!")
        try:
            same = area(ref.decode("ascii", "replace")) == before
        except BadAddress:
            return found[0]
        return opened + sheet + mark + _absolute(after) + closing if same else found[0]

    return DEFINED_NAME.sub(follow, workbook)


def _absolute(where: Area) -> bytes:
    top, left, bottom, right = where
    return f"${column_letters(left)}${top}:${column_letters(right)}${bottom}".encode()
