"""A seeded world of people, files and crashes, with an oracle of its own: the log of what was typed and seen.

The oracle knows nothing of the engine. It watches files before and after each pass and demands the promise of
docs/sync.md: every typed value is current, or superseded by somebody who had seen it, or listed as waiting for a
person; nothing in the table was invented; a second pass is empty; quiet passes converge. Failures name the seed.
"""

import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bridges import runner
from bridges.memory import FIRST_ROW, MemoryCopy, MemoryStore
from bridges.sync.messages import WITHDRAWN
from bridges.sync.model import ID, NOTE, OFFICE, value_key
from bridges.sync.plan import Plan
from bridges.sync.values import is_blank, read
from bridges.table import BLANK, CellKey, Column, Scalar, Table, Value

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


class Broken(AssertionError):
    """The promise was broken; the text says how, and the history that led there."""


class Crash(Exception):
    """The process died at this point."""


def clock() -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC)


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
        return {(row[UID], key): row.get(key) for row in self.copy.rows for key in (*BY_KEY, ID, NOTE)}

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


class World:
    """One history. `step` does something at random; `finish` lets everything settle down and checks the promise."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.log: list[str] = []
        self.serial = 0
        self.store = MemoryStore(TABLE, lambda holder, row: self.store.value(row, "unit").norm == holder)
        self.typed: list[Typed] = []
        self.seen: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.allowed: dict[CellKey, set[Scalar]] = defaultdict(set)
        self.dropped: set[str] = set()
        self.crash_at = ""
        for n in range(self.rng.randint(5, 9)):
            self._add_row(f"a{n}", f"k{self.rng.randint(0, 3)}")
        self.files = [self._export("主表", OFFICE), self._export("副本", OFFICE), self._export("甲表", "甲")]
        self.backups: list[File] = []

    # ------------------------------------------------------------ the table's side

    def _unique(self, what: str) -> str:
        self.serial += 1
        return f"{what}{self.serial}"

    def _add_row(self, id_: str, thing: str) -> None:
        title, unit, text = self._unique("任务"), self.rng.choice(UNITS), self._unique("文")
        cells = {"title": title, "unit": unit, "status": "进行中", "text": text, "count": self.rng.randint(0, 3)}
        values = {key: read(BY_KEY[key], raw, 2024).value for key, raw in cells.items()}
        values["lamp"] = Value("绿", "绿")
        self.store.add(id_, values, {"task": thing})
        for key in values:
            owner = self._owner(id_, key)
            self.allowed[owner, key].add(self.store.value(owner, key).norm)

    def _owner(self, id_: str, key: str) -> str:
        row = self.store.rows.get(id_)
        return row.things.get(BY_KEY[key].shared, id_) if row and BY_KEY[key].shared else id_

    def _value(self, key: str) -> object:
        rng = self.rng
        if key == "status":
            return rng.choice((*WORDS, None, "清空", "差不多"))
        if key == "count":
            return rng.choice((rng.randint(0, 9), "5", None, "很多"))
        if key == "unit":
            return rng.choice(UNITS)
        return rng.choice((self._unique(key), self._unique(key), self._unique(key), f"{key}同", None))

    def _assert(self, cell: CellKey, value: Scalar, seen: set[Scalar], uid: int, key: str, by: str) -> None:
        self.typed.append(Typed(cell, value, uid, key, by))
        self.allowed[cell].add(value)
        self.seen[cell] |= seen - {value}

    def edit_table(self) -> None:
        id_ = self.rng.choice([row for row, kept in self.store.rows.items() if kept.state == "active"])
        key = self.rng.choice(("status", "text", "text", "title", "count", "unit"))
        reading = read(BY_KEY[key], self._value(key), 2024)
        owner = self._owner(id_, key)
        now = self.store.value(owner, key)
        if reading.trouble or reading.value.norm == now.norm:
            return
        self.log.append(f"table {owner}.{key}: {now.norm} -> {reading.value.norm}")
        self._assert((owner, key), reading.value.norm, {now.norm}, 0, key, "table")
        self.store.put(owner, key, reading.value)

    def change_state(self) -> None:
        id_ = self.rng.choice(list(self.store.rows))
        if self.store.rows[id_].state != "left":
            self.store.set_state(id_, self.rng.choice(("active", "cancelled")))
            self.log.append(f"state {id_} {self.store.rows[id_].state}")

    def add_row(self) -> None:
        id_ = self._unique("n")
        self._add_row(id_, self.rng.choice((f"k{self.rng.randint(0, 3)}", id_)))
        self.log.append(f"table adds {id_}")

    def settle(self) -> None:
        found = self.store.conflicts()
        if not found:
            return
        candidate = self.rng.choice(found)
        cell, others = candidate.cell, [other for other in found if other.cell == candidate.cell]
        key = candidate.key if candidate.valid and self.rng.random() < 0.6 else None
        seen = {other.value.norm for other in others} | {self.store.value(*cell).norm}
        self.log.append(f"settle {cell} with {key}")
        runner.settle(self.store, *cell, key, clock, who="页面")
        if key:
            self._assert(cell, candidate.value.norm, seen, 0, cell[1], "settlement")
        else:
            self.seen[cell] |= seen - {self.store.value(*cell).norm}

    def undo(self) -> None:
        id_ = self.rng.choice(list(self.store.passes)[-6:])
        plan = runner.undo(self.store, id_, clock, who="页面")
        self.log.append(f"undo {id_}: {[(c.owner, c.field, c.new.norm) for c in plan.records.changes]}")
        for change in plan.records.changes:
            cell = (change.owner, change.field)
            self._assert(cell, change.new.norm, {change.old.norm}, 0, change.field, "undo")
        self.dropped |= set(plan.records.withdrawn)
        self.dropped -= set(plan.records.revived)

    # ------------------------------------------------------------ people and their files

    def _export(self, name: str, holder: str) -> File:
        file = File(name, MemoryCopy(), holder)
        runner.export(self.store, file.copy, clock, table="t", holder=holder, who=holder)
        file.copy.columns.append(OWN_COLUMN)
        self._number(file)
        file.left = file.last = file.cells()
        return file

    def _number(self, file: File) -> None:
        for row in file.copy.rows:
            if UID not in row:
                self.serial += 1
                row |= {UID: self.serial, OWN_COLUMN: f"own{self.serial}"}

    def type(self, file: File) -> None:
        if not file.copy.rows:
            return
        row = self.rng.choice(file.copy.rows)
        key = self.rng.choice(("status", "text", "text", "text", "title", "count", "unit", "lamp"))
        same = [other.get(key) for other in file.copy.rows if other is not row]
        row[key] = self.rng.choice(same) if same and key == "status" and self.rng.random() < 0.2 else self._value(key)
        self.log.append(f"type {file.name} {row[ID]} {key} = {row[key]!r}")

    def retype_left(self, file: File) -> None:
        row = self.rng.choice(file.copy.rows)
        key = self.rng.choice(("status", "text"))
        if (row[UID], key) in file.left:
            row[key] = file.left[row[UID], key]
            self.log.append(f"retype {file.name} {row[ID]} {key} = {row[key]!r}")

    def answer(self, file: File) -> None:
        rows = [row for row in file.copy.rows if row.get(NOTE)]
        if rows:
            row = self.rng.choice(rows)
            row[NOTE] = self.rng.choice(("采用本表", "采用系统", "采用本表", "采用系统", None, "我再问问"))
            self.log.append(f"answer {file.name} {row[ID]} {row[NOTE]}")

    def sort(self, file: File) -> None:
        self.rng.shuffle(file.copy.rows)
        self.log.append(f"sort {file.name}")

    def sort_without_ids(self, file: File) -> None:
        """Visible columns are sorted, the hidden one stays: a stop is demanded whenever it moved rows as they were left
        (rows equal in all but the edited cells cannot be told apart)."""
        rows, backup = file.copy.rows, file.copy.save_as().rows
        ids = [row[ID] for row in rows]
        self.rng.shuffle(rows)
        for row, id_ in zip(rows, ids, strict=True):
            row[ID] = id_
        was = {row[ID]: row for row in backup}
        moved = [row for row in rows if row[ID] and row[UID] != was[row[ID]][UID] and self._as_left(file, row)]
        plan = runner.run_pass(self.store, file.copy, clock, who=file.holder, dry_run=True)
        self.log.append(f"sort without ids {file.name}: {plan.stopped}")
        if moved and not plan.stopped:
            raise Broken(self._story(f"{len(moved)} rows of {file.name} slid and nobody stopped"))
        file.copy.rows = backup

    def _as_left(self, file: File, row: dict) -> bool:
        return bool(row["text"]) and all(row.get(key) == file.left.get((row[UID], key)) for key in BY_KEY)

    def insert(self, file: File) -> None:
        row = dict.fromkeys(file.copy.columns) | {"title": self._unique("新任务")}
        row |= {"text": self.rng.choice((self._unique("新文"), None)), "unit": self.rng.choice((*UNITS, None))}
        row["status"] = self.rng.choice(("进行中", None, None, "差不多"))
        file.copy.rows.insert(self.rng.randint(0, len(file.copy.rows)), row)
        self._number(file)
        self.log.append(f"insert {file.name} {row['title']}")

    def duplicate(self, file: File) -> None:
        row = self.rng.choice(file.copy.rows)
        twin = {key: value for key, value in row.items() if key not in (UID, OWN_COLUMN)}
        file.copy.rows.insert(self.rng.randint(0, len(file.copy.rows)), twin)
        self._number(file)
        for known in (file.left, file.last):
            known |= {(twin[UID], key): known[row[UID], key] for key in (*BY_KEY, NOTE) if (row[UID], key) in known}
        self.log.append(f"duplicate {file.name} {row[ID]}")

    def delete(self, file: File) -> None:
        if len(file.copy.rows) > 3:
            row = file.copy.rows.pop(self.rng.randrange(len(file.copy.rows)))
            self.log.append(f"delete {file.name} {row[ID]}")

    def move_columns(self, file: File) -> None:
        self.rng.shuffle(file.copy.columns)

    def back_up(self, file: File) -> None:
        self.backups.append(file.save_as(file.name + "'"))

    def restore(self, file: File) -> None:
        """An old file is saved over a newer one: what was typed and never read goes with it."""
        old = [backup for backup in self.backups if backup.name == file.name + "'"]
        if old:
            saved = self.rng.choice(old).save_as(file.name)
            file.copy, file.left, file.last = saved.copy, saved.left, saved.last
            self.log.append(f"restore {file.name}")

    def fork(self, file: File) -> None:
        if len(self.files) < 6:
            self.files.append(file.save_as(file.name + "2"))
            self.log.append(f"fork {file.name}")

    # ------------------------------------------------------------ passes

    def sync(self, file: File, crash: str = "", again: bool = True) -> Plan | None:
        """One pass, watched. `crash`: the point at which the process dies."""
        before, shown = self._own_cells(file), file.cells()
        invalid = {at: raw for at, raw in shown.items() if self._is_invalid(at[1], raw)}
        ids = {row[UID]: row[ID] for row in file.copy.rows}
        notes = {row[UID]: row.get(NOTE) for row in file.copy.rows}
        store, copy = _CrashingStore(self.store, crash), _CrashingCopy(file.copy, crash)
        count = len(self.store.passes)
        try:
            plan = runner.run_pass(store, copy, clock, who=file.holder, confirmed={"rows_missing", "ids_slid"})
        except Crash:
            plan = None
        self.log.append(f"pass {file.name} {crash} -> {self._brief(plan)} {list(self.store.passes)[count:]}")
        if plan and plan.stopped:
            return plan
        if plan is None and len(self.store.passes) == count:
            return None
        if len(self.store.passes) > count:
            plan_made = self.store.passes[list(self.store.passes)[-1]].plan
        else:
            plan_made = plan
        self._number(file)
        file.last_crashed = plan is None and crash != "written"
        for id_ in list(self.store.passes)[count:]:
            self._log_added(file, shown, self.store.passes[id_].plan)
            self._log_split(shown, ids, self.store.passes[id_].plan)
        self._log_typed(file, shown, ids, plan_made)
        self._log_lines(file, shown, ids)
        if plan is None and crash != "written":
            file.last = file.last | {at: raw for at, raw in shown.items() if ids[at[0]]}
        else:
            file.left = file.last = file.cells()
        if self._own_cells(file) != before | {k: v for k, v in self._own_cells(file).items() if k not in before}:
            raise Broken(self._story(f"own column of {file.name} was touched"))
        for (uid, key), raw in invalid.items():
            now = next((row.get(key) for row in file.copy.rows if row[UID] == uid), None)
            if now != raw and ids[uid] and notes[uid] != "采用系统" and not self._may_overwrite(file, ids[uid], key, uid):
                raise Broken(self._story(f"{file.name} {ids[uid]}.{key}: {raw!r} was overwritten with {now!r}"))
        self._check()
        if plan and again and not crash:
            second = runner.run_pass(self.store, file.copy, clock, who=file.holder, confirmed={"rows_missing"})
            if not second.empty:
                raise Broken(self._story(f"second pass of {file.name} is not empty: {second.records} {second.writes}"))
        return plan

    def _own_cells(self, file: File) -> dict:
        return {row[UID]: row.get(OWN_COLUMN) for row in file.copy.rows}

    def _is_invalid(self, key: str, raw: object) -> bool:
        return key in ("status", "count") and bool(read(BY_KEY[key], raw, 2024).trouble)

    def _right(self, file: File, id_: str, key: str) -> str:
        row = self.store.rows.get(id_)
        if BY_KEY[key].owner == "derived":
            return "none"
        seen = row and (file.holder == OFFICE or self.store.value(id_, "unit").norm == file.holder)
        if not seen or row.state != "active" or (BY_KEY[key].owner == "office" and file.holder != OFFICE):
            return "propose"
        return "edit"

    def _may_overwrite(self, file: File, id_: str, key: str, uid: int) -> bool:
        # a conflict with something not understood may have been given up on the page
        return self._right(file, id_, key) != "edit" or self._owner(id_, key) in self._given_up

    @property
    def _given_up(self) -> set[str]:
        return {cell[0] for cell in self.seen}

    def _log_added(self, file: File, shown: dict, plan: Plan) -> None:
        """A row that the pass added must stand in the file as it was read."""
        lines = [{key: shown[uid, key] for key in BY_KEY} for uid, key in shown if key == ID]
        norms = [{key: read(BY_KEY[key], raw, 2024).value.norm for key, raw in line.items()} for line in lines]
        for row in plan.records.rows:
            cells = {key: value.norm for key, value in row.cells.items()}
            if not any(cells.items() <= line.items() for line in norms):
                raise Broken(self._story(f"{file.name}: added {row} stands nowhere"))
            for key, norm in cells.items():
                self.allowed[row.id, key].add(norm)

    def _log_split(self, shown: dict, ids: dict, plan: Plan) -> None:
        """Lines with one id of which one turned out to be another row: what was typed there is that row's."""
        was = dict(ids)
        for base in plan.records.base:
            if base.id not in ids.values() and base.kind in ("row", "proposed"):
                for uid in ids:
                    if ids[uid] and ids[uid] == was[uid] and tuple(shown[uid, key] for key in BY_KEY)[:-1] == base.shown[:-1]:  # but for 灯
                        ids[uid] = base.id
                        break

    def _log_lines(self, file: File, shown: dict, ids: dict) -> None:
        """Lines typed without an id: now they have one, or wait for something that they lack."""
        for row in file.copy.rows:
            if row[UID] not in ids or ids[row[UID]]:
                continue
            readings = {key: read(BY_KEY[key], shown[row[UID], key], 2024) for key in BY_KEY if key != "lamp"}
            ready = readings["title"].value.norm and not any(reading.trouble for reading in readings.values())
            withdrawn = WITHDRAWN in str(row[NOTE])
            if ready and not row[ID] and not file.last_crashed and not withdrawn:
                raise Broken(self._story(f"{file.name}: line {row} was not taken"))
            if row[ID] in self.store.rows and file.holder == OFFICE:
                for key, reading in readings.items():
                    if reading.value.norm is not None:
                        self._assert((row[ID], key), reading.value.norm, set(), row[UID], key, file.name)

    def _log_typed(self, file: File, shown: dict, ids: dict, plan: Plan | None) -> None:
        """What was typed since the engine last read this file."""
        notes = {row[UID]: file.last.get((row[UID], NOTE)) or "" for row in file.copy.rows}
        lines = {str(n): row[UID] for n, row in enumerate(file.copy.rows, FIRST_ROW)}
        asked = {lines[item.at] for item in plan.report.waiting if item.at} if plan else set()
        for (uid, key), raw in shown.items():
            if key not in BY_KEY or not ids[uid] or uid not in notes or uid in asked or (uid, key) not in file.last:
                continue
            self._log_cell(file, uid, key, raw, ids[uid], str(notes[uid]), shown.get((uid, NOTE)))

    def _log_cell(
        self, file: File, uid: int, key: str, raw: object, id_: str, note: str, choice: object
    ) -> None:
        column = BY_KEY[key]
        chosen = choice if f"{column.header}：系统现为" in note else ""
        if raw == file.last[uid, key] and chosen not in ("采用本表", "采用系统"):
            return
        reading = read(column, raw, 2024)
        last, left = (read(column, where[uid, key], 2024).value.norm for where in (file.last, file.left))
        cell = (self._owner(id_, key), key)
        if id_ not in self.store.rows:
            return
        named = re.search(f"{column.header}：系统现为(?:「(.*?)」|空白)", note)
        named = {value for value in self.allowed[cell] if named and str(value) == str(named[1])}
        seen, value = {last} | named, reading.value.norm
        if value == last and chosen == "采用系统":
            self.seen[cell] |= {last}
        if reading.trouble or (value == last and chosen != "采用本表"):
            return
        if is_blank(raw) and column.blank == "keep":
            self.seen[cell] |= {last}  # gives up what stood there
        elif (value == left and value != last) or value in named:
            self.seen[cell] |= seen - {value}  # withdrawn, or 采用系统 by typing its value
        elif self._right(file, id_, key) == "edit":
            self._assert(cell, value, seen, uid, key, file.name)
        elif self._right(file, id_, key) == "propose":
            self._demand_proposal(file, id_, key, value)

    def _demand_proposal(self, file: File, id_: str, key: str, value: Scalar) -> None:
        known = any(
            p.row == id_ and (p.new if p.field == key else p.cells.get(key, BLANK)).norm == value
            for p in self.store.proposals
            if p.field in (key, "")
        )
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

    def finish(self) -> None:
        """Everything settles: two quiet rounds, then nothing more happens, and files show what the table holds."""
        for _ in range(2):
            for file in self.files:
                self.sync(file, again=False)
        for file in self.files:
            plan = self.sync(file)
            if not plan.empty and not plan.stopped:
                raise Broken(self._story(f"{file.name} does not come to rest: {plan.records} {plan.writes}"))
            if not plan.stopped:
                self._check_in_step(file, plan)

    def _check_in_step(self, file: File, plan: Plan) -> None:
        waiting = {(item.row, item.field) for item in plan.report.open}
        asked = {item.at for item in (*plan.report.waiting, *plan.report.duplicated)}
        for n, row in enumerate(file.copy.rows, FIRST_ROW):
            kept = self.store.rows.get(row[ID])
            if kept is None or kept.state == "left" or str(n) in asked:
                continue
            if file.holder != OFFICE and self.store.value(row[ID], "unit").norm != file.holder:
                continue
            for key, column in BY_KEY.items():
                now = self.store.value(self._owner(row[ID], key), key)
                if (row[ID], key) not in waiting and read(column, row.get(key), 2024).value.norm != now.norm:
                    raise Broken(self._story(f"{file.name} {row[ID]}.{key}: {row.get(key)!r}, table {now.norm!r}"))

    # ------------------------------------------------------------ running

    def step(self) -> None:
        rng, file = self.rng, self.rng.choice(self.files)
        if not file.copy.rows:
            return
        acts = (
            (24, lambda: self.type(file)),
            (5, lambda: self.retype_left(file)),
            (8, lambda: self.answer(file)),
            (10, self.edit_table),
            (22, lambda: self.sync(file)),
            (6, lambda: self.sync(file, rng.choice(("commit", "committed", "write", "written")))),
            (3, self.settle),
            (3, self.undo),
            (3, lambda: self.sort(file)),
            (2, lambda: self.sort_without_ids(file)),
            (3, lambda: self.insert(file)),
            (3, lambda: self.duplicate(file)),
            (2, lambda: self.delete(file)),
            (1, lambda: self.move_columns(file)),
            (3, lambda: self.back_up(file)),
            (3, lambda: self.restore(file)),
            (1, lambda: self.fork(file)),
            (1, self.add_row),
            (1, self.change_state),
        )
        weights, functions = zip(*acts, strict=True)
        rng.choices(functions, weights)[0]()

    def _brief(self, plan: Plan | None) -> object:
        if plan is None:
            return "crash"
        if plan.stopped:
            return plan.stopped.code
        lists = vars(plan.report).items()
        return {n: [(i.row, getattr(i, "field", ""), getattr(i, "sheet", "")) for i in items] for n, items in lists if items}

    def _story(self, what: str) -> str:
        return "\n".join((*self.log[-60:], what))


class _CrashingStore:
    """A store whose process dies just before or just after the commit."""

    def __init__(self, store: MemoryStore, crash: str) -> None:
        self._store, self._crash = store, crash

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def commit(self, plan: Plan, revision: int) -> None:
        if self._crash == "commit":
            raise Crash
        self._store.commit(plan, revision)
        if self._crash == "committed":
            raise Crash


class _CrashingCopy:
    """A copy whose writer dies just before or just after the atomic replace."""

    def __init__(self, copy: MemoryCopy, crash: str) -> None:
        self._copy, self._crash = copy, crash

    def __getattr__(self, name: str) -> object:
        return getattr(self._copy, name)

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        if self._crash == "write":
            raise Crash
        fingerprint = self._copy.write(plan, stamp, table)
        if self._crash == "written":
            raise Crash
        return fingerprint


def run_history(seed: int, steps: int = 40) -> World:
    """One random history; raises `Broken` with its seed when the promise does not hold."""
    world = World(seed)
    try:
        for _ in range(steps):
            world.step()
        world.finish()
    except Broken as broken:
        raise Broken(f"seed {seed}: {broken}") from None
    return world
