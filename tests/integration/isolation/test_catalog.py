"""The nets, read from the catalog: every table, whoever adds it (see `catalog`); and the schema is the models'."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from core.migrate import upgrade
from tenants.db import Base, tenant_tables
from tenants.models import GLOBAL_TABLES, QUEUE_TABLES
from tenants.postgres.furnish import APP
from tests.integration.isolation.catalog import RULES, offenders


@pytest.fixture(scope="module")
def owner(database_server):
    """An engine of the owner role, on a database of this module."""
    with database_server.clone(upgrade) as urls:
        engine = create_engine(urls.need_owner())
        yield engine
        engine.dispose()


@pytest.mark.parametrize("rule", RULES)
def test_rule(owner, rule):
    with owner.connect() as connection:
        assert offenders(connection, rule) == []


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.breach])
def test_the_rule_sees_a_breach(owner, rule):
    with owner.connect() as connection:
        connection.exec_driver_sql("CREATE SCHEMA elsewhere")
        connection.exec_driver_sql(RULES[rule].breach.format(app=APP))
        assert offenders(connection, rule) != []
        connection.rollback()


def test_the_registry_and_the_written_list_name_every_table():
    assert set(tenant_tables()) | GLOBAL_TABLES == set(Base.metadata.tables) | {"alembic_version"} | QUEUE_TABLES


def test_the_migrations_make_what_the_models_say(owner):
    with owner.connect() as connection:
        ours = {"compare_type": True, "include_name": lambda name, *_: name not in QUEUE_TABLES}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, Base.metadata) == []
