"""Sign-in through an identity provider: the provider of a tenant, who is who there, sign-ins under way.

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _owned(table: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        *parts,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=f"fk_{table}_tenant_id"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=f"pk_{table}"),
    )


def _texts(*names: str) -> list[sa.Column]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", *columns, name="_".join(("uq", table, "tenant_id", *columns)))


def upgrade() -> None:
    """Add the tables, and to which tenant a session is bound."""
    _owned(
        "identity_provider",
        *_texts("issuer", "client_id", "client_secret", "second_factor"),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("enabled", "passwords")),
        _unique("identity_provider"),
    )
    _owned(
        "identity",
        *_texts("issuer", "subject"),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "account_id"],
            ["account_tenant.in_tenant_id", "account_tenant.account_id"],
            name="fk_account_id_account_tenant",
        ),
        _unique("identity", "issuer", "subject"),
        _unique("identity", "issuer", "account_id"),
    )
    _owned(
        "identity_flow",
        *_texts("digest", "browser", "issuer", "nonce", "verifier"),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        _unique("identity_flow", "digest"),
    )
    op.add_column("sign_in", sa.Column("bound_tenant_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_sign_in_bound_tenant_id", "sign_in", "tenant", ["bound_tenant_id"], ["id"])
    bound = "bound_tenant_id IS NULL OR in_tenant_id = bound_tenant_id"
    op.create_check_constraint(op.f("ck_sign_in_bound"), "sign_in", bound)


def downgrade() -> None:
    """Take them away; who came in by a provider has to sign in by password."""
    op.execute("UPDATE sign_in SET ended_at = now(), ended_why = 'unlinked' WHERE bound_tenant_id IS NOT NULL")
    op.drop_constraint(op.f("ck_sign_in_bound"), "sign_in")
    op.drop_constraint("fk_sign_in_bound_tenant_id", "sign_in")
    op.drop_column("sign_in", "bound_tenant_id")
    for table in ("identity_flow", "identity", "identity_provider"):
        op.drop_table(table)
