"""The tables of a tenant as lines of JSON, and back: whatever is in the registry, in the order of its foreign keys.

PostgreSQL itself writes and reads the values, so that a number keeps its digits and JSON stays as it was. Rule of the
format (docs/backup.md): a key that is missing is NULL, so that `null` in a JSON column is JSON's own.
"""

from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Insert,
    LargeBinary,
    Table,
    Text,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from tenants.db import Base, tenant_tables
from tenants.people.models import AccountTenant
from tenants.sessions import ScopedSession

# What the interface answered to writes that may arrive again: whoever asked has to ask anew, and an answer may hold a
# secret that is shown once. The identity provider knows us by a secret, and by an address that may be another here.
# Webhooks have a secret that can be read, and a tenant that is tried out elsewhere must not tell anybody of it
LEFT_OUT = frozenset({"replay", "identity_provider", "identity_flow", "webhook", "delivery"})
FETCHED = 500
"""Rows in memory at once; of a table with files one."""
_ACTOR = r"^account:(\d+)$"


def carried() -> list[Table]:
    """The tables of a tenant, each behind those that it points at."""
    ours = set(tenant_tables()) - LEFT_OUT
    return [table for table in Base.metadata.sorted_tables if table.name in ours]


def columns(table: Table) -> list[Column[Any]]:
    """What a line has of a row: all but the tenant."""
    return [column for column in table.c if column.name != "tenant_id"]


def has_files(table: Table) -> bool:
    """Whether rows may be megabytes, of what does not shrink."""
    return any(is_bytes(column) for column in table.c)


def lines_of(session: ScopedSession, table: Table, names: Collection[str] | None = None) -> Iterator[bytes]:
    """The rows of the session's tenant, by id; a line each. `names`: of these columns only."""
    wanted = [column for column in columns(table) if names is None or column.name in names]
    keys = [f'"{column.name}":' for column in wanted]
    query = select(*(_written(column) for column in wanted))
    query = query.where(table.c.tenant_id == session.scope.tenant_id).order_by(table.c.id)
    rows = session.execute(query.execution_options(yield_per=1 if has_files(table) else FETCHED))
    for row in rows:
        told = (key + value for key, value in zip(keys, row, strict=True) if value is not None)
        yield f"{{{','.join(told)}}}\n".encode()


def put_lines(session: ScopedSession, table: Table, lines: Sequence[bytes], accounts: str) -> None:
    """Add rows to the session's tenant. `accounts`: JSON, old id of an account → its id here."""
    told = {"lines": f"[{','.join(line.decode() for line in lines)}]", "accounts": accounts}
    session.execute(_insertion(table), told | {"tenant": session.scope.tenant_id})


def is_bytes(column: Column[Any]) -> bool:
    """Whether it holds what is no text."""
    return isinstance(column.type, LargeBinary)


def _written(column: Column[Any]) -> ColumnElement[str]:
    value = func.translate(func.encode(column, "base64"), "\n", "") if is_bytes(column) else column
    return cast(func.to_jsonb(value), Text)


@cache
def _insertion(table: Table) -> Insert:
    line = func.jsonb_array_elements(cast(bindparam("lines", type_=Text), JSONB)).table_valued("value").c.value
    accounts = cast(bindparam("accounts", type_=Text), JSONB)
    read = {column.name: _read(column, line, accounts) for column in columns(table)}
    values = {"tenant_id": bindparam("tenant", type_=BigInteger)} | read
    return insert(table).from_select(list(values), select(*values.values()))


def _read(column: Column[Any], line: ColumnElement[Any], accounts: ColumnElement[Any]) -> ColumnElement[Any]:
    said = line.op("->>")(column.name)
    if isinstance(column.type, JSONB):
        return line.op("->")(column.name)
    if is_bytes(column):
        return func.decode(said, "base64")
    if any(key.column.table.name == AccountTenant.__tablename__ for key in column.foreign_keys):
        return cast(accounts.op("->>")(said), BigInteger)
    if column.name == "actor" and "txn" not in column.table.c:  # what is sealed stays as it was
        here = func.coalesce(accounts.op("->>")(func.substring(said, _ACTOR)), "0")
        return case((said.op("~")(_ACTOR), literal("account:").concat(here)), else_=said)
    return cast(said, column.type)
