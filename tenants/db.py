"""Declarative base, and the columns and keys of tenant tables: plain SQLAlchemy.

Every tenant table has the primary key `(tenant_id, id)`, and every UNIQUE and FOREIGN KEY of it begins with
`tenant_id`: a row cannot point into another tenant, because the database has no way to say it
(docs/decisions/0001-four-nets.md).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    MetaData,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of every model."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - the name and form that SQLAlchemy reads
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        int: BigInteger,
    }


class TenantOwned:
    """Mixin of a tenant table: primary key `(tenant_id, id)`; row-level security is laid over it by `policies`."""

    # sort_order: a mixin's columns would otherwise come last, and the key would begin with `id`
    tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True, sort_order=-10)
    # autoincrement: said aloud for a composite key, it lets many rows be inserted by one statement
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, autoincrement=True, sort_order=-9)


class Sealed:
    """Mixin of a table whose rows get sealed (docs/audit.md). `txn`: the number of the transaction that added the row,
    by which a sealer knows that no further row can come below a bound."""

    txn: Mapped[int] = mapped_column(server_default=func.audit_number(func.pg_current_xact_id()), sort_order=90)


def tenant_key(column: str, target: str) -> ForeignKeyConstraint:
    """A foreign key `(tenant_id, column)` to a row of the same tenant in `target`; deleted together with it."""
    return ForeignKeyConstraint(
        ["tenant_id", column], [f"{target}.tenant_id", f"{target}.id"], ondelete="CASCADE", name=f"fk_{column}_{target}"
    )


def tenant_join(column: InstrumentedAttribute[Any], target: type[TenantOwned]) -> ColumnElement[bool]:
    """The ON clause along a `tenant_key`: `.join(Task, tenant_join(Assignment.task_id, Task))`.

    The tenant is said beside row-level security: it keeps the join routable on a distributed database.
    """
    return (column.class_.tenant_id == target.tenant_id) & (column == target.id)


def tenant_unique(*columns: str) -> UniqueConstraint:
    """A UNIQUE constraint within the tenant."""
    return UniqueConstraint("tenant_id", *columns)


def tenant_tables() -> list[str]:
    """Names of all tables that belong to tenants: what policies are made from, and what the catalog tests read."""
    return sorted(t.name for t in Base.metadata.tables.values() if "tenant_id" in t.c)
