"""A year's plan (年度工作要点) and what it breaks down into.

plan > section > task > assignment (task × unit) > occurrence (period). Status lives in occurrences only; a row of
the task sheet is an occurrence. `revs` of a row maps a field to the plan's revision that last changed it; `rev` is the
largest of them, or that of the import: what a sheet asks of 10,000 rows at once. It is larger where a row has to be
read anew though no cell of it was changed (`core.plans.vocabulary`).
"""

import secrets
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, Date, Index, Numeric, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key, tenant_unique

IMPORTED = 1
"""The revision of a plan just imported: the history number of every cell that it filled."""


def new_key() -> str:
    """A key for a new row: 64 random bits, so that a row keeps its name wherever the sheet travels."""
    return secrets.token_hex(8)


class Plan(TenantOwned, Base):
    """One document of one year. `revision` grows by one with each writing transaction on the plan.

    `source_text` is the canonical text that `core.documents` made: the offsets of tasks count in it.
    `leftovers` is what the decomposition did not understand, with its place. `opens_on`: the day on which a further
    period of some task begins (`core.plans.opening`); None: none will.
    """

    __tablename__ = "plan"
    year: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text, default="draft")
    source_name: Mapped[str] = mapped_column(Text)
    source_text: Mapped[str] = mapped_column(Text, deferred=True)  # megabytes, which a pass has no use for
    source_digest: Mapped[str] = mapped_column(Text)  # SHA-256 of the document's own text: it is imported once
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)
    leftovers: Mapped[list[Any]] = mapped_column(default=list)
    revision: Mapped[int] = mapped_column(default=0)
    opens_on: Mapped[date | None] = mapped_column(Date)
    __table_args__ = (
        tenant_unique("source_digest"),
        CheckConstraint("status IN ('draft', 'confirmed')", name="status"),
    )


class Section(TenantOwned, Base):
    """A chapter of the plan."""

    __tablename__ = "section"
    plan_id: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    __table_args__ = (tenant_unique("plan_id", "position"), tenant_key("plan_id", "plan"))


class Task(TenantOwned, Base):
    """A task (任务). `sources`: the ranges [start, end) of `Plan.source_text` it came from; none when added by hand.

    `readings` says where its fields were read, and how sure that is: what `core.decompose.confidence` said at import.
    `deadline_text` and `quota_text` are what the sheet shows; the typed forms are in `deadline` and `quota`.
    """

    __tablename__ = "task"
    plan_id: Mapped[int]
    section_id: Mapped[int | None]
    no: Mapped[str] = mapped_column(Text)
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[Any]] = mapped_column(default=list)
    readings: Mapped[list[Any]] = mapped_column(default=list)
    deadline_text: Mapped[str] = mapped_column(Text, default="")
    quota_text: Mapped[str] = mapped_column(Text, default="")
    cadence: Mapped[list[Any]] = mapped_column(default=list)
    revs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rev: Mapped[int] = mapped_column(default=IMPORTED)
    __table_args__ = (
        tenant_key("plan_id", "plan"),
        tenant_key("section_id", "section"),
        Index("ix_task_plan", "tenant_id", "plan_id", "position"),
    )


class Deadline(TenantOwned, Base):
    """A time limit (完成时限): a date, a period, each year's month, ongoing, or working days from an event. `day`: of
    the month, for the kinds that come back."""

    __tablename__ = "deadline"
    task_id: Mapped[int]
    kind: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date | None] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    month: Mapped[int | None]
    day: Mapped[int | None]
    days: Mapped[int | None]
    event: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (tenant_key("task_id", "task"), Index("ix_deadline_task", "tenant_id", "task_id"))


class Quota(TenantOwned, Base):
    """A number to reach (数量指标); `scope` `each` binds every unit of the task, `total` the task as a whole."""

    __tablename__ = "quota"
    task_id: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    op: Mapped[str] = mapped_column(Text)
    number: Mapped[Decimal] = mapped_column(Numeric)
    unit_word: Mapped[str] = mapped_column(Text)
    scope: Mapped[str] = mapped_column(Text, default="total")
    subject: Mapped[str] = mapped_column(Text, default="")
    __table_args__ = (
        tenant_key("task_id", "task"),
        CheckConstraint("scope IN ('total', 'each')", name="scope"),
        Index("ix_quota_task", "tenant_id", "task_id"),
    )


class TemplateMatch(TenantOwned, Base):
    """A plugin's task template that fits a task, and the words by which it was recognised."""

    __tablename__ = "template_match"
    task_id: Mapped[int]
    plugin: Mapped[str] = mapped_column(Text)
    template: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_unique("task_id", "template"), tenant_key("task_id", "task"))


class Assignment(TenantOwned, Base):
    """A task laid on a unit (责任落实); `unit_id` None: the document names no unit and nobody has assigned one yet."""

    __tablename__ = "assignment"
    task_id: Mapped[int]
    unit_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(Text, default="")  # lead | supporting | '' (not written)
    closed: Mapped[bool] = mapped_column(default=False)
    revs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rev: Mapped[int] = mapped_column(default=IMPORTED)
    __table_args__ = (
        tenant_unique("task_id", "unit_id"),
        Index("ix_assignment_unit", "tenant_id", "unit_id"),
        tenant_key("task_id", "task"),
        tenant_key("unit_id", "unit"),
        CheckConstraint("role IN ('lead', 'supporting', '')", name="role"),
    )


class Occurrence(TenantOwned, Base):
    """One period of an assignment (周期实例), the row of the sheet; a one-off task has exactly one.

    `period`: its name (`core.plans.periods`), '' for a one-off task. `past`: put away, in no new sheet any more.
    `key` is the row's id in sheets. `status_word` is the word as the unit wrote it; `percent` 0–100; `behind`: the
    unit itself wrote 滞后. `reported_on`: the day on which it was first reported done, where the unit gave no date.
    """

    __tablename__ = "occurrence"
    assignment_id: Mapped[int]
    key: Mapped[str] = mapped_column(Text, default=new_key)
    period: Mapped[str] = mapped_column(Text, default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    status: Mapped[str] = mapped_column(Text, default="not_started")
    status_word: Mapped[str] = mapped_column(Text, default="")
    behind: Mapped[bool] = mapped_column(default=False)
    percent: Mapped[Decimal | None] = mapped_column(Numeric)
    count: Mapped[Decimal | None] = mapped_column(Numeric)
    completed_on: Mapped[date | None] = mapped_column(Date)
    reported_on: Mapped[date | None] = mapped_column(Date)
    progress: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")
    past: Mapped[bool] = mapped_column(default=False)
    revs: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rev: Mapped[int] = mapped_column(default=IMPORTED)
    __table_args__ = (
        tenant_unique("key"),
        tenant_unique("assignment_id", "period"),
        tenant_key("assignment_id", "assignment"),
        CheckConstraint("status IN ('not_started', 'in_progress', 'done', 'ongoing', 'cancelled')", name="status"),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent"),
        CheckConstraint("count >= 0", name="count"),
    )


class StatusWord(TenantOwned, Base):
    """A word for a status that the office taught: `word` as it is compared, `form` as `Status.norm`."""

    __tablename__ = "status_word"
    word: Mapped[str] = mapped_column(Text)
    form: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_unique("word"),)
