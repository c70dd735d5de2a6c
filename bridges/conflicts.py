"""What waits for a person: the open conflicts of a plan, cell by cell, in words."""

from typing import NamedTuple

from sqlalchemy import select

from bridges.store import plan_table
from bridges.store.declared import declared
from bridges.store.models import Binding, Conflict
from bridges.sync.model import Candidate
from bridges.table import TableRow, Value
from core.plans.models import Plan
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


class OpenConflict(NamedTuple):
    """A cell with candidates. `owner` and `field` name it for `sheet settle`; the rest is what people read."""

    owner: str
    field: str
    where: str
    header: str
    database: str
    sheet: tuple[str, ...]


def open_cells(session: ScopedSession, plan: Plan) -> list[OpenConflict]:
    """All open conflicts of the plan, oldest first."""
    query = (
        select(Conflict.data)
        .join(Binding, tenant_join(Conflict.binding_id, Binding))
        .where(Binding.plan_id == plan.id, Conflict.closed_by.is_(None))
        .order_by(Conflict.id)
    )
    values: dict[tuple[str, str], list[str]] = {}
    for candidate in map(Candidate.from_json, session.scalars(query)):
        values.setdefault(candidate.cell, []).append(shown(candidate.value))
    if not values:
        return []
    headers = {c.key: c.header for c in declared(session, plan).columns}
    rows = plan_table.rows_that_show(session, {owner for owner, _ in values})
    return [
        OpenConflict(owner, field, where_shown(rows[owner]), headers[field], _shown(rows[owner], field), tuple(sheet))
        for (owner, field), sheet in values.items()
    ]


def where_shown(row: TableRow) -> str:
    """Which row it is, for people."""
    return " ".join(_shown(row, key) for key in ("no", "title", "unit"))


def _shown(row: TableRow, field: str) -> str:
    return shown(row.cell(field).value)


def shown(value: Value) -> str:
    """A value as people read it."""
    return "（空）" if value.written is None else str(value.written)
