"""`zwgk serve` as an operator starts it, shoots at it and ends it."""

import os
import signal
import threading
import time

import psycopg
import pytest

from tests.support.database import plain
from tests.support.serving import served


@pytest.mark.parametrize("asked", [False, True], ids=["while it starts", "once it has answered"])
def test_ctrl_c_ends_it_with_its_worker(database, tmp_path, asked):
    with served(database.as_environ(), tmp_path) as server:
        if asked:
            assert "租户" in server.ask("/")[1]
        assert server.end(signal.SIGINT) == 0
        with pytest.raises(ConnectionRefusedError):
            server.ask("/", patient=False)


def test_running_requests_are_finished_and_new_ones_refused(database, add_tenant, tmp_path):
    add_tenant("t")
    answers = []
    with served(database.as_environ(), tmp_path) as server, psycopg.connect(plain(database.need_owner())) as owner:
        server.ask("/health")
        owner.execute("LOCK TABLE plan IN ACCESS EXCLUSIVE MODE")
        waiting = threading.Thread(target=lambda: answers.append(server.once("/t/t/", "GET")))
        waiting.start()
        _until(lambda: _waits(database))
        server.process.terminate()
        _until(lambda: _refuses(server))
        assert answers == []
        owner.rollback()
        waiting.join()
        assert server.process.wait(20) == 0
    assert answers[0][0] == 200


def test_a_killed_worker_is_replaced_and_what_all_counted_is_added_up(database, tmp_path):
    with served(database.as_environ(), tmp_path, "--processes", "2") as server:
        for round_ in range(3):  # quicker than granian would bear by itself
            server.ask("/health")
            _until(lambda: len(server.workers) == 2)
            victim = server.workers[0]
            os.kill(victim, signal.SIGKILL)
            _until(lambda gone=victim: gone not in server.workers and len(server.workers) == 2)
            assert server.process.poll() is None, round_
        answered = sum(server.ask("/health")[0] == 200 for _ in range(40))  # the new ones may not listen yet
        lines = server.ask("/metrics")[1].splitlines()
        (counted,) = (line for line in lines if line.startswith('zwgk_requests_total{method="GET",rule="/health"'))
        assert float(counted.split()[-1]) >= answered == 40
        assert "zwgk_database_up 1.0" in lines
        (in_use,) = (line for line in lines if line.startswith("zwgk_database_connections_in_use "))
        assert 0 <= float(in_use.split()[-1]) < 10


def test_workers_do_not_outlive_a_killed_parent(database, tmp_path):
    with served(database.as_environ(), tmp_path, "--processes", "2") as server:
        server.ask("/health")
        server.end(signal.SIGKILL)
        _until(lambda: _refuses(server))


@pytest.mark.parametrize(
    ("options", "environ", "code"),
    [
        (["--host", "nowhere"], {}, "host_invalid"),
        (["--host", "192.0.2.7"], {}, "host_invalid"),
        ([], {"ZWGK_PROXIES": "viele"}, "proxies_invalid"),
        ([], {"ZWGK_LOG": "loud"}, "log_kind_unknown"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(database, tmp_path, options, environ, code):
    from core.runtime import Runtime
    from tests.support.cli import Cli

    runtime = Runtime(database.as_environ() | environ, tmp_path)
    try:
        outcome = Cli(runtime)("serve", "--port", "0", *options)
    finally:
        runtime.close()
    assert (outcome.status, outcome.err.count(code)) == (2, 1)


def _refuses(server):
    try:
        server.ask("/health", patient=False)
    except OSError:
        return True
    return False


def _waits(database):
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with psycopg.connect(plain(database.need_owner())) as watching:
        return watching.execute(query).fetchone()[0] > 0


def _until(found, within=60):
    ends = time.monotonic() + within  # seconds; a machine may be busy with much else
    while not found():
        assert time.monotonic() < ends
