"""PostgreSQL's own programs for dumping and restoring, new enough for a server, and how they are told its address."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL

from tenants.errors import ZwgkError
from tenants.postgres.binaries import bindirs
from tenants.postgres.urls import driver_options

PROGRAMS = ("pg_dump", "pg_restore")


class ToolsMissing(ZwgkError):
    """No such programs, or none as new as the server."""

    code = "postgres_tools_missing"
    sentence = (
        "没有找到可用于 PostgreSQL {server} 的 pg_dump 和 pg_restore（{found}）：请安装 PostgreSQL {server} 或更新版本"
        "的客户端程序（如 postgresql-client-{server}），或用 ZWGK_PG_BINDIR 指定其所在文件夹。"
    )


@dataclass(frozen=True)
class Tools:
    """The directory of the programs."""

    bindir: Path

    def command(self, program: str, url: URL, *options: str) -> tuple[list[str], dict[str, str]]:
        """The command line of one of `PROGRAMS` for a database, and its environment, which has the password: a command
        line can be read by everybody on the machine."""
        address = driver_options(url)
        password = address.pop("password", None)
        environ = {**os.environ, **({"PGPASSWORD": password} if password else {})}
        return [str(self.bindir / program), *options, "--dbname", make_conninfo("", **address)], environ


def find_tools(environ: Mapping[str, str], server: int) -> Tools:
    """The first that are as new as the server (its major version). Raises `ToolsMissing`."""
    found = []
    for bindir in _places(environ):
        major = _major(bindir)
        if major is not None and major >= server:
            return Tools(bindir)
        found += [] if major is None else [f"{bindir} 中的是 {major}"]
    raise ToolsMissing(server=server, found="；".join(found) or "已找过 Python 包、pg_config、系统目录和 PATH")


def _places(environ: Mapping[str, str]) -> Iterator[Path]:
    for group in bindirs(environ):
        yield from group
    if (program := shutil.which(PROGRAMS[0], path=environ.get("PATH"))) and not environ.get("ZWGK_PG_BINDIR"):
        yield Path(program).parent


def _major(bindir: Path) -> int | None:
    """The version of the older one; None where one is missing or does not run here."""
    versions = []
    for program in PROGRAMS:
        try:
            answer = subprocess.run([bindir / program, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
        except OSError:
            return None
        if not (match := re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)):
            return None
        versions.append(int(match[1]))
    return min(versions)
