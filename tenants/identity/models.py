"""Tables of sign-in through an identity provider: the provider of a tenant, who is who there, sign-ins under way."""

from datetime import datetime

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_unique
from tenants.people.models import member_key


class IdentityProvider(TenantOwned, Base):
    """The identity provider (认证服务器) of a tenant, at most one.

    `client_secret`: sealed; empty: none was given. `enabled`: people sign in by it. `passwords`: whether members other
    than the tenant's administrators may do so by password too. `second_factor`: the word in the provider's `amr`, or
    its `acr`, that counts as the second factor; empty: none does.
    """

    __tablename__ = "identity_provider"
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    client_secret: Mapped[str] = mapped_column(Text)
    enabled: Mapped[bool]
    passwords: Mapped[bool]
    second_factor: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_unique(),)


class Identity(TenantOwned, Base):
    """An account as the provider knows it: `subject` there, never an address of mail. It holds in this tenant only."""

    __tablename__ = "identity"
    issuer: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    account_id: Mapped[int]
    linked_at: Mapped[datetime]
    __table_args__ = (tenant_unique("issuer", "subject"), tenant_unique("issuer", "account_id"), member_key())


class IdentityFlow(TenantOwned, Base):
    """A sign-in that somebody began and has not finished: taken away when he comes back, or is late.

    `digest` and `browser` are digests, of the state and of the cookie of the browser that began. `session_id`: the
    session to whose account the identity is to be linked; None: to sign in.
    """

    __tablename__ = "identity_flow"
    digest: Mapped[str] = mapped_column(Text)
    browser: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    nonce: Mapped[str] = mapped_column(Text)
    verifier: Mapped[str] = mapped_column(Text)
    session_id: Mapped[int | None]
    begun_at: Mapped[datetime]
    __table_args__ = (tenant_unique("digest"),)
