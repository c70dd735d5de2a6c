"""The whole database as a file, and in another cluster: PostgreSQL's own programs do it, and we ask for no less."""

import os
import stat
from pathlib import Path

import pytest

from core.backup.errors import BackupDamaged, BackupKind, DatabaseNotEmpty, ToolFailed
from core.backup.whole import restore_all
from core.runtime import Runtime
from tenants.postgres.tools import ToolsMissing, find_tools
from tests.support.cli import Cli
from tests.support.database import contents, start_server

NEWEST = 99


@pytest.fixture
def worked(cli, add_tenant):
    """Two tenants, a unit in one, all under seals."""
    add_tenant("t")
    add_tenant("u")
    cli.ok("unit", "add", "甲处", "--tenant", "t")
    cli.ok("audit", "seal")
    return cli


@pytest.fixture
def backup(worked, tmp_path) -> Path:
    """Everything, by the command."""
    worked.ok("backup", "all", tmp_path / "all.zip")
    return tmp_path / "all.zip"


def test_everything_comes_back_in_another_cluster(worked, backup, database, tmp_path):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    head = worked.json("audit", "verify", "--tenant", "t")["head"]
    with start_server() as server, server.clone() as urls:
        runtime = Runtime(urls.as_environ(), tmp_path / "home2")
        cli = Cli(runtime)
        cli.ok("restore", "all", backup)
        assert contents(urls) == contents(database)
        cli.ok("doctor")
        cli.ok("audit", "verify", "--tenant", "t", "--head", head)
        cli.ok("unit", "add", "乙处", "--tenant", "t")
        cli.ok("audit", "seal")
        assert cli.json("audit", "verify", "--tenant", "t")["seals"] == 2
        assert cli("restore", "all", backup).err.startswith("错误（database_not_empty）")
        runtime.close()


def test_it_was_written_down(worked, backup):
    acts = worked.json("audit", "list", "--platform")
    assert "备份全部数据" in str(acts)


def test_only_into_an_empty_database(backup, database):
    before = contents(database)
    with pytest.raises(DatabaseNotEmpty):
        restore_all(os.environ, database, backup)
    assert contents(database) == before


def test_a_damaged_one_touches_nothing(backup, database_server):
    content = bytearray(backup.read_bytes())
    content[len(content) // 2] ^= 1
    backup.write_bytes(content)
    with database_server.clone() as urls:
        with pytest.raises(BackupDamaged):
            restore_all(os.environ, urls, backup)
        assert contents(urls) == {}


def test_half_a_restore_is_none(backup, database_server, tmp_path):
    """A program that fails on the way leaves an empty database."""
    with database_server.clone() as urls:
        owner = urls.need_owner()
        refused = type(urls)(urls.app, owner.set(database="nowhere"), urls.maint)
        tools = find_tools(os.environ, 15)
        command, environ = tools.command("pg_restore", refused.need_owner(), "--single-transaction")
        assert owner.password not in " ".join(command)
        assert environ["PGPASSWORD"] == owner.password
        broken = tmp_path / "bin"
        broken.mkdir()
        _program(broken / "pg_dump", "echo 'pg_dump (PostgreSQL) 99.1'")
        _program(broken / "pg_restore", _FAILING)
        with pytest.raises(ToolFailed, match="disk full"):
            restore_all({"ZWGK_PG_BINDIR": str(broken)}, urls, backup)
        assert contents(urls) == {}


_FAILING = (
    'if [ "$1" = --version ]; then echo "pg_restore (PostgreSQL) 99.1"; else echo "error: disk full" >&2; exit 1; fi'
)


def _program(path: Path, body: str) -> None:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def test_missing_and_old_programs_are_named(tmp_path):
    with pytest.raises(ToolsMissing, match="postgresql-client-15"):
        find_tools({"ZWGK_PG_BINDIR": str(tmp_path)}, 15)
    for name in ("pg_dump", "pg_restore"):
        _program(tmp_path / name, f"echo '{name} (PostgreSQL) 14.2'")
    with pytest.raises(ToolsMissing, match="是 14"):
        find_tools({"ZWGK_PG_BINDIR": str(tmp_path)}, 15)
    with pytest.raises(ToolsMissing):
        find_tools(os.environ, NEWEST)


def test_the_two_kinds_are_told_apart(worked, backup, database, tmp_path):
    worked.ok("backup", "tenant", tmp_path / "t.zip", "--tenant", "t")
    assert "zwgk restore all" in worked("restore", "tenant", backup, "--as", "v").err
    with pytest.raises(BackupKind):
        restore_all(os.environ, database, tmp_path / "t.zip")


def test_verify_needs_no_database(worked, backup, tmp_path):
    worked.ok("backup", "tenant", tmp_path / "t.zip", "--tenant", "t")
    alone = Cli(Runtime({}, tmp_path / "nowhere"))
    assert alone.json("backup", "verify", backup)["kind"] == "all"
    assert "租户 t" in alone.ok("backup", "verify", tmp_path / "t.zip")
    (tmp_path / "t.zip").write_bytes(backup.read_bytes()[:-100])
    assert alone("backup", "verify", tmp_path / "t.zip").status == 2
    assert not (tmp_path / "nowhere").exists()
