"""The oracle of the simulator: the log of what was typed and seen, and the promise of docs/sync.md held against it.

It knows nothing of the engine. It watches files before and after each pass and demands that every typed value is
current, or superseded by somebody who had seen it, or listed as waiting for a person; that nothing in the table was
invented; and that files show what the table holds.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridges.memory import FIRST_ROW, MemoryCopy, MemoryStore
from bridges.sync.messages import WITHDRAWN
from bridges.sync.model import ID, NOTE, OFFICE, value_key
from bridges.sync.plan import Plan
from bridges.sync.values import Reading, is_blank, read
from bridges.table import BLANK, CellKey, Column, Raw, Scalar, Table, Value

WORDS = {"进行中": "in_progress", "推进中": "in_progress", "已完成": "done", "未启动": "not_started"}
COLUMNS = (
    Column("title", "任务", owner="office", shared="task", required=True),
    Column("unit", "责任单位", owner="office"),
    Column("status", "完成情况", "status", blank="keep", choices=("进行中", "已完成"), words=WORDS),
    Column("text", "进展情况"),
    Column("count", "完成数量", "number", blank="keep"),
    Column("lamp", "灯", owner="derived"),
)
TABLE = Table("t", "任务分解表", COLUMNS, 2024)
BY_KEY = {column.key: column for column in COLUMNS}
UID, OWN_COLUMN = "#uid", "own"
UNITS = ("甲", "乙")
CHOSEN = ("采用本表", "采用系统")
SHOWN = (*BY_KEY, ID, NOTE)
TYPED = ("status", "count")
"""Columns in which something may stand that is not understood."""


class Broken(AssertionError):
    """The promise was broken; the text says how, and the history that led there."""


def clock() -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC)


_READINGS: dict[tuple[str, type, Raw], Reading] = {}


def reading(key: str, raw: Raw) -> Reading:
    """What `raw` says in a column. Kept: half a history's time went into reading the same words anew."""
    known = _READINGS.get((key, type(raw), raw))
    if known is None:
        known = _READINGS[key, type(raw), raw] = read(BY_KEY[key], raw, 2024)
    return known


@dataclass
class File:
    """A file somewhere: what was left in it by the last write (`left`) and what the engine last read (`last`)."""

    name: str
    copy: MemoryCopy
    holder: str
    left: dict[tuple[int, str], object] = field(default_factory=dict)
    last: dict[tuple[int, str], object] = field(default_factory=dict)
    last_crashed: bool = False

    def cells(self) -> dict[tuple[int, str], object]:
        return {(row[UID], key): row.get(key) for row in self.copy.rows for key in SHOWN}

    def save_as(self, name: str) -> "File":
        return File(name, self.copy.save_as(), self.holder, dict(self.left), dict(self.last))


@dataclass(frozen=True)
class Typed:
    """Somebody's assertion: a value for the cell of a row; `uid` names the line in which it was typed."""

    cell: CellKey
    value: Scalar
    uid: int
    field: str
    by: str


class Oracle:
    """What is known without the engine. `typed`: all assertions; `seen`: values of a cell that somebody knew when they
    put another in their place; `allowed`: values that a cell may hold; `settled`: cells decided on the page;
    `dropped`: rows that an undo withdrew; `before_garbage`: what the author of something that is not understood saw."""

    def __init__(self) -> None:
        self.log: list[str | tuple] = []
        self.store = MemoryStore(TABLE, lambda holder, row: self.store.value(row, "unit").norm == holder)
        self.typed: list[Typed] = []
        self.seen: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.allowed: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.dropped: set[str] = set()
        self.before_garbage: dict[tuple[int, str], set[Scalar]] = {}
        self.settled: set[CellKey] = set()

    def _owner(self, id_: str, key: str) -> str:
        row = self.store.rows.get(id_)
        return row.things.get(BY_KEY[key].shared, id_) if row and BY_KEY[key].shared else id_

    def _assert(self, cell: CellKey, value: Scalar, seen: set[Scalar], uid: int, key: str, by: str) -> None:
        self.typed.append(Typed(cell, value, uid, key, by))
        self.allowed[cell].add(value)
        self.seen[cell] |= seen - {value}

    # ------------------------------------------------------------ what was typed

    def _own_cells(self, file: File) -> dict:
        return {row[UID]: row.get(OWN_COLUMN) for row in file.copy.rows}

    def _right(self, file: File, id_: str, key: str) -> str:
        row = self.store.rows.get(id_)
        if BY_KEY[key].owner == "derived":
            return "none"
        seen = row and (file.holder == OFFICE or self.store.value(id_, "unit").norm == file.holder)
        if not seen or row.state != "active" or (BY_KEY[key].owner == "office" and file.holder != OFFICE):
            return "propose"
        return "edit"

    def _may_overwrite(self, file: File, id_: str, key: str) -> bool:
        # a conflict with something not understood may have been given up on the page
        cell = (self._owner(id_, key), key)
        return self._right(file, id_, key) != "edit" or cell in self.settled

    def _log_added(self, file: File, shown: dict, plan: Plan) -> None:
        """A row that the pass added must stand in the file as it was read."""
        if not plan.records.rows:
            return
        lines = [{key: shown[uid, key] for key in BY_KEY} for uid, key in shown if key == ID]
        norms = [{key: reading(key, raw).value.norm for key, raw in line.items()} for line in lines]
        for row in plan.records.rows:
            cells = {key: value.norm for key, value in row.cells.items()}
            if not any(cells.items() <= line.items() for line in norms):
                raise Broken(self._story(f"{file.name}: added {row} stands nowhere"))
            for key, norm in cells.items():
                self.allowed[row.id, key].add(norm)

    def _log_split(self, file: File, shown: dict, ids: dict, plan: Plan) -> None:
        """Lines with one id of which one turned out to be another row: what was typed there is that row's, and a blank
        in a row not yet known is no value."""
        was = dict(ids)
        bases = {base.id: base for base in plan.records.base if base.kind != "spare"}
        written = {row[UID]: row[ID] for row in file.copy.rows}
        free = [uid for uid in ids if ids[uid]]
        for uid in free:
            if written[uid] != ids[uid] and written[uid] in bases:
                ids[uid] = written[uid]
        appended = {row.id for row in plan.writes.rows}
        for base in bases.values():  # the file was not written: the line is known by what it says
            if base.id not in (*ids.values(), *appended):
                same = (uid for uid in free if self._norms(shown, uid) == self._norms(base.shown))
                uid = next(same, None)
                if uid:
                    ids[uid] = base.id
                    free.remove(uid)
        new = {row.id for row in plan.records.rows}
        for uid, key in list(shown):
            if (ids[uid] != was[uid] or ids[uid] in new) and key in BY_KEY and is_blank(shown[uid, key]):
                del shown[uid, key]

    def _norm(self, column: Column, raw: object) -> Scalar:
        value, trouble = reading(column.key, raw)
        return f"?{raw}" if trouble else value.norm

    def _norms(self, shown: dict | tuple, uid: int = 0) -> list[Scalar]:
        """A line in normal form, but for 灯, which is emptied in new rows."""
        cells = shown if isinstance(shown, tuple) else tuple(shown[uid, key] for key in BY_KEY)
        return [reading(column.key, raw).value.norm for column, raw in zip(COLUMNS[:-1], cells, strict=False)]

    def _log_lines(self, file: File, shown: dict, ids: dict) -> None:
        """Lines typed without an id: now they have one, or wait for something that they lack."""
        for row in file.copy.rows:
            if row[UID] not in ids or ids[row[UID]]:
                continue
            readings = {key: reading(key, shown[row[UID], key]) for key in BY_KEY if key != "lamp"}
            ready = readings["title"].value.norm and not any(said.trouble for said in readings.values())
            withdrawn = WITHDRAWN in str(row[NOTE])
            if ready and not row[ID] and not file.last_crashed and not withdrawn:
                raise Broken(self._story(f"{file.name}: line {row} was not taken"))
            if row[ID] in self.store.rows and file.holder == OFFICE:
                for key, said in readings.items():
                    if said.value.norm is not None:
                        self._assert((row[ID], key), said.value.norm, set(), row[UID], key, file.name)

    def _log_typed(self, file: File, shown: dict, ids: dict, plan: Plan | None) -> set[int]:
        """What was typed since the engine last read this file; gives the lines that it could not read yet."""
        notes = {row[UID]: file.left.get((row[UID], NOTE)) or "" for row in file.copy.rows}
        lines = {str(n): row[UID] for n, row in enumerate(file.copy.rows, FIRST_ROW)}
        asked = {lines[item.at] for item in plan.report.waiting if item.at} if plan else set()
        chosen = {uid for uid in ids if shown.get((uid, NOTE)) in CHOSEN}
        for at, raw in shown.items():
            uid, key = at
            if (raw == file.last.get(at, raw) and uid not in chosen) or key not in BY_KEY:
                continue
            if ids[uid] and uid in notes and uid not in asked and at in file.last:
                self._log_cell(file, uid, key, raw, ids[uid], str(notes[uid]), shown.get((uid, NOTE)))
        return asked

    def _log_cell(self, file: File, uid: int, key: str, raw: object, id_: str, note: str, choice: object) -> None:
        column = BY_KEY[key]
        chosen = choice if f"{column.header}：系统现为" in note else ""
        if raw == file.last[uid, key] and chosen not in CHOSEN:
            return
        said = reading(key, raw)
        last, left = (self._norm(column, where[uid, key]) for where in (file.last, file.left))
        cell = (self._owner(id_, key), key)
        if id_ not in self.store.rows:
            return
        named = self._named(column, note)
        asked = f"{column.header}：系统现为" in note
        seen, value = {last} | named | self.before_garbage.pop((uid, key), set()), said.value.norm
        if said.trouble:
            self.before_garbage[uid, key] = seen
        if value == last and chosen == "采用系统":
            self.seen[cell] |= {last}
        if said.trouble and f"{column.header}：系统现为" in note:
            self.seen[cell] |= {last}  # what was not understood replaces the candidate
        # an emptied cell and a 清空 hold the same value, and do not say the same
        other = column.blank == "keep" and is_blank(raw) != is_blank(file.last[uid, key])
        if said.trouble or (value == last and chosen != "采用本表" and not other):
            return
        if is_blank(raw) and column.blank == "keep":
            self.seen[cell] |= {last} if asked else set()  # gives up what waited there
        elif (value == left and value != last) or value in named:
            self.seen[cell] |= seen - {value}  # withdrawn, or 采用系统 by typing its value
        elif self._right(file, id_, key) == "edit":
            self._assert(cell, value, seen, uid, key, file.name)
        elif self._right(file, id_, key) == "propose":
            if f"{column.header}：系统现为" in note:
                self.seen[cell] |= {last}  # what was waiting becomes this proposal
            self._demand_proposal(file, id_, key, value)

    def _named(self, column: Column, note: str) -> set[Scalar]:
        """The table's value that a message names for a column."""
        named = re.search(f"{column.header}：系统现为(?:「(.*?)」|空白)", note)
        return {reading(column.key, named[1]).value.norm} if named else set()

    def _demand_proposal(self, file: File, id_: str, key: str, value: Scalar) -> None:
        known = any(
            p.row == id_ and (p.new if p.field == key else p.cells.get(key, BLANK)).norm == value
            for p in self.store.proposals
            if p.field in (key, "")
        )
        cell = (self._owner(id_, key), key)
        known |= value_key(Value(value, None)) in self.store.candidates.get(cell, {}) or value in self.seen[cell]
        if not known and self.store.value(self._owner(id_, key), key).norm != value:
            raise Broken(self._story(f"{file.name} {id_}.{key} = {value!r}: no proposal"))

    # ------------------------------------------------------------ the promise

    def _check(self) -> None:
        for typed in self.typed:
            if typed.cell[0] not in self.dropped and not self._kept(typed):
                raise Broken(self._story(f"lost: {typed}"))
        for cell, now in self.store.cells.items():
            if cell in self.allowed and now.value.norm not in self.allowed[cell] and cell[1] != "lamp":
                raise Broken(self._story(f"invented: {cell} = {now.value.norm!r}"))

    def _kept(self, typed: Typed) -> bool:
        open_ = self.store.candidates.get(typed.cell, {})
        return (
            self.store.value(*typed.cell).norm == typed.value
            or value_key(Value(typed.value, None)) in open_
            or typed.value in self.seen[typed.cell]
            or any((p.owner, p.field, p.new.norm) == (*typed.cell, typed.value) for p in self.store.proposals)
        )

    def _check_in_step(self, file: File, plan: Plan) -> None:
        waiting = {(item.row, item.field) for item in plan.report.open}
        asked = {item.at for item in (*plan.report.waiting, *plan.report.duplicated)}
        for n, row in enumerate(file.copy.rows, FIRST_ROW):
            kept = self.store.rows.get(row[ID])
            if kept is None or kept.state == "left" or str(n) in asked:
                continue
            if file.holder != OFFICE and self.store.value(row[ID], "unit").norm != file.holder:
                continue
            for key in BY_KEY:
                now = self.store.value(self._owner(row[ID], key), key)
                if (row[ID], key) not in waiting and reading(key, row.get(key)).value.norm != now.norm:
                    raise Broken(self._story(f"{file.name} {row[ID]}.{key}: {row.get(key)!r}, table {now.norm!r}"))

    # ------------------------------------------------------------ telling

    def _brief(self, plan: Plan | None) -> object:
        if plan is None:
            return "crash"
        if plan.stopped:
            return plan.stopped.code
        lists = vars(plan.report).items()
        brief = {
            name: [(i.row, getattr(i, "field", ""), getattr(i, "sheet", "")) for i in items] for name, items in lists
        }
        return {name: items for name, items in brief.items() if items}

    def _story(self, what: str) -> str:
        told = (entry if isinstance(entry, str) else self._told(*entry) for entry in self.log[-60:])
        return "\n".join((*told, what))

    def _told(self, what: str, plan: Plan | None, made: list[str]) -> str:
        return f"{what} -> {self._brief(plan)} {made}"
