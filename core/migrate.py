"""Bringing the database to the schema of this version: migrations, then policies and grants from the registry."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from core.parts import load_models
from tenants import policies
from tenants.audit import numbering
from tenants.postgres.urls import DatabaseUrls

# Two processes that start at once must not migrate at once; any fixed number does
_LOCK = 0x7A776B67


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


@cache
def head() -> str:
    """The revision that this version's code expects."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


@cache
def former() -> frozenset[str]:
    """The revisions before `head()`."""
    known = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(script.revision for script in known) - {head()}


def current(connection: Connection) -> str:
    """The revision the database is at; empty for a new database."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def upgrade(urls: DatabaseUrls) -> str:
    """Migrate to `head()` and lay the policies, in one transaction; returns the revision. Safe to run again.

    Raises `OwnerUrlMissing`.
    """
    load_models()
    engine = create_engine(urls.need_owner())
    roles = policies.Roles(urls.app.username or "", urls.maint.username if urls.maint else None)
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            command.upgrade(_config(connection), "head")
            numbering.settle(connection)
            policies.apply(connection, roles)
            return current(connection)
    finally:
        engine.dispose()
