"""Who the application may be in the database, and the one way across tenants."""

import secrets
from contextlib import contextmanager

import psycopg
import pytest
from psycopg.sql import Identifier, Literal
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from core.app import create_app
from core.plugin_manager import PluginManager
from core.units.models import Unit
from tenants.models import CrossTenantUse
from tenants.postgres.errors import MaintUrlMissing
from tenants.postgres.furnish import APP, MAINT, OWNER
from tenants.postgres.role import UnsafeRole
from tenants.sessions import cross_tenant, db, platform_session


@contextmanager
def role(server, url, attributes, member_of=None):
    """The address of a new role with these attributes, for as long as the block lasts."""
    name, password = f"test_{secrets.token_hex(4)}", secrets.token_hex(8)
    server.do("CREATE ROLE {} LOGIN PASSWORD {} " + attributes, Identifier(name), Literal(password))
    server.do("GRANT {} TO {}", Identifier(member_of or APP), Identifier(name))
    try:
        yield url.set(username=name, password=password)
    finally:
        server.do("DROP ROLE {}", Identifier(name))


def open_on(url, maint=None):
    return create_app(url, maint, PluginManager())


@pytest.mark.parametrize(
    ("attributes", "member_of", "why"),
    [
        ("SUPERUSER", None, "是超级用户"),
        ("BYPASSRLS", None, "可绕过行级安全"),
        ("NOSUPERUSER", MAINT, "可绕过行级安全"),
        ("NOSUPERUSER", OWNER, "是表的属主"),
    ],
)
def test_a_role_that_policies_do_not_bind_is_refused(database_server, world_urls, attributes, member_of, why):
    with role(database_server, world_urls.app, attributes, member_of) as url, pytest.raises(UnsafeRole, match=why):
        open_on(url)


def test_a_superuser_in_the_clothes_of_the_application_is_refused(database_server, world_urls):
    with role(database_server, world_urls.app, "SUPERUSER") as url, pytest.raises(UnsafeRole, match="超级用户"):
        open_on(url.update_query_dict({"options": f"-c role={APP}"}))


@pytest.mark.parametrize("kind", ["owner", "maint"])
def test_the_other_roles_are_refused(world_urls, kind):
    with pytest.raises(UnsafeRole):
        open_on(getattr(world_urls, kind))


def test_the_role_of_the_application_is_taken(world_urls):
    app = open_on(world_urls.app)
    with app.app_context():
        db.engine.dispose()


@pytest.fixture
def across(world_urls):
    """An application that may cross tenants."""
    app = open_on(world_urls.app, world_urls.maint)
    with app.app_context():
        yield app
        db.engine.dispose()
    app.extensions["zwgk_maint_engine"].dispose()


def uses(urls):
    with psycopg.connect(urls.need_maint().set(drivername="postgresql").render_as_string(hide_password=False)) as maint:
        return maint.execute("SELECT actor, reason FROM cross_tenant_use ORDER BY id").fetchall()


def test_crossing_is_written_down_before_anything_is_read(across, world_urls):
    before = uses(world_urls)
    with cross_tenant("数各租户的单位", actor="ops") as session:
        assert uses(world_urls) == [*before, ("ops", "数各租户的单位")]
        assert session.scalar(select(func.count()).select_from(Unit)) == 2


def test_crossing_stays_written_down_when_it_fails(across, world_urls):
    def fail():
        with cross_tenant("失败的一次") as session:
            session.execute(update(Unit).values(name=Unit.name + "x"))
            raise ZeroDivisionError

    before = len(uses(world_urls))
    with pytest.raises(ZeroDivisionError):
        fail()
    assert uses(world_urls)[before:] == [("platform", "失败的一次")]
    with cross_tenant("再看一次") as session:
        assert not session.scalar(select(func.count()).where(Unit.name.endswith("x")))


@pytest.mark.parametrize("statement", [delete(CrossTenantUse), update(CrossTenantUse).values(reason="另有原因")])
def test_nobody_takes_back_what_is_written_down(across, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), cross_tenant("抹去痕迹") as session:
        session.execute(statement)


def test_the_application_neither_reads_nor_writes_the_list_of_crossings(across):
    for statement in (select(CrossTenantUse.id), delete(CrossTenantUse)):
        with pytest.raises(ProgrammingError, match="permission denied"), platform_session() as session:
            session.execute(statement)


def test_without_the_maintenance_address_nobody_crosses(visiting):
    visiting.extensions["zwgk_maint_engine"] = None
    with pytest.raises(MaintUrlMissing), cross_tenant("无处可去"):
        pass


def test_the_maintenance_session_is_not_that_of_a_tenant(across):
    with cross_tenant("看类型") as session:
        assert type(session) is Session
