"""What units would like to see changed and may not change themselves (修改建议), in words, for the office to act on."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from bridges.conflicts import shown, where_shown
from bridges.store import plan_table
from bridges.store.declared import declared
from bridges.store.models import Binding, SheetProposal, SyncPass
from bridges.table import TableRow, Value
from core.plans.models import Plan
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


class Proposed(NamedTuple):
    """A wish as it was read from a sheet. `row` and `field` name the cell for `task set`; of a whole row that somebody
    would like to have, both are ''. `old`: what stood there then, `now`: what stands there; `taken`: it is so by now,
    whoever did it."""

    row: str
    field: str
    who: str
    at: datetime
    where: str
    header: str
    old: str
    now: str
    new: str
    taken: bool


def proposals_of(plan: int) -> Select[Any]:
    """All wishes of a plan; the last column is what they are sorted by."""
    query = select(SheetProposal.row, SheetProposal.field, SheetProposal.who, SheetProposal.data, SyncPass.at)
    query = query.join(SyncPass, tenant_join(SheetProposal.pass_id, SyncPass))
    query = query.join(Binding, tenant_join(SyncPass.binding_id, Binding))
    return query.where(Binding.plan_id == plan).add_columns(SheetProposal.id)


def in_words(session: ScopedSession, plan: Plan, found: Iterable[Any]) -> list[Proposed]:
    """Rows of `proposals_of`, with what stands in these cells now."""
    found = list(found)
    headers = {column.key: column.header for column in declared(session, plan).columns}
    rows = plan_table.rows_that_show(session, {one.data["owner"] for one in found if one.field})
    return [_of_cell(one, rows[one.data["owner"]], headers) if one.field else _of_row(one, headers) for one in found]


def open_proposals(session: ScopedSession, plan: Plan) -> list[Proposed]:
    """Those that are not taken yet, the newest first."""
    found = session.execute(proposals_of(plan.id).order_by(SheetProposal.id.desc()))
    return [one for one in in_words(session, plan, found) if not one.taken]


def _of_cell(one: Any, row: TableRow, headers: dict[str, str]) -> Proposed:
    old, new, now = Value(*one.data["old"]), Value(*one.data["new"]), row.cell(one.field).value
    said = shown(old), shown(now), shown(new)
    return Proposed(
        one.row, one.field, one.who, one.at, where_shown(row), headers[one.field], *said, now.norm == new.norm
    )


def _of_row(one: Any, headers: dict[str, str]) -> Proposed:
    cells = "；".join(f"{headers[key]}：{shown(Value(*value))}" for key, value in one.data["cells"].items())
    return Proposed("", "", one.who, one.at, "新增任务行", "", "", "", cells, False)
