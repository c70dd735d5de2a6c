"""Several returns of one packet version: which of the values in them still stand (docs/rounds.md).

A unit sends a draft and then the whole, its divisions send a part each, and all of it arrives in any order. What was
sent can be told from content only, so a return replaces another one when it says all that the other says, and more.
The merge itself is the engine's: this module only tells it, before a pass, what has been replaced.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from bridges.sync.model import BaseCell, BaseRow, Before, Closed, CopySnapshot, value_key
from bridges.sync.plan import Plan
from bridges.sync.rows import Identified, Layout, identify
from bridges.sync.values import is_blank
from bridges.sync.work import Cell, Row, open_row
from bridges.table import BLANK, CellKey, Value


class Edit(NamedTuple):
    """A value typed into a copy of some version. `valid` is False for what was not understood; `over`: keys of the
    values that its author had before him, in the cell and in its message."""

    row: str
    field: str
    value: Value
    valid: bool = True
    over: tuple[str, ...] = ()

    @property
    def cell(self) -> CellKey:
        return self.row, self.field

    @property
    def key(self) -> str:
        return value_key(self.value, self.valid)


@dataclass(frozen=True)
class Returned:
    """A return received earlier: its edits, the history number that the changes of its pass got (0: there were none),
    and the values that left by it."""

    edits: tuple[Edit, ...]
    number: int
    corrected: tuple[Edit, ...] = ()


@dataclass(frozen=True)
class Review:
    """A return, ready for the engine. `before` knows what has been replaced; `copy` shows the value that stands where
    only this return tells that the table's does not. `corrected`: values that leave by this return, and those of its
    own that had been replaced before it came; `closed`: the candidates among them."""

    copy: CopySnapshot
    before: Before
    edits: tuple[Edit, ...]
    corrected: tuple[Edit, ...]
    closed: tuple[Closed, ...]
    found: Identified | None
    """Its rows, where they are as they were identified."""

    def complete(self, plan: Plan) -> Plan:
        """The engine's Plan, and the candidates that leave."""
        if plan.stopped or not self.closed:
            return plan
        records = plan.records
        more = tuple(closed for closed in self.closed if closed not in records.closed)
        return replace(plan, records=replace(records, closed=(*records.closed, *more)))


# ---------------------------------------------------------------- what stands: pure set theory

_ByCell = Mapping[CellKey, Mapping[str, Edit]]


def _by_cell(edits: Sequence[Edit]) -> _ByCell:
    cells: dict[CellKey, dict[str, Edit]] = defaultdict(dict)
    for edit in edits:
        cells[edit.cell][edit.key] = edit
    return cells


def is_successor(one: _ByCell, other: _ByCell, texts: Collection[str]) -> bool:
    """Whether `one` changes every cell that `other` changed, and more, with an equal free text among them: equal
    status words, dates and numbers prove nothing."""
    return one.keys() > other.keys() and any(
        edit.valid and edit.value != BLANK and edit.key in one[cell]
        for cell, edits in other.items()
        if cell[1] in texts
        for edit in edits.values()
    )


def standing(returns: Sequence[Sequence[Edit]], texts: Collection[str]) -> Mapping[CellKey, set[str]]:
    """Each cell → keys of the values that some return says and none of that return's successors corrects. Only what
    was understood corrects anything."""
    known = [_by_cell(edits) for edits in returns]
    stands: dict[CellKey, set[str]] = defaultdict(set)
    for one in known:
        successors = [other for other in known if is_successor(other, one, texts)]
        for cell, edits in one.items():
            said = [other[cell] for other in successors if any(edit.valid for edit in other[cell].values())]
            stands[cell].update(key for key in edits if all(key in keys for keys in said))
    return stands


# ---------------------------------------------------------------- one return


def edits_in(copy: CopySnapshot, before: Before) -> tuple[Edit, ...]:
    """What was typed into a copy since it was left."""
    layout = Layout(copy, before)
    return tuple(edit for edit, _, _ in _edited_cells(identify(copy, before, layout), before, layout))


def _edited_cells(rows: Identified, before: Before, layout: Layout) -> list[tuple[Edit, Row, Cell]]:
    """As the engine sees it; an emptied `keep` cell says nothing."""
    seen = (one for one in rows.seen if one.role in ("row", "twin") and one.base)
    found = []
    for row in (open_row(one, before, layout) for one in seen):
        for cell in row.cells.values():
            says = not (is_blank(cell.showing.raw) and cell.column.blank == "keep")
            if cell.verdict.edited and says and cell.column.owner != "derived":
                edit = Edit(row.id, cell.column.key, cell.verdict.value, not cell.verdict.trouble, _seen(cell))
                found.append((edit, row, cell))
    return found


def _seen(cell: Cell) -> tuple[str, ...]:
    left = cell.showing.read(cell.showing.left)
    told = cell.showing.told
    return (value_key(left.value, not left.trouble), *([value_key(told)] if told else ()))


Received = Mapping[str, Sequence[Returned]]
"""All returns received of some rows: the version found in them (the pass of their stamp) → returns."""


def review(copy: CopySnapshot, before: Before, received: Received) -> Review:
    """Judge a return beside all that were received before it (itself not among them)."""
    layout = Layout(copy, before)
    rows = identify(copy, before, layout)
    typed = _edited_cells(rows, before, layout)
    edits = tuple(edit for edit, _, _ in typed)
    before = replace(before, confirmed=True)  # we never write into a return: its base shown again is never an edit
    judge = _Judge(before, edits, received)
    before = _forget(before, [edit for edit in edits if judge.is_back(edit)], judge.numbers)
    before, closed = _leave_candidates(before, judge, edits)
    corrected = [edit for edit in edits if not judge.stands(edit)]
    shown: dict[tuple[str, str], Value] = {}
    bases: dict[str, BaseRow] = {}
    for edit, row, cell in typed:
        table = cell.showing.table
        held = Edit(edit.row, edit.field, table.value)
        ours = row.table is not None and table.number in judge.numbers
        if ours and (judge.has_left(held) or held.key in edit.over):
            left = cell.showing.left_as or BaseCell("held", cell.showing.base or BLANK, cell.showing.number)
            seen = replace(left, told=table.value, told_number=table.number)
            kept = bases.get(row.id) or before.base[row.id]
            bases[row.id] = replace(kept, cells={**kept.cells, edit.field: seen})
            corrected.extend([held] if judge.has_left(held) else [])
            if not judge.stands(edit):
                shown[row.seen.at.at, edit.field] = judge.one_that_stands(edit)
    before = replace(judge.hide(before), base=before.base.having(bases.values()))
    corrected.extend(judge.said(closed))
    found = None if bases or shown else rows
    return Review(_showing(copy, shown), before, edits, tuple(dict.fromkeys(corrected)), tuple(closed), found)


def settled_view(before: Before, received: Received) -> Before:
    """What a reply to a return is made from: its edits are all known by now, and those replaced stay out."""
    return _Judge(before, (), received).hide(replace(before, confirmed=True))


_Said = tuple[str, str, str]
"""Row, field and value key."""


def _said(edit: Edit) -> _Said:
    return (*edit.cell, edit.key)


class _Judge:
    """What was said in all versions of these rows, and which of it stands."""

    def __init__(self, before: Before, edits: tuple[Edit, ...], received: Received) -> None:
        texts = {column.key for column in before.table.columns if column.kind == "text"}
        own = received.get(before.stamp, ())
        others = [found for version, found in received.items() if version != before.stamp]
        elsewhere = [one for found in others for one in found]
        self.numbers = {one.number for one in (*own, *elsewhere) if one.number}
        self._mine = {column.key for column in before.table.columns if column.owner == "unit"}
        self._was = _keys(standing([one.edits for one in own], texts))
        self._now = standing([*(one.edits for one in own), edits], texts)
        self._own = {_said(edit): edit for one in (*(one.edits for one in own), edits) for edit in one}
        self._elsewhere = {said for found in others for said in _keys(standing([one.edits for one in found], texts))}
        self._over = {(*edit.cell, key) for one in elsewhere for edit in one.edits for key in edit.over}
        self._lost = {_said(edit) for one in (*own, *elsewhere) for edit in one.corrected}

    def stands(self, edit: Edit) -> bool:
        """A proposal, or a value that no successor in this version corrects."""
        return edit.field not in self._mine or edit.key in self._now[edit.cell]

    def has_left(self, held: Edit) -> bool:
        """A value that was said and corrected, and that nobody says any more."""
        corrected = self._lost | self._own.keys()
        return _said(held) in corrected and held.key not in self._now[held.cell] and _said(held) not in self._elsewhere

    def is_back(self, edit: Edit) -> bool:
        """A value that had left and now stands again, as this return says it too; unless somebody who had it before
        him has typed over it."""
        said = _said(edit)
        return said in self._lost and self.stands(edit) and said not in self._was | self._elsewhere | self._over

    def one_that_stands(self, edit: Edit) -> Value:
        keys = sorted(self._now[edit.cell])
        return next(one.value for key in keys if (one := self._own[(*edit.cell, key)]).valid)

    def replaced(self) -> list[Edit]:
        """What was said in this version and does not stand."""
        return [edit for edit in self._own.values() if not self.stands(edit)]

    def said(self, closed: Sequence[Closed]) -> list[Edit]:
        """Closed candidates that were said in this version."""
        keys = {(one.owner, one.field, one.key) for one in closed}
        return [edit for edit in self.replaced() if _said(edit) in keys]

    def hide(self, before: Before) -> Before:
        """Known edits are no edits: so is what has been replaced, though others may still wait with the same value."""
        replaced = self.replaced()
        hidden = {(*_key(before, edit), edit.key) for edit in replaced}
        candidates = {
            cell: tuple(one for one in found if (*cell, one.key) not in hidden)
            for cell, found in before.candidates.items()
        }
        known = {**before.known, **{_said(edit): "taken" for edit in replaced}}
        return replace(before, known=known, candidates=candidates)


def _keys(stands: Mapping[CellKey, set[str]]) -> set[_Said]:
    return {(*cell, key) for cell, keys in stands.items() for key in keys}


def _leave_candidates(before: Before, judge: _Judge, edits: Sequence[Edit]) -> tuple[Before, list[Closed]]:
    """Take off the candidates what has been replaced in this version, and what this author saw and typed over."""
    candidates = dict(before.candidates)
    closed: list[Closed] = []
    for edit in judge.replaced():
        key, rest = _key(before, edit), []
        for one in candidates.get(key, ()):
            gone = [o for o in one.origins if one.key == edit.key and o.stamp == before.stamp]
            closed.extend(Closed(*key, one.key, "replaced", origin.pass_id, origin.row) for origin in gone)
            origins = tuple(origin for origin in one.origins if origin not in gone)
            rest.extend([replace(one, origins=origins)] if origins else [])
        candidates[key] = tuple(rest)
    for edit in edits:
        key, base = _key(before, edit), before.base[edit.row].cells.get(edit.field)
        over = [one for one in candidates.get(key, ()) if base is None and one.key in edit.over]
        closed.extend(Closed(*key, one.key, "replaced") for one in over)
        candidates[key] = tuple(one for one in candidates.get(key, ()) if one not in over)
    return replace(before, candidates=candidates), closed


def _key(before: Before, edit: Edit) -> CellKey:
    """The cell of the table that an edit is about."""
    row = before.snapshot.rows.get(edit.row)
    column = next(column for column in before.table.columns if column.key == edit.field)
    return (row.owner_of(column) if row else edit.row), edit.field


def _forget(before: Before, back: Sequence[Edit], numbers: Collection[int]) -> Before:
    """What had left and is back was never read, and never stood in the table."""
    if not back:
        return before
    gone = {(*edit.cell, edit.key) for edit in back}
    history = dict(before.snapshot.history)
    for edit in back:
        key = _key(before, edit)
        held = history.get(key, ())
        history[key] = tuple(h for h in held if h.number not in numbers or h.value.norm != edit.value.norm)
    known = {key: fate for key, fate in before.known.items() if key not in gone}
    return replace(before, known=known, snapshot=replace(before.snapshot, history=history))


def _showing(copy: CopySnapshot, shown: Mapping[tuple[str, str], Value]) -> CopySnapshot:
    """The copy with other values in some cells: (row's address part, field) → value."""
    if not shown:
        return copy
    rows = list(copy.rows)
    for index, row in enumerate(rows):
        cells = tuple(
            shown[row.at, key].written if (row.at, key) in shown else raw
            for (key, _), raw in zip(copy.columns, row.cells, strict=True)
        )
        rows[index] = replace(row, cells=cells)
    return replace(copy, rows=tuple(rows))
