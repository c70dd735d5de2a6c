"""Every way to a row, on every tenant table: nobody reads or writes what is another tenant's.

One test per way goes through all tables; the message names the table.
"""

import pytest

from tenants.sessions import platform_session, tenant_session
from tests.integration.isolation import probes
from tests.integration.isolation.reads import READS
from tests.integration.isolation.world import MODELS, TENANT_TABLES
from tests.integration.isolation.writes import WRITES

pytestmark = pytest.mark.usefixtures("visiting")


@pytest.mark.parametrize("read", READS)
def test_reading_shows_the_tenants_own_rows(world, read):
    for slug in ("a", "b"):
        with tenant_session(slug, "test", "test") as session:
            for table in TENANT_TABLES:
                probes.reading(session, world, table, read)


@pytest.mark.parametrize("read", READS)
def test_without_tenant_there_is_no_row(world, read):
    with platform_session() as session:
        for table in TENANT_TABLES:
            probes.reading(session, world, table, read)


@pytest.mark.parametrize("write", WRITES)
def test_writing_leaves_the_other_tenant_alone(world, write):
    with tenant_session("a", "test", "test") as session:
        for table in TENANT_TABLES:
            probes.writing(session, world, table, write)


def test_no_row_points_into_another_tenant(world):
    with tenant_session("a", "test", "test") as session:
        for table in TENANT_TABLES:
            probes.pointing(session, world, table)


@pytest.mark.parametrize("table", TENANT_TABLES)
def test_the_key_of_another_tenant_finds_nothing(world, table):
    with tenant_session("a", "test", "test") as session:
        assert session.get(MODELS[table], world.key(table, "a")) is not None
        assert session.get(MODELS[table], world.key(table, "b")) is None
        assert session.get(MODELS[table], (world.tenants["a"], world.rows[table]["b"])) is None
