"""Tables of people: accounts and their sessions (global), memberships and tokens (a tenant's own).

In the global tables the tenant stands as `in_tenant_id`: `tenant_id` is the name of the column that row-level security
watches, and no table outside of it has one.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Identity, Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_unique


class Account(Base):
    """A person (账号). `login` is folded (`accounts.folded`).

    `password_hash` None: cannot sign in by password. `initial_until`: the password was handed out by somebody and holds
    until then. `totp_secret` None: no second factor, else encrypted
    (`sealing`); `totp_step`: the last interval whose code was used.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    login: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    password_changed_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(default=False)
    initial_until: Mapped[datetime | None]
    totp_secret: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    disabled: Mapped[bool] = mapped_column(default=False)
    platform_role: Mapped[str | None] = mapped_column(Text)
    password_reset_at: Mapped[datetime | None]
    second_factor_reset_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class PasswordHistory(Base):
    """Every password that an account had, the present one included."""

    __tablename__ = "password_history"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    hash: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class RecoveryCode(Base):
    """What signs in once instead of the second factor. `ended_at`: it was used, or newer ones took its place."""

    __tablename__ = "recovery_code"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime | None]


class AccountTenant(Base):
    """The account is, or was, a member of the tenant: where to look before one is chosen. It gives no right.

    Every membership points here, so that none is overlooked when the person signs in.
    """

    __tablename__ = "account_tenant"
    in_tenant_id: Mapped[int] = mapped_column(ForeignKey("tenant.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)


class SignIn(Base):
    """A session (会话): `digest` is of its cookie, `in_tenant_id` the tenant that it acts in.

    `bound_tenant_id`: the tenant whose identity provider let the person in; the session acts there and nowhere else.
    `second_factor`: see `steps.Factor`. `offered_secret`: of the second factor that is being set up, encrypted.
    `ended_why` is set with `ended_at`; a session that ran out has neither, its times say so.
    """

    __tablename__ = "sign_in"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    digest: Mapped[str] = mapped_column(Text, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    in_tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    bound_tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    idle_minutes: Mapped[int]
    address: Mapped[str] = mapped_column(Text)
    agent: Mapped[str] = mapped_column(Text)
    second_factor: Mapped[str] = mapped_column(Text)
    offered_secret: Mapped[str | None] = mapped_column(Text)
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (CheckConstraint("bound_tenant_id IS NULL OR in_tenant_id = bound_tenant_id", name="bound"),)


def member_key() -> ForeignKeyConstraint:
    """A foreign key `(tenant_id, account_id)`: only to an account that is known in this tenant."""
    return ForeignKeyConstraint(
        ["tenant_id", "account_id"],
        ["account_tenant.in_tenant_id", "account_tenant.account_id"],
        name="fk_account_id_account_tenant",
    )


class Membership(TenantOwned, Base):
    """A role of a person in this tenant, from `added_at` to `ended_at`. `name`: what this tenant calls the person.

    `units`: ids of the units that a bound role holds for (`rights.Role`), else None.
    """

    __tablename__ = "membership"
    account_id: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    role: Mapped[str] = mapped_column(Text)
    units: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    added_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column()
    __table_args__ = (
        member_key(),
        Index(
            "uq_membership_present",
            *("tenant_id", "account_id", "role"),
            unique=True,
            postgresql_where=ended_at.is_(None),
        ),
    )


class Token(TenantOwned, Base):
    """A secret that acts without a person: `kind` `api` (a program) or `link` (an upload by somebody without account).

    `digest`: of the secret, which is shown once. `account_id`: who made it, whose rights bound it; None: the operator.
    `purpose` and `subject`: what a link is good for, `upload` and `{"round": 4}`.
    """

    __tablename__ = "token"
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Text)
    rights: Mapped[list[Any]]
    units: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    purpose: Mapped[str | None] = mapped_column(Text)
    subject: Mapped[dict[str, Any]] = mapped_column(default=dict)
    account_id: Mapped[int | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    __table_args__ = (tenant_unique("digest"), member_key())
