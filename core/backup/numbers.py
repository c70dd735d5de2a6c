"""Making room for rows that come with their numbers: nothing that is written later may get one of them.

The owner's work, done before the rows are there, so that they are visible only when nothing can collide any more. It
is not undone when they do not come after all: numbers are left out, and nobody sees it.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, create_engine, func, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError

from core.backup.errors import DatabaseBusy
from tenants.audit import numbering

PATIENCE, ATTEMPTS = "500ms", 60
"""So long writers are kept waiting at a time, less than what the server takes for a deadlock; and how often."""
_LOCK_TIMEOUT = "55P03"


class Highest(NamedTuple):
    """The highest id of each table, and the highest number of a transaction."""

    ids: Mapping[str, int]
    number: int


def make_room(owner: URL, highest: Highest) -> None:
    """See above. Raises `DatabaseBusy`."""
    engine = create_engine(owner)
    try:
        for table, number in highest.ids.items():
            _while_nobody_writes(engine, [table], partial(_is_behind, table, number), partial(_advance, table, number))
        _while_nobody_writes(
            engine,
            numbering.TABLES,
            lambda connection: not numbering.is_above(connection, highest.number),
            lambda connection: numbering.go_on_above(connection, highest.number),
        )
    finally:
        engine.dispose()


def _sequence(table: str) -> ColumnElement[Any]:
    return func.to_regclass(func.pg_get_serial_sequence(table, "id"))


def _is_behind(table: str, number: int, connection: Connection) -> bool:
    return bool(connection.scalar(select(func.coalesce(func.pg_sequence_last_value(_sequence(table)), 0) < number)))


def _advance(table: str, number: int, connection: Connection) -> None:
    last = func.pg_sequence_last_value(_sequence(table))
    connection.execute(select(func.setval(_sequence(table), func.greatest(number, last))))


def _while_nobody_writes(
    engine: Engine, tables: list[str], needed: Callable[[Connection], bool], do: Callable[[Connection], None]
) -> None:
    """Who wrote before has ended, and who comes later finds it done."""
    with engine.connect() as connection:
        if not needed(connection):
            return
    for _ in range(ATTEMPTS):
        try:
            with engine.begin() as connection:
                connection.execute(select(func.set_config("lock_timeout", PATIENCE, True)))
                connection.exec_driver_sql(f"LOCK TABLE {', '.join(tables)} IN SHARE ROW EXCLUSIVE MODE")
                do(connection)
                return
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) != _LOCK_TIMEOUT:
                raise
    raise DatabaseBusy
