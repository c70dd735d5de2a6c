"""Ruled tables: straight lines that meet part a region into cells; where a line is missing, cells are merged."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from core.documents.pdf_page import Edge
from core.documents.tables import Cell

NEAR = 3.0
"""Points between two lines that are one, or between a line and another that it meets."""
MAX_BOXES = 20_000
"""Rows times columns on one page."""


@dataclass(frozen=True, slots=True)
class Box:
    """A cell on the page: its first row and column, and how many of them it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class RuledTable:
    """`rows` and `columns` are the heights and places of the ruling; `at` tells which box a square of it belongs to."""

    rows: list[float]
    columns: list[float]
    boxes: list[Box]
    at: list[list[int]]

    @property
    def top(self) -> float:
        """Height of the upper edge."""
        return self.rows[0]

    def sides(self, box: int) -> tuple[float, float]:
        """Where this box begins and ends, from left to right."""
        column = self.boxes[box].column
        return self.columns[column], self.columns[column + self.boxes[box].columns]

    def box_at(self, x: float, y: float) -> int | None:
        """Which box holds this point; None outside of the table."""
        row, column = bisect_right(self.rows, y) - 1, bisect_right(self.columns, x) - 1
        if 0 <= row < len(self.at) and 0 <= column < len(self.at[0]):
            return self.at[row][column]
        return None


def ruled_tables(edges: Iterable[Edge]) -> list[RuledTable]:
    """The tables of a page. Lines that frame a single box, or nothing, are no table."""
    groups = _that_meet(_joined([edge for edge in edges if edge.end - edge.start > NEAR]))
    return [table for group in groups if (table := _table(group))]


def continued(tables: Iterable[list[Cell]]) -> list[list[Cell]]:
    """Tables that follow one another without any text between: those with equally many columns are one.

    Empty cells belong to them. A header that is repeated on the next page counts once. A merged cell that goes on there
    has its text here; a first row there without its number (序号) goes on with the last row here.
    """
    whole: list[list[Cell]] = []
    for cells in tables:
        if whole and _columns(whole[-1]) == _columns(cells):
            _append(whole[-1], cells)
        else:
            whole.append(list(cells))
    return whole


def _append(above: list[Cell], cells: list[Cell]) -> None:
    header, bottom = _row(above, 0), max(cell.row for cell in above)
    if _texts(header) == _texts(_row(cells, 0)):
        cells = [cell for cell in cells if cell.row]
    first = min((cell.row for cell in cells), default=0)
    last, top = _row(above, bottom), _row(cells, first)
    numbered = next((column for column, cell in header.items() if cell.text.strip() == "序号"), None)
    cut = numbered in top and not top[numbered].text.strip()
    for column in top.keys() & last.keys():
        cell, before = top[column], last[column]
        if cut and cell.rows == 1:
            before.text += cell.text
            cell.text = ""
            continue
        if not cell.text.strip() and max(cell.rows, before.rows) > 1:
            cell.text = before.text
        if cut:  # the rows below the one that ends here
            cell.row += 1
            cell.rows -= 1
    above += (replace(cell, row=cell.row + bottom + 1 - first) for cell in cells)


def _texts(row: dict[int, Cell]) -> list[str]:
    return [cell.text for _, cell in sorted(row.items())]


def _columns(cells: list[Cell]) -> int:
    return len({cell.column for cell in cells})


def _row(cells: list[Cell], row: int) -> dict[int, Cell]:
    return {cell.column: cell for cell in cells if cell.row <= row < cell.row + cell.rows}


def _joined(edges: list[Edge]) -> list[Edge]:
    """One edge for pieces that lie on the same line and touch."""
    joined: list[Edge] = []
    for horizontal in (True, False):
        own = [edge for edge in edges if edge.horizontal is horizontal]
        places = _distinct([edge.place for edge in own])
        moved = [replace(edge, place=places[bisect_right(places, edge.place) - 1]) for edge in own]
        for edge in sorted(moved, key=lambda edge: (edge.place, edge.start)):
            last = joined[-1] if joined else None
            same = last and (last.horizontal, last.place) == (horizontal, edge.place)
            if same and edge.start <= last.end + NEAR:
                joined[-1] = replace(last, end=max(last.end, edge.end))
            else:
                joined.append(edge)
    return joined


def _distinct(places: Iterable[float]) -> list[float]:
    """The places in order, the first one of those that are near one another."""
    found: list[float] = []
    before = None
    for place in sorted(places):
        if before is None or place - before > NEAR:
            found.append(place)
        before = place
    return found


def _that_meet(edges: list[Edge]) -> list[list[Edge]]:
    """Groups of lines that cross or touch, directly or by others."""
    upright = [edge for edge in edges if not edge.horizontal]
    places = [edge.place for edge in upright]
    group_of: dict[Edge, list[Edge]] = {edge: [edge] for edge in edges}
    for level in (edge for edge in edges if edge.horizontal):
        for other in upright[bisect_left(places, level.start - NEAR) : bisect_right(places, level.end + NEAR)]:
            mine, its = group_of[level], group_of[other]
            if mine is not its and other.start - NEAR <= level.place <= other.end + NEAR:
                mine, its = (mine, its) if len(mine) >= len(its) else (its, mine)
                mine += its
                group_of |= dict.fromkeys(its, mine)
    return list({id(group): group for group in group_of.values()}.values())


def _table(edges: list[Edge]) -> RuledTable | None:
    level = [edge for edge in edges if edge.horizontal]
    upright = [edge for edge in edges if not edge.horizontal]
    if not level or not upright:
        return None
    # a table that is open at its sides ends where its lines do
    rows = _distinct([edge.place for edge in level] + [min(e.start for e in upright), max(e.end for e in upright)])
    columns = _distinct([edge.place for edge in upright] + [min(e.start for e in level), max(e.end for e in level)])
    if (len(rows) - 1) * (len(columns) - 1) > MAX_BOXES:
        return None
    below, beside = _walls(level, rows, columns), _walls(upright, columns, rows)
    boxes: list[Box] = []
    at = [[-1] * (len(columns) - 1) for _ in rows[1:]]
    for row, squares in enumerate(at):
        for column, taken in enumerate(squares):
            if taken >= 0:
                continue
            right, end = column + 1, row + 1
            while right < len(squares) and (right, row) not in beside and squares[right] < 0:
                right += 1
            while end < len(at) and (end, column) not in below and at[end][column] < 0:
                end += 1
            for covered in at[row:end]:
                covered[column:right] = [len(boxes)] * (right - column)
            boxes.append(Box(row, column, end - row, right - column))
    return RuledTable(rows, columns, boxes, at) if len(boxes) > 1 else None


def _walls(edges: list[Edge], places: list[float], across: list[float]) -> set[tuple[int, int]]:
    """(place, square) where a line stands before a square: `places` are those of such lines, `across` parts squares."""
    walls = set()
    for edge in edges:
        place = bisect_right(places, edge.place) - 1
        for square, (start, end) in enumerate(pairwise(across)):
            if edge.start <= (start + end) / 2 <= edge.end:
                walls.add((place, square))
    return walls
