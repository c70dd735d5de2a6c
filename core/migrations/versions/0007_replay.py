"""Writes over HTTP that carried an idempotency key, with their answers.

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "replay",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("actor", "key", "request")),
        sa.Column("status", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("content_type", "etag")),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name="fk_replay_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name="pk_replay"),
        sa.UniqueConstraint("tenant_id", "actor", "key", name="uq_replay_tenant_id_actor_key"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("replay")
