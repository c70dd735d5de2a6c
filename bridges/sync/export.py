"""The first pass of a copy: every row of the table, in the table's order, and the base that goes with it."""

from bridges.sync.ledger import Ledger
from bridges.sync.merge import empty_plan
from bridges.sync.model import Before, CopySnapshot
from bridges.sync.newrows import append_rows
from bridges.sync.plan import Plan
from bridges.sync.rows import Layout


def plan_export(before: Before, *, who: str, at: str) -> Plan:
    """The Plan of a copy that does not exist yet (`before` from `Store.begin`, its table with the columns and headers
    of the copy): its rows are `writes.rows`."""
    nothing = CopySnapshot((), (), "", "")
    ledger = Ledger(nothing, before, Layout(nothing, before), who)
    append_rows(set(), {}, ledger)
    ledger.records["headers"].extend((column.key, column.header) for column in before.table.columns)
    return ledger.into(empty_plan(before, who=who, at=at))
