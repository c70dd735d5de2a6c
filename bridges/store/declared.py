"""The declaration of a plan's table as one copy has it: with its tenant's units and words, under its own headers."""

from collections.abc import Mapping

from sqlalchemy import select

from bridges.store.models import SheetHeader
from bridges.store.plan_table import plan_table
from bridges.table import Table, headed
from core.plans.models import Plan
from core.plans.vocabulary import read_words
from core.units.services import read_directory
from tenants.sessions import ScopedSession

Tables = dict[int, Table]
"""Plan id → its table, as declared once."""
_TABLES = "declared"


def declare_once(session: ScopedSession, tables: Tables) -> None:
    """For a run over many copies: what was declared in one of its sessions holds for the others that get `tables`."""
    session.info[_TABLES] = tables


def declared(session: ScopedSession, plan: Plan, copy: str = "") -> Table:
    """The table of a plan; `copy`: as that copy has it, which differs where an office's own sheet was adopted."""
    tables: Tables = session.info.get(_TABLES, {})
    if plan.id not in tables:
        tables[plan.id] = plan_table(plan, read_directory(session), read_words(session))
    return headed(tables[plan.id], _headers(session, copy) if copy else {})


def _headers(session: ScopedSession, copy: str) -> Mapping[str, str]:
    query = select(SheetHeader.field, SheetHeader.header).where(SheetHeader.copy == copy)
    return dict(map(tuple, session.execute(query)))
