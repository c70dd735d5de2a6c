"""Undo of a pass: ordinary changes to the table, cell by cell, judged by the last history entry and not by value."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bridges.sync.model import Candidate, Closed
from bridges.sync.plan import CellItem, Change, Opened, Plan, Records, Report, RowItem
from bridges.table import CellKey, TableCell


@dataclass(frozen=True)
class OpenCell:
    """A cell of the table with its open candidates. `row`: one of the rows that show it. `revision`, `pass_id`: as in
    `Before`."""

    binding: str
    row: str
    now: TableCell
    candidates: tuple[Candidate, ...]
    revision: int
    pass_id: str


@dataclass(frozen=True)
class Done:
    """What a pass put into the database, and how that stands now.

    `number`: the history number that all its changes got. `now`: present cells of `changes`. `added`: rows it added →
    largest number among their cells now (None = withdrawn meanwhile). `withdrawn`: rows that it, itself an undo,
    withdrew → whether they are still so. `settled`: candidates that it closed by settling, with their origins.
    `revision`, `pass_id`: as in `Before`, for the undo to come; `undone`: the id of the pass to undo.
    """

    binding: str
    undone: str
    number: int
    changes: tuple[Change, ...]
    now: Mapping[CellKey, TableCell]
    revision: int
    pass_id: str
    added: Mapping[str, int | None] = field(default_factory=dict)
    withdrawn: Mapping[str, bool] = field(default_factory=dict)
    settled: tuple[Candidate, ...] = ()


def plan_undo(done: Done, *, who: str, at: str) -> Plan:
    """Take back what a pass put into the table. What has changed since is left alone and listed as waiting; copies
    are not touched: their next passes write the values out."""

    def stands(change: Change) -> bool:
        return done.now[change.owner, change.field].number == done.number

    back = [change for change in done.changes if stands(change)]
    kept = [change for change in done.changes if not stands(change)]
    withdrawn = tuple(row for row, number in done.added.items() if number == done.number)
    touched = [row for row, number in done.added.items() if number not in (None, done.number)]
    cells = {(change.owner, change.field) for change in back}
    reopened = [
        Opened(*candidate.cell, candidate.value, candidate.valid, origin)
        for candidate in done.settled
        if candidate.cell in cells
        for origin in candidate.origins
    ]
    report = Report(
        applied=tuple(_item(change) for change in back),
        waiting=(
            *(RowItem(change.row or change.owner, "", f"{change.field} 此后又有修改，未撤销") for change in kept),
            *(RowItem(row, "", "新增的行此后又有修改，未撤销") for row in touched),
        ),
    )
    records = Records(
        changes=tuple(replace(change, old=change.new, new=change.old) for change in back),
        opened=tuple(reopened),
        withdrawn=withdrawn,
        revived=tuple(row for row, still in done.withdrawn.items() if still),
    )
    return _plan(done.binding, done.pass_id, who, at, report, records)


def plan_settlement(cell: OpenCell, key: str | None, *, who: str, at: str) -> Plan:
    """Settle a cell on the page or command line: take the candidate with this key (None: keep the table's value). All
    candidates of the cell are closed. Raises KeyError for a key that is not open or whose value is not valid."""
    owner, field_ = cell.candidates[0].cell
    chosen = cell.now.value
    if key is not None:
        chosen = {candidate.key: candidate.value for candidate in cell.candidates if candidate.valid}[key]
    change = Change(owner, field_, cell.row, cell.now.value, chosen)
    records = Records(
        changes=(change,) if key is not None and chosen.norm != cell.now.value.norm else (),
        closed=tuple(Closed(*candidate.cell, candidate.key, "settled") for candidate in cell.candidates),
    )
    item = CellItem(cell.row, "", field_, None, chosen.written, cell.now.value.written)
    return _plan(cell.binding, cell.pass_id, who, at, Report(settled=(item,)), records)


def _item(change: Change) -> CellItem:
    return CellItem(change.row or change.owner, "", change.field, change.old.written, None, change.new.written)


def _plan(binding: str, pass_id: str, who: str, at: str, report: Report, records: Records) -> Plan:
    return Plan(pass_id, "", binding, "", "", who, at, "", report, records)
