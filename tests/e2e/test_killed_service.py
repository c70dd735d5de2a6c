"""kill -9 of the web server's processes, workers and the database under load; `make chaos` does so a hundred times."""

import os
import signal
import subprocess
from contextlib import ExitStack

import pytest

from core.runtime import Runtime
from tenants.postgres.cluster import Cluster
from tenants.postgres.place import settle
from tests.support.agency import Program
from tests.support.chaos import agency, pauses, shoot, start_worker
from tests.support.database import temporary_home


@pytest.mark.timeout(200)
def test_nothing_that_was_accepted_is_lost():
    seed = int(os.environ.get("SEED", "40"))
    print(told := shoot(kills=3, seed=seed, seconds=60))
    assert "lost: none" in told


def test_a_worker_outlives_its_database():
    with temporary_home() as home, ExitStack() as stack:
        cluster = Cluster(home)
        stack.enter_context(cluster.lease())
        runtime = Runtime(os.environ | {"ZWGK_HOME": str(home)}, home)
        stack.callback(runtime.close)
        program = agency(runtime, home)
        worker = stack.enter_context(start_worker(home, stderr=subprocess.PIPE, text=True))
        stack.callback(worker.kill)
        _exported(program)
        os.kill(settle(home).server_pid(), signal.SIGKILL)
        assert any("is begun anew" in line for line in worker.stderr), worker.wait()
        stack.enter_context(cluster.lease())
        _exported(program)


def _exported(program: Program) -> None:
    plan = program.get("/plans")[0]["id"]
    job = program.ask("POST", f"/plans/{plan}/exports", json={"by": "unit"}).get_json()["id"]
    assert any(program.get(f"/jobs/{job}")["state"] == "done" for _ in pauses())
