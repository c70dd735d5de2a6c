"""Tables of the webhooks: who is to be told of what, and what was sent to whom with which answer."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key

STATES = ("waiting", "done", "failed")


class Webhook(TenantOwned, Base):
    """An address that is told of some events (事件推送). `events`: codes of `events.EVENTS`; `made_by`: the actor.

    `secret` signs, and is shown once; `former_secret` signs beside it until `former_until`. `failing_since`: when the
    first of the attempts was made that all have failed since; kept where the webhook was switched off for that.
    `held_by`: the job of the queue that is delivering, until `held_until` unless it goes on; `wake_at`: when the next
    job comes that was put off (`delivering`).
    """

    __tablename__ = "webhook"
    address: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]]
    secret: Mapped[str] = mapped_column(Text)
    former_secret: Mapped[str | None] = mapped_column(Text)
    former_until: Mapped[datetime | None]
    active: Mapped[bool] = mapped_column(default=True)
    made_by: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    failing_since: Mapped[datetime | None]
    held_by: Mapped[int | None]
    held_until: Mapped[datetime | None]
    wake_at: Mapped[datetime | None]


class Delivery(TenantOwned, Base):
    """One event for one webhook: what is sent, and how that went. `state`: one of `STATES`.

    `event`: its id, alike at every attempt and for every webhook; `body`: the bytes that are signed, as text.
    `attempts`: how many were made; `pauses`: how many of `attempts.PAUSES` are used up; `due_at`: when the next one is
    made, while it waits. Of the last attempt: `tried_at`, `status` (None: there was no answer), the beginning of the
    `answer` or why there was none, and `milliseconds`.
    """

    __tablename__ = "delivery"
    webhook_id: Mapped[int]
    event: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Text, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    pauses: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    status: Mapped[int | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    milliseconds: Mapped[int | None]
    __table_args__ = (
        tenant_key("webhook_id", "webhook"),
        Index("ix_delivery_webhook", "tenant_id", "webhook_id", "id"),
        Index("ix_delivery_due", "tenant_id", "webhook_id", "due_at", "id", postgresql_where=state == "waiting"),
        Index("ix_delivery_created_at", "tenant_id", "created_at"),
    )
