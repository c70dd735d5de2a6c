"""A workbook of somebody's own that becomes a copy: two columns are added to the right of it, one of them hidden."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from bridges.excel.address import column_letters
from bridges.excel.copy import ExcelCopy
from bridges.excel.errors import SheetProtected, WorkbookIsCopy
from bridges.excel.locate import NOTE_HEADER, Found, Place
from bridges.excel.package import Package
from bridges.excel.patch import Edit
from bridges.excel.reader import Grid
from bridges.finding.sheet import width
from bridges.finding.tables import FoundTable
from bridges.ports import Changed
from bridges.sync.model import Refusals
from bridges.sync.plan import Plan
from bridges.table import Table

PROTECTED = re.compile(rb"""<(?:[^\s:<>/]+:)?sheetProtection\s[^>]*\bsheet\s*=\s*["'](?:1|true)["']""")


def place_columns(one: FoundTable, table: Table) -> Found:
    """The table with two columns of ours to be, right of everything that stands on its sheet."""
    grid = one.sheet
    free = max(width(grid), *(area[3] for area in grid.merged), 0) + 1
    columns = {column.key: one.fits[column.key].column for column in table.columns if column.key in one.fits}
    return Found(Place(grid, one.header.top, free + 1, ""), columns, free, table, one.header, one.last)


class AdoptedCopy(ExcelCopy):
    """The workbook at `path`, which has no stamp yet; `found` is set once it is known which of its tables is meant."""

    def __init__(self, path: Path, *, only_read: bool = False) -> None:
        super().__init__(path, only_read=only_read)
        self.found: Found | None = None

    def grids(self) -> tuple[Mapping[str, Grid], str]:
        """All its sheets, and the fingerprint of the file. Raises WorkbookIsCopy where there is a stamp already."""
        content = self._read()
        if content.place is not None:
            raise WorkbookIsCopy(name=self.path.name)
        return content.grids, content.fingerprint

    def check(self, plan: Plan, stamp: str, table: Table) -> Refusals:
        """Our two columns and what the plan writes, as they will be written. As `ExcelCopy.check`."""
        content = self._read()
        columns = {column.key: self.found.columns[column.key] for column in table.columns}
        found = replace(self.found, table=table, columns=columns)
        if content.fingerprint != plan.fingerprint:
            raise Changed
        sheet, row = found.place.grid.name, found.place.row
        book = Package.open(content.workbook)
        if PROTECTED.search(book.archive.read(book.sheet_part(sheet))):
            raise SheetProtected(sheet=sheet)
        heading = Edit(sheet, f"{column_letters(found.note)}{row}", NOTE_HEADER)
        return self._patch(content, found, plan, stamp, table, (heading,))
