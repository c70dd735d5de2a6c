"""What a person said of a unit, reorganisations, and the settings of a tenant under row-level security.

Revision: 0002
Follows: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("settled", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("unit", "settled", server_default=None)
    # FORCE ROW LEVEL SECURITY binds the owner too, and no tenant is set; the policies come back after the migrations
    for table in ("unit", "unit_member"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE unit SET settled = false
        WHERE kind = 'role' OR kind = 'group' AND NOT EXISTS (
            SELECT FROM unit_member m WHERE m.tenant_id = unit.tenant_id AND m.group_id = unit.id)
    """)
    op.create_table(
        "unit_successor",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_unit_successor_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "successor_id"],
            ["unit.tenant_id", "unit.id"],
            name="fk_successor_id_unit",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], name="fk_unit_id_unit", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit_successor")),
        sa.UniqueConstraint(
            "tenant_id", "unit_id", "successor_id", name=op.f("uq_unit_successor_tenant_id_unit_id_successor_id")
        ),
    )
    op.create_table(
        "setting",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_setting_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_setting")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_setting_tenant_id_name")),
    )
    op.execute("""
        INSERT INTO setting (tenant_id, name, value)
        SELECT t.id, 'lamps.' || s.key, s.value FROM tenant t, jsonb_each(
            CASE jsonb_typeof(t.settings -> 'lamps') WHEN 'object' THEN t.settings -> 'lamps' ELSE '{}' END) s
    """)
    op.drop_column("tenant", "settings")


def downgrade() -> None:
    op.add_column("tenant", sa.Column("settings", postgresql.JSONB(), nullable=False, server_default=sa.text("'{}'")))
    op.alter_column("tenant", "settings", server_default=None)
    op.drop_table("setting")
    op.drop_table("unit_successor")
    op.drop_column("unit", "settled")
