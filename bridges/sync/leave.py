"""What each row of the copy is left showing, and the base row that remembers it."""

from collections.abc import Mapping
from dataclasses import replace

from bridges.sync import messages
from bridges.sync.base import words_of
from bridges.sync.ledger import Ledger
from bridges.sync.model import ID, NOTE, OWN, BaseCell, BaseRow
from bridges.sync.rows import Seen
from bridges.sync.values import fitting, is_blank, plain, read
from bridges.sync.work import After, Row, left_value, table_cell
from bridges.table import BLANK, Column, Raw, RowState, Scalar, TableCell, Value

WAITS = ("stay", "candidate", "invalid")
"""Verdicts that leave the person's cell alone."""

LISTED = ("restored", "propose", "put_back", "take", "give_up", "withdraw")
"""Verdicts whose own line in the report implies that the table's value is written to the copy."""


def leave_row(row: Row, after: After, ledger: Ledger) -> None:
    """Write what differs, renew the message, and keep the base row if it changed."""
    if row.is_twin:
        _leave_twin(row, ledger)
        return
    seen, base, year = row.seen, row.seen.base, ledger.before.table.year
    shown: list[Raw] = []
    waiting: dict[str, BaseCell] = {}
    numbers = [base.number] if base else []
    in_step: list[tuple[Column, Raw, Value]] = []
    written = len(ledger.cells)
    for i, column in enumerate(ledger.before.table.columns):
        now = after.get(row.key(column)) or table_cell(column, row, i, year)
        if left_as := _waiting(i, column, row, now, ledger) or _refused(i, column, row, now, ledger):
            waiting[column.key] = left_as
            shown.append(seen.cells[i])
        else:
            numbers.append(now.number)
            shown.append(_in_step(i, column, row, now, ledger))
            in_step.append((column, shown[i], now.value))
    state: RowState = row.table.state if row.table else "left"
    idle = len(ledger.cells) == written and not any(cell.verdict.edited for cell in row.cells.values())
    events = _events(row)
    if base and not events and idle and seen.at.note == base.note:
        events = base.events
    parts = (messages.STATES[state], *_asks(shown, waiting, ledger), *events)
    note = ledger.say(seen.at, row.id, base.note if base else "", messages.compose(parts))
    if seen.at.id != row.id:
        ledger.write(seen.at, row.id, ID, row.id)
    if row.table and not waiting:
        numbers.append(row.table.number)  # a row that was closed and opened again moved, and none of its cells did
    number = OWN if OWN in numbers else max(numbers, default=0)
    words = words_of(in_step, year) if row.table else {}
    new = BaseRow(row.id, tuple(shown), number, note, events, state, "row", waiting, words)
    if new != base:
        ledger.records["base"].append(new)


def remark(seen: Seen, text: str, ledger: Ledger) -> None:
    """A message on a row that is not ours to keep a base of."""
    ledger.say(seen.at, seen.id, "", messages.compose([text]))
    ledger.tell_row("waiting", seen.at.id, seen.at, text)


# ---------------------------------------------------------------- cells


def for_sheet(value: Value) -> Scalar:
    """The word as written, with the line ends that every sheet gives back, cut where no cell can hold it."""
    written = value.written
    return fitting(written.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(written, str) else written


def _in_step(i: int, column: Column, row: Row, now: TableCell, ledger: Ledger) -> Raw:
    """Bring a cell into step with the table; gives what it is left showing."""
    base, raw = row.seen.base, row.seen.cells[i]
    if _shows(column, raw, now.value, ledger):
        # The same value in another dress stays as it is, and the base keeps the old dress: a program which re-dresses
        # cells when it saves (80% for 80) causes no pass of its own.
        return base.shown[i] if base and _shows(column, base.shown[i], now.value, ledger) else raw
    value = for_sheet(now.value)
    ledger.write(row.seen.at, row.id, column.key, value)
    if i not in row.cells or row.cells[i].verdict.kind not in LISTED:
        left = left_value(column, row, i, ledger.before.table.year)
        values = (left.written if left else None, plain(raw), value)
        ledger.tell("written", row.id, row.seen.at, column.key, values)
    return value


def _shows(column: Column, raw: Raw, value: Value, ledger: Ledger) -> bool:
    if raw == for_sheet(value):
        return True
    reading = read(column, raw, ledger.before.table.year)
    return not reading.trouble and reading.value.norm == value.norm and is_blank(raw) == (value.norm is None)


def _waiting(i: int, column: Column, row: Row, now: TableCell, ledger: Ledger) -> BaseCell | None:
    """How a cell is remembered that is not in step; None for one that is."""
    base = row.seen.base
    left_as = base.cells.get(column.key) if base else None
    if column.key not in ledger.layout.letters:
        return left_as or _held(i, column, row, now, ledger)
    cell = row.cells.get(i)
    if left_as and left_as.state == "held" and now.number == left_as.number and not cell.verdict.edited:
        return left_as  # nothing has come to show
    if cell is None or cell.verdict.kind not in WAITS:
        return None
    if cell.verdict.kind != "stay":
        state = "invalid" if cell.verdict.kind == "invalid" else "candidate"
        left_as = BaseCell(state, cell.showing.base or BLANK, cell.showing.number)
    if row.table is None or (left_as.state == "invalid" and not cell.moved):
        return left_as  # there is nothing to tell of the table
    if not left_as.origin:
        left_as = replace(left_as, origin=ledger.before.pass_id)
    if (
        ledger.layout.note_at
        and not ledger.refusal(row.seen.at, NOTE)
        and (left_as.told_number is None or _is_newer(now, left_as.told_number))
    ):
        left_as = replace(left_as, told=now.value, told_number=now.number)
    return left_as


def _is_newer(now: TableCell, number: int) -> bool:
    return now.number == OWN or now.number > number


def _held(i: int, column: Column, row: Row, now: TableCell, ledger: Ledger) -> BaseCell | None:
    """A column that is missing in the copy: nothing was seen there, so the base stays where it was."""
    number = row.seen.base.number if row.seen.base else 0
    if now.number != OWN and now.number <= number:
        return None
    return BaseCell("held", left_value(column, row, i, ledger.before.table.year) or BLANK, number)


def _refused(i: int, column: Column, row: Row, now: TableCell, ledger: Ledger) -> BaseCell | None:
    """A cell that cannot be written though it should be: the base stays where it was, and the next pass tries again."""
    seen = row.seen
    if not ledger.refusal(seen.at, column.key) or _shows(column, seen.cells[i], now.value, ledger):
        return None
    ledger.wait(row.id, seen.at, column.key)
    left_as = seen.base.cells.get(column.key) if seen.base else None
    number = left_as.number if left_as else seen.base.number if seen.base else 0
    return BaseCell("refused", left_value(column, row, i, ledger.before.table.year) or BLANK, number, told=now.value)


# ---------------------------------------------------------------- messages


def _asks(shown: list[Raw], waiting: Mapping[str, BaseCell], ledger: Ledger) -> list[str]:
    table = ledger.before.table
    return [
        messages.waiting(column, raw, read(column, raw, table.year), waiting[column.key])
        for column, raw in zip(table.columns, shown, strict=True)
        if column.key in waiting
    ]


def _events(row: Row) -> tuple[str, ...]:
    found = []
    for cell in row.cells.values():
        kind, wish, value = cell.verdict.kind, cell.verdict.value.written, cell.now.value.written
        if kind == "restored":
            found.append(messages.restored(cell.column, value))
        elif kind == "propose" or (kind == "put_back" and cell.showing.right == "propose"):  # proposed before
            found.append(messages.proposed(cell.column, wish, value))
        elif kind == "put_back":
            found.append(messages.put_back(cell.column, value))
    return tuple(found)


# ---------------------------------------------------------------- twins


def _leave_twin(row: Row, ledger: Ledger) -> None:
    """The second sight of a row gets a mark of its own and is not a row until somebody types in it."""
    seen = row.seen
    late = (
        messages.twin_differs(cell.column, plain(cell.showing.raw))
        if cell.verdict.kind == "candidate"
        else cell.verdict.trouble
        for cell in row.cells.values()
    )
    events = (messages.TWIN, *filter(None, late))
    note = ledger.say(seen.at, seen.id, seen.base.note if seen.base else "", messages.compose(events))
    ledger.write(seen.at, seen.id, ID, seen.id)
    ledger.records["base"].append(BaseRow(seen.id, seen.cells, 0, note, events, kind="spare"))
