"""A database of its own for a measurement, and the command line on it."""

import gc
import os
import sys
from datetime import date
from pathlib import Path

from core.cli import run
from core.runtime import Runtime

TENANT = "bench"
TODAY = date(2024, 7, 1)
OUTSIDE = frozenset({"DATABASE_URL", "ZWGK_OWNER_URL", "ZWGK_MAINT_URL"})


def open_home(home: str) -> Runtime:
    """The runtime of a home, its server started, in a process like that of the command."""
    gc.freeze()  # as `core.cli.main` does
    environ = {name: value for name, value in os.environ.items() if name not in OUTSIDE}
    environ["ZWGK_RATE"] = "1000000"  # counted as ever, and never too many
    runtime = Runtime(environ, Path(home), TODAY)
    runtime.app  # noqa: B018 - opened before the clock starts
    return runtime


def zwgk(runtime: Runtime, *argv: str) -> None:
    """Run a command; ends the process where it fails."""
    status = run([*argv, "--tenant", TENANT], runtime)
    if status:
        sys.exit(f"{argv}: exit status {status}")
