"""One pass, from what was read to a Plan: identify rows, guards, a verdict on each cell, one outcome per cell of the
table, then what each row of the copy is left with.

Pure: the clock value, new ids and everything that is known come in as arguments.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace

from bridges.sync.effects import change, record
from bridges.sync.guards import guard
from bridges.sync.leave import leave_row, remark
from bridges.sync.ledger import Ledger
from bridges.sync.messages import COLUMN_ABSENT, TIE, UNKNOWN
from bridges.sync.model import OWN, Before, CopySnapshot
from bridges.sync.newrows import append_rows, take_new_row
from bridges.sync.plan import Plan
from bridges.sync.rows import Identified, Layout, Seen, identify
from bridges.sync.work import After, Cell, Row, open_row
from bridges.table import CellKey, TableCell


def plan_pass(
    copy: CopySnapshot,
    before: Before,
    *,
    who: str,
    at: str,
    confirmed: Collection[str] = frozenset(),
    found: Identified | None = None,
) -> Plan:
    """The Plan of one pass of a copy. `who` acts, `at` is the clock (ISO); `confirmed`: codes of stops that a person
    has confirmed for this file; `found`: its rows, where somebody has identified them already."""
    plan = empty_plan(before, who=who, at=at, fingerprint=copy.fingerprint)
    layout = Layout(copy, before)
    found = found or identify(copy, before, layout)
    if stop := guard(copy, before, found, layout, confirmed):
        return replace(plan, stopped=stop)
    ledger = Ledger(copy, before, layout, who)
    _unread_columns(ledger)
    rows = [open_row(seen, before, layout) for seen in found.seen if seen.role in ("row", "twin")]
    after = _outcomes(rows, ledger)
    rows.extend(_siblings(after, found, before, layout))
    for row in rows:
        for cell in row.cells.values():
            record(row, cell, ledger)
        leave_row(row, after, ledger)
    _other_rows(found, after, ledger)
    return ledger.into(plan)


def empty_plan(before: Before, *, who: str, at: str, fingerprint: str = "") -> Plan:
    """A pass in which nothing happens."""
    return Plan(
        pass_id=before.pass_id,
        parent=before.stamp,
        binding=before.binding,
        copy=before.copy,
        holder=before.holder,
        who=who,
        at=at,
        fingerprint=fingerprint,
    )


def _unread_columns(ledger: Ledger) -> None:
    """A column whose header was renamed or deleted: what stands there is not read, and nobody should think it was."""
    for column in ledger.before.table.columns:
        if column.owner != "derived" and column.key in ledger.layout.absent:
            ledger.tell_row("waiting", "", None, COLUMN_ABSENT.format(header=column.header))


def _outcomes(rows: list[Row], ledger: Ledger) -> After:
    """One outcome per cell of the table: an edit that several rows agree on is taken once; where they contradict each
    other nobody knows which was meant, so all become candidates and the table stays. What one row decides about a
    candidate holds for the others that show it."""
    cells = [(row, cell) for row in rows for cell in row.cells.values()]
    takes: dict[CellKey, list[tuple[Row, Cell]]] = {}
    for row, cell in cells:
        if cell.verdict.kind == "take":
            takes.setdefault(cell.key, []).append((row, cell))
    after = {}
    for key, sights in takes.items():
        if len({cell.verdict.value.norm for _, cell in sights}) > 1:
            for _, cell in sights:
                cell.verdict = cell.verdict._replace(kind="candidate")
        else:
            row, cell = sights[0]
            change(row, cell, ledger)
            after[key] = TableCell(cell.verdict.value, OWN)
    decided = (cell for _, cell in cells if cell.own_candidate and cell.verdict.kind in ("take", "give_up"))
    over = {(cell.key, cell.own_candidate) for cell in decided}
    for _, cell in cells:
        cell.now = after.get(cell.key, cell.now)
        waits = cell.verdict.kind in ("candidate", "stay") and not cell.verdict.trouble
        if waits and cell.verdict.value.norm == cell.now.value.norm:
            cell.verdict = cell.verdict._replace(kind="agree")
        elif cell.verdict.kind == "stay" and (cell.key, cell.own_candidate) in over:
            cell.verdict = cell.verdict._replace(kind="quiet")
    return after


def _siblings(after: After, found: Identified, before: Before, layout: Layout) -> Iterator[Row]:
    """Untouched rows that show a shared cell which this pass changes: they get it in the same pass."""
    shared = [column for column in before.table.columns if column.shared]
    if not any((key[1] == column.key) for key in after for column in shared):
        return
    for id_, at in found.quiet.items():
        table = before.snapshot.rows.get(id_)
        if table and any((table.owner_of(column), column.key) in after for column in shared):
            base = before.base[id_]
            yield Row(Seen(at, layout.cells(at, base), "row", id_, base), id_, table)


def _other_rows(found: Identified, after: After, ledger: Ledger) -> None:
    before = ledger.before
    for seen in found.seen:
        if seen.role == "new":
            take_new_row(seen, ledger)
        elif seen.role in ("unknown", "tie"):
            remark(seen, UNKNOWN if seen.role == "unknown" else TIE, ledger)
    for seen in found.doubled:
        ledger.tell_row("duplicated", seen.id, seen.at)
    for id_ in found.missing:
        row = before.snapshot.rows.get(id_)
        if row and row.state == "active":
            ledger.tell_row("missing", id_, None)
    append_rows({seen.id for seen in found.seen}, after, ledger)
