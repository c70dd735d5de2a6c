"""Two tenants, `t` and `u`, on the role of the application; acts and changes on demand; eyes that see everything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask

from core.migrate import upgrade
from core.units.services import add_unit
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.services import seal_audit
from tenants.postgres.urls import DatabaseUrls
from tenants.services import adding_tenant
from tenants.sessions import ScopedSession, tenant_session
from tests.integration.isolation.world import visitor
from tests.support.database import DatabaseServer, plain


def two_tenants(urls: DatabaseUrls) -> None:
    """What each test begins with; for `DatabaseServer.clone`."""
    upgrade(urls)
    with visitor(urls.app):
        for slug in ("t", "u"):
            with adding_tenant(slug, "示例机关", []):
                pass


@pytest.fixture
def urls(database_server: DatabaseServer) -> Iterator[DatabaseUrls]:
    """A database with the two tenants, of this test alone."""
    with database_server.clone(two_tenants) as urls:
        yield urls


@pytest.fixture
def site(urls: DatabaseUrls) -> Iterator[Flask]:
    """The application's role on it."""
    with visitor(urls.app) as app:
        yield app


@pytest.fixture
def office(site: Flask) -> Callable[[], object]:
    """A session of tenant `t`: `with office() as session`."""
    return lambda: tenant_session("t", "office", "command")


@pytest.fixture
def maint(urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """A connection that sees all, and commits each statement."""
    with psycopg.connect(plain(urls.need_maint()), autocommit=True) as connection:
        yield connection


@contextmanager
def as_owner(urls: DatabaseUrls) -> Iterator[psycopg.Connection]:
    """The owner of the tables, who can do everything, tampering with `t`: what the seals are there for."""
    with psycopg.connect(plain(urls.need_owner())) as connection:
        connection.execute("SELECT set_config('app.tenant_id', (SELECT id FROM tenant WHERE slug = 't')::text, false)")
        yield connection


def work(session: ScopedSession, name: str, acts: int = 2) -> None:
    """A change of a field and some acts."""
    add_unit(session, name)
    for number in range(acts):
        record_act(session, Action.SHEET_SYNCED, subject=("plan", number), detail={"applied": number})


def sealed(*names: str) -> None:
    """Work in `t`, each piece of it under a seal of its own."""
    for name in names:
        with tenant_session("t", "office", "command") as session:
            work(session, name)
        with tenant_session("t", "office", "command") as session:
            assert seal_audit(session) is not None
