"""Workbook → plain grids, through python-calamine behind the pre-scan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cached_property
from io import BytesIO
from math import isfinite

from python_calamine import CalamineError, CalamineWorkbook

from bridges.excel.address import Area, Position
from bridges.excel.errors import FileDamaged
from bridges.excel.prescan import Scan, prescan
from bridges.excel.sheetscan import SheetScan
from bridges.table import Odd, Raw

LARGEST_EXACT = 2**53
"""Whole numbers above this are not exact in a workbook."""
CellValue = str | float | bool | date | datetime | time | timedelta
"""What calamine gives for a cell; "" is blank."""


@dataclass(frozen=True)
class Grid:
    """One worksheet, hidden rows and columns included. `values[row - 1][column - 1]` as calamine gives them."""

    name: str
    values: Sequence[Sequence[CellValue]]
    scan: SheetScan

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
        picked = [values[column - 1] if column <= known else "" for column in columns]
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
    """All worksheets by name, in the order of the tabs. Raises a WorkbookRefused for what cannot be read safely."""
    scan: Scan = prescan(source)
    try:
        with CalamineWorkbook.from_filelike(BytesIO(source)) as book:
            return {
                name: Grid(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False), scan.sheets[name])
                for name in book.sheet_names
                if name in scan.package.sheets
            }
    except CalamineError as error:
        raise FileDamaged(where=str(error)) from error


def plain(value: CellValue, *, percent: bool = False) -> Raw:
    """A value as the sync engine knows it: ISO text for dates, "80%" for percentages, whole numbers as int."""
    match value:
        case bool():
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
