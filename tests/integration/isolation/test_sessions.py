"""What a session and a pooled connection carry from one use to the next: nothing of a tenant."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import ProgrammingError

from core.units.models import Unit
from core.units.services import add_unit
from tenants.errors import ZwgkError
from tenants.models import Tenant
from tenants.sessions import NoTenant, Scope, TenantSwitch, TenantUnknown, db, platform_session, tenant_session

pytestmark = pytest.mark.usefixtures("visiting")
COUNT = select(func.count()).select_from(Unit)


def of(slug):
    return tenant_session(slug, "test", "test")


def pid(session):
    return session.scalar(select(func.pg_backend_pid()))


@pytest.mark.parametrize("end", ["commit", "rollback"])
@pytest.mark.parametrize("form", ["SET app.tenant_id = {}", "SET LOCAL app.tenant_id = {}"])
def test_a_setting_of_the_connection_reaches_no_later_session(world, form, end):
    with of("a") as session:
        session.execute(text(form.format(world.tenants["b"])))
        used = pid(session)
        getattr(session, end)()
        assert session.scalar(COUNT) == 1
        assert session.scalar(select(Unit.tenant_id)) == world.tenants["a"]
    with platform_session() as session:
        assert (pid(session), session.scalar(COUNT)) == (used, 0)
    db.engine.dispose()


def test_a_connection_without_session_sees_nothing():
    with of("a") as session:
        assert session.scalar(COUNT) == 1
        used = pid(session)
    with db.engine.connect() as connection:
        assert connection.scalar(select(func.pg_backend_pid())) == used
        assert connection.scalar(COUNT) == 0


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_the_tenant_stays_through_all_transactions_of_a_session(end):
    with of("a") as session:
        for _ in range(3):
            assert session.scalar(COUNT) == 1
            getattr(session, end)()


def test_the_tenant_stays_through_savepoints(world):
    with of("a") as session:
        for _ in range(2):
            savepoint = session.begin_nested()
            assert session.scalar(COUNT) == 1
            savepoint.rollback()
            assert session.scalar(select(Unit.tenant_id)) == world.tenants["a"]


def test_autocommit_sees_nothing_and_writes_nothing(world):
    with of("a") as session:
        session.connection(execution_options={"isolation_level": "AUTOCOMMIT"})
        assert session.scalar(COUNT) == 0
        session.add(Unit(name="x"))
        with pytest.raises(ProgrammingError, match="row-level security"):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("scope", [Scope(None, "test", "test"), Scope(-1, "test", "test"), None])
def test_a_session_keeps_its_scope(scope):
    with of("a") as session, pytest.raises(TenantSwitch):
        session.scope = scope


def test_a_session_with_a_tenant_becomes_no_other_ones(world):
    with of("a") as session, pytest.raises(TenantSwitch):
        session.become(Tenant(id=world.tenants["b"], slug="b", name="b"))


def test_the_same_tenant_again_is_not_a_switch():
    with of("a") as session:
        session.scope = session.scope
        assert session.scalar(COUNT) == 1


@pytest.mark.parametrize("inner", ["a", "b"])
def test_a_session_within_a_session_is_another_one(world, inner):
    with of("a") as outer:
        unit = outer.scalars(select(Unit)).one()
        with of(inner) as session:
            assert session is not outer
            assert pid(session) != pid(outer)
            seen = session.scalars(select(Unit)).one()
            assert seen is not unit
            assert seen.tenant_id == world.tenants[inner]
        assert outer.scalars(select(Unit)).one() is unit


def test_a_row_of_one_session_is_not_taken_into_another():
    with of("b") as session:
        foreign = session.scalars(select(Unit)).one()
        session.expunge(foreign)
    with of("a") as session:
        for way in (session.add, session.delete):
            with pytest.raises(TenantSwitch):
                way(foreign)
        assert session.get(Unit, (foreign.tenant_id, foreign.id)) is None


def test_an_error_leaves_nothing():
    def fail():
        with of("a") as session:
            add_unit(session, "not-to-stay")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with of("a") as session:
        assert session.scalar(COUNT) == 1


def test_without_scope_there_is_no_statement(visiting):
    with visiting.app_context():
        session = db.session()
        for way in (
            lambda: session.scalar(COUNT),
            lambda: session.rows(COUNT, {}),
            session.connection,
            lambda: session.get(Unit, (1, 1)),
        ):
            with pytest.raises(NoTenant):
                way()


def test_what_writes_does_not_pass_as_rows():
    with of("a") as session, pytest.raises(ValueError, match="DELETE"):
        session.rows(delete(Unit), {})


def test_without_tenant_there_is_no_row_to_write():
    with platform_session() as session:
        session.add(Unit(name="x"))
        with pytest.raises(NoTenant):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("slug", ["nobody", "", "A", "a'", "a\x00", "\udc80", "a" * 10_000])
def test_an_unknown_tenant(slug):
    with pytest.raises(TenantUnknown) as caught, of(slug):
        pass
    assert isinstance(caught.value, ZwgkError)


def test_threads_do_not_share(visiting, world):
    """Both are inside a transaction at the same time, again and again."""
    together = Barrier(2, timeout=20)

    def visit(slug):
        with visiting.app_context():
            for _ in range(10):
                with of(slug) as session:
                    together.wait()
                    found = session.scalars(select(Unit.tenant_id)).all()
                    together.wait()
                    assert found == [world.tenants[slug]]

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(visit, ("a", "b"))) == [None, None]


def test_what_row_level_security_cannot_stop(world):
    """SQL that itself sets the tenant: so no code but `tenants` may say `app.tenant_id` (see `test_source`)."""
    with of("a") as session:
        session.execute(text(f"SET LOCAL app.tenant_id = {world.tenants['b']}"))
        assert session.scalar(select(Unit.tenant_id)) == world.tenants["b"]
