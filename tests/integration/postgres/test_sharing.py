"""One server for all who hold a lease; it ends with the last, and whoever is killed leaves nothing behind."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tenants.postgres import cluster as cluster_module
from tenants.postgres.cluster import Cluster
from tenants.postgres.errors import ClusterInUse
from tenants.postgres.place import settle
from tests.integration.postgres.conftest import ENVIRON, holder, is_running, kill, wait_for_end
from tests.support.database import plain

VISITORS = Path(__file__).with_name("visitors.py")


def put(home: Path, number: int) -> None:
    with Cluster(home).lease() as urls, psycopg.connect(plain(urls.need_owner())) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(home: Path) -> list[int]:
    with Cluster(home).lease() as urls, psycopg.connect(plain(urls.need_owner())) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM kept ORDER BY number")]


def test_server_ends_with_its_last_holder(home):
    with holder(home) as first:
        with holder(home) as second:
            assert second.server == first.server
            first.leave()
            assert is_running(second.server)
            put(home, 1)
            second.leave()
        place = wait_for_end(home)
        assert place.server_pid() is None, "stopped in an orderly way"
        assert not is_running(first.server)
    assert kept(home) == [1]


def test_killed_owner_leaves_no_server_and_loses_nothing(home):
    with holder(home) as owner:
        put(home, 1)
        owner.kill()
        assert wait_for_end(home).server_pid() is None
        assert not is_running(owner.server)
    assert kept(home) == [1]


def test_killed_server_is_replaced_by_the_next_lease(home):
    with holder(home) as owner:
        put(home, 1)
        kill(owner.server)
        assert kept(home) == [1]
        owner.leave()
    assert wait_for_end(home).server_pid() is None


def test_killed_watchdog_is_replaced_by_the_next_lease(home):
    with holder(home) as owner:
        kill(owner.watchdog)
        put(home, 1)
        assert is_running(owner.server), "the server was adopted, not replaced"
        owner.leave()
        assert wait_for_end(home).server_pid() is None
        assert not is_running(owner.server)


def test_killed_server_and_watchdog(home):
    with holder(home) as owner:
        put(home, 1)
        for pid in (owner.watchdog, owner.server):
            kill(pid)
        assert kept(home) == [1]


@pytest.mark.parametrize("pid", ["1", str(os.getpid()), "4194300"], ids=["alien", "reused", "nobody"])
def test_stale_pid_file_of_a_machine_crash(home, pid):
    with holder(home) as owner:
        put(home, 1)
        pid_file = settle(home).data / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
        for process in (owner.watchdog, owner.server):
            kill(process)
        wait_for_end(home)
        # The number may belong to another process now, and the shared memory is gone.
        pid_file.write_text("\n".join([pid, *lines[1:6], *lines[7:]]) + "\n")
        assert kept(home) == [1]


def test_discard_waits_for_the_server_and_spares_a_cluster_in_use(home, monkeypatch):
    put(home, 1)
    Cluster(home).discard()
    assert list(home.iterdir()) == []
    monkeypatch.setattr(cluster_module, "LEAVING", 0.2)
    with holder(home):
        put(home, 2)
        with pytest.raises(ClusterInUse):
            Cluster(home).discard()
    assert kept(home) == [2]


def test_forked_child_keeps_the_lease(home):
    with holder(home, "fork") as parent:
        parent.process.wait()
        assert is_running(parent.server)
        place = settle(home)
        parent.process.stdin.close()
        wait_for_end(home)
        assert place.server_pid() is None


def test_eight_visitors_at_random(home):
    with Cluster(home).lease() as urls, psycopg.connect(plain(urls.need_owner())) as connection:
        connection.execute("CREATE TABLE visit (number int)")
        connection.execute("GRANT INSERT ON visit TO zwgk_app")
    done = subprocess.run([sys.executable, VISITORS, home, "1"], capture_output=True, text=True, env=ENVIRON)
    assert done.returncode == 0, done.stderr
    wait_for_end(home)
    with Cluster(home).lease() as urls, psycopg.connect(plain(urls.need_owner())) as connection:
        rows = connection.execute("SELECT count(*) FROM visit").fetchone()[0]
    assert rows == len(done.stdout.split()) >= 8
