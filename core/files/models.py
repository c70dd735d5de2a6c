"""Files that came in over HTTP, and those that were made for who asked: kept in the database, so that every process of
the service finds them and row-level security is over them as well."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned


class StoredFile(TenantOwned, Base):
    """A file and its content. `actor`: who brought it, or for whom it was made; `private`: and for nobody else.
    `made_right`, `made_units`: of a file that a job made, the right that it took and for which units (ids, None: all);
    None of one that somebody brought. `digest`: SHA-256; `size`: bytes."""

    __tablename__ = "stored_file"
    name: Mapped[str] = mapped_column(Text)
    media_type: Mapped[str] = mapped_column(Text)
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    private: Mapped[bool] = mapped_column(default=False)
    made_right: Mapped[str | None] = mapped_column(Text)
    made_units: Mapped[list[Any] | None]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    __table_args__ = (Index("ix_stored_file_at", "tenant_id", "at"),)
