"""Every way we know of to write a row of another tenant, or to move one there; and how each is refused.

The attempts are made in a session of tenant `a`. Afterwards the rows of `b` are looked at with the eyes of `b`: not one
may have changed, or even been touched (`xmin`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import delete, insert, text, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from tenants.policies import APPEND_ONLY
from tenants.postgres.furnish import MAINT, OWNER
from tenants.sessions import ScopedSession, TenantSwitch
from tests.integration.isolation.world import MODELS, World

DENIED = "42501"  # PostgreSQL: no right, or the policy's WITH CHECK
NO_SUCH_ROW = "23503"  # the foreign key finds no such row
UNSUPPORTED = "0A000"


@dataclass(frozen=True)
class Target:
    """A table, seen from tenant `a`."""

    world: World
    table: str

    @property
    def model(self) -> Any:
        """Its model."""
        return MODELS[self.table]

    @property
    def own(self) -> tuple[int, int]:
        """The key of our row."""
        return self.world.key(self.table, "a")

    @property
    def foreign(self) -> tuple[int, int]:
        """The key of the other tenant's row."""
        return self.world.key(self.table, "b")

    @property
    def foreign_key(self) -> dict[str, int]:
        """The same as values."""
        return dict(zip(("tenant_id", "id"), self.foreign, strict=True))

    def values(self) -> dict[str, Any]:
        """A further row of the other tenant."""
        return self.world.fresh(self.table, "b")

    def field(self) -> dict[str, Any]:
        """One column and a new value."""
        return next({name: value} for name, value in self.values().items() if name != "tenant_id")


Attempt = Callable[[ScopedSession, Target], object]
Refusal = str | type[Exception] | None


@dataclass(frozen=True)
class Write:
    """An attempt and how it ends: an SQLSTATE, an exception, or None where it finds nothing to change.

    `changes`: it needs UPDATE or DELETE, which nobody has on a table that only grows.
    """

    attempt: Attempt
    refusal: Refusal = None
    changes: bool = False

    def expected(self, table: str) -> Refusal:
        """How it ends on this table."""
        return DENIED if self.changes and table in APPEND_ONLY else self.refusal


def attempted(session: ScopedSession, target: Target, write: Write) -> Refusal:
    """Make the attempt; how it ended. What the session holds is forgotten."""
    ended: Refusal = None
    savepoint = session.begin_nested()
    try:
        write.attempt(session, target)
        session.flush()
    except DBAPIError as error:
        ended = error.orig.sqlstate
    except psycopg.Error as error:  # below SQLAlchemy
        ended = error.sqlstate
    except (TenantSwitch, StaleDataError) as error:
        ended = type(error)
    if ended is not None:
        savepoint.rollback()
    session.expunge_all()
    return ended


def eyes_of_the_other(session: ScopedSession, target: Target) -> list[Any]:
    """All rows of `b`, as a session of `b` sees them; the session is back in its own tenant afterwards."""
    own, other = target.own[0], target.foreign[0]
    connection = session.connection()
    connection.exec_driver_sql(f"SET LOCAL app.tenant_id = {other}")
    query = text(f"SELECT t.xmin::text, t::text FROM {target.table} t WHERE tenant_id = :other ORDER BY id")
    rows = connection.execute(query, {"other": other}).all()
    connection.exec_driver_sql(f"SET LOCAL app.tenant_id = {own}")
    return rows


def _foreign_object(target: Target) -> Any:
    """The other tenant's row as somebody might have kept it from a session of that tenant."""
    row = target.model(**target.foreign_key)
    make_transient_to_detached(row)
    return row


def _move_object(session: ScopedSession, target: Target) -> None:
    session.get_one(target.model, target.own).tenant_id = target.foreign[0]


def _become(session: ScopedSession, target: Target) -> None:
    """A row of our own, made new again under the other tenant's key."""
    row = session.get_one(target.model, target.own)
    make_transient(row)
    row.tenant_id, row.id = target.foreign
    session.add(row)


def _copy_in(session: ScopedSession, target: Target) -> None:
    cursor = session.connection().connection.cursor()
    names = ", ".join(target.values())
    with cursor.copy(f"COPY {target.table} ({names}) FROM STDIN") as copy:
        copy.write_row([str(value) for value in target.values().values()])


def _upsert(session: ScopedSession, target: Target) -> None:
    new = upsert(target.model).values(target.values() | {"id": target.foreign[1]})
    session.execute(new.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=target.field()))


def _sql(statement: str) -> Attempt:
    return lambda s, t: s.execute(text(statement.format(t=t.table, own=t.own[0], other=t.foreign[0])))


WRITES: dict[str, Write] = {
    "UPDATE without WHERE": Write(_sql("UPDATE {t} SET id = id"), changes=True),
    "update() without WHERE": Write(lambda s, t: s.execute(update(t.model).values(id=t.model.id)), changes=True),
    "update() of the other's row": Write(
        lambda s, t: s.execute(update(t.model).where(t.model.id == t.foreign[1]).values(t.field())), changes=True
    ),
    "delete() without WHERE": Write(lambda s, t: s.execute(delete(t.model)), changes=True),
    "delete() of the other's row": Write(
        lambda s, t: s.execute(delete(t.model).where(t.model.tenant_id == t.foreign[0])), changes=True
    ),
    "legacy query delete": Write(lambda s, t: s.query(t.model).delete(), changes=True),
    "bulk update by key": Write(
        lambda s, t: s.execute(update(t.model), [t.foreign_key | t.field()]), StaleDataError, changes=True
    ),
    "bulk_update_mappings": Write(
        lambda s, t: s.bulk_update_mappings(t.model, [t.foreign_key | t.field()]), StaleDataError, changes=True
    ),
    "move our row to the other": Write(_sql("UPDATE {t} SET tenant_id = {other}"), DENIED, changes=True),
    "move our object to the other": Write(_move_object, TenantSwitch),
    "our object under the other's key": Write(_become, TenantSwitch),
    "add()": Write(lambda s, t: s.add(t.model(**t.values())), TenantSwitch),
    "add() of the other's object": Write(lambda s, t: s.add(_foreign_object(t)), TenantSwitch),
    "merge() of the other's object": Write(lambda s, t: s.merge(_foreign_object(t)), TenantSwitch),
    "delete() of the other's object": Write(lambda s, t: s.delete(_foreign_object(t)), TenantSwitch),
    "insert()": Write(lambda s, t: s.execute(insert(t.model).values(t.values())), DENIED),
    "insert() of many": Write(lambda s, t: s.execute(insert(t.model), [t.values(), t.values()]), DENIED),
    "insert() into __table__": Write(lambda s, t: s.execute(insert(t.model.__table__).values(t.values())), DENIED),
    "insert() on the connection": Write(lambda s, t: s.connection().execute(insert(t.model), [t.values()]), DENIED),
    "bulk_insert_mappings": Write(lambda s, t: s.bulk_insert_mappings(t.model, [t.values()]), DENIED),
    "bulk_save_objects": Write(lambda s, t: s.bulk_save_objects([t.model(**t.values())]), DENIED),
    "upsert": Write(_upsert, DENIED),
    "COPY FROM": Write(_copy_in, UNSUPPORTED),
    "TRUNCATE": Write(_sql("TRUNCATE {t} CASCADE"), DENIED),
    "DROP TABLE": Write(_sql("DROP TABLE {t} CASCADE"), DENIED),
    "switch the policy off": Write(_sql("ALTER TABLE {t} DISABLE ROW LEVEL SECURITY"), DENIED),
    "another policy": Write(_sql("CREATE POLICY all_rows ON {t} USING (true)"), DENIED),
    "a trigger": Write(
        _sql("CREATE TRIGGER spy AFTER INSERT ON {t} EXECUTE FUNCTION suppress_redundant_updates_trigger()"), DENIED
    ),
    "ask without policies": Write(_sql("SET LOCAL row_security = off; UPDATE {t} SET id = id"), DENIED, changes=True),
    "become the owner": Write(_sql(f"SET LOCAL ROLE {OWNER}"), DENIED),
    "become the maintenance role": Write(_sql(f"SET LOCAL ROLE {MAINT}"), DENIED),
    "set the sequence": Write(_sql("SELECT setval(pg_get_serial_sequence('{t}', 'id'), 1)"), DENIED),
}
