"""Tables of the rounds: what was handed out to whom, and what came back."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key, tenant_unique


class Round(TenantOwned, Base):
    """One hand-out of a plan (下发批次). `key` is its number within the tenant, as people type it; `folder`: where its
    packets were written, or the mark of who asked for them; `units`: ids of the units that get one. While `state` is
    sending, the same command goes on."""

    __tablename__ = "round"
    plan_id: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    due: Mapped[date | None] = mapped_column(Date)
    folder: Mapped[str] = mapped_column(Text)
    units: Mapped[list[Any]]
    state: Mapped[str] = mapped_column(Text, default="sending")
    sent_at: Mapped[datetime | None]
    __table_args__ = (
        tenant_unique("key"),
        tenant_key("plan_id", "plan"),
        CheckConstraint("state IN ('sending', 'sent')", name="state"),
    )


class Packet(TenantOwned, Base):
    """A workbook of one unit in a round (下发表); a unit gets another where its first one was taken away before the
    round was whole. `copy` is the copy of its stamp, `version` the pass that made it; `fingerprint`: of the file as
    written, None until it is known to have been. `part`: the division (科室) which got some of its rows, '' for all."""

    __tablename__ = "packet"
    round_id: Mapped[int]
    unit_id: Mapped[int]
    copy: Mapped[str] = mapped_column(Text)
    version: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    part: Mapped[str] = mapped_column(Text, default="")
    rows: Mapped[int]
    fingerprint: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        tenant_unique("copy"),
        tenant_key("round_id", "round"),
        tenant_key("unit_id", "unit"),
    )


class Return(TenantOwned, Base):
    """A packet that came back (回收件). `version`: the pass of the stamp found in it, its first one or a reply's;
    `content` tells what it says, whatever the file is called or how it was saved: the same is taken once.

    `edits` and `corrected` are `sync.returns.Edit`s; `pass_key`: the pass that merged it, '' where nothing was to do.
    `reply`, `reply_file`: version and name of the workbook that answers it, '' for none.
    """

    __tablename__ = "packet_return"
    packet_id: Mapped[int]
    version: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    edits: Mapped[list[Any]]
    corrected: Mapped[list[Any]]
    pass_key: Mapped[str] = mapped_column(Text)
    reply: Mapped[str] = mapped_column(Text, default="")
    reply_file: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (tenant_unique("version", "content"), tenant_key("packet_id", "packet"))
