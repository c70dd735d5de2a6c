"""A worker that is killed (-9) before each durable step of a job: what was asked for is done once, by the next one."""

import os
import signal
import subprocess
import sys

import pytest

from core.jobs.worker import work
from tests.integration.jobs.test_jobs import asked, job

WORKER = """
import os, sys
from pathlib import Path
from core import cli
from core.jobs.worker import work
from core.runtime import Runtime
from tests.support import dying

cli.main = lambda: work(Runtime(os.environ, Path(os.environ["ZWGK_HOME"])).app, concurrency=1, wait=False)
dying.main()
"""


@pytest.fixture
def died(runtime):
    """A worker that does what there is in the queue, and dies just before its `point`-th durable step."""

    def run(point: int) -> subprocess.CompletedProcess[str]:
        environ = os.environ | dict(runtime.environ) | {"ZWGK_HOME": str(runtime.home)}
        command = [sys.executable, "-c", WORKER, str(point)]
        return subprocess.run(command, env=environ, capture_output=True, text=True, timeout=120, check=False)

    return run


@pytest.mark.parametrize("point", [1, 2, 3, 5], ids=["begun", "told", "read", "late"])
def test_killed_before_a_step(died, app, cli, add_tenant, point):
    add_tenant("t")
    number = asked("t")
    ended = died(point)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    work(app, wait=False, dead_after=0.0)
    done = job("t", number)
    assert (done.state, done.result["tasks"]) == ("done", 1)
    assert len(cli.json("plan", "list", "--tenant", "t")) == 1
    work(app, wait=False, dead_after=0.0)
    assert job("t", number).attempts == done.attempts
