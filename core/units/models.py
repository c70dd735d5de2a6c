"""Units that carry tasks (责任单位), and which units a group stands for."""

from datetime import date
from typing import Any

from sqlalchemy import Date, Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key, tenant_unique

# unit: an office of the agency itself; group: 各街镇; role: 起草部门, resolved per item; outside: 民防协会
UNIT_KINDS = ("unit", "group", "role", "outside")
KIND_NAMES = dict(zip(UNIT_KINDS, ("单位", "单位组", "角色单位", "外部单位"), strict=True))


class Unit(TenantOwned, Base):
    """A unit by its name as written in documents; `aliases` are other names that mean the same body.

    `settled`: nobody has to be asked what it is. A name that only a document gave, a group without members and a role
    are not, until a person answers.
    """

    __tablename__ = "unit"
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="unit")
    aliases: Mapped[list[Any]] = mapped_column(default=list)
    settled: Mapped[bool] = mapped_column(default=True)
    __table_args__ = (tenant_unique("name"),)


class UnitMember(TenantOwned, Base):
    """`member_id` belongs to the group `group_id`."""

    __tablename__ = "unit_member"
    group_id: Mapped[int]
    member_id: Mapped[int]
    __table_args__ = (
        tenant_unique("group_id", "member_id"),
        tenant_key("group_id", "unit"),
        tenant_key("member_id", "unit"),
    )


class UnitSuccessor(TenantOwned, Base):
    """From `since` on, documents that name `unit_id` mean `successor_id`: one for a unit that was renamed or merged
    into another, several for one that was split. `since` None: the name never meant anything else."""

    __tablename__ = "unit_successor"
    unit_id: Mapped[int]
    successor_id: Mapped[int]
    since: Mapped[date | None] = mapped_column(Date)
    __table_args__ = (
        tenant_unique("unit_id", "successor_id"),
        tenant_key("unit_id", "unit"),
        tenant_key("successor_id", "unit"),
    )
