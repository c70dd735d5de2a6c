"""A database that was restored into another cluster: transactions are counted anew there."""

import psycopg
import pytest

from core.migrate import upgrade
from core.runtime import Runtime
from tenants.audit.numbering import NumbersElsewhere
from tenants.postgres.furnish import APP
from tenants.sessions import tenant_session
from tests.integration.audit.conftest import as_owner, sealed, work
from tests.integration.audit.test_sealing import seal, verdict

FAR = 1_000_000_000
FUNCTION = (
    "CREATE OR REPLACE FUNCTION audit_number(xid8) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $1::text::bigint + {}'"
)


@pytest.fixture
def restored(site, urls):
    """Seals and a piece of work that is not sealed, with numbers that this cluster reaches in years."""
    with as_owner(urls) as owner:
        owner.execute(FUNCTION.format(FAR))
    sealed("甲处", "乙处")
    with tenant_session("t", "office", "command") as session:
        work(session, "丙处")
    with as_owner(urls) as owner:
        owner.execute(FUNCTION.format(0))
        owner.execute("COMMENT ON FUNCTION audit_number(xid8) IS '1'")
    return urls


def test_it_is_refused_until_the_numbers_go_on(restored, tmp_path):
    with pytest.raises(NumbersElsewhere):
        seal("t")
    runtime = Runtime(restored.as_environ(), tmp_path / "home")
    with pytest.raises(NumbersElsewhere):
        _ = runtime.app
    upgrade(restored)
    assert seal("t") == 3
    assert runtime.app.name
    runtime.close()


def test_no_row_is_missed_after_it(restored):
    upgrade(restored)
    with tenant_session("t", "office", "command") as session:
        work(session, "丁处")
    assert seal("t") == 6
    assert verdict("t").faults == ()


def test_the_policies_stand_after_it(restored):
    upgrade(restored)
    with psycopg.connect(
        restored.need_owner().set(drivername="postgresql").render_as_string(hide_password=False)
    ) as owner:
        assert owner.execute("SELECT count(*) FROM change").fetchone()[0] == 0
        assert owner.execute("SELECT has_table_privilege(%s, 'change', 'UPDATE')", [APP]).fetchone()[0] is False


def test_an_upgrade_at_home_changes_nothing(site, urls):
    sealed("甲处")
    asked = "SELECT prosrc FROM pg_proc WHERE proname = 'audit_number'"
    with as_owner(urls) as owner:
        before = owner.execute(asked).fetchone()
    upgrade(urls)
    with as_owner(urls) as owner:
        assert owner.execute(asked).fetchone() == before
