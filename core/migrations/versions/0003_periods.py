"""Recurring tasks: the day of a limit that comes back, when a plan's next period opens, rows that are put away.

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deadline", sa.Column("day", sa.BigInteger(), nullable=True))
    op.add_column("plan", sa.Column("opens_on", sa.Date(), nullable=True))
    op.add_column("occurrence", sa.Column("past", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("occurrence", "past", server_default=None)
    # FORCE ROW LEVEL SECURITY binds the owner too, and no tenant is set; the policies come back after the migrations
    for table in ("deadline", "plan"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE deadline SET day = substring(text FROM '([0-9]{1,2})[日号]')::bigint
        WHERE kind IN ('monthly', 'quarterly')
    """)
    op.execute("UPDATE plan SET opens_on = make_date(year::integer, 1, 1) WHERE status = 'confirmed'")


def downgrade() -> None:
    op.drop_column("occurrence", "past")
    op.drop_column("plan", "opens_on")
    op.drop_column("deadline", "day")
