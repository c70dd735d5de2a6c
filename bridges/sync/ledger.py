"""Where a pass in the making collects what it will report, record and write. The only mutable thing in this room."""

from collections.abc import Mapping
from dataclasses import fields, replace

from bridges.sync.messages import is_own_words
from bridges.sync.model import NOTE, Before, CopyRow, CopySnapshot, KnownEdit
from bridges.sync.plan import CellItem, CellWrite, Closed, Note, Plan, Records, Report, RowItem, Writes
from bridges.sync.rows import Layout
from bridges.table import Scalar

REPORT, RECORDS = (tuple(field.name for field in fields(kind)) for kind in (Report, Records))


class Ledger:
    """Lists by the names of the fields of `Report`, `Records` and `Writes`."""

    def __init__(self, copy: CopySnapshot, before: Before, layout: Layout, who: str) -> None:
        self.copy, self.before, self.layout, self.who = copy, before, layout, who
        self.report: Mapping[str, list] = {name: [] for name in REPORT}
        self.records: Mapping[str, list] = {name: [] for name in RECORDS}
        self.cells: list[CellWrite] = []
        self.rows: list = []
        self._closed: dict[tuple, Closed] = {}
        self._known: dict[KnownEdit, None] = {}

    def tell(
        self, name: str, row: str, at: CopyRow, field: str, values: tuple[Scalar, Scalar, Scalar], message: str = ""
    ) -> None:
        """Report a cell under a list of the contract; `values`: base, sheet, database."""
        self.report[name].append(CellItem(row, self.layout.letters.get(field, "") + at.at, field, *values, message))

    def tell_row(self, name: str, row: str, at: CopyRow | None, message: str = "") -> None:
        self.report[name].append(RowItem(row, at.at if at else "", message))

    def write(self, at: CopyRow, row: str, field: str, value: Scalar) -> None:
        """Write a cell of the copy; `field` may be `ID` or `NOTE`."""
        self.cells.append(CellWrite(self._address(at, field), row, field, value))

    def refusal(self, at: CopyRow, field: str) -> str:
        """Why a cell of the copy cannot be written, "" where it can (or where there is none)."""
        cells = self.copy.refusals.cells
        return cells.get(self._address(at, field), "") if cells else ""

    def wait(self, row: str, at: CopyRow, field: str) -> None:
        """Report a cell that cannot be written."""
        self.report["waiting"].append(RowItem(row, self._address(at, field), self.refusal(at, field)))

    def _address(self, at: CopyRow, field: str) -> str:
        letters = {"#id": self.layout.id_at, "#note": self.layout.note_at}
        return (letters.get(field) or self.layout.letters.get(field, "")) + at.at

    def know(self, edit: KnownEdit) -> None:
        """Record an edit as read, once however many rows show it."""
        self._known[edit] = None

    def close(self, closed: Closed) -> None:
        """Close a candidate; the first reason given stands."""
        self._closed.setdefault((closed.owner, closed.field, closed.key, closed.origin, closed.row), closed)

    def say(self, at: CopyRow, row: str, left: str, text: str) -> str:
        """Put a message into 同步提示 unless it stands there; gives what the cell is left showing."""
        if is_own_words(at.note):
            if at.note != left:
                self.records["notes"].append(Note(row, at.note))
            if not text:
                return at.note  # nothing of ours to say: what a person wrote there is theirs
        if not self.layout.note_at or at.note == text or self.refusal(at, NOTE):
            return at.note
        self.write(at, row, NOTE, text or None)
        self.tell_row("messages", row, at, text)
        return text

    def into(self, plan: Plan) -> Plan:
        """The plan with all that was collected."""
        records = self.records | {"closed": list(self._closed.values()), "known": list(self._known)}
        return replace(
            plan,
            report=Report(**{name: tuple(items) for name, items in self.report.items()}),
            records=Records(**{name: tuple(items) for name, items in records.items()}),
            writes=Writes(tuple(self.cells), tuple(self.rows)),
        )
