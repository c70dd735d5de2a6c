"""Workbooks on disk as people and dying processes treat them, for histories (`tests.support.histories`)."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from bridges.excel.copy import ExcelCopy
from bridges.excel.reader import read_grids
from bridges.sync.plan import Plan
from bridges.table import Raw, Table

TEXT = """2024年示例机关政务公开工作要点
一、信息公开
(一)做好目录编制。编制并公布目录,于3月31日前向社会公开。(责任单位:甲处、乙处)
(二)邀请公众代表列席会议。年内邀请公众代表列席本单位会议不少于4次。(责任单位:乙处)
(三)优化专栏。持续优化专栏设置。
(四)做好解读。做好政策解读。(责任单位:丙处)
(五)做好培训。组织培训。(责任单位:丙处)
"""
RECURRING = TEXT.replace("组织培训。(责任单位:丙处)", "每月25日前组织培训。(责任单位:甲处、丙处)")
"""The same, but the last task comes back each month."""
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


@dataclass(frozen=True)
class Line:
    """One line of a workbook; `own` names it for us, in a column of the person's own."""

    number: int
    own: str
    id: str
    cells: dict[str, Raw]
    note: str


@dataclass
class File:
    """A workbook: its lines as left by the last write, and as the engine last read them. `read`, `opened`: a content of
    the file with its lines, and with the workbook that a person's program made of it, kept as long as it stands."""

    path: Path
    holder: str
    left: dict[str, Line] = field(default_factory=dict)
    last: dict[str, Line] = field(default_factory=dict)
    read: tuple[bytes, list[Line]] = (b"", [])
    opened: tuple[bytes, Workbook | None] = (b"", None)

    @contextmanager
    def open(self) -> Iterator[tuple[Worksheet, int, dict[str, int]]]:
        """The sheet in openpyxl (a person's program), its header row and columns by header; saved afterwards."""
        content, book = self.opened
        if content != self.path.read_bytes():
            book = load_workbook(self.path)
        sheet = book.active
        head = next(c for row in sheet.iter_rows() for c in row if str(c.value).startswith(FIRST))
        columns = {c.value: c.column for c in sheet[head.row] if c.value} | {"": head.column}
        yield sheet, head.row, columns
        book.save(self.path)
        self.opened = self.path.read_bytes(), book

    def lines(self, table: Table) -> list[Line]:
        """What stands in the file, as a person reads it."""
        content = self.path.read_bytes()
        if content != self.read[0]:
            self.read = content, list(_lines(content, table))
        return self.read[1]

    def save_as(self, path: Path) -> "File":
        shutil.copy(self.path, path)
        return File(path, self.holder, dict(self.left), dict(self.last))


def _lines(content: bytes, table: Table) -> Iterator[Line]:
    """Found by the stamp and the headers as we wrote them, without the product's finding of tables."""
    grid, head = next(
        (grid, number)
        for grid in read_grids(content).values()
        for number, row in enumerate(grid.values, 1)
        if any(str(value).startswith(FIRST) for value in row)
    )
    at = {("" if str(value).startswith(FIRST) else value): n for n, value in enumerate(grid.values[head - 1], 1)}
    ours = {column.key: at[column.header] for column in table.columns}
    for number in range(head + 1, len(grid.values) + 1):
        id_, own, note, *cells = grid.row(number, (at[""], at.get(OWN, 0), at[NOTE], *ours.values()))
        if id_ or any(cell is not None for cell in cells):
            yield Line(number, own or "", id_ or "", dict(zip(ours, cells, strict=True)), note or "")
