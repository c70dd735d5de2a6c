"""A worksheet as plain values, whatever file it came from, and what merged cells show."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

Area = tuple[int, int, int, int]
"""First row, first column, last row, last column; all inside, counted from 1."""


class Sheet(Protocol):
    """One worksheet: `values[row - 1][column - 1]`, "" or None where blank; rows may differ in length."""

    @property
    def name(self) -> str: ...

    @property
    def values(self) -> Sequence[Sequence[Any]]: ...

    @property
    def merged(self) -> Sequence[Area]: ...


def value_at(sheet: Sheet, row: int, column: int) -> Any:
    """What is stored in a cell; None beyond the sheet and where it is blank."""
    if not 0 < row <= len(sheet.values) or not 0 < column <= len(sheet.values[row - 1]):
        return None
    value = sheet.values[row - 1][column - 1]
    return None if value == "" else value


def text_at(sheet: Sheet, row: int, column: int) -> str:
    """The text of a cell, "" where there is none; numbers and dates are no text."""
    value = value_at(sheet, row, column)
    return value.strip() if isinstance(value, str) else ""


def merged_at(sheet: Sheet, row: int) -> Mapping[int, Area]:
    """Column → the merged area over it, for one row."""
    last = width(sheet)
    over = (area for area in sheet.merged if area[0] <= row <= area[2])
    return {column: area for area in over for column in range(area[1], min(area[3], last) + 1)}


def width(sheet: Sheet) -> int:
    """The last column in which anything stands."""
    return max(map(len, sheet.values), default=0)
