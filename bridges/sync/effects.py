"""What a verdict means outside the copy: changes of the table, known edits, candidates, proposals, the report."""

from collections.abc import Callable, Mapping

from bridges.sync.ledger import Ledger
from bridges.sync.model import Closed, Fate, KnownEdit, Origin, value_key
from bridges.sync.plan import Change, Opened, Proposal
from bridges.sync.work import Cell, Row


def record(row: Row, cell: Cell, ledger: Ledger) -> None:
    """Enter one verdict into the ledger."""
    _EFFECTS[cell.verdict.kind](row, cell, ledger)


def change(row: Row, cell: Cell, ledger: Ledger) -> None:
    """Enter a change of the table, once however many rows show the cell, and close the candidate that it equals."""
    value = cell.verdict.value
    ledger.records["changes"].append(Change(*cell.key, row.id, cell.showing.table.value, value))
    _tell("settled" if cell.own_candidate else "applied", row, cell, ledger)
    _drop_own(row, cell, ledger, "settled", whole=True)
    if value_key(value) in cell.showing.open:
        ledger.close(Closed(*cell.key, value_key(value), "equal"))


def _know(row: Row, cell: Cell, ledger: Ledger, fate: Fate, valid: bool = True) -> None:
    before = ledger.before
    key = value_key(cell.verdict.value, valid)
    known = KnownEdit(before.stamp, row.id, cell.column.key, key, fate)
    if cell.showing.known(key) != fate:
        ledger.know(known)


def _tell(name: str, row: Row, cell: Cell, ledger: Ledger, message: str = "") -> None:
    ledger.tell(name, row.id, row.seen.at, cell.column.key, cell.values, message)


def _drop_own(row: Row, cell: Cell, ledger: Ledger, how: str, whole: bool = False) -> None:
    """Take this line's origin off the candidate that the cell was left showing, or close it altogether."""
    key = cell.own_candidate
    if key:
        origin = ("", "") if whole else (cell.showing.left_as.origin, row.id)
        ledger.close(Closed(*cell.key, key, how, *origin))


def _open(row: Row, cell: Cell, ledger: Ledger, valid: bool) -> None:
    before = ledger.before
    origin = Origin(before.pass_id, before.copy, before.stamp, row.id, ledger.who)
    ledger.records["opened"].append(Opened(*cell.key, cell.verdict.value, valid, origin))


def _quiet(row: Row, cell: Cell, ledger: Ledger) -> None:
    if cell.verdict.edited:
        _drop_own(row, cell, ledger, "replaced")


def _take(row: Row, cell: Cell, ledger: Ledger) -> None:
    _know(row, cell, ledger, "taken")
    _drop_own(row, cell, ledger, "settled", whole=True)


def _candidate(row: Row, cell: Cell, ledger: Ledger) -> None:
    _know(row, cell, ledger, "candidate")
    _open(row, cell, ledger, valid=True)
    _tell("conflicts", row, cell, ledger)
    if cell.verdict.edited:
        _drop_own(row, cell, ledger, "replaced")


def _agree(row: Row, cell: Cell, ledger: Ledger) -> None:
    if cell.own_candidate:
        _tell("settled", row, cell, ledger)
    if cell.verdict.edited:
        _know(row, cell, ledger, "taken")
        _drop_own(row, cell, ledger, "replaced")
    key = value_key(cell.verdict.value)
    if key in cell.showing.open:
        ledger.close(Closed(*cell.key, key, "equal"))


def _superseded(row: Row, cell: Cell, ledger: Ledger) -> None:
    _know(row, cell, ledger, "taken")
    _drop_own(row, cell, ledger, "replaced")


def _give_up(row: Row, cell: Cell, ledger: Ledger) -> None:
    _tell("settled", row, cell, ledger)
    _drop_own(row, cell, ledger, "given_up", whole=True)


def _withdraw(row: Row, cell: Cell, ledger: Ledger) -> None:
    _tell("settled", row, cell, ledger)
    _drop_own(row, cell, ledger, "withdrawn")


def _restored(row: Row, cell: Cell, ledger: Ledger) -> None:
    _tell("restored", row, cell, ledger)
    _drop_own(row, cell, ledger, "replaced")


def _invalid(row: Row, cell: Cell, ledger: Ledger) -> None:
    _drop_own(row, cell, ledger, "replaced")
    _waits(row, cell, ledger)


def _waits(row: Row, cell: Cell, ledger: Ledger) -> None:
    """What was not understood: rejected while the table stands still, a conflict once it has moved."""
    if cell.moved:
        _open(row, cell, ledger, valid=False)
        _tell("conflicts", row, cell, ledger, cell.verdict.trouble)
    else:
        again = cell.showing.known(value_key(cell.verdict.value, False))
        _tell("open" if again else "rejected", row, cell, ledger, cell.verdict.trouble)
    _know(row, cell, ledger, "refused", valid=False)


def _stay(row: Row, cell: Cell, ledger: Ledger) -> None:
    if cell.showing.state == "invalid" and cell.moved and not cell.own_candidate:
        _waits(row, cell, ledger)
    else:
        _tell("open", row, cell, ledger, cell.verdict.trouble)


def _propose(row: Row, cell: Cell, ledger: Ledger) -> None:
    value, table = cell.verdict.value, cell.showing.table.value
    _know(row, cell, ledger, "proposed", valid=not cell.verdict.trouble)
    _tell("proposals", row, cell, ledger)
    _drop_own(row, cell, ledger, "replaced")
    ledger.records["proposals"].append(Proposal(row.id, *cell.key, table, value, ledger.who))


def _put_back(row: Row, cell: Cell, ledger: Ledger) -> None:
    if cell.column.owner == "derived":
        _tell("restored", row, cell, ledger, "这一列由系统填写")
    else:
        _tell("written", row, cell, ledger)


_EFFECTS: Mapping[str, Callable[[Row, Cell, Ledger], None]] = {
    "quiet": _quiet,
    "stay": _stay,
    "take": _take,
    "candidate": _candidate,
    "agree": _agree,
    "superseded": _superseded,
    "give_up": _give_up,
    "withdraw": _withdraw,
    "restored": _restored,
    "invalid": _invalid,
    "propose": _propose,
    "put_back": _put_back,
}
