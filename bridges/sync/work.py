"""The rows and cells of a copy that need a decision, each with its verdict: what the rest of a pass works on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bridges.sync.cells import Choice, Right, Showing, Verdict, judge
from bridges.sync.messages import choice
from bridges.sync.model import OFFICE, OWN, Before, value_key
from bridges.sync.rows import Layout, Seen
from bridges.sync.values import Reading, plain, read
from bridges.table import CellKey, Column, Scalar, TableCell, TableRow, Value

After = Mapping[CellKey, TableCell]
"""Cells of the table that this pass changes, as they are after it."""


@dataclass
class Cell:
    """One cell with the verdict on it, which a contradiction elsewhere in the copy may still turn."""

    column: Column
    showing: Showing
    key: CellKey
    verdict: Verdict
    now: TableCell
    """The table's side after this pass."""

    @property
    def moved(self) -> bool:
        """The table has left the base of this cell, before this pass or by it."""
        return self.now.number == OWN or self.now.number > self.showing.number

    @property
    def own_candidate(self) -> str:
        """Key of the candidate that this cell was left showing, "" for none."""
        left = self.showing.left_as
        if left is None or not left.origin:
            return ""
        reading = self.showing.read(self.showing.left)
        return value_key(reading.value, not reading.trouble)

    @property
    def values(self) -> tuple[Scalar, Scalar, Scalar]:
        """Base, sheet, database as written, for the report."""
        showing = self.showing
        base = showing.base.written if showing.base else None
        return base, plain(showing.raw), showing.table.value.written


@dataclass
class Row:
    """A row of the copy at work. `id`: of the table row whose cells these are (for a twin: the row that it repeats);
    `table`: None when it left the view. `cells`: by place, those that need a decision."""

    seen: Seen
    id: str
    table: TableRow | None
    cells: dict[int, Cell] = field(default_factory=dict)

    def key(self, column: Column) -> CellKey:
        return (self.table.owner_of(column) if self.table else self.id), column.key

    @property
    def is_twin(self) -> bool:
        return self.seen.role == "twin"


def open_row(seen: Seen, before: Before, layout: Layout) -> Row:
    """Judge the cells of one row; those in step on both sides, and those of missing columns, are left out."""
    row_id = seen.twin_of or seen.id
    row = Row(seen, row_id, before.snapshot.rows.get(row_id))
    for i, column in enumerate(before.table.columns):
        if column.key in layout.letters and not _in_step(i, column, row):
            showing = _showing(i, column, row, before)
            row.cells[i] = Cell(column, showing, row.key(column), judge(showing), showing.table)
    return row


def _in_step(i: int, column: Column, row: Row) -> bool:
    """The cell shows what it was left showing, nothing waits in it, and the table has not moved since."""
    base = row.seen.base
    if base is None or row.seen.cells[i] != base.shown[i] or column.key in base.cells:
        return False
    return row.table is None or row.table.cell(column.key).number <= base.number


def left_value(column: Column, row: Row, i: int, year: int) -> Value | None:
    """The base of a cell: what it was left showing, unless it was left out of step; None in a row without base."""
    base = row.seen.base
    if base is None:
        return None
    if left_as := base.cells.get(column.key):
        return left_as.value
    reading = read(column, base.shown[i], year)
    return Value(reading.value.norm, plain(base.shown[i]))


def table_cell(column: Column, row: Row, i: int, year: int) -> TableCell:
    """The table's side of a cell; for a row that left the view, what the copy was last in step with."""
    if row.table:
        return row.table.cell(column.key)
    base = row.seen.base
    left_as = base.cells.get(column.key)
    return TableCell(left_value(column, row, i, year), left_as.number if left_as else base.number)


def _showing(i: int, column: Column, row: Row, before: Before) -> Showing:
    base, year = row.seen.base, before.table.year
    left_as = base.cells.get(column.key) if base else None
    key = row.key(column)

    def reading(raw: object) -> Reading:
        return read(column, raw, year)

    return Showing(
        column=column,
        raw=row.seen.cells[i],
        left=base.shown[i] if base else None,
        base=left_value(column, row, i, year),
        number=left_as.number if left_as else base.number if base else 0,
        left_as=left_as,
        table=table_cell(column, row, i, year),
        right=_right(column, row.table, before.holder),
        choice=_choice(column, row, before),
        confirmed=before.confirmed,
        known=lambda value: before.known.get((row.id, column.key, value)),
        open={candidate.key for candidate in before.candidates.get(key, ())},
        history=before.snapshot.history.get(key, ()),
        read=reading,
    )


def _choice(column: Column, row: Row, before: Before) -> Choice:
    """What the person chose for this row, or for this column of a sheet that is adopted."""
    base, note = row.seen.base, row.seen.at.note
    if base is None:
        return before.answers.get(column.key, "")
    return choice(note) if note != base.note else ""


def _right(column: Column, table: TableRow | None, holder: str) -> Right:
    if column.owner == "derived":
        return "none"
    if table is None or table.state != "active" or (column.owner == "office" and holder != OFFICE):
        return "propose"
    return "edit"
