"""The three addresses of the database, where they come from, and whether anybody answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from tenants.postgres.errors import (
    DatabaseUnreachable,
    MaintUrlMissing,
    OwnerUrlMissing,
    ServerTooOld,
    UrlNotPostgres,
)

DRIVER = "postgresql+psycopg"
OLDEST = 15
PATIENCE = 3  # seconds


@dataclass(frozen=True)
class DatabaseUrls:
    """Addresses of one database for its three roles.

    They are SQLAlchemy `URL` objects: `create_engine` and `SQLALCHEMY_DATABASE_URI` take them as they are, and
    `str(url)` hides the password. `owner` and `maint` are None when the operator gave only DATABASE_URL; ask
    through `need_owner()` and `need_maint()`.
    """

    app: URL
    owner: URL | None = None
    maint: URL | None = None

    def need_owner(self) -> URL:
        """The role that owns the schema and migrates; raises `OwnerUrlMissing`."""
        if self.owner is None:
            raise OwnerUrlMissing
        return self.owner

    def need_maint(self) -> URL:
        """The role with BYPASSRLS for `cross_tenant`; raises `MaintUrlMissing`."""
        if self.maint is None:
            raise MaintUrlMissing
        return self.maint

    def as_environ(self) -> dict[str, str]:
        """The environment variables (with passwords) that make `from_environ` in another process give these."""
        named = {"DATABASE_URL": self.app, "ZWGK_OWNER_URL": self.owner, "ZWGK_MAINT_URL": self.maint}
        return {name: url.render_as_string(hide_password=False) for name, url in named.items() if url is not None}


def from_environ(environ: Mapping[str, str]) -> DatabaseUrls | None:
    """The operator's own server (DATABASE_URL, ZWGK_OWNER_URL, ZWGK_MAINT_URL), or None without DATABASE_URL."""
    app, owner, maint = (_url(environ, name) for name in ("DATABASE_URL", "ZWGK_OWNER_URL", "ZWGK_MAINT_URL"))
    return None if app is None else DatabaseUrls(app, owner, maint)


def _url(environ: Mapping[str, str], name: str) -> URL | None:
    if not (text := environ.get(name, "").strip()):
        return None
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # ValueError: a port that is no number
        # The cause quotes the whole text, password included: it must not reach a log.
        raise UrlNotPostgres(name=name) from None
    if url.drivername not in ("postgres", "postgresql", DRIVER):
        raise UrlNotPostgres(name=name)
    return url.set(drivername=DRIVER)


def driver_options(url: URL) -> dict[str, Any]:
    """The address in the driver's own words: as one text it would write the blanks of a path in a way that libpq cannot
    read."""
    return url.get_dialect()().create_connect_args(url)[1]


def check_reachable(url: URL) -> None:
    """Connect once, within about 3 seconds.

    Raises `DatabaseUnreachable` when nobody answers or we are turned away, `ServerTooOld` below PostgreSQL 15.
    """
    try:
        with psycopg.connect(**driver_options(url) | {"connect_timeout": PATIENCE}) as connection:
            version = connection.info.server_version // 10000
    except psycopg.OperationalError as error:
        raise DatabaseUnreachable(where=_where(url), reason=_reason(error)) from None
    if version < OLDEST:
        raise ServerTooOld(found=version, where=_where(url))


def _where(url: URL) -> str:
    host = url.host or url.query.get("host") or "localhost"
    return f"{host}/{url.database or ''}"


def _reason(error: psycopg.Error) -> str:
    """What failed in the end ("Connection refused"); the lines that are set in only ask whether the server runs."""
    lines = [line for line in str(error).splitlines() if line and not line[0].isspace()]
    return lines[-1].rpartition("failed: ")[2] if lines else type(error).__name__
