"""Reading workbooks in another process, which may die of them: the near end of `worker.py`.

A worker is kept for the next file, since starting one takes a sixth of a second; it is replaced when it died, when a
file took too long, and after `FILES` files. It ends by itself when this process does, however that ends.
"""

import atexit
import marshal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridges.excel import errors
from bridges.excel.errors import FileBreaksReader, FileTooLarge

SECONDS = 30
"""On the wall, waited for one file."""
FILES = 500
"""Files that one worker reads: what leaks in a library goes with it."""
KEPT = 2
"""Workers between two files: one file is merged while the next one is read."""
ROOT = Path(__file__).parents[2]


class Worker:
    """One reading process. Not for two threads at once."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bridges.excel.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._files = 0

    @property
    def usable(self) -> bool:
        """May it be given another file?"""
        return self._process.poll() is None and self._files < FILES

    def read(self, source: bytes) -> Iterator[tuple[Any, ...]]:
        """The frames of the answer, as they come; between two of them the worker reads on. Raises a WorkbookRefused;
        after anything but a refusal of the worker's own, or a frame that was not taken, it is not usable any more."""
        self._files += 1
        clock = _Clock(self._process.kill)
        try:
            with clock:
                self._process.stdin.write(len(source).to_bytes(8, "little"))
                self._process.stdin.write(source)
                self._process.stdin.flush()
            kind = ""
            while kind not in ("done", "refused"):
                with clock:
                    kind, *content = self._frame()
                if kind != "refused":
                    yield kind, *content
        except (BrokenPipeError, EOFError) as error:
            self.close()
            raise FileTooLarge(what="读取用时", limit=f"{SECONDS} 秒") if clock.late else FileBreaksReader from error
        except BaseException:
            self.close()  # the rest of the answer is still in the pipe
            raise
        if kind == "refused":
            name, fields = content
            raise getattr(errors, name)(**fields)

    def _frame(self) -> tuple[Any, ...]:
        size = self._process.stdout.read(8)
        content = self._process.stdout.read(int.from_bytes(size, "little"))
        if len(size) < 8 or len(content) < int.from_bytes(size, "little"):
            raise EOFError
        return marshal.loads(content)  # noqa: S302 from our own worker

    def close(self) -> None:
        """End it, and leave nothing of it behind."""
        self._process.kill()
        self._process.wait()
        with suppress(BrokenPipeError):  # of what was not yet taken out of the pipe
            self._process.stdin.close()
        self._process.stdout.close()


class _Clock:
    """Ends what is waited for when all waits together took too long. What the caller does in between does not count."""

    def __init__(self, end: Callable[[], None]) -> None:
        self._end, self._left, self.late = end, float(SECONDS), False

    def __enter__(self) -> None:
        self._began = time.monotonic()
        self._timer = threading.Timer(self._left, self._strike)
        self._timer.start()

    def _strike(self) -> None:
        self.late = True
        self._end()

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._left = max(0, self._left - (time.monotonic() - self._began))


_idle: list[Worker] = []
"""Workers between two files; each is taken by one thread at a time."""


def read_frames(source: bytes) -> Iterator[tuple[Any, ...]]:
    """The frames of a workbook, read by an idle worker or a new one. Raises a WorkbookRefused."""
    worker = _taken()
    try:
        yield from worker.read(source)
    finally:
        if worker.usable and len(_idle) < KEPT:
            _idle.append(worker)
        else:
            worker.close()


def _taken() -> Worker:
    while True:
        try:
            worker = _idle.pop()
        except IndexError:
            return Worker()
        if worker.usable:
            return worker
        worker.close()


def close_workers() -> None:
    """End the idle ones; new ones start when they are needed."""
    while _idle:
        _idle.pop().close()


atexit.register(close_workers)
