"""What the source may not say: the ways round the three openings to the data, and each use of the third.

A finding is (file, what). The list of exceptions is short, has a reason for each, and must be used up.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PACKAGES = ("tenants", "core", "bridges", "plugins")
# DDL by the owner alone, before there is any session
EXEMPT = ("core/migrations/versions/",)

ALLOWED = {
    ("tenants/sessions.py", "exec_driver_sql"): "SET LOCAL app.tenant_id, the one place that sets the tenant",
    ("tenants/sessions.py", "app.tenant_id"): "the same",
    ("tenants/sessions.py", "text"): "SET LOCAL app.tenant_id again, and the isolation level of a session",
    ("tenants/postgres/role.py", "text"): "the look at the role's rights when the application starts",
    ("tenants/sessions.py", "Session"): "`cross_tenant`, on the maintenance role",
    ("tenants/sessions.py", "connection"): "that of a session itself, for a query of columns",
    ("tenants/bulk.py", "text"): "settings of the planner around one query",
    ("tenants/audit/numbering.py", "exec_driver_sql"): "the function that numbers transactions, by the owner",
    ("tenants/policies.py", "exec_driver_sql"): "policies and grants, by the owner",
    ("tenants/policies.py", "app.tenant_id"): "the policy itself",
    ("core/migrate.py", "create_engine"): "migrations, by the owner",
    ("core/migrate.py", "exec_driver_sql"): "the lock that lets one process migrate",
    ("core/app.py", "create_engine"): "the maintenance engine, used by `cross_tenant` only",
    ("core/database.py", "create_engine"): "reads the schema's revision before there is an application",
    ("core/database.py", ".engine"): "closes the pool",
    ("core/doctor.py", "create_engine"): "examines the database when the application may be unable to start",
    ("core/doctor.py", "text"): "the same, from the catalog; no tenant table is read",
    ("core/wsgi.py", ".engine"): "counts the connections of the pool that are in use",
    ("core/jobs/queue.py", "connection"): "a job is put into the queue in the transaction of the session that asks",
    ("core/jobs/queue.py", "driver_connection"): "the same",
    ("core/jobs/queue.py", "text"): "the queue's own tables, which hold numbers only: whose turn it is",
    ("core/jobs/running.py", "text"): "SET LOCAL of a timeout",
    ("core/jobs/upkeep.py", "text"): "the queue's own tables: what is in it, and what ended long ago",
    ("core/jobs/worker.py", ".engine"): "the queue's own address: that of the application role",
    ("core/service/nets.py", "psycopg"): "tries what a database can do, in a schema of its own that it removes again",
    ("core/service/nets.py", "app.tenant_id"): "the same; no table of ours is touched",
    ("core/doctor.py", "psycopg"): "the errors of that",
    ("core/backup/numbers.py", "create_engine"): "ids and numbers of transactions go on above a file's, by the owner",
    ("core/backup/numbers.py", "exec_driver_sql"): "the lock under which that is done",
    ("core/backup/whole.py", "create_engine"): "asks for schema and version of a database without application",
    ("tenants/postgres/tools.py", "psycopg"): "an address in libpq's words, for pg_dump",
    ("bridges/store/models.py", "text"): "the condition of a partial index",
    ("tenants/postgres/urls.py", "psycopg"): "asks whether anybody answers",
}
# file → how often, and what for
CROSSINGS: dict[str, tuple[int, str]] = {
    "core/commands/audit.py": (
        5,
        "the platform's own audit: list, seal, verify, export; and removing what is past its term",
    ),
    "core/audit/views.py": (2, "the platform's own audit, for its audit administrator: list, verify"),
    "core/jobs/upkeep.py": (2, "the platform's own audit: seal; sessions that ran out long ago"),
    "core/leaving/erasing.py": (1, "erasing a tenant; the audit's tables know no DELETE of the application"),
    "core/leaving/pruning.py": (1, "the audit of erased tenants, once its term is over"),
    "core/leaving/verifying.py": (1, "counting anew what is left of erased tenants"),
    "core/tenant/plugins.py": (1, "which plugins speak for a tenant: the application adds tenants, and changes none"),
    "core/backup/whole.py": (1, "the backup of everything; PostgreSQL's own program reads it"),
}

CALLS = {"text", "literal_column", "create_engine", "sessionmaker", "Session", "scoped_session"}
ATTRIBUTES = {
    "exec_driver_sql",
    "connection",
    "from_statement",
    "__table__",
    "bulk_insert_mappings",
    "bulk_update_mappings",
    "bulk_save_objects",
    "driver_connection",
    "raw_connection",
}
SQLALCHEMY_NAMES = {"sa", "sqlalchemy", "orm"}


def _sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(EXEMPT):
                yield name, path.read_text(encoding="utf-8")


def _said(source: str) -> Iterator[str]:
    """The forbidden things that a source says."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy")
        for alias in node.names
    }
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name)) if imported.get(name) in CALLS:
                yield imported[name]
            case ast.Call(func=ast.Attribute(value=ast.Name(id=module), attr=name)) if (
                module in SQLALCHEMY_NAMES and name in CALLS
            ):
                yield name
            case ast.Attribute(value=ast.Name(id="db"), attr="session"):
                yield "db.session"
            case ast.Attribute(value=ast.Name(id="db"), attr="engine" | "engines" as name):
                yield f".{name}"
            case ast.Attribute(attr=name) if name in ATTRIBUTES:
                yield name
            case ast.Constant(value=str() as words) if "app.tenant_id" in words:
                yield "app.tenant_id"
            case ast.Import(names=names) if any(alias.name.split(".")[0] == "psycopg" for alias in names):
                yield "psycopg"
            case ast.ImportFrom(module=str() as module) if module.split(".")[0] == "psycopg":
                yield "psycopg"


def test_no_way_round_the_sessions():
    found = {(name, what) for name, source in _sources() for what in _said(source)}
    assert found == set(ALLOWED)


def test_every_crossing_of_tenants_is_listed():
    found = {}
    for name, source in _sources():
        calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
        called = [c.func.id if isinstance(c.func, ast.Name) else getattr(c.func, "attr", "") for c in calls]
        if "cross_tenant" in called:
            found[name] = called.count("cross_tenant")
    assert found == {name: count for name, (count, _why) in CROSSINGS.items()}


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("from sqlalchemy import text\ntext('SELECT 1')", "text"),
        ("from sqlalchemy import text as t\nt('SELECT 1')", "text"),
        ("import sqlalchemy as sa\nsa.text('SELECT 1')", "text"),
        ("session.connection()", "connection"),
        ("Unit.__table__", "__table__"),
        ("c.exec_driver_sql('SELECT 1')", "exec_driver_sql"),
        ("from sqlalchemy import create_engine\ncreate_engine(url)", "create_engine"),
        ("from sqlalchemy.orm import Session\nSession(engine)", "Session"),
        ("session.bulk_insert_mappings(Unit, [])", "bulk_insert_mappings"),
        ("db.session.add(x)", "db.session"),
        ("with db.engine.connect() as c: pass", ".engine"),
        ("import psycopg", "psycopg"),
        ("from psycopg import sql", "psycopg"),
        ("f'SET app.tenant_id = {n}'", "app.tenant_id"),
    ],
)
def test_the_check_sees(source, what):
    assert what in set(_said(source))


@pytest.mark.parametrize("source", ["tree.text()", "def text(x): ...\ntext('x')", "class A:\n  session = 1"])
def test_the_check_does_not_mind(source):
    assert list(_said(source)) == []
