"""Passes of the sheet bridge, measured: a plan of so many rows in PostgreSQL and its workbook, twelve columns filled.

What is done to both sides before a pass is done in a process of its own, so that the memory of a pass is its own too.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Text, cast, func, update

from benchmarks.home import TENANT, TODAY, open_home, zwgk
from benchmarks.material import plan_of
from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.excel.patch import Edit, patch
from bridges.store.declared import declared
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE
from core.plans.cells import edit_cell, find_rows
from core.plans.models import Occurrence
from core.plans.services import find_plan
from core.plans.writing import writing
from core.runtime import Runtime
from tenants.sessions import tenant_session

PLAN = 1
"""The number of the plan that is measured, the first of its home."""

STEP = 100
"""Every so many rows one is changed on each side: one per cent."""


COLUMNS = (
    *("no", "title", "unit", "deadline", "quota"),
    *("status", "percent", "count", "completed_on", "progress", "evidence", "note"),
)
"""Twelve, those in which units report among them, beside the id and 同步提示."""


def clock() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _opened(home: str) -> Iterator[tuple[Runtime, PlanStore]]:
    runtime = open_home(home)
    try:
        with runtime.app.app_context():
            yield runtime, PlanStore(TENANT, OFFICE, "sheet:bench", runtime.today)
    finally:
        runtime.close()


def prepare(home: str, book: str) -> dict[str, float]:
    """Fill what the units report in each row, and export the plan; and a small one, with which passes warm up."""
    with _opened(home) as (runtime, store):
        with tenant_session(TENANT, OFFICE, "bench") as session:
            number = cast(Occurrence.id, Text)
            said = {
                "status": "in_progress",
                "status_word": "推进中",
                "percent": Occurrence.id % 90 + 5,
                "count": Occurrence.id % 7,
                "completed_on": datetime(2024, 6, 1, tzinfo=UTC).date(),
                "progress": func.concat("第", number, "项已按计划推进，材料齐备，待审核后公开。"),
                "evidence": func.concat("见附件", number),
                "note": func.concat("备注", number),
            }
            session.execute(update(Occurrence).values(said))
        _export(store, PLAN, Path(book))
        text = Path(book).with_suffix(".small.txt")
        text.write_text(plan_of(10), encoding="utf-8")
        zwgk(runtime, "plan", "import", str(text))
        _export(store, PLAN + 1, _small(book))
        return {}


def _export(store: PlanStore, plan: int, book: Path) -> None:
    runner.export(store, ExcelCopy(book), clock, table=plan_key(plan), holder=OFFICE, who=OFFICE, columns=COLUMNS)


def _small(book: str) -> Path:
    return Path(book).with_suffix(".small.xlsx")


def edit(home: str, book: str) -> dict[str, float]:
    """Change one per cent of the rows in the workbook, and another one per cent in the database."""
    with _opened(home):
        _edit(PLAN, Path(book), STEP)
    return {}


def _edit(number: int, book: Path, step: int) -> None:
    with tenant_session(TENANT, OFFICE, "bench") as session:
        plan = find_plan(session, number)
        snapshot = ExcelCopy(book).read(declared(session, plan))
        letter, now = dict(snapshot.columns)["progress"], time.time()
        rows = snapshot.rows[: len(snapshot.rows) // step * step]  # as many on one side as on the other
        typed = [Edit("任务分解表", f"{letter}{row.at}", f"表中改为{now}") for row in rows[::step]]
        book.write_bytes(patch(book.read_bytes(), typed))
        with writing(session, plan.id, TODAY) as work:
            for row in find_rows(session, plan.id, [row.id for row in rows[1::step]]).values():
                edit_cell(work, row, "note", None, f"库中改为{now}")


def sync(home: str, book: str) -> dict[str, float]:
    """One whole pass, in a process in which a pass over a small plan has run: connection open, reading worker warm."""
    with _opened(home) as (_, store):
        _edit(PLAN + 1, _small(book), step=2)
        runner.run_pass(store, ExcelCopy(_small(book)), clock, who=OFFICE)
        before = {pid: _status(pid, "VmRSS") for pid in _family()}
        began = time.perf_counter()
        done = runner.run_pass(store, ExcelCopy(Path(book)), clock, who=OFFICE)
        seconds = time.perf_counter() - began
        own, *others = (_status(pid, "VmHWM") - before.get(pid, 0) for pid in _family())
        if not len(done.records.changes) == len(done.writes.cells) > 0:
            sys.exit(f"{len(done.records.changes)} changes, {len(done.writes.cells)} writes")
        return {"seconds": seconds, "own": own, "worker": sum(others)}


def unchanged(home: str, book: str) -> dict[str, float]:
    """A pass over a copy in which a pass found nothing to do: the median of five."""
    with _opened(home) as (_, store):
        runner.run_pass(store, ExcelCopy(Path(book)), clock, who=OFFICE)
        took = []
        for _ in range(5):
            began = time.perf_counter()
            done = runner.run_pass(store, ExcelCopy(Path(book)), clock, who=OFFICE)
            took.append(time.perf_counter() - began)
        if not done.empty:
            sys.exit("something changed")
        return {"seconds": sorted(took)[2]}


def _family() -> list[int]:
    own = os.getpid()
    children = Path(f"/proc/{own}/task/{own}/children").read_text(encoding="ascii").split()
    return [own, *map(int, children)]


def _status(pid: int, name: str) -> float:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(name + ":"))


CASES = {
    "pass_prepare": prepare,
    "pass_edit": edit,
    "pass": sync,
    "pass_unchanged": unchanged,
}
