"""Applications of agencies for a tenant. They belong to none: there is none yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base

STATE_NAMES = {"waiting": "待处理", "approved": "已批准", "refused": "已拒绝"}
STATES = tuple(STATE_NAMES)


class Application(Base):
    """An agency that asked for a tenant (入驻申请). `state`: one of `STATES`.

    `reference`: its number as people say it; `digest`: of the secret by which whoever asked looks at it again.
    `plugin`, `login`: as wished; `granted`: what was granted, and whether the account was `made` by it. `reach`: how
    the contact is reached. `address`: where it was asked from, empty on the machine itself.
    `link_digest`, `link_until`: of the link by which the first administrator sets his password; None once he did.
    """

    __tablename__ = "application"
    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    reference: Mapped[str] = mapped_column(Text, unique=True)
    digest: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    plugin: Mapped[str] = mapped_column(Text)
    contact: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text)
    reach: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Text, default="waiting")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    granted: Mapped[dict[str, Any] | None]
    in_tenant_id: Mapped[int | None] = mapped_column(ForeignKey("tenant.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    link_digest: Mapped[str | None] = mapped_column(Text, unique=True)
    link_until: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'refused')", name="state"),
        Index("ix_application_at", "at"),
    )
