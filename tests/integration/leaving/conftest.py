"""Two tenants with a row in every table that there is, and eyes that see everything."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from core.runtime import Runtime
from tenants.db import tenant_tables
from tenants.errors import ZwgkError
from tenants.models import Leaving
from tenants.postgres.urls import DatabaseUrls
from tenants.sessions import platform_session
from tests.integration.isolation.world import World, build
from tests.support.cli import Cli
from tests.support.database import DatabaseServer, plain
from tests.support.people import NOW

LATER = datetime.now(UTC) + timedelta(days=1)
# what the erasing itself writes, and what is written for it: acts of the platform
NOTED = {"platform_entry", "cross_tenant_use", "tombstone", "leaving"}


@dataclass
class Site:
    """An installation with the tenants a and b."""

    urls: DatabaseUrls
    runtime: Runtime
    cli: Cli
    world: World

    def ask(self, query: object, *values: object) -> list[tuple]:
        """What the maintenance role sees."""
        with psycopg.connect(plain(self.urls.need_maint())) as connection:
            return connection.execute(query, values).fetchall()

    def others(self, number: int) -> dict[str, str]:
        """Table → digest of every row that is not this tenant's, nor its accounts'."""
        known = f"SELECT account_id FROM account_tenant WHERE in_tenant_id = {int(number)}"
        not_its = {
            "tenant": f"id <> {number}",
            "account": f"id NOT IN ({known})",
            "account_tenant": f"in_tenant_id <> {number}",
        }
        names = [name for (name,) in self.ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        found = {}
        for name in sorted(set(names) - NOTED):
            owned = f"tenant_id <> {number}" if name in tenant_tables() else not_its.get(name, "true")
            query = SQL("SELECT t::text FROM {} t WHERE " + owned + " ORDER BY 1").format(Identifier(name))
            found[name] = sha256(repr(self.ask(query)).encode()).hexdigest()
        return found

    def rows(self, number: int) -> dict[str, int]:
        """Table → how many rows the tenant has."""
        count = "SELECT count(*) FROM {} WHERE tenant_id = %s"
        return {name: self.ask(SQL(count).format(Identifier(name)), number)[0][0] for name in tenant_tables()}

    @contextmanager
    def held(self, query: str, value: object, then: str = "SELECT 1") -> Iterator[Callable[[], None]]:
        """What somebody else did, and has not yet committed; `yield`s what commits it."""
        with psycopg.connect(plain(self.urls.need_owner())) as connection:
            connection.execute("SELECT set_config('app.tenant_id', %s, false)", [str(self.world.tenants["a"])])
            connection.execute(then)
            connection.execute(query, [value])
            yield connection.commit

    def begin(self, act: Callable[[], None]) -> Callable[[], ZwgkError | None]:
        """Do it in a thread; returns what waits for the end, and says what was raised."""

        def run() -> ZwgkError | None:
            with self.runtime.app.app_context():
                try:
                    return act()
                except ZwgkError as error:
                    return error

        pool = ThreadPoolExecutor(1)
        ended = pool.submit(run)
        pool.shutdown(wait=False)
        return lambda: ended.result(9)

    def waits(self, number: int = 1) -> None:
        """Until so many wait for a lock."""
        end = monotonic() + 9
        while self.ask("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted") != [(number,)]:
            assert monotonic() < end

    def leaves(self, slug: str) -> int:
        """The tenant asked to leave; its number."""
        number = self.world.tenants[slug]
        with self.runtime.app.app_context(), platform_session() as session:
            session.add(Leaving(in_tenant_id=number, asked_at=NOW, asked_by="account:1", not_before=NOW))
        return number


@pytest.fixture
def site(database_server: DatabaseServer, tmp_path: Path) -> Iterator[Site]:
    """The installation; nothing in it was asked for yet."""
    with database_server.clone(build) as urls:
        world = World.read(urls)
        with psycopg.connect(plain(urls.need_owner())) as owner:  # seals that were made up are none
            for (number,) in owner.execute("SELECT id FROM tenant").fetchall():
                owner.execute("SELECT set_config('app.tenant_id', %s, false)", [str(number)])
                owner.execute("DELETE FROM seal")
        runtime = Runtime(urls.as_environ(), tmp_path / "home")
        yield Site(urls, runtime, Cli(runtime), world)
        runtime.close()


@pytest.fixture(autouse=True)
def _context(site: Site) -> Iterator[None]:
    with site.runtime.app.app_context():
        yield
