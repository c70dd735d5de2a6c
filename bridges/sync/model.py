"""What goes into a sync pass (`CopySnapshot`, `Before`) and what is kept from one to the next (`BaseRow`, …).

Plain and frozen. What is kept has `as_json`/`from_json`, so that a store can be a dumb place; the rows of a base are
packed by `base.py`. What comes out of a pass is in `plan.py`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from bridges.table import BLANK, CellKey, Held, Raw, RowState, Table, Value

if TYPE_CHECKING:
    from bridges.sync.base import Base, Rows

OWN = -1
"""In a Plan, in place of a history number: the number that this pass's own change of that cell gets at commit."""

ID, NOTE = "#id", "#note"
"""In place of a column key in a `CellWrite`: the hidden id column, and 同步提示."""

OFFICE = "office"
"""The holder of a master copy; any other holder is the id of the unit whose copy it is."""

JSON = dict[str, Any]
Fate = Literal["taken", "candidate", "proposed", "refused"]
RowKind = Literal["row", "spare", "proposed"]


# ---------------------------------------------------------------- what comes in


@dataclass(frozen=True)
class Refusals:
    """What an adapter cannot write without loss, found when it tried (`ports.Copy.check`): the pass is planned again
    around it. `cells`: address ("C7") → why; `rows`: why no row can be added below the last one, "" where it can."""

    cells: Mapping[str, str] = field(default_factory=dict)
    rows: str = ""

    def __bool__(self) -> bool:
        return bool(self.cells or self.rows)

    def __or__(self, other: "Refusals") -> "Refusals":
        return Refusals({**self.cells, **other.cells}, self.rows or other.rows)


@dataclass(frozen=True, slots=True)
class CopyRow:
    """One row of a copy. `at`: its part of an address ("7"). `id`: text of the id cell, "" where blank. `cells`: in the
    order of the snapshot's columns. `note`: text of the 同步提示 cell. `original`: an adapter's hint which of several
    rows with one id is the first one."""

    at: str
    id: str
    cells: tuple[Raw, ...]
    note: str = ""
    original: bool = False


@dataclass(frozen=True)
class CopySnapshot:
    """What an adapter read. Wholly blank rows, section rows and subtotals are not among `rows`.

    `columns`: (column key, address part such as "C") of each of our columns that was found, in any order.
    `stamp`: text of the header cell of the id column ("" = none). `fingerprint`: of the file or tab as read.
    `appendable`: nothing stands below the last data row. `trouble`: why the table could not be found, if so.
    """

    columns: tuple[tuple[str, str], ...]
    rows: tuple[CopyRow, ...]
    stamp: str
    fingerprint: str
    appendable: bool = True
    trouble: Literal["", "empty", "no_header", "no_id_column"] = ""
    note_at: str = ""
    id_at: str = ""
    refusals: Refusals = Refusals()


# ---------------------------------------------------------------- what is kept


@dataclass(frozen=True)
class BaseCell:
    """A cell of a copy that is *not* simply in step with the table.

    `state`: `candidate` (an open conflict: the cell shows a candidate), `invalid` (it shows what was not understood),
    `held` (the column was not in the file when the table moved), `refused` (it cannot be written, as it is hidden by a
    merge or part of an array formula; `told` is what it should show, and has not been seen). `value` and `number`: the
    base, on which table and copy last agreed. `told` and `told_number`: the table's value that the message in this copy
    names (None = the base is all that the person was shown). `origin`: the pass that opened or joined the candidate in
    this line of copies.
    """

    state: Literal["candidate", "invalid", "held", "refused"]
    value: Value
    number: int
    told: Value = BLANK
    told_number: int | None = None
    origin: str = ""

    @property
    def seen(self) -> int:
        """The history number of the newest table value that this copy has shown, in the cell or in its message."""
        return self.number if self.told_number is None else self.told_number


@dataclass(frozen=True)
class BaseRow:
    """How a pass left one row of a copy; a pass keeps only the rows that it changed.

    `shown`: each cell as left, in the order of the table's columns. `number`: cells that are not in `cells` are in
    step with the table as of this history number, and what they show is their base. `note`: text left in 同步提示;
    `events`: the part of it that reports what happened (the rest is derived from `cells` and `state`).
    `kind`: `spare` (the second of a doubled row) and `proposed` (a row typed by a unit) are not yet rows of the table.
    `words`: the table's values that cells in step show in another dress (`base.words_of`).
    """

    id: str
    shown: tuple[Raw, ...]
    number: int
    note: str = ""
    events: tuple[str, ...] = ()
    state: RowState = "active"
    kind: RowKind = "row"
    cells: Mapping[str, BaseCell] = field(default_factory=dict)
    words: Mapping[str, Value] = field(default_factory=dict)

    def numbered(self, number: int) -> "BaseRow":
        """This row with `OWN` replaced by the history number that the pass's changes got."""

        def put(cell: BaseCell) -> BaseCell:
            told = number if cell.told_number == OWN else cell.told_number
            return replace(cell, number=number if cell.number == OWN else cell.number, told_number=told)

        cells = {key: put(cell) for key, cell in self.cells.items()}
        return replace(self, number=number if self.number == OWN else self.number, cells=cells)


_text = json.JSONEncoder(ensure_ascii=False).encode


def value_key(value: Value, valid: bool = True) -> str:
    """Text that is equal for equal values; of what was not understood, the text as typed."""
    return _text([value.norm] if valid else ["?", value.written])


@dataclass(frozen=True)
class Origin:
    """Where a candidate came from: the pass that read it, the copy, the stamp found in it (the pass's parent), the
    row that showed it and who holds the copy."""

    pass_id: str
    copy: str
    stamp: str
    row: str
    who: str


@dataclass(frozen=True)
class Candidate:
    """A value that waits for a person, beside the one in the table. `valid` is False for what was not understood: it
    can be given up or retyped, not taken. One cell has at most one candidate per `key`."""

    owner: str
    field: str
    value: Value
    valid: bool
    origins: tuple[Origin, ...]

    @property
    def cell(self) -> CellKey:
        return self.owner, self.field

    @property
    def key(self) -> str:
        return value_key(self.value, self.valid)

    def as_json(self) -> JSON:
        return asdict(self) | {"value": list(self.value)}

    @classmethod
    def from_json(cls, data: JSON) -> "Candidate":
        origins = tuple(Origin(**origin) for origin in data["origins"])
        return cls(**data | {"value": Value(*data["value"]), "origins": origins})


@dataclass(frozen=True)
class Closed:
    """A candidate that is over. `origin` = "" closes it; otherwise only the origin of that pass in that row is taken
    off, and it closes when none is left. Stores keep closed ones with the pass that closed them (undo reopens)."""

    owner: str
    field: str
    key: str
    how: Literal["settled", "given_up", "withdrawn", "replaced", "equal"]
    origin: str = ""
    row: str = ""


@dataclass(frozen=True)
class KnownEdit:
    """An edit already read: (stamp, row, field, value) is never an edit again, in any copy with that stamp."""

    stamp: str
    row: str
    field: str
    key: str
    fate: Fate


@dataclass(frozen=True)
class KnownRow:
    """A row without id that was read under a stamp and got this id. `content`: column key → value key, blanks left
    out."""

    stamp: str
    id: str
    content: Mapping[str, str]

    def as_json(self) -> JSON:
        return asdict(self) | {"content": dict(self.content)}


@dataclass(frozen=True)
class TableSnapshot:
    """All rows that the holder of a copy sees, in the order in which new ones should be appended.

    `history`: for cells whose number is larger than the copy's base: at least every value held since then (more is
    harmless). Rows that left the view need not be here; cancelled ones stay, with their state.
    """

    rows: "Rows"
    history: Mapping[CellKey, tuple[Held, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Before:
    """Everything the engine needs for the stamp it found, read in one transaction (see `ports.Store.load`).

    `base`: rows of the stamp's pass, each as the nearest pass on its chain of parents left it. `known`: of this stamp,
    (row, field, value key) → fate. `added`: rows known by this stamp. `confirmed`: some child of this stamp is known
    to have been written to a copy. `candidates`: all open ones of the table. `pass_id`: of the pass to come.
    `answers`: of a sheet that is adopted, column key → whose value stands where sheet and table differ (a column that
    is not here: that is asked cell by cell). `headers`: the columns that a copy to be laid out has, under which headers
    (column key → header; empty: all, under their own). `new_id` makes an id for a new row of the table. `revision`
    grows with every change of the table or its candidates.
    """

    table: Table
    snapshot: TableSnapshot
    binding: str
    copy: str
    holder: str
    stamp: str
    pass_id: str
    base: "Base"
    new_id: Callable[[], str]
    revision: int
    known: Mapping[tuple[str, str, str], Fate] = field(default_factory=dict)
    added: tuple[KnownRow, ...] = ()
    confirmed: bool = True
    candidates: Mapping[CellKey, tuple[Candidate, ...]] = field(default_factory=dict)
    answers: Mapping[str, Literal["mine", "system"]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
