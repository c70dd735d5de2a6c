"""kill -9 before every durable step of a pass: the next passes heal it, and nothing is lost, doubled or left over."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.e2e.test_sheet import book, rows, sync

__all__ = ["book", "rows", "sync"]

FILE = ("mkstemp", "fsync", "replace", "unlink", "fsync")
"""A file beside it, written through, in its place, nothing left, the folder written through."""
STEPS = ("commit", *FILE, *FILE, "commit")
"""The pass and its edits; the original is kept; the workbook is replaced; the pass is noted as written."""


@pytest.fixture
def run_until(book, runtime):
    """Runs `zwgk sheet sync` in a process of its own that dies before its n-th durable step (0: it lives)."""

    def run(step):
        return subprocess.run(
            [sys.executable, "-m", "tests.support.dying", str(step), "sheet", "sync", "--tenant", "t", book.path],
            cwd=Path(__file__).parents[2],
            env=os.environ | runtime.environ,
            capture_output=True,
            text=True,
        )

    return run


@pytest.fixture
def work(cli, book, rows):
    """Edits on both sides: one to take, a conflict, a new row, and one to write."""
    _, two, three, *_ = (row["row"] for row in rows())
    cli.ok("task", "set", "--tenant", "t", two, "progress=系统的话")
    cli.ok("task", "set", "--tenant", "t", three, "note=请核对")
    book.type((1, "进展情况", "杀掉之前"), (2, "进展情况", "表中的话"), (7, "任务", "新任务"), (7, "责任单位", "甲处"))


@pytest.mark.usefixtures("work")
def test_the_durable_steps_of_a_pass(run_until):
    done = run_until(0)
    assert done.returncode == 1, done.stderr
    assert tuple(line.removeprefix("step ") for line in done.stderr.splitlines() if line.startswith("step ")) == STEPS


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize("step", range(1, len(STEPS) + 1), ids=lambda n: f"{n}-{STEPS[n - 1]}")
def test_killed_before_a_step(cli, book, sync, rows, run_until, step):
    died = run_until(step)
    assert died.returncode == -signal.SIGKILL, died.stderr
    assert load_workbook(book.path).active.max_row >= 10
    sync(1)
    sync(1)
    assert [row["progress"] for row in rows()] == ["杀掉之前", "系统的话", "", "", "", "", ""]
    assert [row["title"] for row in rows()].count("新任务") == 1
    (open_,) = cli.json("sheet", "conflicts", "--tenant", "t", status=1)
    assert (open_["sheet"], open_["database"]) == (["表中的话"], "系统的话")
    shown = book.read()
    assert [row["进展情况"] for row in shown[:2]] == ["杀掉之前", "表中的话"]
    assert (shown[2]["备注"], shown[6]["任务"], shown[6]["#id"]) == ("请核对", "新任务", rows()[-1]["row"])
    assert len(shown) == 7
    before = book.path.read_bytes()
    assert sync(1)["pass"] is None
    assert book.path.read_bytes() == before
    folder = {path.name for path in book.path.parent.iterdir() if path.is_file()}
    assert folder <= {book.path.name, f"{book.path.name}.bak", "要点.txt"}
