"""Tables of the sheet bridge: what was handed out, what each pass left, and what waits for a person.

The engine's own data (`bridges.sync.model`) stand here as JSON under the keys that they are looked up by: the store is
a dumb place.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, Text, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key, tenant_unique


class Binding(TenantOwned, Base):
    """A table (today: a plan) ↔ the family of its copies."""

    __tablename__ = "binding"
    key: Mapped[str] = mapped_column(Text)
    plan_id: Mapped[int]
    last_checked_at: Mapped[datetime | None]
    __table_args__ = (tenant_unique("key"), tenant_unique("plan_id"), tenant_key("plan_id", "plan"))


class StampKey(TenantOwned, Base):
    """The secret that signs the stamps of a tenant's copies; made with the first one."""

    __tablename__ = "stamp_key"
    name: Mapped[str] = mapped_column(Text, default="stamp")
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    __table_args__ = (tenant_unique("name"),)


class SyncPass(TenantOwned, Base):
    """One pass (一次同步), an undo or a settlement. `parent`: key of the pass whose stamp was found ('' for an export).

    `number`: the plan's revision that its changes got. `fingerprint`: of the file as read; `written`: of the file as
    left (None: the write is not confirmed). `report` is what the command line prints, `records` what it put into the
    database, for undo. `rest_file`: of a file with its stamp in which there was nothing to do, with `rest_state` on our
    side (`sync.rest`).
    """

    __tablename__ = "sync_pass"
    binding_id: Mapped[int]
    key: Mapped[str] = mapped_column(Text)
    parent: Mapped[str] = mapped_column(Text)
    copy: Mapped[str] = mapped_column(Text)
    holder: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    number: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(Text)
    written: Mapped[str | None] = mapped_column(Text)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    records: Mapped[dict[str, Any]] = mapped_column(default=dict)
    rest_file: Mapped[str | None] = mapped_column(Text)
    rest_state: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        tenant_unique("key"),
        tenant_key("binding_id", "binding"),
        Index("ix_sync_pass_parent", "tenant_id", "parent"),
        Index("ix_sync_pass_rest", "tenant_id", "rest_file"),
    )


class SheetBase(TenantOwned, Base):
    """How a pass left the rows of a copy (基准), packed by `sync.base`: the rows that it changed. `steps`: passes since
    one that kept all of them; where it is 0, this one did, so that nobody has to go further back."""

    __tablename__ = "sheet_base"
    pass_id: Mapped[int]
    rows: Mapped[bytes] = mapped_column(LargeBinary)
    steps: Mapped[int]
    __table_args__ = (tenant_unique("pass_id"), tenant_key("pass_id", "sync_pass"))


class SheetEdit(TenantOwned, Base):
    """An edit already read: (stamp, row, field, value) is never an edit again."""

    __tablename__ = "sheet_edit"
    pass_id: Mapped[int]
    stamp: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    value: Mapped[str] = mapped_column(Text)
    fate: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        tenant_key("pass_id", "sync_pass"),
        Index("ix_sheet_edit_stamp", "tenant_id", "stamp"),
    )


class SheetRow(TenantOwned, Base):
    """A row without id that was read under a stamp, and the id that it got."""

    __tablename__ = "sheet_row"
    pass_id: Mapped[int]
    stamp: Mapped[str] = mapped_column(Text)
    row: Mapped[str] = mapped_column(Text)
    content: Mapped[dict[str, Any]]
    __table_args__ = (tenant_key("pass_id", "sync_pass"), Index("ix_sheet_row_stamp", "tenant_id", "stamp"))


class Conflict(TenantOwned, Base):
    """A value that waits for a person (冲突的候选值) beside the one in the table; `value_key` tells equal values.

    Closed ones stay, with the pass that closed them and how: an undo reopens what was settled.
    """

    __tablename__ = "conflict"
    binding_id: Mapped[int]
    owner: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    value_key: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    closed_by: Mapped[str | None] = mapped_column(Text)
    closed_how: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        tenant_key("binding_id", "binding"),
        Index(
            "uq_conflict_open",
            "tenant_id",
            "binding_id",
            "owner",
            "field",
            "value_key",
            unique=True,
            postgresql_where=text("closed_by IS NULL"),
        ),
    )


class SheetProposal(TenantOwned, Base):
    """A change that its author may not make (建议修改): a cell, or with `field` '' a whole row."""

    __tablename__ = "sheet_proposal"
    pass_id: Mapped[int]
    row: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    __table_args__ = (tenant_key("pass_id", "sync_pass"),)


class SheetHeader(TenantOwned, Base):
    """A column of a copy: which field stands under which header. A copy has these columns and no others, whatever its
    table, or the layout of its agency, gets later. (Without any: `declared.UNRECORDED`.)"""

    __tablename__ = "sheet_header"
    pass_id: Mapped[int]
    copy: Mapped[str] = mapped_column(Text)
    field: Mapped[str] = mapped_column(Text)
    header: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_unique("copy", "field"), tenant_key("pass_id", "sync_pass"))


class SheetPart(TenantOwned, Base):
    """A copy that has some of its holder's rows only: those of its first pass, and never others."""

    __tablename__ = "sheet_part"
    pass_id: Mapped[int]
    copy: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_unique("copy"), tenant_key("pass_id", "sync_pass"))


class SheetNote(TenantOwned, Base):
    """What a person typed into 同步提示 beside our messages."""

    __tablename__ = "sheet_note"
    pass_id: Mapped[int]
    row: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    __table_args__ = (tenant_key("pass_id", "sync_pass"),)
