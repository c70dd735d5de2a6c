"""Of what a file was made, with which other jobs one is done in turn, and a quick count of those that wait.

Revision: 0013
Follows: 0012
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns. A file that nobody brought was made: by what is not known, so that it takes the most."""
    op.add_column("stored_file", sa.Column("made_right", sa.Text(), nullable=True))
    op.add_column("stored_file", sa.Column("made_units", JSONB(), nullable=True))
    op.add_column("job", sa.Column("lock", sa.Text(), nullable=False, server_default=""))
    op.alter_column("job", "lock", server_default=None)
    op.create_index("ix_job_state", "job", ["tenant_id", "state"])
    # FORCE ROW LEVEL SECURITY binds the owner too, and no tenant is set; the policies come back after the migrations
    for table in ("stored_file", "audit_entry"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.execute("""
        UPDATE stored_file AS kept SET made_right = CASE WHEN private THEN 'audit.read' ELSE 'plans.change' END
        WHERE NOT EXISTS (SELECT FROM audit_entry AS act WHERE act.tenant_id = kept.tenant_id
                          AND act.action = 'file_uploaded' AND act.entity_id = kept.id)
    """)


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_job_state", "job")
    op.drop_column("job", "lock")
    for name in ("made_units", "made_right"):
        op.drop_column("stored_file", name)
