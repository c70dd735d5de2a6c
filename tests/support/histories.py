"""Seeded histories of a plan on PostgreSQL and real workbooks: what the simulator in memory cannot see.

People, their copies, crashes and concurrent passes; `tests.support.watch` is the oracle.
"""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from flask import Flask

from bridges import plan_table, runner
from bridges.excel.copy import ExcelCopy
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.sync.values import read
from bridges.table import Raw
from core.plans.cells import edit_cell, find_row
from core.plans.writing import writing
from tests.support.books import CONFIRMED, NOTE, OWN, TODAY, UNITS, Crash, DyingCopy, File, clock
from tests.support.oracle import Broken
from tests.support.watch import Watch, brief

HOT = 0.6
"""How often people choose one of the two rows on which everybody works: conflicts need two in one cell."""


class History(Watch):
    """One history. `step` does something at random, `finish` lets everything settle and checks the promise."""

    def __init__(self, rng: random.Random, app: Flask, tenant: str, folder: Path) -> None:
        super().__init__(tenant)
        self.rng, self.app, self.folder = rng, app, folder
        self.hot = list(self.rows())[:2]
        self.backups: list[File] = []
        self.files = [self._export("主表", OFFICE), self._export("副本", OFFICE), self._export("甲处", "甲处")]

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
        active = [key for key, row in self.rows().items() if row.state == "active"]
        row_id = self.rng.choice([key for key in active if key in self.hot and self.rng.random() < HOT] or active)
        key = self.rng.choice(("status", "progress", "progress", "note", "title", "count", "unit"))
        reading = read(self.columns[key], self._value(key), 2024)
        if reading.trouble or (key == "title" and reading.value.norm is None):
            return
        with self._session() as session, writing(session, self.plan_id, TODAY) as work:
            row = plan_table.table_rows(session, work.plan)[row_id]
            now = row.cell(key).value.norm
            edit_cell(work, find_row(session, self.plan_id, row_id), key, *reading.value)
        self._story(f"table {row_id}.{key}: {now!r} -> {reading.value.norm!r}")
        self._assert((self.owner(row, key), key), reading.value.norm, {now}, "table")

    def settle(self) -> None:
        found = list(self.store.conflicts())
        if found:
            candidate = self.rng.choice(found)
            key = candidate.key if candidate.valid and self.rng.random() < 0.6 else None
            rows = plan_table.by_owner(self.rows())
            known = {c.value.norm for c in found if c.cell == candidate.cell}
            known.add(rows[candidate.owner].cell(candidate.field).value.norm)
            plan = runner.settle(self.store, *candidate.cell, key, clock, who="页面")
            self.passes.append(plan.pass_id)
            chosen = candidate.value.norm if key else rows[candidate.owner].cell(candidate.field).value.norm
            self._story(f"settle {candidate.cell} with {chosen!r}: {plan.pass_id}")
            self._assert(candidate.cell, chosen, known, "settlement")

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

    # ------------------------------------------------------------ people and their files

    def _export(self, name: str, holder: str) -> File:
        file = File(self.folder / f"{name}.xlsx", holder)
        runner.export(self.store, ExcelCopy(file.path), clock, table=self.key, holder=holder, who=holder)
        with file.open() as (sheet, head, columns):
            sheet.cell(head, max(columns.values()) + 1).value = OWN
        self._number(file)
        file.left = file.last = {line.own: line for line in file.lines(self.table)}
        return file

    def type(self, file: File) -> None:
        lines = file.lines(self.table)
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

    def sync(self, file: File, when: str = "") -> None:
        """One pass, watched. `when`: the writer dies before or after the file is replaced."""
        shown, rows = file.lines(self.table), self.rows()
        copy = DyingCopy(file.path)
        copy.when = when
        content = file.path.read_bytes()
        try:
            plan = runner.run_pass(self.store, copy, clock, who=file.holder, confirmed=CONFIRMED)
        except Crash:
            plan = None
        self._after(file, shown, rows, plan, written=plan is not None or file.path.read_bytes() != content)
        self.check()

    def sync_two(self, first: File, second: File) -> None:
        """Two passes at the same time, and an ordinary edit beside them."""
        shown, rows = (first.lines(self.table), second.lines(self.table)), self.rows()

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
        for file, lines, plan in zip((first, second), shown, plans, strict=True):
            self._after(file, lines, rows, plan)
        self.check()

    def finish(self, contents: Callable[[], object]) -> None:
        """Two quiet rounds, then nothing more happens: not a byte, not a row."""
        for _ in range(2):
            for file in self.files:
                self.sync(file)
        before = contents(), [file.path.read_bytes() for file in self.files]
        for file in self.files:
            plan = runner.run_pass(self.store, ExcelCopy(file.path), clock, who=file.holder, confirmed=CONFIRMED)
            if not plan.empty:
                raise Broken(f"{file.path.name} does not come to rest: {brief(plan)} {plan.records} {plan.writes}")
            self._check_in_step(file, plan)
        if (contents(), [file.path.read_bytes() for file in self.files]) != before:
            raise Broken("a quiet pass changed something")

    # ------------------------------------------------------------ running

    def step(self) -> None:
        rng, file = self.rng, self.rng.choice(self.files)
        acts: tuple[tuple[int, Callable[[], None]], ...] = (
            (24, lambda: self.type(file)),
            (6, lambda: self.answer(file)),
            (9, self.edit_table),
            (20, lambda: self.sync(file)),
            (6, lambda: self.sync(file, rng.choice(("before", "after")))),
            (3, lambda: self.sync_two(*rng.sample(self.files, 2))),
            (3, self.settle),
            (4, self.undo),
            (3, lambda: self.sort(file)),
            (2, lambda: self.sort_without_ids(file)),
            (3, lambda: self.insert(file)),
            (2, lambda: self.duplicate(file)),
            (2, lambda: self.delete(file)),
            (1, lambda: self.move_down(file)),
            (3, lambda: self.back_up(file)),
            (3, lambda: self.restore(file)),
            (1, lambda: self.fork(file)),
        )
        weights, functions = zip(*acts, strict=True)
        rng.choices(functions, weights)[0]()


def run_history(seed: int, app: Flask, tenant: str, folder: Path, contents: Callable[[], object], steps: int) -> None:
    """One random history; raises `Broken` with its seed when the promise does not hold."""
    history = History(random.Random(seed), app, tenant, folder)
    try:
        for _ in range(steps):
            history.step()
        history.finish(contents)
    except Exception as failure:
        story = "\n".join(history.log[-80:])
        raise Broken(f"seed {seed}:\n{story}\n{type(failure).__name__}: {failure}") from failure
