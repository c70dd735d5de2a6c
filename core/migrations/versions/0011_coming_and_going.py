"""Agencies that ask for a tenant, tenants that leave, and what remains of those.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _moments(*names: str, nullable: bool = False) -> list[sa.Column]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=nullable) for name in names]


def _tenant(table: str, nullable: bool = False) -> list[sa.schema.SchemaItem]:
    key = sa.ForeignKeyConstraint(["in_tenant_id"], ["tenant.id"], name=f"fk_{table}_in_tenant_id")
    return [sa.Column("in_tenant_id", sa.BigInteger(), nullable=nullable), key]


def upgrade() -> None:
    """Add the tables."""
    op.create_table(
        "application",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *_texts("reference", "digest", "name", "kind", "plugin", "contact", "login", "reach", "address"),
        *_moments("at"),
        *_texts("state"),
        *_moments("decided_at", nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        *_texts("reason"),
        sa.Column("granted", JSONB(), nullable=True),
        *_tenant("application", nullable=True),
        sa.Column("account_id", sa.BigInteger(), nullable=True),
        sa.Column("link_digest", sa.Text(), nullable=True),
        *_moments("link_until", nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="ck_application_state"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_application_account_id"),
        sa.PrimaryKeyConstraint("id", name="pk_application"),
        sa.UniqueConstraint("reference", name="uq_application_reference"),
        sa.UniqueConstraint("link_digest", name="uq_application_link_digest"),
    )
    op.create_index("ix_application_at", "application", ["at"])
    op.create_table(
        "leaving",
        *_tenant("leaving"),
        *_texts("state"),
        *_moments("asked_at"),
        *_texts("asked_by"),
        *_moments("not_before"),
        sa.CheckConstraint("state IN ('leaving', 'erased')", name="ck_leaving_state"),
        sa.PrimaryKeyConstraint("in_tenant_id", name="pk_leaving"),
    )
    op.create_table(
        "tombstone",
        *_tenant("tombstone"),
        *_texts("slug_digest"),
        *_moments("asked_at"),
        *_texts("asked_by"),
        *_moments("erased_at"),
        *_texts("erased_by"),
        sa.Column("rows", JSONB(), nullable=False),
        *_texts("manifest"),
        sa.Column("seals", sa.BigInteger(), nullable=False),
        *_texts("head"),
        *_moments("audit_until"),
        sa.PrimaryKeyConstraint("in_tenant_id", name="pk_tombstone"),
    )
    op.create_index("ix_tombstone_slug_digest", "tombstone", ["slug_digest"])


def downgrade() -> None:
    """Take them away."""
    for table in ("tombstone", "leaving", "application"):
        op.drop_table(table)
