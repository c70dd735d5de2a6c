"""A seeded world of people, files and crashes, watched by the oracle. Failures name the seed that replays them."""

import random
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import islice

from bridges import runner
from bridges.memory import MemoryCopy, MemoryStore
from bridges.sync.messages import TWIN
from bridges.sync.model import ID, NOTE, OFFICE, value_key
from bridges.sync.plan import Plan
from bridges.table import Table, Value
from tests.support.moves import run_or_tell
from tests.support.oracle import BY_KEY, OWN_COLUMN, TYPED, UID, UNITS, WORDS, Broken, File, Oracle, clock, reading


class Crash(Exception):
    """The process died at this point."""


class World(Oracle):
    """One history. `step` does something at random; `finish` lets everything settle down and checks the promise."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self.rng = rng
        self.serial = 0
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
        values = {key: reading(key, raw).value for key, raw in cells.items()}
        values["lamp"] = Value("绿", "绿")
        self.store.add(id_, values, {"task": thing})
        for key in values:
            owner = self._owner(id_, key)
            self.allowed[owner, key].add(self.store.value(owner, key).norm)

    def _value(self, key: str) -> object:
        rng = self.rng
        if key == "status":
            return rng.choice((*WORDS, None, "清空", "差不多"))
        if key == "count":
            return rng.choice((rng.randint(0, 9), "5", None, "很多"))
        if key == "unit":
            return rng.choice(UNITS)
        return rng.choice((self._unique(key), self._unique(key), self._unique(key), f"{key}同", None))

    def edit_table(self) -> None:
        id_ = self.rng.choice([row for row, kept in self.store.rows.items() if kept.state == "active"])
        key = self.rng.choice(("status", "text", "text", "title", "count", "unit"))
        value, trouble = reading(key, self._value(key))
        owner = self._owner(id_, key)
        now = self.store.value(owner, key)
        if trouble or value.norm == now.norm:
            return
        self.log.append(f"table {owner}.{key}: {now.norm} -> {value.norm}")
        self._assert((owner, key), value.norm, {now.norm}, 0, key, "table")
        self.store.put(owner, key, value)

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
        self.settled.add(cell)
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
        known = {(row[ID], row["title"], row["text"]) for row in backup}
        known |= {(row[ID], *(file.left.get((row[UID], key)) for key in ("title", "text"))) for row in backup}
        moved = [row for row in rows if row[ID] and self._as_left(file, row)]
        moved = [row for row in moved if (row[ID], row["title"], row["text"]) not in known]
        plan = runner.run_pass(self.store, file.copy, clock, who=file.holder, dry_run=True)
        self.log.append(f"sort without ids {file.name}: {plan.stopped}")
        if moved and len(set(ids)) == len(ids) and not plan.stopped:
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
        invalid = {at: raw for at, raw in shown.items() if at[1] in TYPED and reading(at[1], raw).trouble}
        # typed back what the file was left with, after a pass that read something else and could not write: no new edit
        back = {at for at, raw in invalid.items() if raw == file.left.get(at) != file.last.get(at)}
        ids, said, was = {row[UID]: row[ID] for row in file.copy.rows}, dict(shown), file.left
        open_ = {cell: set(found) for cell, found in self.store.candidates.items()}
        notes = {row[UID]: row.get(NOTE) for row in file.copy.rows}
        store, copy = _CrashingStore(self.store, crash), _CrashingCopy(file.copy, crash)
        count = len(self.store.passes)
        try:
            plan = runner.run_pass(store, copy, clock, who=file.holder, confirmed={"rows_missing", "ids_slid"})
        except Crash:
            plan = None
        made = [done.plan for done in islice(self.store.passes.values(), count, None)]
        self.log.append((f"pass {file.name} {crash}", plan, [done.pass_id for done in made]))
        if plan and plan.stopped:
            return plan
        if plan is None and not made:
            return None
        self._number(file)
        file.last_crashed = plan is None and crash != "written"
        for done in made:
            self._log_added(file, shown, done)
            self._log_split(file, said, ids, done)
        asked = self._log_typed(file, said, ids, (made or [plan])[-1])
        self._log_lines(file, shown, ids)
        if plan is None and crash != "written":
            file.last = file.last | {at: raw for at, raw in shown.items() if ids[at[0]] and at[0] not in asked}
        else:
            cells = file.cells()
            unread = [{at: raw for at, raw in old.items() if at[0] in asked} for old in (file.left, file.last)]
            file.left, file.last = (cells | kept for kept in unread)
        own = self._own_cells(file)
        if own != own | before:
            raise Broken(self._story(f"own column of {file.name} was touched"))
        for (uid, key), raw in invalid.items():
            now = next((row.get(key) for row in file.copy.rows if row[UID] == uid), None)
            cell = (self._owner(ids[uid], key), key)
            conflict = f"{BY_KEY[key].header}：系统现为" in str(notes[uid])  # it may have been settled in another copy
            settled = conflict and value_key(Value(None, raw), False) not in open_.get(cell, {})
            excused = settled or notes[uid] == "采用系统" or self._may_overwrite(file, ids[uid], key)
            # what a spare line was left with is nobody's word: to make it a row, somebody typed over it
            excused |= (uid, key) in back or (TWIN in str(notes[uid]) and raw == was.get((uid, key)))
            if now != raw and ids[uid] and not excused:
                raise Broken(self._story(f"{file.name} {ids[uid]}.{key}: {raw!r} was overwritten with {now!r}"))
        self._check()
        if plan and again and not crash and not plan.empty:
            second = runner.run_pass(self.store, file.copy, clock, who=file.holder, confirmed={"rows_missing"})
            if not second.empty:
                raise Broken(self._story(f"second pass of {file.name} is not empty: {second.records} {second.writes}"))
        return plan

    def finish(self) -> None:
        """Everything settles: two quiet rounds, then nothing more happens, and files show what the table holds."""
        quiet: dict[int, tuple[int, Plan]] = {}
        for _ in range(3):
            for n, file in enumerate(self.files):
                revision, plan = quiet.get(n, (-1, None))
                if revision != self.store.revision or not plan.empty:  # or nothing moved since it had nothing to do
                    plan = self.sync(file, again=False)
                    quiet[n] = self.store.revision, plan
        for file, (_, plan) in zip(self.files, quiet.values(), strict=True):
            if not plan.empty:
                raise Broken(self._story(f"{file.name} does not come to rest: {plan.records} {plan.writes}"))
            if not plan.stopped:
                self._check_in_step(file, plan)

    # ------------------------------------------------------------ running

    def act(self, name: str, file: File) -> None:
        """One act by its name."""
        if file.copy.rows:
            ACTS[name][1](self, file)

    def step(self, move: int) -> None:
        """Something at random; the same move in the same world is the same act."""
        self.rng.seed(move)
        file = self.rng.choice(self.files)
        self.act(self.rng.choices(tuple(ACTS), WEIGHTS)[0], file)


DEATHS = ("commit", "committed", "write", "written")
ACTS: Mapping[str, tuple[int, Callable[[World, File], object]]] = {
    "type": (24, World.type),
    "retype_left": (5, World.retype_left),
    "answer": (8, World.answer),
    "edit_table": (10, lambda world, _: world.edit_table()),
    "sync": (22, World.sync),
    "sync_and_die": (6, lambda world, file: world.sync(file, world.rng.choice(DEATHS))),
    "settle": (3, lambda world, _: world.settle()),
    "undo": (3, lambda world, _: world.undo()),
    "sort": (3, World.sort),
    "sort_without_ids": (2, World.sort_without_ids),
    "insert": (3, World.insert),
    "duplicate": (3, World.duplicate),
    "delete": (2, World.delete),
    "move_columns": (1, World.move_columns),
    "back_up": (3, World.back_up),
    "restore": (3, World.restore),
    "fork": (1, World.fork),
    "add_row": (1, lambda world, _: world.add_row()),
    "change_state": (1, lambda world, _: world.change_state()),
}
WEIGHTS = [weight for weight, _ in ACTS.values()]


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


def play(seed: int, moves: Sequence[int]) -> World:
    """The history of these moves in the seed's world; raises `Broken` when the promise does not hold."""
    world = World(random.Random(seed))
    for move in moves:
        world.step(move)
    world.finish()
    return world


def run_history(seed: int, steps: int = 40) -> None:
    """One random history; raises `Broken` with its seed and the shortest story that breaks as well."""
    run_or_tell(partial(play, seed), seed, steps)
