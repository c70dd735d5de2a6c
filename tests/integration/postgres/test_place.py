"""Where a cluster lives and whom it belongs to: root, an ordinary user, hidden and long paths."""

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg
import pytest

from tenants.postgres import place as place_module
from tenants.postgres.account import Account, choose
from tenants.postgres.cluster import Cluster
from tenants.postgres.errors import PlaceNotOurs
from tenants.postgres.place import settle
from tenants.postgres.urls import check_reachable
from tests.integration.postgres.conftest import ROOT, wait_for_end
from tests.support.database import plain

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
NOBODY = Account(65534, 65534)


def works(home: Path) -> None:
    with Cluster(home, durable=False).lease() as urls, psycopg.connect(plain(urls.app)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    wait_for_end(home)


@pytest.mark.parametrize("name", ["政务 公开", "a,b", "quo'te\"d"])
def test_a_path_with_odd_characters(home, name):
    odd = home / name
    odd.mkdir()
    with Cluster(odd, durable=False).lease() as urls:
        check_reachable(urls.app)
    wait_for_end(odd).sockets.rmdir()


def test_a_path_too_long_for_a_socket(home):
    deep = home / ("long" * 20) / ("name" * 20)
    deep.mkdir(parents=True)
    works(deep)
    sockets = settle(deep).sockets
    assert sockets.parent == Path("/tmp")
    assert sockets.stat().st_mode & 0o777 == 0o700
    sockets.rmdir()


def test_a_socket_directory_that_somebody_else_made(tmp_path):
    mine = Account(os.geteuid(), os.getegid())
    open_to_all = tmp_path / "open"
    open_to_all.mkdir(mode=0o755)
    link = tmp_path / "link"
    link.symlink_to(mine.private_directory(tmp_path / "private"))
    for path in (open_to_all, link):
        with pytest.raises(PlaceNotOurs):
            mine.private_directory(path)
    assert mine.private_directory(tmp_path / "private") == tmp_path / "private"


def test_a_home_that_is_a_file(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(PlaceNotOurs):
        settle(tmp_path / "file")


@as_root
def test_root_below_a_hidden_directory(home, tmp_path, monkeypatch):
    monkeypatch.setattr(place_module, "FALLBACK", home / "var")
    tmp_path.chmod(0o700)
    hidden = tmp_path / "hidden"
    works(hidden)
    place = settle(hidden)
    assert place.root.parent == home / "var"
    assert (hidden / "postgres").readlink() == place.root
    assert tmp_path.stat().st_mode & 0o777 == 0o700, "no directory above was opened"
    tmp_path.chmod(0o711)
    assert settle(hidden) == place, "the data stay where they are"


@as_root
def test_root_uses_the_account_that_owns_the_cluster(home):
    assert settle(home).account == choose()
    os.chown(home / "postgres", NOBODY.uid, NOBODY.gid)
    assert settle(home).account == NOBODY
    works(home)


@as_root
def test_root_never_runs_a_cluster_of_root(tmp_path):
    (tmp_path / "postgres").mkdir()
    with pytest.raises(PlaceNotOurs):
        settle(tmp_path)


@as_root
def test_an_ordinary_user(home):
    """The same as a process of `nobody`, with an interpreter that he may run."""
    names = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")
    pythons = [name for name in names if Path(name).exists() and NOBODY.can_reach(Path(name).resolve())]
    version = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    pythons = [name for name in pythons if subprocess.run([name, "-c", version]).returncode == 0]
    if not pythons or not NOBODY.can_reach(ROOT):
        pytest.skip("no interpreter or no code that an ordinary user can reach")
    os.chown(home, NOBODY.uid, NOBODY.gid)
    path = os.pathsep.join([str(ROOT), sysconfig.get_path("platlib")])
    program = f"from {__name__} import Path, works; works(Path({str(home)!r}))"
    done = subprocess.run(
        [pythons[0], "-c", program],
        env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd="/",
        capture_output=True,
        text=True,
        **NOBODY.popen(),
    )
    assert done.returncode == 0, done.stderr
    assert (home / "postgres" / "data").stat().st_uid == NOBODY.uid
