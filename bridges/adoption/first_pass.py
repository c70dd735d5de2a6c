"""The first pass over an adopted sheet: the engine's own, with what it cannot know of a sheet without ids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from bridges.adoption.matching import Matching, SheetLine
from bridges.excel.address import column_letters
from bridges.excel.locate import Found, last_filled_row
from bridges.sync.merge import plan_pass
from bridges.sync.messages import NOT_ADOPTED, compose
from bridges.sync.model import ID, NOTE, BaseRow, Before, CopyRow, CopySnapshot, Refusals
from bridges.sync.plan import CellWrite, Plan, RowItem
from bridges.table import Raw, Table


def first_pass(
    found: Found,
    lines: Sequence[SheetLine],
    matching: Matching,
    before: Before,
    *,
    new: Collection[str],
    refusals: Refusals,
) -> Plan:
    """`before`: an empty base, and the table with the columns and headers of the sheet. `new`: lines (row numbers) that
    become rows of the table; the others that no row is like stay out, and are told so."""
    ids = {pair.at: pair.id for pair in matching.pairs}
    cells = {line.at: tuple(line.cells[column.key] for column in before.table.columns) for line in lines}
    rows = (CopyRow(at, ids.get(at, ""), own) for at, own in cells.items() if at in ids or at in new)
    snapshot = CopySnapshot(
        columns=tuple((column.key, column_letters(found.columns[column.key])) for column in before.table.columns),
        rows=tuple(rows),
        stamp="",
        fingerprint="",
        appendable=last_filled_row(found.place.grid) <= (int(lines[-1].at) if lines else found.header.bottom),
        note_at=column_letters(found.note),
        id_at=column_letters(found.place.column),
        refusals=refusals,
    )
    plan = plan_pass(snapshot, before, who="", at="")
    if plan.stopped:
        return plan
    out = {at: own for at, own in cells.items() if at not in ids and at not in new}
    return _with_ids(_with_spares(plan, out, matching, snapshot, before), ids, snapshot, before.table)


def _with_ids(plan: Plan, ids: Mapping[str, str], snapshot: CopySnapshot, table: Table) -> Plan:
    """The ids into their column, and the sheet's headers to be remembered."""
    marks = (CellWrite(snapshot.id_at + at, id_, ID, id_) for at, id_ in ids.items())
    headers = tuple((column.key, column.header) for column in table.columns)
    return replace(
        plan,
        records=replace(plan.records, headers=headers),
        writes=replace(plan.writes, cells=(*plan.writes.cells, *marks)),
    )


def _with_spares(
    plan: Plan, out: Mapping[str, tuple[Raw, ...]], matching: Matching, snapshot: CopySnapshot, before: Before
) -> Plan:
    """Lines that are no rows get a mark of their own, so that no later pass takes them for new ones; typing in one
    makes it a row."""
    bases, writes, waiting = [], [], []
    for at, cells in out.items():
        id_, events = before.new_id(), () if at in matching.skipped else (NOT_ADOPTED,)
        note = compose(events)
        bases.append(BaseRow(id_, cells, 0, note, events, kind="spare"))
        writes.append(CellWrite(snapshot.id_at + at, id_, ID, id_))
        if note:
            writes.append(CellWrite(snapshot.note_at + at, id_, NOTE, note))
            waiting.append(RowItem("", at, NOT_ADOPTED))
    return replace(
        plan,
        records=replace(plan.records, base=(*plan.records.base, *bases)),
        writes=replace(plan.writes, cells=(*plan.writes.cells, *writes)),
        report=replace(plan.report, waiting=(*plan.report.waiting, *waiting)),
    )
