"""Homes, and other processes that hold a lease, for the tests of the embedded database."""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tenants.postgres.locks import held
from tenants.postgres.place import Place, settle
from tests.support.database import database_server, temporary_home

__all__ = ["database_server"]

ROOT = Path(__file__).parents[3]
# What a helper process needs to import the same code.
ENVIRON = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
HOLDER = Path(__file__).with_name("holder.py")


@pytest.fixture
def home() -> Iterator[Path]:
    with temporary_home() as path:
        yield path


@dataclass
class Holder:
    """A process that holds a lease; its first line has told the ids of server and watchdog."""

    process: subprocess.Popen
    server: int
    watchdog: int

    def leave(self) -> None:
        """End in an orderly way."""
        self.process.communicate()
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


@contextmanager
def holder(home: Path, *arguments: str) -> Iterator[Holder]:
    """Start `holder.py` on `home`; it holds its lease until it is told to leave."""
    command = [sys.executable, HOLDER, home, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRON) as process:
        try:
            yield Holder(process, **json.loads(process.stdout.readline()))
        finally:
            process.kill()


def wait_for_end(home: Path) -> Place:
    """Return when no process of the server is left; hangs (and fails by the time limit) while one is."""
    place = settle(home)
    with held(place.open_lock("server")):
        pass
    return place


def kill(pid: int) -> None:
    """kill -9, and wait until the process (which need not be our child) is gone."""
    handle = os.pidfd_open(pid)
    try:
        signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [])
    finally:
        os.close(handle)


def is_running(pid: int) -> bool:
    """A zombie is not running."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
