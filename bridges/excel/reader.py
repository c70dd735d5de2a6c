"""Workbook → plain grids, read by python-calamine behind the pre-scan, in a process of its own."""

import marshal
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite
from operator import itemgetter

from bridges.excel.address import Area, Position
from bridges.excel.magic import kind_of
from bridges.excel.sandbox import read_frames
from bridges.excel.sheetscan import SheetScan
from bridges.excel.textfile import read_text_table
from bridges.table import Odd, Raw

LARGEST_EXACT = 2**53
"""Whole numbers above this are not exact in a workbook."""
TEXT_SHEET = "表"
"""What a file of text has instead of a worksheet."""
CellValue = str | float | int | date | datetime | time | timedelta
"""What stands in a cell; "" is blank."""


@dataclass(frozen=True)
class Grid:
    """One worksheet, hidden rows and columns included. `packed`: its values, marshalled; `odd`: those that stand apart
    (see `worker.py`)."""

    name: str
    packed: bytes
    scan: SheetScan
    date1904: bool = False
    """Days are counted from 1904: what a number in a column of dates means."""
    odd: bytes = b""

    @cached_property
    def values(self) -> Sequence[Sequence[CellValue]]:
        """`values[row - 1][column - 1]` as calamine gives them, TRUE as its word; rows of equal length."""
        values = marshal.loads(self.packed)  # noqa: S302 from our own worker
        for row, column, value in pickle.loads(self.odd) if self.odd else ():  # noqa: S301 from our own worker
            values[row][column] = value
        return values

    def forget(self) -> None:
        """Values are unpacked anew when they are asked for again: many objects, and mostly nobody asks."""
        vars(self).pop("values", None)

    def count(self, text: str) -> int:
        """How often a text occurs in all the cells, told without a look at them."""
        return self.packed.count(text.encode()) + self.odd.count(text.encode())

    @property
    def merged(self) -> Sequence[Area]:
        """Merged cells."""
        return self.scan.merged

    def cell(self, row: int, column: int) -> Raw:
        """One cell, counted from 1: formula and error cells as `Odd`, percentages and dates as text."""
        return self.row(row, (column,))[0]

    def row(self, row: int, columns: Sequence[int]) -> tuple[Raw, ...]:
        """Some cells of one row; blank beyond the grid."""
        return next(self.rows((row,), columns))

    def rows(self, rows: Iterable[int], columns: Sequence[int]) -> Iterator[tuple[Raw, ...]]:
        """Some cells of many rows."""
        values, odd = self.values, self._odd_rows
        width = len(values[0]) if values else 0
        beyond = [""] * width
        pick = itemgetter(*(column - 1 if 0 < column <= width else width for column in columns), width)
        for row in rows:
            *picked, _ = pick((*(values[row - 1] if row <= len(values) else beyond), ""))
            if row in odd:
                yield tuple(self._raw((row, column), value) for column, value in zip(columns, picked, strict=True))
            else:
                yield tuple([(value or None) if value.__class__ is str else plain(value) for value in picked])

    @cached_property
    def _odd_rows(self) -> frozenset[int]:
        """Rows in which a value alone does not tell what the cell is."""
        scan = self.scan
        return frozenset(row for row, _ in (*scan.formulas, *scan.errors, *scan.percents))

    def _raw(self, at: Position, value: CellValue) -> Raw:
        if at in self.scan.formulas:
            return Odd("formula", "=" + self.scan.formulas[at])
        if at in self.scan.errors:
            return Odd("error", self.scan.errors[at])
        if isinstance(value, str):
            return value or None
        return plain(value, percent=at in self.scan.percents)


class Reading:
    """A workbook that is being read in the sandbox; .xls and .csv too. Raises a WorkbookRefused, at once or later, for
    what cannot be read safely.

    `stamps`: texts in it that look like one of our stamps, known before the rest is read.
    """

    def __init__(self, source: bytes) -> None:
        self._source, self._frames = source, read_frames(source)
        self._is_text = kind_of(source) == "text"
        self.stamps: Sequence[str] = () if self._is_text else next(self._frames)[1]

    @cached_property
    def grids(self) -> Mapping[str, Grid]:
        """All worksheets by name, in the order of the tabs."""
        if self._is_text:
            values = read_text_table(self._source)
            return {TEXT_SHEET: Grid(TEXT_SHEET, marshal.dumps(values), SheetScan({}, {}, frozenset(), ()))}
        frames, self._frames = self._frames, read_frames(self._source)  # after a refusal it is read anew
        *sheets, (_, date1904) = (frame for frame in frames if frame[0] != "stamps")
        return {name: Grid(name, packed, SheetScan(*found), date1904, odd) for _, name, packed, odd, found in sheets}


def read_grids(source: bytes) -> Mapping[str, Grid]:
    """All worksheets by name. Raises a WorkbookRefused for what cannot be read safely."""
    return Reading(source).grids


def plain(value: CellValue, *, percent: bool = False) -> Raw:
    """A value as the sync engine knows it: ISO text for dates, "80%" for percentages, whole numbers as int."""
    if value.__class__ is float:  # most often
        if not percent and value.is_integer():
            return int(value) if abs(value) < LARGEST_EXACT else value
        if not isfinite(value):
            return str(value)
        return f"{(Decimal(repr(value)) * 100).normalize():f}%" if percent else value
    match value:
        case int():  # whole numbers: from .xls only
            return value
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
    return str(value)
