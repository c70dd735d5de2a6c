"""The ways of `reads` and `writes` as probes of one table: each raises AssertionError when a net has a hole.

The sessions are those of the product; whatever a probe writes in them it rolls back.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import psycopg
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from tenants.db import Base
from tenants.sessions import ScopedSession, platform_session, tenant_session
from tests.integration.isolation.reads import READS, Seen
from tests.integration.isolation.world import MODELS, World, pointer_column, pointers
from tests.integration.isolation.writes import NO_SUCH_ROW, WRITES, Target, attempted, eyes_of_the_other


def reading(session: ScopedSession, world: World, table: str, read: str) -> None:
    """One way of reading: it shows the row of the session's tenant, or none to a session without tenant."""
    seen = READS[read](session, MODELS[table])
    session.rollback()
    own = session.scope.tenant_id
    wanted: tuple[Seen, ...] = (0, []) if own is None else (1, [own])
    if seen not in wanted:
        raise AssertionError(f"{table} by {read}: saw {seen}, wanted {wanted}")


def writing(session: ScopedSession, world: World, table: str, write: str) -> None:
    """One way of writing, by tenant `a`: refused as expected, and the rows of `b` are as before."""
    target, way = Target(world, table), WRITES[write]
    before = eyes_of_the_other(session, target)
    ended = attempted(session, target, way)
    after = eyes_of_the_other(session, target)
    session.rollback()
    wanted = way.expected(table)
    if ended != wanted:
        raise AssertionError(f"{table} by {write}: ended with {ended}, wanted {wanted}")
    if after != before:
        raise AssertionError(f"{table} by {write}: the other tenant's rows changed")


def pointing(session: ScopedSession, world: World, table: str) -> None:
    """A further row of `a`, with each of its keys in turn pointing at a row of `b`."""
    for pointer in pointers(Base.metadata.tables[table]):
        column = pointer_column(pointer).name
        values = world.fresh(table, "a") | {column: world.rows[pointer.referred_table.name]["b"]}
        ended = None
        try:
            session.execute(insert(MODELS[table]).values(values))
        except IntegrityError as error:
            ended = error.orig.sqlstate
        session.rollback()
        if ended != NO_SUCH_ROW:
            raise AssertionError(f"{table}.{column} pointed into another tenant: ended with {ended}")


def reading_suite(world: World, table: str) -> Iterator[str]:
    """All ways of reading a table; gives the message of each that failed."""
    for opened in (tenant_session("a", "test", "test"), platform_session("test", "test")):
        with opened as session:
            yield from _failures(session, (partial(reading, session, world, table, read) for read in READS))


def whole_suite(world: World, table: str) -> Iterator[str]:
    """All probes of a table; gives the message of each that failed."""
    yield from reading_suite(world, table)
    with tenant_session("a", "test", "test") as session:
        writes = (partial(writing, session, world, table, write) for write in WRITES)
        yield from _failures(session, (*writes, partial(pointing, session, world, table)))


def _failures(session: ScopedSession, probes: Iterable[Callable[[], None]]) -> Iterator[str]:
    for probe in probes:
        try:
            probe()
        except (AssertionError, SQLAlchemyError, psycopg.Error) as error:
            session.rollback()
            yield f"{type(error).__name__}: {error}"
