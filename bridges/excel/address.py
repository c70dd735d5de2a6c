"""Addresses of cells: `C7` ↔ (7, 3). Rows and columns count from 1, as in the file."""

import re

from bridges.excel.errors import BadAddress

MAX_ROW, MAX_COLUMN = 1_048_576, 16_384
ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")

Position = tuple[int, int]
Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; all inside."""


def column_number(letters: str) -> int:
    """`A` → 1, `AA` → 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 → `A`, 27 → `AA`."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def address(row: int, column: int) -> str:
    """(7, 3) → `C7`."""
    return f"{column_letters(column)}{row}"


def position(ref: str) -> Position:
    """`C7` → (7, 3). Raises BadAddress for everything that is no cell of a sheet."""
    found = ADDRESS.fullmatch(ref)
    if found is None:
        raise BadAddress(at=ref)
    row, column = int(found[2]), column_number(found[1])
    if row > MAX_ROW or column > MAX_COLUMN:
        raise BadAddress(at=ref)
    return row, column


def area(ref: str) -> Area:
    """`A1:C3` or `A1` → its corners. Raises BadAddress."""
    first, _, last = ref.replace("$", "").partition(":")
    top, left = position(first)
    bottom, right = position(last or first)
    return top, left, bottom, right


def inside(cell: Position, where: Area) -> bool:
    """Is the cell in the area?"""
    top, left, bottom, right = where
    return top <= cell[0] <= bottom and left <= cell[1] <= right
