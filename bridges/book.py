"""A plan as a workbook of its own: what a full export holds. It is for reading, is no copy, and leaves no trace."""

from datetime import date, datetime

from bridges.excel.export import Layout, SheetColumn, export_workbook
from bridges.excel.layout import cell_value
from bridges.store.declared import declared
from bridges.store.plan_table import table_row
from core.plans.models import Plan
from core.plans.reading import live_rows
from tenants.sessions import ScopedSession

SUBTITLE = "截至 {today}；只供阅读，不参加同步。"
WIDTH = 16


def book_of(session: ScopedSession, plan: Plan, today: date, at: datetime) -> bytes:
    """Every row of a plan, one for each unit and period, with all columns under the common words."""
    columns = declared(session, plan).columns
    rows = [
        tuple(cell_value(row.cell(column.key).value.written, column.kind) for column in columns)
        for row in map(table_row, live_rows(session, plan.id))
    ]
    shown = tuple(SheetColumn(column.header, WIDTH) for column in columns)
    subtitle = SUBTITLE.format(today=today)
    return export_workbook(Layout(plan.title, subtitle, shown, rows, at.replace(tzinfo=None)))
