"""A task may come from several places of its document; how it was read there is kept with it.

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ("sources", "readings"):
        op.add_column("task", sa.Column(column, postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
        op.alter_column("task", column, server_default=None)
    # FORCE ROW LEVEL SECURITY binds the owner too, and no tenant is set; the policies come back after the migrations
    op.execute("ALTER TABLE task NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE task SET sources = jsonb_build_array(jsonb_build_array("start", "end"))
        WHERE "start" IS NOT NULL AND "end" IS NOT NULL
    """)
    op.drop_column("task", "start")
    op.drop_column("task", "end")


def downgrade() -> None:
    op.execute("ALTER TABLE task NO FORCE ROW LEVEL SECURITY")
    for column in ("start", "end"):
        op.add_column("task", sa.Column(column, sa.BigInteger(), nullable=True))
    op.execute("""UPDATE task SET "start" = (sources -> 0 ->> 0)::bigint, "end" = (sources -> -1 ->> 1)::bigint""")
    op.drop_column("task", "readings")
    op.drop_column("task", "sources")
