"""Where our table stands in a workbook that people rearranged: found by stamp and headers, never by place."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bridges.excel.address import Area, column_letters
from bridges.excel.errors import TableAmbiguous
from bridges.excel.reader import Grid
from bridges.sync.stamp import PREFIX
from bridges.table import Odd, Raw, Table

BEGINNING = PREFIX + " "
NOTE_HEADER = "同步提示"
SUBTOTALS = ("合计", "小计", "总计")
BANNER_SHARE = 0.5
"""A row without id that is merged over more than this share of our columns is a section title."""


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


def find_place(grids: Mapping[str, Grid]) -> Place | None:
    """The one stamp of the workbook. Raises TableAmbiguous when there are several (a tab was copied)."""
    places = list(_stamps(grids))
    if len(places) > 1:
        where = "、".join(f"{place.grid.name}!{column_letters(place.column)}{place.row}" for place in places)
        raise TableAmbiguous(where=where)
    return places[0] if places else None


def _stamps(grids: Mapping[str, Grid]) -> Iterator[Place]:
    for grid in grids.values():
        for number, row in enumerate(grid.values, 1):
            for text in [value for value in row if value.__class__ is str and value.startswith(BEGINNING)]:
                yield Place(grid, number, row.index(text) + 1, text)


def find_columns(place: Place, table: Table) -> Found:
    """Match headers: first exact ones, then aliases that fit one column only. The person's own columns stay out."""
    headers = place.grid.values[place.row - 1]
    free = {
        index: _plain(header)
        for index, header in enumerate(headers, 1)
        if isinstance(header, str) and header and index != place.column
    }
    found: dict[str, int] = {}
    note = _take(free, (NOTE_HEADER,))
    for names_of in (lambda column: (column.header,), lambda column: column.aliases):
        for column in table.columns:
            if column.key not in found and (index := _take(free, names_of(column))):
                found[column.key] = index
    return Found(place, {c.key: found[c.key] for c in table.columns if c.key in found}, note)


def _take(free: dict[int, str], names: Sequence[str]) -> int:
    """The leftmost free column with one of these headers, no longer free afterwards; 0 where there is none."""
    wanted = {_plain(name) for name in names}
    index = next((index for index, header in free.items() if header in wanted), 0)
    free.pop(index, None)
    return index


def _plain(header: str) -> str:
    return "".join(unicodedata.normalize("NFKC", header).split())


def data_rows(found: Found) -> Iterator[tuple[int, str, tuple[Raw, ...], str]]:
    """(row number, id, our cells, note) of each row below the header that is neither blank nor a banner or subtotal."""
    place, columns = found.place, (found.place.column, *found.columns.values(), found.note)
    banners, anchors = _banners(found), _anchors(place.grid)
    for number in range(place.row + 1, len(place.grid.values) + 1):
        id_, *cells, note = map(_typed, place.grid.row(number, columns))
        for index, column in enumerate(found.columns.values()) if number in anchors else ():
            if column in anchors[number]:
                cells[index] = place.grid.cell(anchors[number][column], column)
        if all(cell is None for cell in (id_, *cells)):
            continue
        if id_ is None and (number in banners or _is_subtotal(cells)):
            continue
        yield number, as_text(id_), tuple(cells), as_text(note)


def _typed(raw: Raw) -> Raw:
    """Without the NUL that `_x0000_` stands for: no person types it, and no database takes it."""
    return raw.replace("\0", "") or None if isinstance(raw, str) and "\0" in raw else raw


def as_text(raw: Raw) -> str:
    """An id or a note as text, whatever the cell holds."""
    return raw.text if isinstance(raw, Odd) else "" if raw is None else str(raw)


def _anchors(grid: Grid) -> Mapping[int, Mapping[int, int]]:
    """Row → column → row of the cell that shows there: cells merged downwards stand for all their rows."""
    anchors: dict[int, dict[int, int]] = defaultdict(dict)
    for top, left, bottom, right in grid.merged:
        for row in range(top + 1, bottom + 1) if left == right else ():
            anchors[row][left] = top
    return anchors


def _banners(found: Found) -> set[int]:
    """Rows merged across most of our columns."""

    def across(area: Area) -> int:
        return sum(area[1] <= column <= area[3] for column in found.columns.values())

    wide = (area for area in found.place.grid.merged if across(area) > BANNER_SHARE * len(found.columns))
    return {area[0] for area in wide if area[0] == area[2]}


def _is_subtotal(cells: Sequence[Raw]) -> bool:
    first = next((cell for cell in cells if cell is not None), None)
    return isinstance(first, str) and _plain(first).startswith(SUBTOTALS)


def last_filled_row(grid: Grid) -> int:
    """The last row in which anything stands, ours or not, merged cells and formulas included."""
    values = grid.values
    filled = next((n for n in range(len(values), 0, -1) if any(value != "" for value in values[n - 1])), 0)
    behind = (*(row for row, _ in grid.scan.formulas), *(row for row, _ in grid.scan.errors))
    return max(filled, *behind, *(area[2] for area in grid.merged), 0)
