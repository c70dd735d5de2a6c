"""The declaration of a plan's table as one copy has it: with its tenant's units and words, under its own headers."""

from collections.abc import Collection, Mapping

from sqlalchemy import select

from bridges.store.models import SheetHeader
from bridges.store.plan_table import PERIOD, plan_table
from bridges.table import BLANK, Table, TableRow, headed
from core.agencies import COLUMNS, SheetLayout
from core.plans.models import Plan
from core.plans.vocabulary import read_words
from core.units.services import read_directory
from tenants.sessions import ScopedSession

UNRECORDED = {key: header for key, header in COLUMNS.items() if key != PERIOD}
"""The columns of a copy of the time when those of a copy were recorded only where they were not all of them."""
Tables = dict[int, Table]
"""Plan id → its table, as declared once."""
_TABLES = "declared"


def declare_once(session: ScopedSession, tables: Tables) -> None:
    """For a run over many copies: what was declared in one of its sessions holds for the others that get `tables`."""
    session.info[_TABLES] = tables


def declared(session: ScopedSession, plan: Plan, copy: str = "") -> Table:
    """The table of a plan; `copy`: with the columns that this copy got, under its headers."""
    tables: Tables = session.info.get(_TABLES, {})
    if plan.id not in tables:
        tables[plan.id] = plan_table(plan, read_directory(session), read_words(session))
    return headed(tables[plan.id], _headers(session, copy) or UNRECORDED) if copy else tables[plan.id]


def new_headers(layout: SheetLayout, rows: Collection[TableRow], *, recurring: bool) -> Mapping[str, str]:
    """What stands over the columns of a new copy of these rows: the agency's own words. A column that the agency does
    without is there all the same where a row says something in it; 周期 only where something recurs."""
    left_out = {key for key in layout.without if all(row.cell(key).value == BLANK for row in rows)}
    left_out |= set() if recurring else {PERIOD}
    return {key: layout.word(key) for key in COLUMNS if key not in left_out}


def _headers(session: ScopedSession, copy: str) -> Mapping[str, str]:
    query = select(SheetHeader.field, SheetHeader.header).where(SheetHeader.copy == copy)
    return dict(map(tuple, session.execute(query)))
