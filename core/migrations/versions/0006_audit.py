"""The audit: acts, on the platform and in tenants, and the seals over them and over the history.

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.text("audit_number(pg_current_xact_id())")


def _entry() -> list[sa.Column]:
    """What an act is, in a tenant or on the platform."""
    words = [sa.Column(name, sa.Text(), nullable=False) for name in ("actor", "via", "address", "action", "outcome")]
    return [
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        *words,
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=True),
        sa.Column("detail", postgresql.JSONB(), nullable=False),
        sa.Column("txn", sa.BigInteger(), nullable=False, server_default=NUMBER),
    ]


def _seal() -> list[sa.Column]:
    return [
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("parts", postgresql.JSONB(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
    ]


def _of_tenant(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def upgrade() -> None:
    # for which cluster, and with which sum, `tenants.audit.numbering.settle` says after the migrations
    op.execute("""
        CREATE FUNCTION audit_number(xid8) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $1::text::bigint'
    """)
    for table in ("change", "cross_tenant_use"):
        op.add_column(table, sa.Column("txn", sa.BigInteger(), nullable=False, server_default=NUMBER))
    op.create_index("ix_change_txn", "change", ["tenant_id", "txn", "id"])
    op.create_index("ix_cross_tenant_use_txn", "cross_tenant_use", ["txn", "id"])
    op.create_table("audit_entry", *_of_tenant("audit_entry"), *_entry())
    op.create_index("ix_audit_entry_txn", "audit_entry", ["tenant_id", "txn", "id"])
    op.create_table(
        "platform_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *_entry(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_entry")),
    )
    op.create_index("ix_platform_entry_txn", "platform_entry", ["txn", "id"])
    op.create_table(
        "seal",
        *_of_tenant("seal"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        *_seal(),
        sa.UniqueConstraint("tenant_id", "number", name=op.f("uq_seal_tenant_id_number")),
    )
    op.create_table(
        "platform_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        *_seal(),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_platform_seal")),
    )


def downgrade() -> None:
    for table in ("platform_seal", "seal", "platform_entry", "audit_entry"):
        op.drop_table(table)
    for table in ("change", "cross_tenant_use"):
        op.drop_column(table, "txn")
    op.execute("DROP FUNCTION audit_number(xid8)")
