"""Where our table stands in a workbook that people rearranged: found by stamp and headers, never by place."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bridges.excel.address import MAX_ROW, column_letters
from bridges.excel.errors import TableAmbiguous
from bridges.excel.reader import Grid
from bridges.finding.headers import Header, header_at, match
from bridges.finding.lines import banners, line_kind
from bridges.finding.tables import merged_down
from bridges.sync.days import since_1900
from bridges.sync.stamp import PREFIX
from bridges.sync.values import is_blank
from bridges.table import Odd, Raw, Table

BEGINNING = PREFIX + " "
NOTE_HEADER = "同步提示"


@dataclass(frozen=True)
class Place:
    """The stamp's cell: the header row and the id column of our table."""

    grid: Grid
    row: int
    column: int
    stamp: str


@dataclass(frozen=True)
class Found:
    """Our columns: key → column number, in the order of the table; `note` is 0 where the person removed it."""

    place: Place
    columns: Mapping[str, int]
    note: int
    table: Table
    header: Header
    last: int = MAX_ROW
    """No row below this one is looked at: there another table begins."""


def find_place(grids: Mapping[str, Grid]) -> Place | None:
    """The one stamp of the workbook. Raises TableAmbiguous when there are several (a tab was copied)."""
    places = list(_stamps(grids))
    if len(places) > 1:
        where = "、".join(f"{place.grid.name}!{column_letters(place.column)}{place.row}" for place in places)
        raise TableAmbiguous(where=where)
    return places[0] if places else None


def _stamps(grids: Mapping[str, Grid]) -> Iterator[Place]:
    for grid in grids.values():
        left = grid.count(BEGINNING)
        for number, row in enumerate(grid.values if left else (), 1):
            mentions = [value for value in row if value.__class__ is str and BEGINNING in value]
            for text in [value for value in mentions if value.startswith(BEGINNING)]:
                yield Place(grid, number, row.index(text) + 1, text)
            left -= sum(value.count(BEGINNING) for value in mentions)
            if not left:
                break


def find_columns(place: Place, table: Table) -> Found:
    """Our columns by their headers, one row or two; the person's own ones, and what is not clear, stay out."""
    header = header_at(place.grid, place.row, skip=(place.column,))
    note = next((one.column for one in header.headings if one.shown == NOTE_HEADER), 0)
    matched = match([one for one in header.headings if one.column != note], table)
    return Found(place, {key: fit.column for key, fit in matched.fits.items()}, note, table, header)


def data_rows(found: Found) -> Iterator[tuple[int, str, tuple[Raw, ...], str]]:
    """(row number, id, our cells, note) of each row of the table: neither blank nor a section title, a subtotal, …"""
    grid, places = found.place.grid, tuple(found.columns.values())
    ours = {found.columns[column.key]: column for column in found.table.columns if column.key in found.columns}
    wide, anchors = banners(grid.merged, places), merged_down(grid.merged)
    dates = [index for index, key in enumerate(found.columns) if ours[found.columns[key]].kind == "date"]
    numbers = range(found.header.bottom + 1, min(len(grid.values), found.last) + 1)
    lines = grid.rows(numbers, (found.place.column, *places, found.note))
    for number, (id_, *cells, note) in zip(numbers, lines, strict=True):
        for index, column in enumerate(places) if number in anchors else ():
            if column in anchors[number]:
                cells[index] = grid.cell(anchors[number][column], column)
        for index in dates if grid.date1904 else ():
            cells[index] = since_1900(cells[index])
        if id_ is None:
            own = {column: value for column, value in enumerate(grid.values[number - 1], 1) if not is_blank(value)}
            filled = {**own, **{column: cell for column, cell in zip(places, cells, strict=True) if cell is not None}}
            in_table = sorted((c, value) for c, value in filled.items() if c not in (found.place.column, found.note))
            if line_kind(in_table, ours, found.header, number in wide) != "row":
                continue
        yield number, as_text(id_), tuple(cells), as_text(note)


def as_text(raw: Raw) -> str:
    """An id or a note as text, whatever the cell holds."""
    if raw.__class__ is str:  # most often
        return raw
    return raw.text if isinstance(raw, Odd) else "" if raw is None else str(raw)


def last_filled_row(grid: Grid) -> int:
    """The last row in which anything stands, ours or not, merged cells and formulas included."""
    values = grid.values
    filled = next((n for n in range(len(values), 0, -1) if any(value != "" for value in values[n - 1])), 0)
    behind = (*(row for row, _ in grid.scan.formulas), *(row for row, _ in grid.scan.errors))
    return max(filled, *behind, *(area[2] for area in grid.merged), 0)
