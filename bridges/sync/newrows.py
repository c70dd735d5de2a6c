"""Rows that are new on one side: typed into the copy, or added to the table since."""

from collections.abc import Iterable

from bridges.sync import messages
from bridges.sync.base import words_of
from bridges.sync.leave import for_sheet, remark
from bridges.sync.ledger import Ledger
from bridges.sync.model import ID, OFFICE, OWN, BaseCell, BaseRow, KnownEdit, KnownRow, RowKind, value_key
from bridges.sync.plan import AppendRow, NewRow, Proposal
from bridges.sync.rows import Seen, content_of
from bridges.sync.values import Reading, is_blank, read
from bridges.sync.work import After
from bridges.table import BLANK, Column, Raw, Value


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
        _leave_withdrawn(seen, readings.values(), ledger)
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


def _leave_withdrawn(seen: Seen, readings: Iterable[tuple[Column, Reading]], ledger: Ledger) -> None:
    """A line that became a row and was taken back since: it keeps that row's id, lest it be added again. What was typed
    since it was read becomes proposals, or it would be gone when the row is brought back."""
    before = ledger.before
    read_before = {pair for known in before.added if known.id == seen.id for pair in known.content.items()}
    for column, reading in readings:
        key = value_key(reading.value, not reading.trouble)
        if (column.key, key) not in read_before and (seen.id, column.key, key) not in before.known:
            ledger.know(KnownEdit(before.stamp, seen.id, column.key, key, "proposed"))
            wish = Proposal(seen.id, seen.id, column.key, BLANK, reading.value, ledger.who)
            ledger.records["proposals"].append(wish)
            ledger.tell("proposals", seen.id, seen.at, column.key, (None, reading.value.written, None))
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
        for field, key in known.content.items():
            ledger.know(KnownEdit(before.stamp, id_, field, key, "taken"))
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
        if column.key not in ledger.layout.letters or column.key in cells or shown[i] is None:
            continue
        if ledger.refusal(seen.at, column.key):
            ledger.wait(id_, seen.at, column.key)
            to_come[column.key] = BaseCell("refused", BLANK, 0)
        else:
            ledger.write(seen.at, id_, column.key, None)
            shown[i] = None
    return tuple(shown), to_come


def append_rows(present: set[str], after: After, ledger: Ledger) -> None:
    """Rows of the table that this copy has never had, below its last row where nothing stands there."""
    before = ledger.before
    rows, columns = before.snapshot.rows, before.table.columns
    for id_ in [id_ for id_ in rows if id_ not in before.base and id_ not in present]:
        row = rows[id_]
        if row.state != "active":
            continue
        if not ledger.copy.appendable or ledger.copy.refusals.rows:
            ledger.tell_row("waiting", id_, None, ledger.copy.refusals.rows or messages.NO_ROOM)
            continue
        now = [after.get((row.owner_of(column), column.key)) or row.cell(column.key) for column in columns]
        cells = tuple(for_sheet(cell.value) for cell in now)
        ledger.rows.append(AppendRow(id_, cells))
        ledger.tell_row("added", id_, None)
        number = OWN if any(cell.number == OWN for cell in now) else row.number
        words = words_of(zip(columns, cells, (cell.value for cell in now), strict=True), before.table.year)
        ledger.records["base"].append(BaseRow(id_, cells, number, words=words))
