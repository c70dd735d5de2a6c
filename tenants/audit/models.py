"""Tables of the audit: what was done (per tenant, and on the platform), and the seals over it (docs/audit.md).

Rows are only ever added: the application role has neither UPDATE nor DELETE on these tables.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Identity, Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, Sealed, TenantOwned, tenant_unique


class Entry(Sealed):
    """One act. `outcome`: `done` or `refused`. `entity` and `entity_id`: what it was done to. `detail`: numbers, codes
    and names; never a secret, and no old and new value that stands in `change`."""

    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    via: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    outcome: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[int | None]
    detail: Mapped[dict[str, Any]]


class AuditEntry(Entry, TenantOwned, Base):
    """An act in a tenant."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_txn", "tenant_id", "txn", "id"),)


class PlatformEntry(Entry, Base):
    """An act that belongs to no tenant. The application role may add one, and not read it."""

    __tablename__ = "platform_entry"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True, sort_order=-9)
    __table_args__ = (Index("ix_platform_entry_txn", "txn", "id"),)


class SealColumns:
    """One seal: over all rows with a transaction number of at least `first` and below `until`. `parts`: per table its
    name, how many rows, and their digest; `digest` is that of the whole seal, with `previous`, the digest of the seal
    before it."""

    number: Mapped[int]
    first: Mapped[int]
    until: Mapped[int]
    parts: Mapped[list[Any]]
    previous: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime]


class Seal(SealColumns, TenantOwned, Base):
    """A seal of a tenant."""

    __tablename__ = "seal"
    __table_args__ = (tenant_unique("number"),)


class PlatformSeal(SealColumns, Base):
    """A seal over what belongs to no tenant."""

    __tablename__ = "platform_seal"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
