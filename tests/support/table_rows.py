"""All rows of a plan as rows of its table, for tests that look at everything."""

from bridges.store.plan_table import table_row
from bridges.table import TableRow
from core.plans.models import Plan
from core.plans.reading import plan_rows
from tenants.sessions import ScopedSession


def table_rows(session: ScopedSession, plan: Plan) -> dict[str, TableRow]:
    """By their key, those that were closed (state `left`) included."""
    return {row.key: table_row(row) for row in plan_rows(session, plan.id)}
