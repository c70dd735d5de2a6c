"""Workbook → plain grids, read by python-calamine behind the pre-scan, in a process of its own."""

import pickle
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from math import isfinite

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
CellValue = str | float | int | bool | date | datetime | time | timedelta
"""What calamine gives for a cell; "" is blank."""


@dataclass(frozen=True)
class Grid:
    """One worksheet, hidden rows and columns included. `values[row - 1][column - 1]` as calamine gives them."""

    name: str
    values: Sequence[Sequence[CellValue]]
    scan: SheetScan
    date1904: bool = False
    """Days are counted from 1904: what a number in a column of dates means."""

    @property
    def merged(self) -> Sequence[Area]:
        """Merged cells."""
        return self.scan.merged

    def cell(self, row: int, column: int) -> Raw:
        """One cell, counted from 1: formula and error cells as `Odd`, percentages and dates as text."""
        return self.row(row, (column,))[0]

    def row(self, row: int, columns: Sequence[int]) -> tuple[Raw, ...]:
        """Some cells of one row; blank beyond the grid."""
        values = self.values[row - 1] if row <= len(self.values) else ()
        known = len(values)
        picked = [values[column - 1] if 0 < column <= known else "" for column in columns]
        if row in self._odd_rows:
            return tuple(self._raw((row, column), value) for column, value in zip(columns, picked, strict=True))
        return tuple([(value or None) if value.__class__ is str else plain(value) for value in picked])

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


def read_grids(source: bytes) -> Mapping[str, Grid]:
    """All worksheets by name, in the order of the tabs, read in the sandbox; .xls and .csv too.

    Raises a WorkbookRefused for what cannot be read safely.
    """
    if kind_of(source) == "text":
        return {TEXT_SHEET: Grid(TEXT_SHEET, read_text_table(source), SheetScan({}, {}, frozenset(), ()))}
    *sheets, (_, date1904) = read_frames(source)
    return {name: _grid(name, dates, values, SheetScan(*found), date1904) for _, name, dates, values, found in sheets}


def _grid(name: str, dates: bytes, values: list[list[CellValue]], scan: SheetScan, date1904: bool) -> Grid:
    for row, column, value in pickle.loads(dates):  # noqa: S301 from our own worker
        values[row][column] = value
    return Grid(name, values, scan, date1904)


def plain(value: CellValue, *, percent: bool = False) -> Raw:
    """A value as the sync engine knows it: ISO text for dates, "80%" for percentages, whole numbers as int."""
    match value:
        case bool() | int():  # whole numbers: from .xls only
            return value
        case float() if not isfinite(value):
            return str(value)
        case float():
            if percent:
                return f"{(Decimal(repr(value)) * 100).normalize():f}%"
            return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else value
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(" ")
        case date() | time():
            return value.isoformat()
    return str(value)
