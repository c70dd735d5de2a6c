"""The first furnishing of a cluster (initdb, roles, database), and the command line of its server."""

import json
import os
import secrets
import shutil
import subprocess
from pathlib import Path

from tenants.postgres.binaries import Binaries
from tenants.postgres.errors import DataVersionMismatch, ServerFailed
from tenants.postgres.place import PORT, Place

DATABASE = "zwgk"
SUPERVISOR = "zwgk_supervisor"
APP, OWNER, MAINT = "zwgk_app", "zwgk_owner", "zwgk_maint"

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 60,
    "shared_buffers": "32MB",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # What citizens asked for must not reach the log: no statement texts, no "Key (...)=(...)".
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
# For tests: a crash of the machine may lose everything, a crash of the server the last second.
FORGETFUL = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off", "autovacuum": "off"}


def furnish(place: Place, binaries: Binaries, *, durable: bool, hold: int) -> None:
    """Make the data directory if there is none; it appears complete or not at all.

    `hold` is the locked descriptor of start.lock: the programs inherit it, so that after a kill -9 of this process
    nobody else begins before they have ended. Raises `DataVersionMismatch` for data of another major version,
    `ServerFailed`.
    """
    if place.data.exists():
        made = int((place.data / "PG_VERSION").read_text())
        if made != binaries.major:
            raise DataVersionMismatch(data=place.data, made=made, found=binaries.major)
        return
    passwords = {role: secrets.token_urlsafe(24) for role in (SUPERVISOR, OWNER, APP, MAINT)}
    _write_private(place, place.passwords, json.dumps(passwords))
    unfinished = place.root / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    _initdb(place, binaries, unfinished, passwords[SUPERVISOR], durable, hold)
    single = [binaries.bindir / "postgres", "--single", "-D", unfinished, "-c", "exit_on_error=on"]
    if not durable:
        single += ["-c", "fsync=off"]
    _run(place, [*single, "template1"], _roles_and_database(passwords), hold)
    os.rename(unfinished, place.data)


def server_command(place: Place, binaries: Binaries, *, durable: bool) -> list[str]:
    """The arguments of `postgres`. Settings are given here, not in postgresql.conf: they follow the program."""
    settings = SETTINGS | {"unix_socket_directories": place.sockets} | ({} if durable else FORGETFUL)
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return [str(binaries.bindir / "postgres"), "-D", str(place.data), *options]


def clean_environ() -> dict[str, str]:
    """What the programs need; nothing else (PGOPTIONS, LANG, passwords in URLs) may reach a server that stays."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return kept | {"LC_ALL": "C"}


def _roles_and_database(passwords: dict[str, str]) -> str:
    """One statement per line, for template1: what is said of its schema holds for every database made from it.

    Grants on tables are not here but in the migrations: they must be the same on an operator's own server.
    """
    plain = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION"
    return f"""
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO PUBLIC;
CREATE ROLE {OWNER} {plain} NOBYPASSRLS PASSWORD '{passwords[OWNER]}';
CREATE ROLE {APP} {plain} NOBYPASSRLS PASSWORD '{passwords[APP]}';
CREATE ROLE {MAINT} {plain} BYPASSRLS PASSWORD '{passwords[MAINT]}';
CREATE DATABASE {DATABASE} OWNER {OWNER};
REVOKE ALL ON DATABASE {DATABASE}, postgres, template1 FROM PUBLIC;
GRANT CONNECT ON DATABASE {DATABASE} TO {OWNER}, {APP}, {MAINT};
"""


def _initdb(place: Place, binaries: Binaries, data: Path, password: str, durable: bool, hold: int) -> None:
    pwfile = place.root / "initdb.pw"
    _write_private(place, pwfile, password)
    # Code-point order and full Unicode character classes without ICU; PostgreSQL has its own from 17 on.
    own = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    options = [
        *(own if binaries.major >= 17 else ["--locale=C.UTF-8"]),
        *("--encoding=UTF8", "--data-checksums", "--auth=scram-sha-256"),
        *(f"--username={SUPERVISOR}", f"--pwfile={pwfile}", f"--pgdata={data}"),
        *([] if durable else ["--no-sync"]),
    ]
    try:
        _run(place, [binaries.bindir / "initdb", *options], "", hold)
    finally:
        pwfile.unlink()


def _run(place: Place, command: list[str | Path], stdin: str, hold: int) -> None:
    ended = subprocess.run(  # noqa: S603
        command,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        cwd=place.root,
        env=clean_environ(),
        pass_fds=[hold],
        start_new_session=True,
        **place.account.popen(),
    )
    if ended.returncode != 0:
        with open(place.open_log(), "a") as log:
            log.write(ended.stdout + ended.stderr)
        raise ServerFailed(step="建立", detail=(ended.stderr.strip() or "?").splitlines()[-1], log=place.log)


def _write_private(place: Place, path: Path, text: str) -> None:
    """The file is 0600 and the account's before anything is in it, and complete before it has its name."""
    unnamed = path.with_suffix(".new")
    unnamed.unlink(missing_ok=True)
    descriptor = os.open(unnamed, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as file:
        place.account.own(descriptor)
        file.write(text)
        file.flush()
        os.fsync(descriptor)
    os.rename(unnamed, path)
