"""The command line in a process that dies: `python -m tests.support.dying POINT COMMAND…` is killed (-9) just before
its POINT-th durable step; 0 lets it live, and it names its steps on standard error.

A durable step makes something last: a file is made, written through, renamed or removed, or a transaction that wrote
is committed. The standard library and the database driver are wrapped from outside; the product knows nothing of it.
"""

import itertools
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import wraps
from types import ModuleType
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

STEPS: tuple[tuple[Any, str], ...] = (
    (tempfile, "mkstemp"),
    (os, "fsync"),
    (os, "link"),
    (os, "rename"),
    (os, "replace"),
    (os, "unlink"),
    (psycopg.Connection, "commit"),
)


def _writes(connection: psycopg.Connection) -> bool:
    if connection.info.transaction_status != TransactionStatus.INTRANS:
        return False
    return connection.execute("select pg_current_xact_id_if_assigned()").fetchone()[0] is not None


def _wrap(place: ModuleType | type, name: str, reach: Callable[[str], None]) -> None:
    step = getattr(place, name)

    @wraps(step)
    def wrapped(*arguments: Any, **more: Any) -> Any:
        if name != "commit" or _writes(arguments[0]):
            reach(name)
        return step(*arguments, **more)

    setattr(place, name, wrapped)


def main() -> None:
    """Run the command, and die where it was said."""
    last, steps = int(sys.argv.pop(1)), itertools.count(1)

    def reach(name: str) -> None:
        print("step", name, file=sys.stderr, flush=True)
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    for place, name in STEPS:
        _wrap(place, name, reach)

    from core.cli import main as zwgk

    sys.argv[0] = "zwgk"
    zwgk()


if __name__ == "__main__":
    main()
