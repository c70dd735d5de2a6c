"""Two tenants, `a` and `b`, with one row each in every tenant table, made from the model registry alone, and
one account each, which only that tenant knows.

A new table is in it from the day it is mapped. What a row of `b` says is the word SECRET.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import count
from typing import Any

from flask import Flask
from sqlalchemy import Column, Connection, ForeignKeyConstraint, Table, create_engine, insert, select
from sqlalchemy.engine import URL

from core.migrate import upgrade
from core.parts import load_models
from tenants.db import Base, tenant_tables
from tenants.models import Tenant
from tenants.people.models import AccountTenant
from tenants.people.sealing import Keys
from tenants.postgres.urls import DatabaseUrls
from tenants.sessions import db

load_models()
MODELS: dict[str, type] = {m.local_table.name: m.class_ for m in Base.registry.mappers}
TENANT_TABLES = tenant_tables()
SECRET = "SECRET"
_numbers = count(1000)
_FRESH = {
    str: lambda: f"{SECRET}-{next(_numbers)}",
    int: lambda: next(_numbers),
    Decimal: lambda: Decimal(next(_numbers)),
    bytes: lambda: SECRET.encode(),
    bool: lambda: False,
    object: lambda: {"word": SECRET},  # what SQLAlchemy says of JSONB
    date: lambda: date(2024, 7, 1),
    datetime: lambda: datetime.fromisoformat("2024-07-01T00:00:00+08:00"),
}


def pointers(table: Table) -> Iterator[ForeignKeyConstraint]:
    """The foreign keys of a table to rows of the same tenant, or to the accounts that it knows."""
    return (fk for fk in table.foreign_key_constraints if len(fk.columns) > 1)


def pointer_column(pointer: ForeignKeyConstraint) -> Column[Any]:
    """The column of a foreign key `(tenant_id, column)`."""
    return list(pointer.columns)[1]


@dataclass(frozen=True)
class World:
    """The ids: tenant → its id, and table → tenant → id of its row."""

    tenants: dict[str, int]
    rows: dict[str, dict[str, int]]

    @classmethod
    def read(cls, urls: DatabaseUrls) -> "World":
        """As it stands in the database."""
        with _connected(urls.need_maint()) as connection:
            tenants = dict(map(tuple, connection.execute(select(Tenant.slug, Tenant.id))))
            known = dict(map(tuple, connection.execute(select(AccountTenant.in_tenant_id, AccountTenant.account_id))))
            rows = {"account_tenant": {slug: known[number] for slug, number in tenants.items()}}
            for name in TENANT_TABLES:
                table = Base.metadata.tables[name]
                ids = dict(map(tuple, connection.execute(select(table.c.tenant_id, table.c.id))))
                rows[name] = {slug: ids[number] for slug, number in tenants.items()}
        return cls(tenants, rows)

    def key(self, table: str, slug: str) -> tuple[int, int]:
        """The primary key of a tenant's row."""
        return self.tenants[slug], self.rows[table][slug]

    def fresh(self, table: str, slug: str) -> dict[str, Any]:
        """Values of one more row of a tenant, pointing at the rows it has."""
        return _values(Base.metadata.tables[table], self.tenants[slug], {t: ids[slug] for t, ids in self.rows.items()})


def build(urls: DatabaseUrls) -> None:
    """The schema, and the world in it; for `DatabaseServer.clone`."""
    upgrade(urls)
    with _connected(urls.need_owner()) as owner, _connected(urls.need_maint()) as connection:
        for slug in ("a", "b"):
            tenant = {"slug": slug, "name": f"{SECRET} {slug}", "plugins": ["openness"]}
            tenant_id = owner.execute(insert(Tenant).values(**tenant).returning(Tenant.id)).scalar_one()
            ids = {"account_tenant": _known_account(owner, tenant_id)}
            owner.commit()
            for table in Base.metadata.sorted_tables:
                if table.name in TENANT_TABLES:
                    row = insert(table).values(_values(table, tenant_id, ids)).returning(table.c.id)
                    ids[table.name] = connection.execute(row).scalar_one()
        connection.commit()


@contextmanager
def visitor(url: URL) -> Iterator[Flask]:
    """An application without pages on any role's address, and with no look at what that role may do."""
    app = Flask("visitor")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.extensions["zwgk_keys"] = Keys.passing()
    db.init_app(app)
    with app.app_context():
        try:
            yield app
        finally:
            db.engine.dispose()


def _known_account(owner: Connection, tenant_id: int) -> int:
    account = Base.metadata.tables["account"]
    made = insert(account).values(_values(account, tenant_id, {})).returning(account.c.id)
    account_id = owner.execute(made).scalar_one()
    owner.execute(insert(AccountTenant).values(in_tenant_id=tenant_id, account_id=account_id))
    return account_id


@contextmanager
def _connected(url: URL) -> Iterator[Connection]:
    engine = create_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def _values(table: Table, tenant_id: int, ids: dict[str, int]) -> dict[str, Any]:
    """Whatever has no default is filled; keys point at `ids`."""
    needed = (c for c in table.c if c.identity is None and not (c.nullable or c.default or c.server_default))
    values = {c.name: _FRESH[c.type.python_type]() for c in needed}
    values |= {pointer_column(p).name: ids[p.referred_table.name] for p in pointers(table)}
    return values | ({"tenant_id": tenant_id} if "tenant_id" in table.c else {})
