"""A workbook as a `Copy` of the sync engine: read through calamine, written by the patcher in one atomic replace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bridges.excel.address import column_letters
from bridges.excel.cellxml import Value
from bridges.excel.disk import fingerprint, put_workbook, read_workbook, refuse_if_locked, replace_workbook
from bridges.excel.errors import FileChanged, FileLocked, TableMissing, WorkbookRefused
from bridges.excel.export import export_workbook
from bridges.excel.layout import cell_value, layout_of
from bridges.excel.locate import Found, Place, data_rows, find_columns, find_place, last_filled_row
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import Grid, read_grids
from bridges.ports import Busy, Changed
from bridges.sync.model import CopyRow, CopySnapshot
from bridges.sync.plan import AppendRow, Plan
from bridges.table import Table


@dataclass(frozen=True)
class _Content:
    """One content of the file, read once."""

    source: bytes
    fingerprint: str
    grids: Mapping[str, Grid]
    place: Place | None


class ExcelCopy:
    """The workbook at `path`. Its original is kept as `name.bak` whenever it is written."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()  # a link stays a link: what it points to is replaced
        self._content: _Content | None = None
        self._patched: tuple[Plan, bytes] | None = None

    def stamp(self) -> str:
        """Text of the header cell of the hidden id column, "" where there is none.

        Raises Busy while another program has the file open, a WorkbookRefused for what cannot be read.
        """
        place = self._read().place
        return place.stamp if place else ""

    def read(self, table: Table) -> CopySnapshot:
        """The table as it stands in the workbook, wherever its sheet, header row and columns were moved."""
        content = self._read()
        if not any(any(value != "" for value in row) for grid in content.grids.values() for row in grid.values):
            return CopySnapshot((), (), "", content.fingerprint, trouble="empty")
        if content.place is None:
            return CopySnapshot((), (), "", content.fingerprint, trouble="no_id_column")
        found = find_columns(content.place, table)
        if not found.columns:
            return CopySnapshot((), (), content.place.stamp, content.fingerprint, trouble="no_header")
        rows = tuple(CopyRow(str(number), id_, cells, note) for number, id_, cells, note in data_rows(found))
        return CopySnapshot(
            columns=tuple((key, column_letters(column)) for key, column in found.columns.items()),
            rows=rows,
            stamp=content.place.stamp,
            fingerprint=content.fingerprint,
            appendable=last_filled_row(content.place.grid) <= _last_row(content.place, rows),
            note_at=column_letters(found.note),
            id_at=column_letters(content.place.column),
        )

    def check(self, plan: Plan, stamp: str, table: Table) -> None:
        """Values, messages, new rows and the stamp as they will be written.

        Raises Changed when the file is no longer as the plan saw it, Busy when it cannot be written, a
        WorkbookRefused when a cell cannot be changed without loss.
        """
        content = self._read()
        if content.fingerprint != plan.fingerprint:
            raise Changed
        if content.place is None:
            raise TableMissing
        edits = _edits(find_columns(content.place, table), plan, stamp, table)
        self._patched = plan, patch(content.source, list(edits))

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        """What `check` made, in one write; gives the new fingerprint. Raises as `check` does."""
        if self._patched is None or self._patched[0] is not plan:
            self.check(plan, stamp, table)
        written = self._patched[1]
        try:
            replace_workbook(self.path, written, plan.fingerprint)
        except FileChanged as change:
            raise Changed from change
        except WorkbookRefused as refusal:  # opened, moved or made read-only since, or the disk is full
            raise Busy(refusal.message) from refusal
        return fingerprint(written)

    def create(self, plan: Plan, stamp: str, table: Table) -> str:
        """A new workbook with the rows of the plan; gives its fingerprint. What stood there is kept beside it."""
        written = export_workbook(layout_of(table, plan, stamp))
        put_workbook(self.path, written)
        return fingerprint(written)

    def _read(self) -> _Content:
        try:
            refuse_if_locked(self.path)
        except FileLocked as lock:
            raise Busy(lock.message) from lock
        source = read_workbook(self.path)
        mark = fingerprint(source)
        if self._content is None or self._content.fingerprint != mark:
            grids = read_grids(source)
            self._content = _Content(source, mark, grids, find_place(grids))
        return self._content


def _last_row(place: Place, rows: tuple[CopyRow, ...]) -> int:
    return int(rows[-1].at) if rows else place.row


def _edits(found: Found, plan: Plan, stamp: str, table: Table) -> Iterator[Edit]:
    """The plan's writes as edits of cells."""
    sheet, place = found.place.grid.name, found.place
    kinds = {column.key: column.kind for column in table.columns}
    yield Edit(sheet, f"{column_letters(place.column)}{place.row}", stamp)
    for write in plan.writes.cells:
        yield Edit(sheet, write.at, cell_value(write.value, kinds.get(write.field, "text")), over_formula=True)
    last = max((number for number, *_ in data_rows(found)), default=place.row)
    for number, row in enumerate(plan.writes.rows, last + 1):
        for column, value in _appended(found, row, table):
            yield Edit(sheet, f"{column_letters(column)}{number}", value)


def _appended(found: Found, row: AppendRow, table: Table) -> Iterator[tuple[int, Value]]:
    """(column, value) of a new row; blanks too, so that each cell gets the look of the one above."""
    yield found.place.column, row.id
    if found.note:
        yield found.note, row.note or None
    for column, value in zip(table.columns, row.cells, strict=True):
        if column.key in found.columns:
            yield found.columns[column.key], cell_value(value, column.kind)
