"""What comes out of a sync pass: a `Plan`, plain data that is printed, stored, carried out and undone.

A dry run stops at the Plan, so it answers exactly as the real run would.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Literal

from bridges.sync.model import JSON, BaseRow, Closed, KnownEdit, KnownRow, Origin
from bridges.table import Scalar, Value

# ---------------------------------------------------------------- the report (contract: `zwgk sheet sync --json`)


@dataclass(frozen=True)
class CellItem:
    """A cell in the report: where it stands and its three values as written (None = blank)."""

    row: str
    at: str
    field: str
    base: Scalar
    sheet: Scalar
    database: Scalar
    message: str = ""


@dataclass(frozen=True)
class RowItem:
    """A row in the report (`at` = "" where it does not stand in the copy)."""

    row: str
    at: str
    message: str = ""


@dataclass(frozen=True)
class Stop:
    """Why nothing was done: a stable code and one Chinese sentence. `confirmable`: a person may say, for this file,
    that what looks like an accident is meant (`confirmed={code}`)."""

    code: str
    message: str
    confirmable: bool = False


@dataclass(frozen=True)
class Report:
    """What happened, in the lists of the contract. `open` (beyond the contract) lists the cells that were waiting for a
    person before this pass and still are; `conflicts` and `rejected` hold new or renewed ones only."""

    applied: tuple[CellItem, ...] = ()
    written: tuple[CellItem, ...] = ()
    conflicts: tuple[CellItem, ...] = ()
    settled: tuple[CellItem, ...] = ()
    rejected: tuple[CellItem, ...] = ()
    restored: tuple[CellItem, ...] = ()
    proposals: tuple[CellItem, ...] = ()
    added: tuple[RowItem, ...] = ()
    missing: tuple[RowItem, ...] = ()
    duplicated: tuple[RowItem, ...] = ()
    waiting: tuple[RowItem, ...] = ()
    messages: tuple[RowItem, ...] = ()
    open: tuple[CellItem, ...] = ()


# ---------------------------------------------------------------- what the store carries out


@dataclass(frozen=True)
class Change:
    """A change of one cell of the table: `owner` is the row, or the thing that several rows share; `row` is the row of
    the copy in which it was typed ("" for an undo)."""

    owner: str
    field: str
    row: str
    old: Value
    new: Value


@dataclass(frozen=True)
class NewRow:
    """A row typed by the office, to be added to the table under the given id; blank cells are left out."""

    id: str
    cells: Mapping[str, Value]


@dataclass(frozen=True)
class Proposal:
    """A change that somebody who may not make it would like to see. One cell (`field`), or with `field` = "" a whole
    row (`cells`), which is to be added under the id `row` when it is accepted."""

    row: str
    owner: str
    field: str
    old: Value
    new: Value
    who: str
    cells: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A candidate to be recorded, or a further origin of one that is open. A value that was closed opens anew."""

    owner: str
    field: str
    value: Value
    valid: bool
    origin: Origin


@dataclass(frozen=True)
class Note:
    """What a person typed into 同步提示 beside our messages, kept before the message is renewed."""

    row: str
    text: str


@dataclass(frozen=True)
class Records:
    """What a pass leaves in the store. `base`: changed rows only. `OWN` in them is replaced at commit. `withdrawn`:
    rows of the table that an undo takes back; `revived`: rows that the undo of an undo brings again. `headers`: (column
    key, header) of each column that a copy has from its first pass on."""

    changes: tuple[Change, ...] = ()
    rows: tuple[NewRow, ...] = ()
    base: tuple[BaseRow, ...] = ()
    known: tuple[KnownEdit, ...] = ()
    added: tuple[KnownRow, ...] = ()
    opened: tuple[Opened, ...] = ()
    closed: tuple[Closed, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    notes: tuple[Note, ...] = ()
    withdrawn: tuple[str, ...] = ()
    revived: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


# ---------------------------------------------------------------- what the adapter carries out


@dataclass(frozen=True)
class CellWrite:
    """One cell to write: its address ("C7"), the id that its row has after the write, column key (or `ID`, `NOTE`),
    plain value (None = blank)."""

    at: str
    row: str
    field: str
    value: Scalar


@dataclass(frozen=True)
class AppendRow:
    """A row to write below the last one. `cells` in the order of the table's columns."""

    id: str
    cells: tuple[Scalar, ...]
    note: str = ""


@dataclass(frozen=True)
class Writes:
    """All that a pass writes into a copy, together with the new stamp, in one atomic write."""

    cells: tuple[CellWrite, ...] = ()
    rows: tuple[AppendRow, ...] = ()


@dataclass(frozen=True)
class Plan:
    """One pass. `parent`: the stamp found, "" for the first pass of a copy. `at`: the clock value given, ISO.
    An undo and a settlement are Plans too, with `copy` = "" and nothing to write.

    `empty`: nothing to store and nothing to write; such a pass leaves no trace, not even a stamp. `status`: exit
    status of the command line's contract.
    """

    pass_id: str
    parent: str
    binding: str
    copy: str
    holder: str
    who: str
    at: str
    fingerprint: str
    report: Report = Report()
    records: Records = Records()
    writes: Writes = Writes()
    stopped: Stop | None = None

    @property
    def empty(self) -> bool:
        return self.stopped is not None or (self.records == Records() and self.writes == Writes())

    @property
    def status(self) -> Literal[0, 1, 2]:
        if self.stopped:
            return 2
        report = self.report
        person = (report.conflicts, report.rejected, report.open, report.proposals, report.duplicated, report.waiting)
        return 1 if any(person) else 0

    def as_json(self) -> JSON:
        """The contract of `zwgk sheet sync --json`; an empty or stopped pass has no id."""
        lists = {name: [asdict(item) for item in items] for name, items in vars(self.report).items()}
        stopped = {"code": self.stopped.code, "message": self.stopped.message} if self.stopped else None
        return {"pass": None if self.empty else self.pass_id} | lists | {"stopped": stopped}
