"""Units that carry tasks (责任单位), and which units a group stands for."""

from typing import Any

from sqlalchemy import Text
from sqlalchemy.orm import Mapped, mapped_column

from tenants.db import Base, TenantOwned, tenant_key, tenant_unique

# unit: an office of the agency itself; group: 各街镇; role: 起草部门, resolved per item; outside: 民防协会
UNIT_KINDS = ("unit", "group", "role", "outside")


class Unit(TenantOwned, Base):
    """A unit by its name as written in documents; `aliases` are other names that mean the same body."""

    __tablename__ = "unit"
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(Text, default="unit")
    aliases: Mapped[list[Any]] = mapped_column(default=list)
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
