"""Resets by the platform that the person is told of, who is of the platform or of tenants but never of both, and where
long work is to be looked at, in answers that are given again.

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_RESETS = ("password_reset_at", "second_factor_reset_at")
# the account is locked either way (an update has locked it before it asks): who comes second finds what the first did
_SEPARATE = """
CREATE FUNCTION account_separate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'account_tenant' THEN
        PERFORM FROM account WHERE id = NEW.account_id FOR SHARE;
        PERFORM FROM account WHERE id = NEW.account_id AND platform_role IS NOT NULL;
    ELSE
        PERFORM FROM account_tenant WHERE account_id = NEW.id;
    END IF;
    IF FOUND THEN
        RAISE EXCEPTION 'an account is of the platform or of tenants' USING ERRCODE = 'check_violation',
            CONSTRAINT = 'account_separate';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Add the columns, and what keeps the platform and the tenants apart."""
    op.add_column("replay", sa.Column("location", sa.Text(), nullable=True))
    for name in _RESETS:
        op.add_column("account", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute(_SEPARATE)
    op.execute(
        "CREATE TRIGGER account_separate BEFORE INSERT OR UPDATE OF account_id ON account_tenant "
        "FOR EACH ROW EXECUTE FUNCTION account_separate()"
    )
    op.execute(
        "CREATE TRIGGER account_separate BEFORE UPDATE OF platform_role ON account "
        "FOR EACH ROW WHEN (NEW.platform_role IS NOT NULL) EXECUTE FUNCTION account_separate()"
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("account", "account_tenant"):
        op.execute(f"DROP TRIGGER account_separate ON {table}")
    op.execute("DROP FUNCTION account_separate()")
    for name in _RESETS:
        op.drop_column("account", name)
    op.drop_column("replay", "location")
