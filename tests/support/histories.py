"""Seeded histories of a plan on PostgreSQL and real workbooks: what the simulator in memory cannot see.

People, their copies, crashes and concurrent passes; `tests.support.watch` is the oracle.
"""

import itertools
import random
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.store import plan_table
from bridges.store.plan_table import PERIOD
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.sync.values import read
from bridges.table import Raw
from core.migrate import upgrade
from core.plans.cells import edit_cell, find_row
from core.plans.writing import writing
from core.runtime import Runtime
from tenants.postgres.urls import DatabaseUrls
from tests.support.books import CONFIRMED, NOTE, OWN, RECURRING, TODAY, UNITS, Crash, DyingCopy, File, clock
from tests.support.cli import Cli
from tests.support.database import contents, start_server
from tests.support.moves import run_or_tell
from tests.support.oracle import Broken
from tests.support.table_rows import table_rows
from tests.support.watch import Watch, brief

HOT = 0.6
"""How often people choose one of the three rows on which everybody works: conflicts need two in one cell."""


class History(Watch):
    """One history. `step` does something at random, `finish` lets everything settle and checks the promise."""

    def __init__(self, rng: random.Random, app: Flask, tenant: str, folder: Path) -> None:
        super().__init__(tenant)
        self.rng, self.app, self.folder = rng, app, folder
        self.hot = [*list(self.rows)[:2], next(id_ for id_, row in self.rows.items() if row.cell(PERIOD).value.norm)]
        self.backups: list[File] = []
        self.files = [
            self._export("主表", OFFICE),
            self._export("副本", OFFICE),
            self._export("甲处", self.holders["甲处"]),
        ]

    # ------------------------------------------------------------ the table's side

    def _value(self, key: str) -> Raw:
        rng = self.rng
        match self.columns[key].kind:
            case "status":
                return rng.choice(("进行中", "推进中", "已完成", "滞后", None, "清空", "差不多"))
            case "percent":
                return rng.choice((rng.randint(2, 100), "50%", 0.5, None, "一半"))
            case "number":
                return rng.choice((rng.randint(0, 9), "5", None, "很多", -3))
            case "date":
                return rng.choice((f"2024-06-{rng.randint(10, 30)}", "6月1日", None, "年底"))
            case "units":
                return rng.choice((*UNITS, "甲处、丙处", "清空", "没有的处"))
        fresh = [self._unique(key) for _ in range(3)]
        return rng.choice((*fresh, fresh[0] + "  ", f"{fresh[1]}\n又", None))

    def edit_table(self) -> None:
        active = [key for key, row in self.rows.items() if row.state == "active"]
        row_id = self.rng.choice([key for key in active if key in self.hot and self.rng.random() < HOT] or active)
        key = self.rng.choice(("status", "progress", "progress", "note", "title", "count", "unit"))
        reading = read(self.columns[key], self._value(key), 2024)
        if reading.trouble or (key == "title" and reading.value.norm is None):
            return
        with self._session() as session, writing(session, self.plan_id, self.today) as work:
            row = table_rows(session, work.plan)[row_id]
            now = row.cell(key).value.norm
            edit_cell(work, find_row(session, self.plan_id, row_id), key, *reading.value)
        self._story(f"table {row_id}.{key}: {now!r} -> {reading.value.norm!r}")
        self._assert((self.owner(row, key), key), reading.value.norm, {now}, "table")
        self.look()

    def pass_month(self) -> None:
        """A month or two are over: the next pass opens further periods, and may put away the row of an old one."""
        self._set_day(self.today.replace(month=min(12, self.today.month + self.rng.randint(1, 2))))
        self._story(f"it is {self.today}")

    def settle(self) -> None:
        found = list(self.store.conflicts())
        if found:
            candidate = self.rng.choice(found)
            key = candidate.key if candidate.valid and self.rng.random() < 0.6 else None
            rows = plan_table.by_owner(self.rows)
            known = {c.value.norm for c in found if c.cell == candidate.cell}
            known.add(rows[candidate.owner].cell(candidate.field).value.norm)
            plan = runner.settle(self.store, *candidate.cell, key, clock, who="页面")
            self.passes.append(plan.pass_id)
            chosen = candidate.value.norm if key else rows[candidate.owner].cell(candidate.field).value.norm
            self._story(f"settle {candidate.cell} with {chosen!r}: {plan.pass_id}")
            self._assert(candidate.cell, chosen, known, "settlement")
            self.look()

    def undo(self) -> None:
        if not self.passes:
            return
        id_ = self.rng.choice(self.passes[-6:])
        plan = runner.undo(self.store, id_, clock, who="页面")
        if not plan.empty:
            self.passes.append(plan.pass_id)
        self._story(f"undo {id_}: {[(c.owner, c.field, c.new.norm) for c in plan.records.changes]} as {plan.pass_id}")
        for change in plan.records.changes:
            self._assert((change.owner, change.field), change.new.norm, {change.old.norm}, "undo")
        self.look()

    # ------------------------------------------------------------ people and their files

    def _export(self, name: str, holder: str) -> File:
        file = File(self.folder / f"{name}.xlsx", holder)
        runner.export(self.store, ExcelCopy(file.path), clock, table=self.key, holder=holder, who=holder)
        self._number(file)
        file.left = file.last = {line.own: line for line in file.lines(self.table)}
        return file

    def type(self, file: File) -> None:
        lines = file.lines(self.table)
        if not lines:
            return
        line = self.rng.choice([line for line in lines if line.id in self.hot and self.rng.random() < HOT] or lines)
        with file.open() as (sheet, _, columns):
            for _ in range(self.rng.randint(1, 3)):
                choices = ("status", "percent", "count", "completed_on", "progress", "progress", "note", "title", "no")
                key = self.rng.choice((*choices, "progress", "unit", "quota"))
                value = self._value(key)
                sheet.cell(line.number, columns[self.columns[key].header]).value = value
                self._story(f"type {file.path.name} {line.own} {line.id} {key} = {value!r}")

    def answer(self, file: File) -> None:
        asked = [line for line in file.lines(self.table) if line.note]
        if asked:
            line = self.rng.choice(asked)
            with file.open() as (sheet, _, columns):
                word = self.rng.choice(("采用本表", "采用系统", "采用本表", "采用系统", None, "我再问问"))
                sheet.cell(line.number, columns[NOTE]).value = word
                self._story(f"answer {file.path.name} {line.own} {line.id} {word}")

    def sort(self, file: File) -> None:
        self._rearrange(file, lambda rows: self.rng.shuffle(rows))
        self._story(f"sort {file.path.name}")

    def delete(self, file: File) -> None:
        if len(file.lines(self.table)) > 4:
            self._rearrange(file, lambda rows: rows.pop(self.rng.randrange(len(rows))))
            self._story(f"delete a row of {file.path.name}")

    def duplicate(self, file: File) -> None:
        lines = file.lines(self.table)
        original, own = self.rng.choice(lines), self._unique("own")
        with file.open() as (sheet, _, columns):
            for column in columns.values():
                to = sheet.cell(lines[-1].number + 1, column)
                to.value = own if column == columns[OWN] else sheet.cell(original.number, column).value
        for known in (file.left, file.last):
            if original.own in known:
                known[own] = known[original.own]
        self._story(f"duplicate {file.path.name} {original.own} as {own}")

    def insert(self, file: File) -> None:
        cells = {"任务": self._unique("新任务"), "进展情况": self._unique("新进展"), OWN: self._unique("own")}
        cells |= {
            "责任单位": self.rng.choice((*UNITS, "甲处、丙处", None)),
            "完成情况": self.rng.choice(("进行中", None)),
        }
        with file.open() as (sheet, _, columns):
            last = file.lines(self.table)[-1].number
            for header, value in cells.items():
                sheet.cell(last + 1, columns[header]).value = value
        self._story(f"insert {file.path.name} {cells}")

    def move_down(self, file: File) -> None:
        with file.open() as (sheet, _, _):
            sheet.insert_rows(1)

    def _rearrange(self, file: File, change: Callable[[list], object]) -> None:
        with file.open() as (sheet, head, _):
            rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=head + 1)]
            blank = [None] * len(rows[0])
            count = len(rows)
            change(rows)
            for number, row in enumerate(rows + [blank] * (count - len(rows)), head + 1):
                for column, value in enumerate(row, 1):
                    sheet.cell(number, column).value = value

    def sort_without_ids(self, file: File) -> None:
        """The visible columns are sorted, the hidden one is not: a row that brought another task's texts must stop."""
        trial = file.save_as(self.folder / "试.xlsx")
        before = {line.own: line for line in trial.lines(self.table)}

        def shuffle(rows: list) -> None:
            ids = [row[0] for row in rows]
            self.rng.shuffle(rows)
            for row, id_ in zip(rows, ids, strict=True):
                row[0] = id_

        self._rearrange(trial, shuffle)
        after = {line.own: line for line in trial.lines(self.table)}
        texts = {(line.id, line.cells["title"], line.cells["text"]) for line in before.values()}
        left = {(line.id, line.cells["title"], line.cells["text"]) for line in file.left.values()}
        slid = [
            line
            for own, line in after.items()
            if own in file.left
            and line.id
            and line.cells["text"]
            and before[own].cells == file.left[own].cells
            and (line.id, line.cells["title"], line.cells["text"]) not in texts | left
        ]
        ids = [line.id for line in before.values()]
        plan = runner.run_pass(self.store, ExcelCopy(trial.path), clock, who=file.holder, dry_run=True)
        if slid and len(set(ids)) == len(ids) and not plan.stopped:
            raise Broken(f"{len(slid)} rows of {file.path.name} slid and nobody stopped: {slid[0]}")

    def back_up(self, file: File) -> None:
        self.backups.append(file.save_as(self.folder / f"备份{len(self.backups)}-{file.path.name}"))

    def restore(self, file: File) -> None:
        """An old file is saved over a newer one: what was typed and never read goes with it."""
        old = [backup for backup in self.backups if backup.path.name.endswith("-" + file.path.name)]
        if old:
            saved = self.rng.choice(old).save_as(file.path)
            file.left, file.last = saved.left, saved.last
            self._story(f"restore {file.path.name}")

    def fork(self, file: File) -> None:
        if len(self.files) < 5:
            self.files.append(file.save_as(self.folder / f"另存{len(self.files)}.xlsx"))
            self._story(f"fork {file.path.name}")

    # ------------------------------------------------------------ passes

    def sync(self, file: File, when: str = "") -> Plan | None:
        """One pass, watched. `when`: the writer dies before or after the file is replaced."""
        shown, rows = file.lines(self.table), self.rows
        copy = DyingCopy(file.path)
        copy.when = when
        content = file.path.read_bytes()
        try:
            plan = runner.run_pass(self.store, copy, clock, who=file.holder, confirmed=CONFIRMED)
        except Crash:
            plan = None
        self.look()
        self._after(file, shown, rows, plan, written=plan is not None or file.path.read_bytes() != content)
        self.check()
        return plan

    def sync_two(self, first: File, second: File) -> None:
        """Two passes at the same time, and an ordinary edit beside them."""
        shown, rows = (first.lines(self.table), second.lines(self.table)), self.rows

        def one(file: File) -> Plan:
            with self.app.app_context():
                return runner.run_pass(self.store, ExcelCopy(file.path), clock, who=file.holder, confirmed=CONFIRMED)

        def edit(_: object) -> None:
            with self.app.app_context():
                self.edit_table()

        with ThreadPoolExecutor(3) as pool:
            third = pool.submit(edit, None)
            plans = list(pool.map(one, (first, second)))
            third.result()
        self.look()
        for file, lines, plan in zip((first, second), shown, plans, strict=True):
            self._after(file, lines, rows, plan)
        self.check()

    def finish(self, contents: Callable[[], object]) -> None:
        """Two quiet rounds, then nothing more happens: not a byte, not a row. A file in which there was nothing to do
        is passed again when the table has moved since."""
        quiet: dict[Path, tuple[int, Plan]] = {}

        def restless() -> list[File]:
            return [file for file in self.files if quiet.get(file.path, (-1,))[0] != self.revision]

        for _ in range(2):
            for file in restless():
                plan = self.sync(file)
                quiet[file.path] = (self.revision if plan.empty else -1), plan
        before = contents(), [file.path.read_bytes() for file in self.files]
        for file in restless() or self.files[:1]:
            plan = runner.run_pass(self.store, ExcelCopy(file.path), clock, who=file.holder, confirmed=CONFIRMED)
            if not plan.empty:
                raise Broken(f"{file.path.name} does not come to rest: {brief(plan)} {plan.records} {plan.writes}")
            quiet[file.path] = self.revision, plan
        if (contents(), [file.path.read_bytes() for file in self.files]) != before:
            raise Broken("a quiet pass changed something")
        for file in self.files:
            self._check_in_step(file, quiet[file.path][1])

    # ------------------------------------------------------------ running

    def step(self, move: int) -> None:
        """Something at random."""
        self.rng.seed(move)
        file = self.rng.choice(self.files)
        ACTS[self.rng.choices(tuple(ACTS), WEIGHTS)[0]][1](self, file)


ACTS: Mapping[str, tuple[int, Callable[[History, File], object]]] = {
    "type": (24, History.type),
    "answer": (6, History.answer),
    "edit_table": (9, lambda history, _: history.edit_table()),
    "sync": (20, History.sync),
    "sync_and_die": (6, lambda history, file: history.sync(file, history.rng.choice(("before", "after")))),
    "sync_two": (3, lambda history, _: history.sync_two(*history.rng.sample(history.files, 2))),
    "pass_month": (6, lambda history, _: history.pass_month()),
    "settle": (3, lambda history, _: history.settle()),
    "undo": (4, lambda history, _: history.undo()),
    "sort": (3, History.sort),
    "sort_without_ids": (2, History.sort_without_ids),
    "insert": (3, History.insert),
    "duplicate": (2, History.duplicate),
    "delete": (2, History.delete),
    "move_down": (1, History.move_down),
    "back_up": (3, History.back_up),
    "restore": (3, History.restore),
    "fork": (1, History.fork),
}
WEIGHTS = [weight for weight, _ in ACTS.values()]


class Ground:
    """A database on which histories are played, each with a tenant and a folder of its own."""

    def __init__(self, runtime: Runtime, database: DatabaseUrls, folder: Path) -> None:
        self._runtime, self._database, self._folder = runtime, database, folder
        self._tenants = itertools.count(1)

    def run_history(self, seed: int, steps: int = 25) -> None:
        """One random history; raises `Broken` with its seed and the shortest story that breaks as well."""
        run_or_tell(partial(self._play, seed), seed, steps)

    def _play(self, seed: int, moves: Sequence[int]) -> None:
        tenant = f"t{next(self._tenants)}"
        folder = self._folder / tenant
        folder.mkdir()
        history = History(random.Random(seed), self._runtime.app, self._onboard(tenant), folder)
        try:
            for move in moves:
                history.step(move)
            history.finish(lambda: contents(self._database, tenant))
        except Exception as failure:
            story = "\n".join(history.log[-80:])
            raise Broken(f"{story}\n{type(failure).__name__}: {failure}") from failure
        finally:
            shutil.rmtree(folder)

    def _onboard(self, tenant: str) -> str:
        document = self._folder / "要点.txt"
        document.write_text(RECURRING, encoding="utf-8")
        cli = Cli(self._runtime)
        cli.ok("tenant", "add", tenant, "--name", "示例机关", "--plugin", "openness")
        cli.ok("plan", "import", document, "--tenant", tenant)
        cli.ok("plan", "confirm", "--tenant", tenant)
        return tenant


@contextmanager
def open_ground() -> Iterator[Ground]:
    """A ground on a server of its own, for as long as the block lasts."""
    with start_server() as server, server.clone(upgrade) as urls, TemporaryDirectory() as folder:
        runtime = Runtime(urls.as_environ(), Path(folder) / "home", TODAY)
        try:
            with runtime.app.app_context():
                yield Ground(runtime, urls, Path(folder))
        finally:
            runtime.close()
