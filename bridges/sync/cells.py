"""The decision for one cell of a copy: the tables "Cells" and "Conflicts" of docs/sync.md, first rule that fits.

One idea carries both tables: each cell of a copy remembers what it was left showing and the history number of the
newest table value that it has *seen*, in the cell or in its message. Whoever types has seen that much. If the table
has not moved since, the edit is taken; if it has, the edit is a candidate.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bridges.sync.model import BaseCell, Fate, value_key
from bridges.sync.values import Reading, is_blank
from bridges.table import BLANK, Column, Held, Raw, TableCell, Value

Choice = Literal["", "mine", "system"]
Right = Literal["edit", "propose", "none"]
Kind = Literal[
    "quiet",  # no edit: the copy gets the table's value where it differs
    "stay",  # what waits for a person goes on waiting
    "take",  # the person has seen the table's present value: the edit goes into the table
    "candidate",  # the table moved meanwhile: both values stand
    "agree",  # both sides hold the same value
    "superseded",  # the table has held this value since it was last shown, and has moved on
    "give_up",  # 采用系统, by whichever way it was said
    "withdraw",  # back to the base before the message came: as if never typed
    "restored",  # emptied where empty means nothing
    "invalid",  # not understood
    "propose",  # an edit of a cell that is not this holder's
    "put_back",  # an edit of a cell that is nobody's
]


class Verdict(NamedTuple):
    """What becomes of a cell, with the value that it shows and why that was not understood (if so). `edited`: somebody
    typed since the cell was left."""

    kind: Kind
    value: Value = BLANK
    trouble: str = ""
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Showing:
    """One cell of one row of a copy, with all that decides on it.

    `raw`: what it shows; `left`: what it was left showing (None in a row without base: `base` is None then). `number`:
    the base's history number. `left_as`: its `BaseCell`, where it was not left in step. `known`: fates of value keys
    already read from this stamp and row; `open`: keys of the cell's open candidates.
    """

    column: Column
    raw: Raw
    left: Raw
    base: Value | None
    number: int
    left_as: BaseCell | None
    table: TableCell
    right: Right
    choice: Choice
    confirmed: bool
    known: Callable[[str], Fate | None]
    open: Collection[str]
    history: Sequence[Held]
    read: Callable[[Raw], Reading]

    @property
    def state(self) -> str:
        return self.left_as.state if self.left_as else ""

    @property
    def seen(self) -> int:
        return self.left_as.seen if self.left_as else self.number

    @property
    def told(self) -> Value | None:
        """The table's value that the message in this copy names."""
        return self.left_as.told if self.left_as and self.left_as.told_number is not None else None

    @property
    def fresh(self) -> bool:
        """The table has not moved since the person was last shown its value."""
        return self.table.number <= self.seen


def judge(cell: Showing) -> Verdict:
    """The verdict on one cell."""
    if cell.raw == cell.left and cell.state != "invalid":
        return _unedited(cell)
    reading = cell.read(cell.raw)
    if _same_as_left(cell, reading):
        return _unedited(cell)
    return _edited(cell, reading)._replace(edited=True)


def _same_as_left(cell: Showing, reading: Reading) -> bool:
    """Another way of writing the same value is no edit; nor is what was not understood, unless it is understood now
    (the tenant has learnt the word)."""
    if cell.state == "invalid":
        return cell.raw == cell.left and bool(reading.trouble)
    left = cell.read(cell.left)
    if left.trouble or reading.trouble or left.value.norm != reading.value.norm:
        return False
    if cell.left_as is None and cell.fresh and left.value.norm != cell.table.value.norm:
        return False  # the word that was left means something else by now, and the table has what it meant
    return cell.base is None or is_blank(cell.raw) == is_blank(cell.left)


def _unedited(cell: Showing) -> Verdict:
    if cell.state not in ("candidate", "invalid"):
        return _base_shown(cell)
    reading = cell.read(cell.raw)
    key = value_key(reading.value, not reading.trouble)
    if cell.choice == "system":
        return Verdict("give_up", reading.value)
    if cell.state == "invalid":
        decided = cell.left_as.origin and key not in cell.open
        return Verdict("quiet" if decided else "stay", reading.value, reading.trouble)
    if reading.value.norm == cell.table.value.norm:
        return Verdict("agree", reading.value)
    if cell.choice == "mine" and cell.right != "edit":
        return Verdict("propose", reading.value)
    if cell.choice == "mine" and key not in cell.open:  # chosen without knowledge of the settlement
        return Verdict("candidate", reading.value)
    if cell.choice == "mine" and cell.fresh:
        return Verdict("take", reading.value)
    return Verdict("stay" if key in cell.open else "quiet", reading.value)


def _base_shown(cell: Showing) -> Verdict:
    """The base shown again is no edit, unless an edit was taken from this very stamp and nobody knows whether the copy
    was written after that: then a person may have typed the base anew over their own edit."""
    if cell.confirmed or cell.base is None or cell.fresh or cell.right != "edit":
        return Verdict("quiet")
    taken = any(cell.known(value_key(held.value)) == "taken" for held in cell.history if held.number > cell.number)
    reachable = cell.base.norm != cell.table.value.norm
    return Verdict("candidate", cell.base) if taken and reachable else Verdict("quiet")


def _edited(cell: Showing, reading: Reading) -> Verdict:
    value, blank = reading.value, is_blank(cell.raw)
    if cell.right == "none":
        return Verdict("put_back" if value.norm != cell.table.value.norm else "quiet", value)
    if cell.right == "propose":
        return _proposed(cell, reading)
    if blank and cell.base is None:
        return Verdict("quiet")
    if blank and cell.column.blank == "keep":
        if cell.state == "candidate":
            return Verdict("give_up")
        return Verdict("restored" if cell.fresh else "quiet")
    if reading.trouble:
        return Verdict("invalid", value, reading.trouble)
    if cell.told is not None and value.norm == cell.told.norm:
        return Verdict("give_up", value)
    if value.norm == cell.table.value.norm:
        return Verdict("agree", value)
    key = value_key(value)
    if cell.known(key) and key not in cell.open:
        return Verdict("quiet", value)
    if cell.base is None:
        return Verdict(_adopted(cell), value)
    if cell.fresh:
        return Verdict("take", value)
    if value.norm == cell.base.norm:
        return Verdict("withdraw", value)
    if any(held.number > cell.seen and held.value.norm == value.norm for held in cell.history):
        return Verdict("superseded", value)
    return Verdict("candidate", value)


def _adopted(cell: Showing) -> Kind:
    """A value in a row that the base does not know, beside another one in the table."""
    if cell.table.number == 0 or cell.choice == "mine" or cell.table.value.norm == cell.column.unset is not None:
        return "take"
    return "give_up" if cell.choice == "system" else "candidate"


def _proposed(cell: Showing, reading: Reading) -> Verdict:
    blank_where_kept = is_blank(cell.raw) and (cell.column.blank == "keep" or cell.base is None)
    if not reading.trouble and reading.value.norm == cell.table.value.norm:
        return Verdict("agree", reading.value)
    if blank_where_kept:
        return Verdict("restored")
    known = cell.known(value_key(reading.value, not reading.trouble))
    return Verdict("put_back" if known else "propose", reading.value, reading.trouble)
