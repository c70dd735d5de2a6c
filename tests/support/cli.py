"""The command line in-process: the same group and the same error handling as the installed command."""

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from typing import Any, NamedTuple

from core.cli import run
from core.runtime import Runtime


class Outcome(NamedTuple):
    """What a command did: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


class Cli:
    """Runs commands in one runtime, one after the other."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def __call__(self, *argv: object) -> Outcome:
        """Run one command line."""
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = run([str(a) for a in argv], self._runtime)
        return Outcome(status, out.getvalue(), err.getvalue())

    def ok(self, *argv: object) -> str:
        """Run one that must end with status 0; returns its output."""
        outcome = self(*argv)
        assert outcome.status == 0, outcome
        return outcome.out

    def json(self, *argv: object, status: int = 0) -> Any:
        """Run one with --json and read its answer."""
        outcome = self(*argv, "--json")
        assert outcome.status == status, outcome
        return json.loads(outcome.out)
