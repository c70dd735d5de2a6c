"""Tables of the ground floor: the tenant itself (global), and the history of every field (per tenant)."""

import re
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, Sealed, TenantOwned, tenant_unique

# The queue's own tables hold the numbers of tenants and jobs, nothing else (docs/decisions/0012)
QUEUE_TABLES = frozenset(
    {
        *("procrastinate_jobs", "procrastinate_events"),
        *("procrastinate_workers", "procrastinate_periodic_defers"),
    }
)
# The written list of tables that belong to no tenant; every other table must be TenantOwned (a catalog test reads it).
GLOBAL_TABLES = frozenset(
    {
        *("tenant", "cross_tenant_use", "alembic_version"),
        *("platform_entry", "platform_seal"),
        *("application", "leaving", "tombstone"),
        *("account", "password_history", "recovery_code", "account_tenant", "sign_in"),
        *QUEUE_TABLES,
    }
)
SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")  # the form of a tenant's short name
TENANT_NAME = re.compile(r".{1,100}")  # one line


class Tenant(Base):
    """An agency or district (租户). `plugins` names the plugins enabled for it, its agency's own first."""

    __tablename__ = "tenant"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    plugins: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Leaving(Base):
    """A tenant that asked to leave (申请注销): until it takes that back nothing in it can be changed.

    `state`: `leaving`, or `erased` once its rows are gone. `asked_by`: its administrator; `not_before`: when it may be
    erased.
    """

    __tablename__ = "leaving"
    in_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Text, default="leaving")
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(Text)
    not_before: Mapped[datetime]
    __table_args__ = (CheckConstraint("state IN ('leaving', 'erased')", name="state"),)


class Tombstone(Base):
    """What remains of a tenant that was erased, beside its sealed audit. Rows are only ever added.

    `slug_digest`: SHA-256 of its short name; `rows`: table → how many were erased; `manifest`: SHA-256 of the manifest
    of its last full export, empty where there was none; `seals`, `head`: the number and digest of its last seal;
    `audit_until`: when the term of its audit ends, before which nobody gets its short name.
    """

    __tablename__ = "tombstone"
    in_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    slug_digest: Mapped[str] = mapped_column(Text, index=True)
    asked_at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(Text)
    erased_at: Mapped[datetime]
    erased_by: Mapped[str] = mapped_column(Text)
    rows: Mapped[dict[str, Any]]
    manifest: Mapped[str] = mapped_column(Text)
    seals: Mapped[int]
    head: Mapped[str] = mapped_column(Text)
    audit_until: Mapped[datetime]


class Setting(TenantOwned, Base):
    """What a tenant set otherwise than its plugins and we would: `core.settings` knows the names and their values."""

    __tablename__ = "setting"
    name: Mapped[str] = mapped_column(Text)
    value: Mapped[Any] = mapped_column(JSONB(none_as_null=False), nullable=False)
    __table_args__ = (tenant_unique("name"),)


class CrossTenantUse(Sealed, Base):
    """Each use of the maintenance role: who, why, when. The application role may not read or change it."""

    __tablename__ = "cross_tenant_use"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (Index("ix_cross_tenant_use_txn", "txn", "id"),)


class Change(Sealed, TenantOwned, Base):
    """One field of one row changed: who, when, by which way, old, new.

    `plan_id` and `revision`: the plan it belongs to, and the revision of the plan that the change made (the *history
    number* of the sheet bridge). It grows with each writing transaction, so that "has this cell changed since" is one
    comparison.
    Rows are only ever added: the application role has neither UPDATE nor DELETE on this table.
    """

    __tablename__ = "change"
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)
    via: Mapped[str] = mapped_column(Text)
    entity: Mapped[str] = mapped_column(Text)
    entity_id: Mapped[int]
    field: Mapped[str] = mapped_column(Text)
    # JSONB null for "no value", as a JSON value of its own: SQL NULL would lose the difference to "not recorded"
    old: Mapped[Any] = mapped_column(JSONB(none_as_null=False), nullable=False)
    new: Mapped[Any] = mapped_column(JSONB(none_as_null=False), nullable=False)
    plan_id: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=0)
    __table_args__ = (
        Index("ix_change_entity", "tenant_id", "entity", "entity_id", "id"),
        Index("ix_change_revision", "tenant_id", "plan_id", "revision"),
        Index("ix_change_txn", "tenant_id", "txn", "id"),
    )
