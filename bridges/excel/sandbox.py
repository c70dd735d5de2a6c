"""Reading workbooks in another process, which may die of them: the near end of `worker.py`.

A worker is kept for the next file, since starting one takes a sixth of a second; it is replaced when it died, when a
file took too long, and after `FILES` files. It ends by itself when this process does, however that ends.
"""

import atexit
import marshal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bridges.excel import errors
from bridges.excel.errors import FileBreaksReader, FileTooLarge

SECONDS = 30
"""On the wall, for one file."""
FILES = 500
"""Files that one worker reads: what leaks in a library goes with it."""
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
        """The frames of the answer. Raises a WorkbookRefused; after anything but a refusal of the worker's own it is
        not usable any more."""
        self._files += 1
        late = threading.Event()
        timer = threading.Timer(SECONDS, lambda: (late.set(), self._process.kill()))
        timer.start()
        try:
            self._process.stdin.write(len(source).to_bytes(8, "little"))
            self._process.stdin.write(source)
            self._process.stdin.flush()
            while (frame := self._frame())[0] == "sheet":
                yield frame
        except (BrokenPipeError, EOFError) as error:
            self.close()
            raise FileTooLarge(what="读取用时", limit=f"{SECONDS} 秒") if late.is_set() else FileBreaksReader from error
        except BaseException:
            self.close()  # the rest of the answer is still in the pipe
            raise
        finally:
            timer.cancel()
        if frame[0] == "refused":
            raise getattr(errors, frame[1])(**frame[2])
        yield frame

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


_idle: list[Worker] = []
"""Workers between two files; each is taken by one thread at a time."""


def read_frames(source: bytes) -> list[tuple[Any, ...]]:
    """All frames of a workbook, read by an idle worker or a new one. Raises a WorkbookRefused."""
    worker = _taken()
    try:
        return list(worker.read(source))
    finally:
        if worker.usable and not _idle:
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
