"""What the HTTP interface itself keeps."""

from datetime import datetime

from sqlalchemy import LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_unique


class Replay(TenantOwned, Base):
    """A write that carried an idempotency key, and its answer: the same request again gets the same answer.

    `request`: SHA-256 of method, address, `If-Match` and content.
    """

    __tablename__ = "replay"
    actor: Mapped[str] = mapped_column(Text)
    key: Mapped[str] = mapped_column(Text)
    request: Mapped[str] = mapped_column(Text)
    status: Mapped[int | None]
    content_type: Mapped[str | None] = mapped_column(Text)
    etag: Mapped[str | None] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(Text)
    content: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    __table_args__ = (tenant_unique("actor", "key"),)
