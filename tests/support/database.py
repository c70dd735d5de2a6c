"""Real databases for tests: one embedded server per test process, one clone of a template per test.

With pytest-xdist each worker has a server of its own (under a second, about 25 MB): workers share nothing. The
server's programs follow the product's search order, so `ZWGK_PG_BINDIR=/usr/lib/postgresql/15/bin pytest` runs
everything on another version. DATABASE_URL is ignored on purpose: tests never touch an operator's database.

Use: `from tests.support.database import database_server` in a conftest, then

    @pytest.fixture
    def database(database_server):
        with database_server.clone(migrate) as urls:
            yield urls
"""

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Composable, Identifier
from sqlalchemy.engine import URL

from tenants.models import QUEUE_TABLES
from tenants.postgres.cluster import Cluster
from tenants.postgres.furnish import APP, MAINT, OWNER
from tenants.postgres.locks import held
from tenants.postgres.place import Place, settle
from tenants.postgres.urls import DatabaseUrls

# that something was asked for, or refused, is written down there, and the queue has numbers only: data it is not
NOTED = QUEUE_TABLES | {"cross_tenant_use", "alembic_version", "audit_entry", "platform_entry", "seal", "platform_seal"}
Build = Callable[[DatabaseUrls], None]


def plain(url: URL) -> str:
    """The address as psycopg wants it, with its password."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


@contextmanager
def temporary_home() -> Iterator[Path]:
    """A home that root's server account can enter; removed after the server has ended."""
    home = Path(tempfile.mkdtemp(prefix="zwgk-test-"))
    home.chmod(0o711)
    try:
        yield home
    finally:
        place = settle(home)
        _quit(place)
        # Also the watchdog's: one that has just started would make its lock files anew while they are removed.
        with held(place.open_lock("watchdog")), held(place.open_lock("server")):
            shutil.rmtree(place.root)
        shutil.rmtree(home)


def _quit(place: Place) -> None:
    """What a failed test left running must not make the next ones wait. The pid file may be a forged one."""
    pid = place.server_pid()
    if os.path.realpath(f"/proc/{pid}/cwd") == str(place.data):
        os.kill(pid, signal.SIGQUIT)


class DatabaseServer:
    """The server of this test process. Databases are made by the supervisor's role, as the product's are."""

    def __init__(self, urls: DatabaseUrls, admin: psycopg.Connection) -> None:
        self._urls = urls
        self._admin = admin
        self._numbers = itertools.count()
        self._templates: dict[Build, str] = {}

    @contextmanager
    def clone(self, build: Build | None = None) -> Iterator[DatabaseUrls]:
        """A new database, dropped afterwards whoever is still connected.

        It is a copy (some 50 ms) of a template on which `build` (say, the migrations) ran once in this process;
        without `build`, empty. `build` must close its connections (dispose its engines).
        """
        name = self._create("clone", "template1" if build is None else self._template(build))
        try:
            yield self._named(name)
        finally:
            self.do("DROP DATABASE {} WITH (FORCE)", Identifier(name))

    def _template(self, build: Build) -> str:
        if build not in self._templates:
            name = self._create("template", "template1")
            build(self._named(name))
            self._templates[build] = name
        return self._templates[build]

    def _create(self, kind: str, template: str) -> str:
        name = f"{kind}_{next(self._numbers)}"
        database, source, owner = Identifier(name), Identifier(template), Identifier(OWNER)
        self.do("CREATE DATABASE {} OWNER {} TEMPLATE {} STRATEGY file_copy", database, owner, source)
        self.do("REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
        self.do("GRANT CONNECT ON DATABASE {} TO {}, {}", database, Identifier(APP), Identifier(MAINT))
        return name

    def _named(self, database: str) -> DatabaseUrls:
        urls = self._urls
        return DatabaseUrls(*(url.set(database=database) for url in (urls.app, urls.need_owner(), urls.need_maint())))

    def do(self, statement: str, *names: Composable) -> None:
        """One statement of the superuser, outside of all clones: roles and databases."""
        self._admin.execute(SQL(statement).format(*names))


@contextmanager
def start_server() -> Iterator[DatabaseServer]:
    """A server that forgets everything, for as long as the block lasts."""
    with temporary_home() as home:
        cluster = Cluster(home, durable=False, environ=os.environ)
        with (
            cluster.lease() as urls,
            psycopg.connect(plain(cluster.superuser_url("postgres")), autocommit=True) as admin,
        ):
            yield DatabaseServer(urls, admin)


def contents(database: DatabaseUrls, tenant: str | None = None) -> dict[str, list[dict]]:
    """Every row of every table but what a check notes of itself, and the audit; or the rows of one tenant."""
    checks = "'{last_checked_at,rest_file,rest_state}'::text[]"
    owned = "exists (select from pg_attribute where attrelid = tablename::regclass and attname = 'tenant_id')"
    tables = f"select tablename from pg_tables where schemaname = 'public' and (%s::text is null or {owned})"
    ours = "" if tenant is None else "where tenant_id = (select id from tenant where slug = %(tenant)s)"
    with psycopg.connect(plain(database.need_maint())) as connection:
        names = sorted({name for (name,) in connection.execute(tables, [tenant])} - NOTED)
        # one statement for all: most tables are empty, and to ask for each costs more than what is in them
        each = (f"union all select '{name}', to_jsonb(t) - {checks} from {name} t {ours}" for name in names)
        none = "select ''::text, null::jsonb where false"
        found = connection.execute(" ".join((none, *each, "order by 1, 2")), {"tenant": tenant})
        everything: dict[str, list[dict]] = {name: [] for name in names}
        for name, row in found:
            everything[name].append(row)
        return everything


@pytest.fixture(scope="session")
def database_server() -> Iterator[DatabaseServer]:
    """The session's server; see `DatabaseServer.clone`."""
    with start_server() as server:
        yield server
