"""Workbooks on disk as people and dying processes treat them, for histories (`tests.support.histories`)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bridges.excel.copy import ExcelCopy
from bridges.excel.locate import data_rows, find_columns, find_place
from bridges.excel.reader import read_grids
from bridges.sync.plan import Plan
from bridges.table import Raw, Table

TODAY = date(2024, 7, 1)
UNITS = ("甲处", "乙处", "丙处")
TEXTS = ("title", "text", "progress", "evidence", "note", "deadline", "quota")
OWN, NOTE, FIRST = "自留", "同步提示", "zwgk1 "
CONFIRMED = frozenset({"rows_missing", "ids_slid"})


class Crash(Exception):
    """The process died at this point."""


def clock() -> datetime:
    return datetime(2024, 7, 1, 9, tzinfo=UTC)


class DyingCopy(ExcelCopy):
    """A workbook whose writer dies before the file is replaced, or just after it."""

    when = ""

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        if self.when == "before":
            raise Crash
        fingerprint = super().write(plan, stamp, table)
        if self.when == "after":
            raise Crash
        return fingerprint


@dataclass
class Line:
    """One line of a workbook; `own` names it for us, in a column of the person's own."""

    number: int
    own: str
    id: str
    cells: dict[str, Raw]
    note: str


@dataclass
class File:
    """A workbook: its lines as left by the last write, and as the engine last read them."""

    path: Path
    holder: str
    left: dict[str, Line] = field(default_factory=dict)
    last: dict[str, Line] = field(default_factory=dict)

    @contextmanager
    def open(self) -> Iterator[tuple[Worksheet, int, dict[str, int]]]:
        """The sheet in openpyxl (a person's program), its header row and columns by header; saved afterwards."""
        book = load_workbook(self.path)
        sheet = book.active
        head = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith(FIRST))
        columns = {c.value: c.column for c in sheet[head.row] if c.value} | {"": head.column}
        yield sheet, head.row, columns
        book.save(self.path)

    def lines(self, table: Table) -> list[Line]:
        """What stands in the file, as a person reads it."""
        place = find_place(read_grids(self.path.read_bytes()))
        found, headers = find_columns(place, table), list(place.grid.values[place.row - 1])
        own = headers.index(OWN) + 1
        return [
            Line(
                number, str(place.grid.cell(number, own) or ""), id_, dict(zip(found.columns, cells, strict=True)), note
            )
            for number, id_, cells, note in data_rows(found)
        ]

    def save_as(self, path: Path) -> "File":
        shutil.copy(self.path, path)
        return File(path, self.holder, dict(self.left), dict(self.last))
