"""A worker that is killed (-9) before each durable step of a job: what was asked for is done once, by the next one."""

import os
import signal
import subprocess
import sys

import pytest

from core.jobs import upkeep
from core.jobs.queue import queue
from core.jobs.worker import work
from tests.integration.jobs.test_jobs import asked, job

assert upkeep  # what it does, and when, is declared there
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


def test_dead_workers_are_looked_for_all_the_time():
    """Who is dead after 30 seconds is found within ten more, at any minute of the hour."""
    (task,) = [one for one in queue.periodic_registry.periodic_tasks.values() if one.task.name == "zwgk.take_up"]
    began = 1_700_000_000.0
    task.croniter.set_current(began, force=True)
    assert [task.croniter.get_next() - began for _ in range(60)] == [10 * n for n in range(1, 61)]


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
