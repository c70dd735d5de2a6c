"""Row-level security and grants, made from the model registry.

`zwgk db upgrade` calls `apply` after the migrations, so that a new tenant table cannot be forgotten: what is in
the registry gets its policy, and the catalog tests read the same registry.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection

from tenants.db import Base, tenant_tables
from tenants.models import GLOBAL_TABLES, QUEUE_TABLES

# Zero rows, quietly, where no tenant is set: '' is what the setting holds after a transaction that set it
TENANT = "nullif(current_setting('app.tenant_id', true), '')::bigint"
DATA = "SELECT, INSERT, UPDATE, DELETE"
ADDED = "SELECT, INSERT"
# tables that only grow: what the maintenance role may do there, which removes what is past its term (tenants/audit)
APPEND_ONLY = {"change": f"{ADDED}, DELETE", "audit_entry": f"{ADDED}, DELETE", "seal": ADDED}

KEPT = frozenset({"leaving", "tombstone"})
"""Global tables that say of a tenant that it left."""


@dataclass(frozen=True)
class Roles:
    """The database roles that get rights: the application's, and the maintenance role where there is one."""

    app: str
    maint: str | None

    def grant(self, to: str | None, rights: str, tables: str) -> Iterator[str]:
        """One GRANT; nothing for a role that does not exist."""
        if to is not None:
            yield f'GRANT {rights} ON {tables} TO "{to}"'

    def revoke(self, tables: str) -> Iterator[str]:
        """Take everything back first, so that what is granted is exactly what is written here."""
        for role in (self.app, self.maint):
            if role is not None:
                yield f'REVOKE ALL ON {tables} FROM "{role}"'
        yield f"REVOKE ALL ON {tables} FROM PUBLIC"


def tenant_statements(table: str, roles: Roles) -> Iterator[str]:
    """The DDL that puts one tenant table under row-level security; may be run again and again."""
    yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
    yield f"DROP POLICY IF EXISTS tenant_only ON {table}"
    yield f"CREATE POLICY tenant_only ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})"
    yield from roles.revoke(table)
    yield from roles.grant(roles.app, ADDED if table in APPEND_ONLY else DATA, table)
    yield from roles.grant(roles.maint, APPEND_ONLY.get(table, DATA), table)


def pointing() -> dict[str, dict[str, list[str]]]:
    """The global tables that say something of a tenant or of an account: name → the table that is pointed at → the
    columns. It goes with that tenant or account; what is said of a tenant that leaves stays."""
    found: dict[str, dict[str, list[str]]] = {}
    for table in Base.metadata.tables.values():
        if table.name not in KEPT and "tenant_id" not in table.c:
            for key in table.foreign_keys:
                if key.column.table.name in ("tenant", "account"):
                    found.setdefault(table.name, {}).setdefault(key.column.table.name, []).append(key.parent.name)
    return found


def global_statements(roles: Roles) -> Iterator[str]:
    """Grants of the global tables: the application adds tenants, and nobody is deleted by it; only the maintenance role
    logs itself, and it reads all that there is: it makes the backup (`core.backup.whole`)."""
    yield from roles.revoke(", ".join(sorted(GLOBAL_TABLES)))
    yield from roles.grant(roles.app, "SELECT, INSERT", "tenant, password_history, account_tenant")
    yield from roles.grant(roles.app, "SELECT, INSERT, UPDATE", "account, recovery_code, sign_in")
    # a row is locked by whoever may change something in it: here what says nothing (`leaving.refuse_leaving`, `erase`)
    yield from roles.grant(roles.app, "UPDATE (created_at)", "tenant")
    yield from roles.grant(roles.maint, "UPDATE (created_at)", "account")
    yield from roles.grant(roles.app, "SELECT", "alembic_version")
    yield from roles.grant(roles.app, DATA, ", ".join(sorted(QUEUE_TABLES)))
    yield from roles.grant(roles.app, DATA, "application, leaving")
    yield from roles.grant(roles.app, "SELECT", "tombstone")
    yield from roles.grant(roles.maint, DATA, "tenant")
    yield from roles.grant(roles.app, "INSERT", "platform_entry")
    yield from roles.grant(roles.maint, ADDED, "cross_tenant_use, platform_entry, platform_seal, tombstone")
    yield from roles.grant(roles.maint, "UPDATE", "leaving")
    yield from roles.grant(roles.maint, "DELETE", ", ".join(sorted({"account", "procrastinate_jobs", *pointing()})))
    yield from roles.grant(roles.maint, "UPDATE", "procrastinate_periodic_defers")  # by the trigger of that
    yield from roles.grant(roles.maint, "SELECT", ", ".join(sorted(GLOBAL_TABLES)))
    yield from roles.grant(roles.maint, "SELECT", "ALL SEQUENCES IN SCHEMA public")


def apply(connection: Connection, roles: Roles) -> None:
    """Lay policies and grants over all tables of the registry; `connection` is the owner's."""
    for table in tenant_tables():
        for statement in tenant_statements(table, roles):
            connection.exec_driver_sql(statement)
    for statement in global_statements(roles):
        connection.exec_driver_sql(statement)
