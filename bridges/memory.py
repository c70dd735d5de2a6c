"""The smallest copy and the smallest store that keep to `ports`: for the simulator, and for tests of plugins.

`MemoryStore` does what a database does and nothing more, so its methods show what a store has to remember.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from bridges.ports import Busy, Changed, Stale
from bridges.sync.base import Base, Mark, Rows
from bridges.sync.model import (
    ID,
    NOTE,
    OFFICE,
    Before,
    Candidate,
    CopyRow,
    CopySnapshot,
    Fate,
    KnownRow,
    Refusals,
    TableSnapshot,
    value_key,
)
from bridges.sync.plan import NewRow, Note, Plan, Proposal
from bridges.sync.stamp import Stamp
from bridges.sync.undo import Done, OpenCell
from bridges.table import NEVER, CellKey, Held, Raw, RowState, Table, TableCell, TableRow, Value

FIRST_ROW = 2
_ADDRESS = re.compile(r"([A-Z]+)(\d+)")


class MemoryCopy:
    """A sheet as lists: `columns` are column keys (or a person's own), `rows` map them, `ID` and `NOTE` to raw values.

    Tests edit `rows` and `columns` freely, as a person would. `busy`: why it cannot be written now; `fixed`: addresses
    that cannot be written, with the reason.
    """

    def __init__(self) -> None:
        self.columns: list[str] = []
        self.rows: list[dict[str, Raw]] = []
        self.stamp_text = ""
        self.busy = ""
        self.appendable = True
        self.fixed: dict[str, str] = {}

    def save_as(self) -> "MemoryCopy":
        """Another file with the same content."""
        other = copy(self)
        other.columns, other.rows = list(self.columns), [dict(row) for row in self.rows]
        return other

    def row(self, id_: str) -> dict[str, Raw]:
        """The first row with this id."""
        return next(row for row in self.rows if row[ID] == id_)

    def fingerprint(self) -> str:
        self._refuse_when_busy()
        return repr((self.columns, [tuple(row.values()) for row in self.rows], self.stamp_text))

    def stamp(self) -> str:
        self._refuse_when_busy()
        return self.stamp_text

    def read(self, table: Table) -> CopySnapshot:
        self._refuse_when_busy()
        ours = {column.key for column in table.columns}
        keys = [key for key in self.columns if key in ours]
        columns = [(key, self._letter(key)) for key in keys]
        lines = [(str(n), row, tuple(map(row.get, keys))) for n, row in enumerate(self.rows, FIRST_ROW)]
        rows = (
            CopyRow(at, str(row[ID] or ""), cells, str(row.get(NOTE) or ""))
            for at, row, cells in lines
            if row[ID] or any(cell is not None for cell in cells)
        )
        return CopySnapshot(
            columns=tuple(columns),
            rows=tuple(rows),
            stamp=self.stamp_text,
            fingerprint=self.fingerprint(),
            appendable=self.appendable,
            trouble=self._trouble(bool(columns)),
            note_at=self._letter(NOTE) if NOTE in self.columns else "",
            id_at=self._letter(ID) if ID in self.columns else "",
        )

    def check(self, plan: Plan, stamp: str, table: Table) -> Refusals:
        self._refuse_when_busy()
        if self.fingerprint() != plan.fingerprint:
            raise Changed
        cells = {cell.at: self.fixed[cell.at] for cell in plan.writes.cells if cell.at in self.fixed}
        return Refusals(cells)

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        self.check(plan, stamp, table)
        for cell in plan.writes.cells:
            letters, number = _ADDRESS.fullmatch(cell.at).groups()
            self.rows[int(number) - FIRST_ROW][self.columns[ord(letters) - ord("A")]] = cell.value
        return self._append(plan, stamp, table)

    def create(self, plan: Plan, stamp: str, table: Table) -> str:
        self.columns = [ID, *(column.key for column in table.columns), NOTE]
        return self._append(plan, stamp, table)

    def _append(self, plan: Plan, stamp: str, table: Table) -> str:
        for row in plan.writes.rows:
            values = {column.key: value for column, value in zip(table.columns, row.cells, strict=True)}
            self.rows.append({key: values.get(key) for key in self.columns} | {ID: row.id, NOTE: row.note or None})
        self.stamp_text = stamp
        return self.fingerprint()

    def _letter(self, key: str) -> str:
        return chr(ord("A") + self.columns.index(key))

    def _trouble(self, found: bool) -> str:
        if not self.columns and not self.rows:
            return "empty"
        if not found:
            return "no_header"
        return "" if ID in self.columns else "no_id_column"

    def _refuse_when_busy(self) -> None:
        if self.busy:
            raise Busy(self.busy)


@dataclass
class _Row:
    things: Mapping[str, str]
    state: RowState = "active"


@dataclass
class _Pass:
    plan: Plan
    number: int
    base: Base
    confirmed: bool = False
    settled: list[Candidate] = field(default_factory=list)


class MemoryStore:
    """One table in memory. `sees(holder, row id)` says which rows a unit's copies hold; the office sees all."""

    def __init__(self, table: Table, sees: Callable[[str, str], bool] = lambda holder, row: True) -> None:
        self.declaration, self._sees = table, sees
        self.rows: dict[str, _Row] = {}
        self.cells: dict[CellKey, TableCell] = {}
        self.history: dict[CellKey, tuple[Held, ...]] = {}
        self.passes: dict[str, _Pass] = {}
        self.known: dict[str, dict[tuple[str, str, str], Fate]] = {}
        self.added: dict[str, list[KnownRow]] = {}
        self.candidates: dict[CellKey, dict[str, Candidate]] = {}
        self.proposals: list[Proposal] = []
        self.notes: list[Note] = []
        self.refusals: list[str] = []
        self.last_checked_at = ""
        self.rests: dict[str, tuple[Stamp, Table, int]] = {}
        self.revision = 0
        self._ids = 0

    # ------------------------------------------------------------ the table, as a service would change it

    def add(self, id_: str, cells: Mapping[str, Value], things: Mapping[str, str] | None = None) -> None:
        """A new row; cells of a shared thing that is there already stay as they are."""
        self.revision += 1
        self._add(NewRow(id_, cells), things or {})

    def put(self, owner: str, field: str, value: Value) -> None:
        """An ordinary change of one cell."""
        self.revision += 1
        self._put((owner, field), value)

    def set_state(self, id_: str, state: RowState) -> None:
        self.revision += 1
        self.rows[id_].state = state

    def value(self, owner: str, field: str) -> Value:
        return self.cells.get((owner, field), NEVER).value

    def _add(self, row: NewRow, things: Mapping[str, str]) -> None:
        self.rows[row.id] = _Row(things)
        for column in self.declaration.columns:
            key = things.get(column.shared, row.id) if column.shared else row.id, column.key
            if column.key in row.cells and key not in self.cells:
                self._put(key, row.cells[column.key])

    def _put(self, key: CellKey, value: Value) -> None:
        self.cells[key] = TableCell(value, self.revision)
        self.history[key] = (*self.history.get(key, ()), Held(self.revision, value))

    # ------------------------------------------------------------ Store

    def key(self) -> bytes:
        return b"memory"

    def table(self, stamp: Stamp) -> Table | None:
        return self.declaration if stamp.pass_id in self.passes else None

    def load(self, stamp: Stamp) -> Before | None:
        if stamp.pass_id not in self.passes:
            return None
        return self._before(stamp.copy, stamp.holder, stamp.pass_id)

    def begin(self, table: str, holder: str) -> Before:
        return self._before(self._new_id("copy"), holder, "")

    def _before(self, copy: str, holder: str, stamp: str) -> Before:
        base = self.passes[stamp].base if stamp else Base()
        return Before(
            table=self.declaration,
            snapshot=TableSnapshot(self._view(holder, base), dict(self.history)),
            binding="memory",
            copy=copy,
            holder=holder,
            stamp=stamp,
            pass_id=self._new_id("pass"),
            base=base,
            new_id=lambda: self._new_id("new"),
            revision=self.revision,
            known=dict(self.known.get(stamp, {})),
            added=tuple(self.added.get(stamp, ())),
            confirmed=any(map(self._is_confirmed, self._children(stamp))),
            candidates={key: tuple(found.values()) for key, found in self.candidates.items() if found},
        )

    def _view(self, holder: str, base: Base) -> Rows:
        rows = {
            id_: self._table_row(id_, row)
            for id_, row in self.rows.items()
            if row.state != "left" and (holder == OFFICE or self._sees(holder, id_))
        }
        marks = {id_: Mark(row.number, row.things) for id_, row in rows.items()}
        moved = {id_: row for id_, row in rows.items() if row.state != "active" or not base.in_step(id_, row.number)}
        return Rows(marks, moved, base, self.declaration)

    def _table_row(self, id_: str, row: _Row) -> TableRow:
        cells, number = {}, 0
        for column in self.declaration.columns:
            owner = row.things.get(column.shared, id_) if column.shared else id_
            cell = self.cells.get((owner, column.key))
            if cell is not None:
                cells[column.key], number = cell, max(number, cell.number)
        return TableRow(id_, number, cells, row.things, row.state)

    def _children(self, pass_id: str) -> list[str]:
        return [id_ for id_, done in self.passes.items() if done.plan.parent == pass_id]

    def _is_confirmed(self, pass_id: str) -> bool:
        return self.passes[pass_id].confirmed or bool(self._children(pass_id))

    def commit(self, plan: Plan, revision: int) -> None:
        if revision != self.revision:
            raise Stale
        self.revision += 1
        records, number = plan.records, self.revision
        for row in records.rows:
            self._add(row, {})
        for change in records.changes:
            self._put((change.owner, change.field), change.new)
        for id_ in records.withdrawn:
            self.rows[id_].state = "left"
        for id_ in records.revived:
            self.rows[id_].state = "active"
        for edit in records.known:
            self.known.setdefault(edit.stamp, {})[edit.row, edit.field, edit.key] = edit.fate
        for known in records.added:
            self.added.setdefault(known.stamp, []).append(known)
        settled = self._close(plan)
        self._open(plan)
        self.proposals.extend(records.proposals)
        self.notes.extend(records.notes)
        parent = self.passes[plan.parent].base if plan.parent else Base()
        base = parent.having(row.numbered(number) for row in records.base)
        self.passes[plan.pass_id] = _Pass(plan, number, base, settled=settled)

    def _open(self, plan: Plan) -> None:
        for opened in plan.records.opened:
            found = self.candidates.setdefault((opened.owner, opened.field), {})
            key = value_key(opened.value, opened.valid)
            empty = Candidate(opened.owner, opened.field, opened.value, opened.valid, ())
            candidate = found.get(key, empty)
            found[key] = replace(candidate, origins=(*candidate.origins, opened.origin))

    def _close(self, plan: Plan) -> list[Candidate]:
        """Gives the candidates that were settled, for an undo."""
        settled = []
        for closed in plan.records.closed:
            found = self.candidates.get((closed.owner, closed.field), {})
            candidate = found.pop(closed.key, None)
            if candidate is None:
                continue
            if closed.origin:
                rest = [o for o in candidate.origins if (o.pass_id, o.row) != (closed.origin, closed.row)]
                if rest:
                    found[closed.key] = replace(candidate, origins=tuple(rest))
            elif closed.how != "withdrawn":
                settled.append(candidate)
        return settled

    def refused(self, code: str) -> None:
        self.refusals.append(code)

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        self.passes[pass_id].confirmed = True

    def checked(self, stamp: Stamp, at: str) -> None:
        self.last_checked_at = at
        self.passes[stamp.pass_id].confirmed = True

    def rest(self, stamp: Stamp, table: Table, revision: int, file: str) -> None:
        self.rests[file] = stamp, table, revision

    def resting(self, file: str, at: str | None = None) -> Stamp | None:
        stamp, *state = self.rests.get(file, (None,))
        if state != [self.declaration, self.revision]:
            return None
        if at:
            self.checked(stamp, at)
        return stamp

    def conflicts(self) -> Sequence[Candidate]:
        return [candidate for found in self.candidates.values() for candidate in found.values()]

    def cell(self, owner: str, field: str) -> OpenCell | None:
        found = self.candidates.get((owner, field))
        if not found:
            return None
        row = next(iter(found.values())).origins[0].row
        now, pass_id = self.cells.get((owner, field), NEVER), self._new_id("pass")
        return OpenCell("memory", row, now, tuple(found.values()), self.revision, pass_id)

    def done(self, pass_id: str) -> Done | None:
        done = self.passes.get(pass_id)
        if done is None:
            return None
        records = done.plan.records
        return Done(
            binding="memory",
            undone=pass_id,
            number=done.number,
            changes=records.changes,
            now={(change.owner, change.field): self.cells[change.owner, change.field] for change in records.changes},
            revision=self.revision,
            pass_id=self._new_id("pass"),
            added={row.id: self._last_number(row.id) for row in records.rows}
            | {id_: self._last_number(id_) for id_ in records.revived},
            withdrawn={id_: self.rows[id_].state == "left" for id_ in records.withdrawn},
            settled=tuple(done.settled),
        )

    def _last_number(self, id_: str) -> int | None:
        row = self.rows[id_]
        return None if row.state == "left" else self._table_row(id_, row).number

    def _new_id(self, kind: str) -> str:
        self._ids += 1
        return f"{kind}{self._ids}"
