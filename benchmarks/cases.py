"""One measured step in this process; prints seconds and peak megabytes as JSON. Imports are not counted."""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from core.runtime import Runtime

TENANT = "bench"
OUTSIDE = frozenset({"DATABASE_URL", "ZWGK_OWNER_URL", "ZWGK_MAINT_URL"})


def _runtime(home: str) -> Runtime:
    environ = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    runtime = Runtime(environ, Path(home), date(2024, 7, 1))
    runtime.app  # noqa: B018 - opened before the clock starts
    return runtime


def _zwgk(runtime: Runtime, *argv: str) -> None:
    from core.cli import run

    status = run([*argv, "--tenant", TENANT], runtime)
    if status:
        sys.exit(f"{argv}: exit status {status}")


def decompose(path: str) -> float:
    """Canonical text → draft."""
    from core.decompose.decompose import decompose as whole
    from core.documents.reader import read_document

    text = read_document(path).text
    began = time.perf_counter()
    draft = whole(text)
    seconds = time.perf_counter() - began
    if len(draft.tasks) != 10_000:
        sys.exit(f"{len(draft.tasks)} tasks")
    return seconds


def _command(home: str, *argv: str, onboard: bool = False) -> float:
    from core.cli import run

    runtime = _runtime(home)
    try:
        if onboard:
            run(["tenant", "add", TENANT, "--name", "示例机关", "--plugin", "openness"], runtime)
        began = time.perf_counter()
        _zwgk(runtime, *argv)
        return time.perf_counter() - began
    finally:
        runtime.close()


def import_(home: str, path: str) -> float:
    """A document into a plan in the database."""
    return _command(home, "plan", "import", path, onboard=True)


def export(home: str, path: str) -> float:
    """A plan to a workbook."""
    return _command(home, "sheet", "export", path)


def sync(home: str, path: str) -> float:
    """A pass over a workbook in which nothing was edited."""
    return _command(home, "sheet", "sync", path)


def openpyxl(path: str) -> float:
    """The peer: load and save the same workbook."""
    from openpyxl import load_workbook

    began = time.perf_counter()
    load_workbook(path).save(path + ".openpyxl.xlsx")
    return time.perf_counter() - began


CASES: dict[str, Callable[..., float]] = {
    "decompose": decompose,
    "import": import_,
    "export": export,
    "sync": sync,
    "openpyxl": openpyxl,
}

if __name__ == "__main__":
    seconds = CASES[sys.argv[1]](*sys.argv[2:])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "megabytes": peak}))
