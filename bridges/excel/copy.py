"""A workbook as a `Copy` of the sync engine: read through calamine, written by the patcher in one atomic replace."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bridges.excel.address import address, column_letters, position
from bridges.excel.cellxml import Value
from bridges.excel.convert import as_workbook
from bridges.excel.disk import (
    fingerprint,
    put_workbook,
    read_workbook,
    refuse_if_locked,
    replace_workbook,
    write_atomically,
)
from bridges.excel.errors import EditRefused, FileChanged, FileLocked, NewFileExists, TableMissing, WorkbookRefused
from bridges.excel.export import Layout, export_workbook
from bridges.excel.layout import cell_value, layout_of
from bridges.excel.locate import Found, Place, as_text, data_rows, find_columns, find_place, last_filled_row
from bridges.excel.magic import kind_of
from bridges.excel.patch import Edit, Patched, patch_what_can_be
from bridges.excel.reader import Grid, Reading
from bridges.finding.headers import header_at
from bridges.finding.tables import merged_down
from bridges.ports import Busy, Changed
from bridges.sync.model import ID, CopyRow, CopySnapshot, Refusals
from bridges.sync.plan import AppendRow, CellWrite, Plan
from bridges.sync.values import clean
from bridges.table import Table


@dataclass
class _Content:
    """One content of the file, read once."""

    source: bytes
    fingerprint: str
    reading: Reading
    found: tuple[Table, Found] | None = None

    @property
    def stamp(self) -> str:
        return self.place.stamp if self.place else ""

    @property
    def early_stamp(self) -> str:
        """Told before the rest is read where one text looks like a stamp; it may turn out to stand elsewhere."""
        likely = self.reading.stamps
        return likely[0] if len(likely) == 1 and "grids" not in vars(self.reading) else self.stamp

    @property
    def grids(self) -> Mapping[str, Grid]:
        return self.reading.grids

    @cached_property
    def place(self) -> Place | None:
        return find_place(self.grids)

    def columns(self, table: Table) -> Found:
        """Where the table's columns stand; looked for once."""
        if self.found is None or self.found[0] != table:
            self.found = table, find_columns(self.place, table)
        return self.found[1]

    @property
    def in_place(self) -> bool:
        """The file itself can be written; .xls and .csv cannot."""
        return kind_of(self.source) == "xlsx"

    @cached_property
    def workbook(self) -> bytes:
        """The file as a workbook that can be written."""
        return self.source if self.in_place else as_workbook(self.grids)


class ExcelCopy:
    """The workbook at `path`. Its original is kept as `name.bak` whenever it is written. `lay_out`: from the table, a
    first pass and its stamp, how a new one is set out. `only_read`: it is never written, so nobody's lock matters."""

    def __init__(
        self, path: Path, lay_out: Callable[[Table, Plan, str], Layout] = layout_of, *, only_read: bool = False
    ) -> None:
        self.path = path.resolve()  # a link stays a link: what it points to is replaced
        self._lay_out, self._only_read = lay_out, only_read
        self._content: _Content | None = None
        self._patched: tuple[Plan, bytes] | None = None

    @property
    def target(self) -> Path:
        """What is written: the file itself, or a workbook beside a file that cannot be (.xls, .csv)."""
        return self.path if self._read().in_place else self.path.with_suffix(".xlsx")

    def fingerprint(self) -> str:
        """Of the file as it stands.

        Raises Busy while another program has the file open, a WorkbookRefused for what cannot be read.
        """
        return fingerprint(self._source())

    def stamp(self) -> str:
        """Text of the header cell of the hidden id column, "" where there is none. Mostly known before the rest of the
        file is read, which goes on meanwhile.

        Raises Busy while another program has the file open, a WorkbookRefused for what cannot be read.
        """
        return self._read().early_stamp

    def read(self, table: Table) -> CopySnapshot:
        """The table as it stands in the workbook, wherever its sheet, header row and columns were moved.

        Raises Busy and a WorkbookRefused as `stamp` does.
        """
        content = self._read()
        if not any(any(value != "" for value in row) for grid in content.grids.values() for row in grid.values):
            return CopySnapshot((), (), "", content.fingerprint, trouble="empty")
        if content.place is None:
            return CopySnapshot((), (), "", content.fingerprint, trouble="no_id_column")
        found = content.columns(table)
        if not found.columns:
            return CopySnapshot((), (), content.place.stamp, content.fingerprint, trouble="no_header")
        rows = tuple([CopyRow(str(number), id_, cells, note) for number, id_, cells, note in data_rows(found)])
        snapshot = CopySnapshot(
            columns=tuple((key, column_letters(column)) for key, column in found.columns.items()),
            rows=rows,
            stamp=content.place.stamp,
            fingerprint=content.fingerprint,
            appendable=last_filled_row(content.place.grid) <= _last_row(found, rows),
            note_at=column_letters(found.note),
            id_at=column_letters(content.place.column),
        )
        content.place.grid.forget()
        return snapshot

    def texts_below(self, header: str) -> dict[str, str] | None:
        """What stands in a column, one of the person's own too: `CopyRow.at` → text; None where no column has this
        header, or more than one."""
        place = self._read().place
        headings = header_at(place.grid, place.row, skip=(place.column,)).headings if place else ()
        columns = [one.column for one in headings if one.shown == clean(header)]
        if len(columns) != 1:
            return None
        (column,), tops = columns, merged_down(place.grid.merged)
        numbers = range(place.row + 1, len(place.grid.values) + 1)
        return {str(n): as_text(place.grid.cell(tops.get(n, {}).get(column, n), column)) for n in numbers}

    def check(self, plan: Plan, stamp: str, table: Table) -> Refusals:
        """Values, messages, new rows and the stamp as they will be written; gives what cannot be written without loss.

        Raises Changed when the file is no longer as the plan saw it, Busy when it cannot be written, a
        WorkbookRefused when it cannot be changed at all, or the cell of the stamp or of an id cannot.
        """
        content = self._read()
        if content.fingerprint != plan.fingerprint:
            raise Changed
        if content.place is None:
            raise TableMissing
        return self._patch(content, content.columns(table), plan, stamp, table)

    def _patch(
        self, content: _Content, found: Found, plan: Plan, stamp: str, table: Table, more: Sequence[Edit] = ()
    ) -> Refusals:
        self._refuse_to_overwrite()
        stamped, *edits = edits_of(found, plan, stamp, table)
        hide = {found.place.grid.name: [found.place.column]} if more or not content.in_place else {}
        return self._keep(plan, stamped, patch_what_can_be(content.workbook, (stamped, *more, *edits), hide))

    def _refuse_to_overwrite(self) -> None:
        """What stands beside an old file is not ours to replace: it may hold what nobody has read yet."""
        if self.target != self.path and self.target.exists():
            raise NewFileExists(old=self.path.name, new=self.target.name)

    def _keep(self, plan: Plan, stamped: Edit, done: Patched) -> Refusals:
        """What `write` will put, where nothing was refused."""
        refusals = _refusals(plan, stamped, done.refused)
        self._patched = None if refusals else (plan, done.content)
        return refusals

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        """What `check` made, in one write; gives the new fingerprint. Raises as `check` does."""
        if (self._patched is None or self._patched[0] is not plan) and self.check(plan, stamp, table):
            raise Changed
        written = self._patched[1]
        try:
            self._put(written, plan.fingerprint)
        except FileChanged as change:
            raise Changed from change
        except WorkbookRefused as refusal:  # opened, moved or made read-only since, or the disk is full
            raise Busy(refusal.message) from refusal
        return fingerprint(written)

    def _put(self, content: bytes, read: str) -> None:
        target = self.target
        if target == self.path:
            replace_workbook(self.path, content, read)
        elif fingerprint(read_workbook(self.path)) != read:
            raise FileChanged(name=self.path.name)
        else:
            self._refuse_to_overwrite()
            write_atomically(target, content)

    def create(self, plan: Plan, stamp: str, table: Table) -> str:
        """A new workbook with the rows of the plan; gives its fingerprint. What stood there is kept beside it."""
        written = export_workbook(self._lay_out(table, plan, stamp))
        put_workbook(self.path, written)
        return fingerprint(written)

    def _source(self) -> bytes:
        self._refuse_if_locked()
        return read_workbook(self.path)

    def _read(self) -> _Content:
        source = self._source()
        mark = fingerprint(source)
        if self._content is None or self._content.fingerprint != mark:
            self._content = _Content(source, mark, Reading(source))
        return self._content

    def _refuse_if_locked(self) -> None:
        try:
            if not self._only_read:
                refuse_if_locked(self.path)
        except FileLocked as lock:
            raise Busy(lock.message) from lock


def _last_row(found: Found, rows: tuple[CopyRow, ...]) -> int:
    return int(rows[-1].at) if rows else found.header.bottom


def _refusals(plan: Plan, stamped: Edit, refused: Sequence[EditRefused]) -> Refusals:
    """As the engine wants to know them. Raises the refusal of a stamp or an id: nothing goes without these."""
    fields = {write.at: write.field for write in plan.writes.cells} | {stamped.ref: ID}
    for refusal in refused:
        if fields.get(refusal.at) == ID:
            raise refusal
    of_rows = (refusal.message for refusal in refused if refusal.at not in fields)
    return Refusals({one.at: one.message for one in refused if one.at in fields}, next(of_rows, ""))


def edits_of(found: Found, plan: Plan, stamp: str, table: Table) -> Iterator[Edit]:
    """The stamp, and the plan's writes, as edits of cells."""
    sheet, place = found.place.grid.name, found.place
    kinds = {column.key: column.kind for column in table.columns}
    yield Edit(sheet, f"{column_letters(place.column)}{place.row}", stamp)
    for write in _seen_writes(found.place.grid, plan):
        yield Edit(sheet, write.at, cell_value(write.value, kinds.get(write.field, "text")), over_formula=True)
    if not plan.writes.rows:
        return  # to look for the last row takes a tenth of the pass
    last = max((number for number, *_ in data_rows(found)), default=found.header.bottom)
    for number, row in enumerate(plan.writes.rows, last + 1):
        for column, value in _appended(found, row, table):
            yield Edit(sheet, f"{column_letters(column)}{number}", value)


def _seen_writes(grid: Grid, plan: Plan) -> Iterator[CellWrite]:
    """Without those in cells that are merged into one above them which shows the same value, or will."""
    covered, values = merged_down(grid.merged), {write.at: write.value for write in plan.writes.cells}
    for write in plan.writes.cells:
        row, column = position(write.at)
        top = covered.get(row, {}).get(column)
        above = address(top, column) if top else ""
        if not top or write.value != values.get(above, grid.cell(top, column)):
            yield write


def _appended(found: Found, row: AppendRow, table: Table) -> Iterator[tuple[int, Value]]:
    """(column, value) of a new row; blanks too, so that each cell gets the look of the one above."""
    yield found.place.column, row.id
    if found.note:
        yield found.note, row.note or None
    for column, value in zip(table.columns, row.cells, strict=True):
        if column.key in found.columns:
            yield found.columns[column.key], cell_value(value, column.kind)
