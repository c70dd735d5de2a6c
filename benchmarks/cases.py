"""One measured step in this process; prints seconds and peak megabytes as JSON. Imports are not counted."""

import json
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module

from benchmarks.home import TENANT, open_home, zwgk


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

    runtime = open_home(home)
    try:
        if onboard:
            run(["tenant", "add", TENANT, "--name", "示例机关", "--plugin", "openness"], runtime)
        began = time.perf_counter()
        zwgk(runtime, *argv)
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
ROOMS = (
    "benchmarks.comparing",
    "benchmarks.passes",
    "benchmarks.peers",
    "benchmarks.rounds",
    "benchmarks.serving",
    "benchmarks.writer",
)
"""Cases of their own: imported only where this process measures one of them."""


def find(name: str) -> Callable[..., float | dict[str, float]]:
    """The case of this name, here or in another room."""
    if name in CASES:
        return CASES[name]
    return next(cases[name] for room in ROOMS if name in (cases := import_module(room).CASES))


if __name__ == "__main__":
    found = find(sys.argv[1])(*sys.argv[2:])
    figures = found if isinstance(found, dict) else {"seconds": found}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(figures | {"megabytes": peak}))
