"""The whole database as a file, by PostgreSQL's own programs: dumped while the service goes on, restored into an empty
database only.

Dumped by the maintenance role, the one that sees all tenants. Rights and owners are left out: `core.migrate.upgrade`
lays them anew, for the roles of wherever it is restored.
"""

import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import Connection, column, create_engine, func, select, table
from sqlalchemy.engine import URL

from core import migrate
from core.backup.archive import BLOCK, Archive, Manifest, opened, writing
from core.backup.contents import check_kind
from core.backup.errors import BackupVersion, DatabaseNotEmpty, ToolFailed
from tenants.postgres.tools import find_tools
from tenants.postgres.urls import DatabaseUrls
from tenants.sessions import cross_tenant

DUMP = "database.dump"
_KIND = ("--no-owner", "--no-privileges")


def dump_all(environ: Mapping[str, str], urls: DatabaseUrls, out: Path, now: datetime) -> Manifest:
    """Write the whole database to a new file; that it was is written down before.

    Raises `MaintUrlMissing`, `ToolsMissing`, `BackupExists`, `BackupNotWritten`, `ToolFailed`.
    """
    maint = urls.need_maint()
    schema, server = _asked(maint, lambda connection: (migrate.current(connection), _server(connection)))
    command, told = find_tools(environ, server).command("pg_dump", maint, "--format=custom", "--compress=1", *_KIND)
    with writing(out) as writer:
        with cross_tenant("备份全部数据"):
            writer.add(DUMP, _dumped(command, told), packed=False)
        at = now.isoformat(timespec="seconds")
        return writer.close(kind="all", schema=schema, at=at, about={"postgres": server})


def restore_all(environ: Mapping[str, str], urls: DatabaseUrls, path: Path) -> Manifest:
    """Restore a file into an empty database, and bring it to this version's schema; returns what its manifest says.

    All in one transaction but for the upgrade, which may be run again (`zwgk db upgrade`). Raises `BackupDamaged`,
    `BackupVersion`, `BackupKind`, `OwnerUrlMissing`, `DatabaseNotEmpty`, `ToolsMissing`, `ToolFailed`.
    """
    owner = urls.need_owner()
    with opened(path) as archive:
        check_whole(archive)
        tables, server = _asked(owner, lambda connection: (_tables(connection), _server(connection)))
        if tables:
            raise DatabaseNotEmpty(tables=tables)
        options = ("--single-transaction", "--exit-on-error", *_KIND)
        command, told = find_tools(environ, server).command("pg_restore", owner, *options)
        _restore(archive, command, told)
        migrate.upgrade(urls)
        return archive.manifest


def check_whole(archive: Archive) -> None:
    """Read a backup of everything from end to end. Raises `BackupDamaged`, `BackupVersion`, `BackupKind`."""
    check_kind(archive, "all")
    manifest = archive.manifest
    if manifest.schema not in {migrate.head(), *migrate.former()}:
        wanted = f"{migrate.head()} 及更早的"
        raise BackupVersion(path=archive.path, what="数据库结构", found=manifest.schema, wanted=wanted)
    if [member.name for member in manifest.members] != [DUMP]:
        raise archive.damaged("其中的文件与清单不符")
    for _block in archive.blocks(manifest.members[0]):
        pass


def _asked(url: URL, ask):
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return ask(connection)
    finally:
        engine.dispose()


def _server(connection: Connection) -> int:
    return connection.dialect.server_version_info[0]


def _tables(connection: Connection) -> int:
    tables = table("pg_tables", column("schemaname"))
    return connection.scalar(select(func.count()).where(tables.c.schemaname == "public"))


def _dumped(command: list[str], environ: Mapping[str, str]) -> Iterator[bytes]:
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=errors) as program,  # noqa: S603
    ):
        while block := program.stdout.read(BLOCK):
            yield block
        _ended(program, errors)


def _restore(archive: Archive, command: list[str], environ: Mapping[str, str]) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL}
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, env=environ, stderr=errors, **pipes) as program,  # noqa: S603
    ):
        try:
            for block in archive.blocks(archive.manifest.members[0]):
                program.stdin.write(block)
            program.stdin.close()
        except BrokenPipeError:
            pass  # it says why
        _ended(program, errors)


def _ended(program: subprocess.Popen, errors: IO[bytes]) -> None:
    if program.wait() != 0:
        errors.seek(0)
        said = [line for line in errors.read().decode(errors="replace").splitlines() if "error:" in line]
        tool = Path(program.args[0]).name
        raise ToolFailed(tool=tool, detail=(said or [f"exit status {program.returncode}"])[0])
