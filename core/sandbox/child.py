"""One piece of work in a process of its own, which may die of it, and which never outlives its time."""

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
"""Where our packages are found."""


class ChildLate(Exception):
    """It took longer than it may."""


class ChildDied(Exception):
    """It did not end by itself with status 0."""


def run_child(command: list[str], work: bytes, seconds: float, environ: Mapping[str, str] | None = None) -> bytes:
    """Give `work` to a new process, and take what it prints. It is ended with all that it started.

    Raises ChildLate after `seconds` on the wall, ChildDied for another status than 0, OSError if it cannot start.
    """
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(  # noqa: S603 our own commands
        command, cwd=ROOT, env=environ, start_new_session=True, **pipes
    ) as child:
        try:
            answer, _ = child.communicate(work, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise ChildLate from None
        finally:
            _end(child)
    if child.returncode:
        raise ChildDied
    return answer


def _end(child: subprocess.Popen) -> None:
    if not hasattr(os, "killpg"):
        child.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # it is over, and nothing of it is left
        os.killpg(child.pid, signal.SIGKILL)
