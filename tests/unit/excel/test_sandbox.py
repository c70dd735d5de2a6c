"""The reading worker: warm, replaced when it dies, gone with the process that had it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bridges.excel import sandbox
from bridges.excel.errors import FileBreaksReader, FileTooLarge
from bridges.excel.reader import read_grids
from tests.support.hostile import FILES, book

BREAKS = FILES["the same under another prefix"][0]()


@pytest.fixture(autouse=True)
def _no_worker_yet():
    sandbox.close_workers()
    yield
    sandbox.close_workers()


def process():
    """The idle worker's number."""
    (worker,) = sandbox._idle
    return worker._process.pid


def alive(pid):
    """Running, and not merely a zombie that nobody has asked for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False


def test_one_worker_reads_file_after_file():
    read_grids(book())
    first = process()
    with pytest.raises(FileTooLarge):
        read_grids(FILES["one cell far away"][0]())
    read_grids(book())
    assert process() == first


def test_a_file_that_kills_the_worker_is_refused_and_the_next_one_is_read():
    read_grids(book())
    first = process()
    with pytest.raises(FileBreaksReader):
        read_grids(BREAKS)
    assert not alive(first)
    assert read_grids(book())["表"].cell(1, 1) == 1


def test_a_worker_that_died_while_it_was_idle_is_replaced():
    read_grids(book())
    os.kill(process(), signal.SIGKILL)
    sandbox._idle[0]._process.wait()
    assert read_grids(book())["表"].cell(1, 1) == 1


def test_a_worker_is_replaced_after_many_files(monkeypatch):
    monkeypatch.setattr(sandbox, "FILES", 2)
    read_grids(book())
    first = process()
    read_grids(book())
    assert not sandbox._idle
    assert not alive(first)


def test_a_file_that_takes_too_long_is_given_up(monkeypatch):
    read_grids(book())
    monkeypatch.setattr(sandbox, "SECONDS", 0.2)
    os.kill(process(), signal.SIGSTOP)
    with pytest.raises(FileTooLarge, match="用时"):
        read_grids(book())


def test_the_worker_has_no_files_and_no_network_and_little_memory():
    worker = sandbox.Worker()
    list(worker.read(book()))
    limits = Path(f"/proc/{worker._process.pid}/limits").read_text()
    found = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert found["Max open files"] == "0"
    assert int(found["Max address space"]) < 2 * 2**30
    assert int(found["Max cpu time"]) < 30
    worker.close()


OWNER = """
from bridges.excel import sandbox
from bridges.excel.reader import read_grids
from tests.support.hostile import book
read_grids(book())
print(sandbox._idle[0]._process.pid, flush=True)
{then}
"""


@pytest.mark.parametrize("then", ["", "import os; os.kill(os.getpid(), 9)", "raise SystemExit(3)"])
def test_the_worker_ends_with_its_owner_however_that_ends(then):
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", OWNER.format(then=then)], cwd=root, capture_output=True, check=False)
    worker = int(done.stdout)
    end = time.monotonic() + 5
    while alive(worker) and time.monotonic() < end:
        os.sched_yield()
    assert not alive(worker)
