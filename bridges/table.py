"""What a table is, seen from a sheet: columns, values and rows. Pure data, no I/O.

A plan's occurrences, one unit's share of them, a register: each declares a `Table` and hands the sync engine its
rows (`sync.base.Rows`). Nothing here knows where the rows are kept or what a sheet is made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

Kind = Literal["text", "status", "date", "number", "percent", "units"]
Owner = Literal["office", "unit", "derived"]
BlankRule = Literal["clear", "keep"]
RowState = Literal["active", "cancelled", "left"]
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that holds no plain value: a formula (cached value or not) or an error value such as #REF!."""

    kind: Literal["formula", "error"]
    text: str


Raw = Scalar | Odd
"""One cell as an adapter reads it: None = blank; dates as ISO text (2024-06-30); a number in a cell formatted as per
cent as text ("80%"); everything else as the sheet has it. Writing a `Scalar` and reading it again must give an equal
one: adapters are tested for that, and the fast path rests on it."""


class Value(NamedTuple):
    """A value twice: `norm` is compared (status normal form, ISO date, number, sorted units joined by 、, text with
    plain line ends), `written` is stored and written back."""

    norm: Scalar
    written: Scalar


BLANK = Value(None, None)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `blank`: what an emptied cell means, `clear` the value or `keep` it (清空 typed in a keep cell clears it).
    `words`: for status columns, written word → normal form (`in_progress`, or `in_progress+behind` for 滞后: the
    flags of a state follow a plus sign). For units columns, written name → the unit's one name, and then a name that
    is not among them is refused; empty = any name will do. Keys as `sync.values.clean` leaves them.
    `shared`: the kind of thing that a cell belongs to when several rows show the same one ("task" for a title that
    stands in each row of the task); empty = the cell belongs to its row. `required`: a line typed into the sheet
    without it is not a row of the table (a signature below it, a note), and nothing clears it. `unset`: the normal
    form of a cell that nobody ever filled in (未启动), which a sheet that is adopted may replace without asking.
    """

    key: str
    header: str
    kind: Kind = "text"
    owner: Owner = "unit"
    blank: BlankRule = "clear"
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    shared: str = ""
    required: bool = False
    unset: Scalar = None


@dataclass(frozen=True)
class Table:
    """The declaration of a table. `year` completes dates typed without one; `accepts_rows`: a row typed by the office
    becomes a row of the table."""

    key: str
    title: str
    columns: tuple[Column, ...]
    year: int
    accepts_rows: bool = True


def headed(table: Table, headers: Mapping[str, str]) -> Table:
    """A table with only these columns (key → header), as one copy has it; without any, as it is.

    Such a copy takes new rows only where it has all that a row needs.
    """
    if not headers:
        return table
    columns = (
        replace(column, header=headers[column.key], aliases=(column.header, *column.aliases))
        for column in table.columns
        if column.key in headers
    )
    complete = all(column.key in headers for column in table.columns if column.required)
    return replace(table, columns=tuple(columns), accepts_rows=table.accepts_rows and complete)


class TableCell(NamedTuple):
    """A value and its history number: the number of the last change of this cell, 0 = never set.

    Numbers grow over the whole table, so that a larger one is always a later change. Equal values with different
    numbers are different states (a→c→a is a change).
    """

    value: Value
    number: int


NEVER = TableCell(BLANK, 0)


@dataclass(frozen=True)
class TableRow:
    """One row of the table as one holder sees it.

    `number` is the largest number among its cells; `cells` may leave out blank ones that were never set, and may be
    a lazy mapping (an unchanged row is never asked for its cells). `things`: for each `Column.shared` the id of the
    thing that this row shows ({"task": "t12"}).
    """

    id: str
    number: int
    cells: Mapping[str, TableCell]
    things: Mapping[str, str] = field(default_factory=dict)
    state: RowState = "active"

    def cell(self, key: str) -> TableCell:
        """The cell of a column; `NEVER` where nothing was ever set."""
        return self.cells.get(key, NEVER)

    def owner_of(self, column: Column) -> str:
        """The id of what a cell belongs to: the row itself, or the thing that several rows share."""
        return self.things.get(column.shared, self.id) if column.shared else self.id


class Held(NamedTuple):
    """A value that a cell of the table held, and the number of the change that put it there."""

    number: int
    value: Value


CellKey = tuple[str, str]
"""(owner id, column key): the one address of a cell of the table, however many rows show it."""
