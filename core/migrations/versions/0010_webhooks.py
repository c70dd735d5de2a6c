"""Webhooks, and what was sent to them.

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _owned(table: str, *columns: sa.Column | sa.Constraint) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _columns(kind: sa.types.TypeEngine, nullable: bool, *names: str) -> list[sa.Column]:
    return [sa.Column(name, kind, nullable=nullable) for name in names]


def upgrade() -> None:
    """Add the tables."""
    moment = sa.DateTime(timezone=True)
    _owned(
        "webhook",
        *_columns(sa.Text(), False, "address", "secret", "made_by"),
        sa.Column("former_secret", sa.Text(), nullable=True),
        sa.Column("events", JSONB(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", moment, nullable=False),
        *_columns(moment, True, "former_until", "failing_since", "held_until", "wake_at"),
        sa.Column("held_by", sa.BigInteger(), nullable=True),
    )
    _owned(
        "delivery",
        *_columns(sa.BigInteger(), False, "webhook_id", "attempts", "pauses"),
        *_columns(sa.BigInteger(), True, "status", "milliseconds"),
        *_columns(sa.Text(), False, "event", "kind", "body", "state", "answer"),
        sa.Column("created_at", moment, nullable=False),
        *_columns(moment, True, "due_at", "tried_at"),
        sa.ForeignKeyConstraint(
            ["tenant_id", "webhook_id"],
            ["webhook.tenant_id", "webhook.id"],
            name="fk_webhook_id_webhook",
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_delivery_webhook", "delivery", ["tenant_id", "webhook_id", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_delivery_due", "delivery", ["tenant_id", "webhook_id", "due_at", "id"], postgresql_where=waiting
    )
    op.create_index("ix_delivery_created_at", "delivery", ["tenant_id", "created_at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("delivery")
    op.drop_table("webhook")
