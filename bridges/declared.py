"""The declaration of a plan's table as one copy has it: with its tenant's units and words, under its own headers."""

from collections.abc import Mapping

from sqlalchemy import select

from bridges.models import SheetHeader
from bridges.plan_table import plan_table
from bridges.table import Table, headed
from core.plans.models import Plan
from core.plans.vocabulary import read_words
from core.units.services import read_directory
from tenants.sessions import ScopedSession


def declared(session: ScopedSession, plan: Plan, copy: str = "") -> Table:
    """The table of a plan; `copy`: as that copy has it, which differs where an office's own sheet was adopted."""
    table = plan_table(plan, read_directory(session), read_words(session))
    return headed(table, _headers(session, copy) if copy else {})


def _headers(session: ScopedSession, copy: str) -> Mapping[str, str]:
    query = select(SheetHeader.field, SheetHeader.header).where(SheetHeader.copy == copy)
    return dict(map(tuple, session.execute(query)))
