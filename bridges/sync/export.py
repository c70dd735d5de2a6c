"""The first pass of a copy: every row of the table, in the table's order, and the base that goes with it."""

from collections.abc import Mapping

from bridges.sync.ledger import Ledger
from bridges.sync.merge import empty_plan
from bridges.sync.model import Before, CopySnapshot
from bridges.sync.newrows import append_rows
from bridges.sync.plan import Plan
from bridges.sync.rows import Layout


def plan_export(before: Before, *, who: str, at: str, headers: Mapping[str, str]) -> Plan:
    """The Plan of a copy that does not exist yet (`before` from `Store.begin`): its rows are `writes.rows`. `headers`:
    column key → header, where the copy is not to have all columns that the table declares."""
    nothing = CopySnapshot((), (), "", "")
    ledger = Ledger(nothing, before, Layout(nothing, before), who)
    append_rows(set(), {}, ledger)
    ledger.records["headers"].extend(headers.items())
    return ledger.into(empty_plan(before, who=who, at=at))
