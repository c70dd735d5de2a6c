"""Rows that are new on one side: typed into the copy, or added to the table since."""

from bridges.sync import messages
from bridges.sync.leave import for_sheet, remark
from bridges.sync.ledger import Ledger
from bridges.sync.model import ID, OFFICE, OWN, BaseCell, BaseRow, KnownEdit, KnownRow, RowKind
from bridges.sync.plan import AppendRow, NewRow, Proposal
from bridges.sync.rows import Seen, content_of
from bridges.sync.values import is_blank, read
from bridges.sync.work import After
from bridges.table import BLANK, Raw, Value


def take_new_row(seen: Seen, ledger: Ledger) -> None:
    """A row typed into the copy: the office's becomes a row of the table, a unit's a proposal."""
    before = ledger.before
    table = before.table
    if _same_as_left(seen, ledger):
        return
    readings = {
        column.key: (column, read(column, raw, table.year))
        for column, raw in zip(table.columns, seen.cells, strict=True)
        if not is_blank(raw) and column.owner != "derived"
    }
    troubles = [messages.not_added(column, reading) for column, reading in readings.values() if reading.trouble]
    lacking = [column for column in table.columns if column.required and column.key not in readings]
    if before.holder == OFFICE and not table.accepts_rows:
        _refuse(seen, messages.ROW_CLOSED, ledger)
    elif before.holder == OFFICE and seen.known:
        _leave_withdrawn(seen, ledger)
    elif lacking and not seen.at.id:  # a signature or a note below the sheet: nothing to say about it there
        ledger.tell_row("waiting", "", seen.at, messages.lacking(lacking[0]))
    elif lacking or troubles:
        _refuse(seen, messages.lacking(lacking[0]) if lacking else troubles[0], ledger)
    else:
        said = {key: reading.value for key, (_, reading) in readings.items() if reading.value.norm is not None}
        _accept(seen, said, ledger)


def _same_as_left(seen: Seen, ledger: Ledger) -> bool:
    """A spare or proposed row in which nothing was typed."""
    columns, year = ledger.before.table.columns, ledger.before.table.year
    return seen.base is not None and content_of(seen.cells, columns, year) == content_of(seen.base.shown, columns, year)


def _refuse(seen: Seen, text: str, ledger: Ledger) -> None:
    """Not a row yet. A line that repeats another row's id gets a mark of its own all the same: the base of that row
    moves on, and must not move on under this line."""
    remark(seen, text, ledger)
    if seen.at.id and seen.at.id != seen.id:
        note = messages.compose([text]) if ledger.layout.note_at else seen.at.note
        ledger.write(seen.at, seen.id, ID, seen.id)
        ledger.records["base"].append(BaseRow(seen.id, seen.cells, 0, note, (text,), kind="spare"))


def _leave_withdrawn(seen: Seen, ledger: Ledger) -> None:
    """A line that became a row and was taken back since: it keeps that row's id, lest it be added again."""
    note = ledger.say(seen.at, seen.id, "", messages.compose([messages.WITHDRAWN]))
    ledger.tell_row("waiting", seen.id, seen.at, messages.WITHDRAWN)
    ledger.write(seen.at, seen.id, ID, seen.id)
    ledger.records["base"].append(BaseRow(seen.id, seen.cells, 0, note, (messages.WITHDRAWN,), state="left"))


def _accept(seen: Seen, cells: dict[str, Value], ledger: Ledger) -> None:
    before, records = ledger.before, ledger.records
    id_ = seen.id or before.new_id()
    known = KnownRow(before.stamp, id_, content_of(seen.cells, before.table.columns, before.table.year))
    kind: RowKind = "row" if before.holder == OFFICE else "proposed"
    if kind == "row":
        records["rows"].append(NewRow(id_, cells))
        ledger.tell_row("added", id_, seen.at)
    elif known not in before.added:
        records["proposals"].append(Proposal(id_, id_, "", BLANK, BLANK, ledger.who, cells))
        ledger.tell("proposals", id_, seen.at, "", (None, None, None), messages.ROW_PROPOSED)
    if known not in before.added:
        records["added"].append(known)
        keys = known.content.items()
        records["known"].extend(KnownEdit(before.stamp, id_, field, key, "taken") for field, key in keys)
    events = (messages.ROW_PROPOSED,) if kind == "proposed" else ()
    note = ledger.say(seen.at, id_, seen.base.note if seen.base else "", messages.compose(events))
    if seen.at.id != id_:
        ledger.write(seen.at, id_, ID, id_)
    shown, to_come = _tidied(seen, cells, id_, ledger)
    records["base"].append(BaseRow(id_, shown, OWN, note, events, kind=kind, cells=to_come))


def _tidied(
    seen: Seen, cells: dict[str, Value], id_: str, ledger: Ledger
) -> tuple[tuple[Raw, ...], dict[str, BaseCell]]:
    """Cells of a new row that say nothing (清空, and derived ones, which are nobody's to type) are emptied. The table
    fills derived ones at commit, so the next pass writes them."""
    shown, to_come = list(seen.cells), {}
    for i, column in enumerate(ledger.before.table.columns):
        if column.owner == "derived":
            to_come[column.key] = BaseCell("held", BLANK, 0)
        if column.key in ledger.layout.letters and column.key not in cells and shown[i] is not None:
            ledger.write(seen.at, id_, column.key, None)
            shown[i] = None
    return tuple(shown), to_come


def append_rows(present: set[str], after: After, ledger: Ledger) -> None:
    """Rows of the table that this copy has never had, below its last row where nothing stands there."""
    before = ledger.before
    for id_, row in before.snapshot.rows.items():
        if row.state != "active" or id_ in before.base or id_ in present:
            continue
        if not ledger.copy.appendable:
            ledger.tell_row("waiting", id_, None, messages.NO_ROOM)
            continue
        now = [after.get((row.owner_of(column), column.key)) or row.cell(column.key) for column in before.table.columns]
        cells = tuple(for_sheet(cell.value) for cell in now)
        ledger.rows.append(AppendRow(id_, cells))
        ledger.tell_row("added", id_, None)
        number = OWN if any(cell.number == OWN for cell in now) else row.number
        ledger.records["base"].append(BaseRow(id_, cells, number))
