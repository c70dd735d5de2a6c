"""A table as plain text, the same from every kind of file.

A line for each row, tabs between its cells, as many in every row; line ends inside a cell become a blank. A cell that
covers several rows is repeated in each of them; one that covers several columns stands in the first, and the others
are empty. A row with text in its first cell only (a title, a heading across the table) is that text without tabs.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from core.documents.errors import DocumentTooLong

MAX_BOX = 500_000
"""Rows times columns of one table."""
_INNER_SPACE = re.compile(r"[ \t]*[\t\n][ \t\n]*")


@dataclass(slots=True)
class Cell:
    """Text at the place of its first row and column (counted from 0), and how many rows it covers."""

    row: int
    column: int
    text: str
    rows: int = 1


def table_lines(cells: Iterable[Cell]) -> list[str]:
    """The lines of one table; rows and columns without text are left out. Raises DocumentTooLong.

    A table of a single column is a frame around ordinary text: its lines stay as they are.
    """
    written = [cell for cell in cells if cell.text.strip()]
    height = max((cell.row + 1 for cell in written), default=0)
    columns = sorted({cell.column for cell in written})
    if height * len(columns) > MAX_BOX:
        raise DocumentTooLong(what="单元格", limit=f"{MAX_BOX // 10_000} 万个")
    if len(columns) == 1:
        return [line for cell in sorted(written, key=lambda cell: cell.row) for line in cell.text.split("\n")]
    place = {column: number for number, column in enumerate(columns)}
    grid = [[""] * len(columns) for _ in range(height)]
    for cell in written:
        text = _INNER_SPACE.sub(" ", cell.text.strip())
        for row in grid[cell.row : cell.row + cell.rows]:
            row[place[cell.column]] = text
    said = sorted({cell.row for cell in written})
    return ["\t".join(grid[row] if any(grid[row][1:]) else grid[row][:1]) for row in said]
