"""Long work, as its tenant sees it. The queue itself (procrastinate's tables) knows the numbers of tenant and job only:
what a job is about stands here, under row-level security (docs/decisions/0012)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned

STATES = ("waiting", "running", "done", "failed", "cancelled")


class Job(TenantOwned, Base):
    """One piece of long work. `state`: one of `STATES`.

    `actor`, `address`: who asked, and from where; `units`: the ids of the units that he may touch by it, None for all;
    once it is done, those for which it was done. `lock`: with which others it is done one after the other. `step`,
    `done`, `total`: how far it is, in words and in numbers. `result` where it is done, `error_code` and `error` where
    it failed. `attempts`: how often it was begun; more than once where a worker died in it.
    """

    __tablename__ = "job"
    kind: Mapped[str] = mapped_column(Text)
    detail: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text, default="")
    units: Mapped[list[Any] | None]
    lock: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[str] = mapped_column(Text, default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    step: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    error_code: Mapped[str | None] = mapped_column(Text)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    __table_args__ = (Index("ix_job_state", "tenant_id", "state"),)
