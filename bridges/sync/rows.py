"""Which row of the copy is which: the table "Rows" of docs/sync.md. Identity is the id, never the place.

Most rows of most passes are exactly as they were left, and their table row has not moved: they are recognised by
comparing one text (`Base.is_still`), before anything is parsed, and never looked at again.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from bridges.sync.model import BaseRow, Before, CopyRow, CopySnapshot, KnownRow, value_key
from bridges.sync.values import is_blank, read
from bridges.table import Column, Raw, TableRow

Role = Literal[
    "row",  # a row of the table, or one that was
    "twin",  # the same row seen a second time: its edits count, then it becomes a spare
    "new",  # content that is to become a row
    "unknown",  # an id that nobody gave
    "tie",  # one id on different rows, and nothing says which is the original
]


@dataclass(frozen=True)
class Seen:
    """One row of the copy that needs a look. `cells` in the order of the table's columns, as left where the column is
    missing in the copy. `id`: what it has after the pass ("" = to be given one); `twin_of`: the row that a twin
    repeats; `known`: this content was already read from this stamp."""

    at: CopyRow
    cells: tuple[Raw, ...]
    role: Role
    id: str
    base: BaseRow | None = None
    twin_of: str = ""
    known: bool = False


@dataclass
class Identified:
    """All rows of a copy. `seen`: those that need a look; `quiet`: the others, by id. `missing`: rows of the base that
    are not in the copy. `doubled`: rows to report as doubled, with the id that they now have."""

    seen: list[Seen] = field(default_factory=list)
    quiet: dict[str, CopyRow] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    doubled: list[Seen] = field(default_factory=list)


class Layout:
    """Where the table's columns stand in a copy: cells in the table's order, addresses; `absent`: keys of the columns
    that are not in the copy."""

    def __init__(self, copy: CopySnapshot, before: Before) -> None:
        self.columns = before.table.columns
        self.letters = dict(copy.columns)
        self.note_at, self.id_at = copy.note_at, copy.id_at
        order = {key: index for index, (key, _) in enumerate(copy.columns)}
        self._order = [order.get(column.key) for column in self.columns]
        self._same = self._order == list(range(len(copy.columns)))
        self.absent = [column.key for column in self.columns if column.key not in self.letters]

    def cells(self, row: CopyRow, base: BaseRow | None) -> tuple[Raw, ...]:
        """The row's cells in the table's order; a missing column counts as it was left."""
        if self._same:
            return row.cells
        left = base.shown if base else (None,) * len(self.columns)
        return tuple(left[i] if place is None else row.cells[place] for i, place in enumerate(self._order))


def quiet(row: CopyRow, cells: tuple[Raw, ...], base: BaseRow | None, table: TableRow | None) -> bool:
    """Nothing happened to this row on either side since the base."""
    if base is None or base.cells or cells != base.shown or row.note != base.note:
        return False
    if table is None:
        return base.kind != "row" or base.state == "left"
    return base.kind == "row" and table.number <= base.number and table.state == base.state


def identify(copy: CopySnapshot, before: Before, layout: Layout) -> Identified:
    """Sort the rows of a copy into those that need a look and those that do not."""
    found = Identified()
    table, bases = before.snapshot.rows, before.base
    sights: dict[str, list[CopyRow]] = {}
    for row in copy.rows:
        sights.setdefault(row.id, []).append(row)
    blank = sights.pop("", [])
    free, whole = _KnownRows(before, sights), not layout.absent
    for id_, rows in sights.items():
        # most quiet rows can be told without making anything of their base
        if len(rows) == 1 and whole and table.is_still(id_, layout.cells(rows[0], None), rows[0].note):
            found.quiet[id_] = rows[0]
            continue
        row, base = table.get(id_), bases.get(id_)
        if base is None and row is None:
            found.seen.extend(Seen(one, layout.cells(one, None), "unknown", id_) for one in rows)
        elif row is None and base.kind != "row":
            _spares(rows, base, before, layout, free, found)
        elif len(rows) > 1:
            _doubled(rows, id_, before, layout, free, found)
        elif quiet(rows[0], cells := layout.cells(rows[0], base), base, row):
            found.quiet[id_] = rows[0]
        else:
            found.seen.append(Seen(rows[0], cells, "row", id_, base))
    for row in blank:
        found.seen.append(_without_id(row, layout.cells(row, None), before, free))
    present = found.quiet.keys() | {seen.id for seen in found.seen}
    found.missing = [id_ for id_ in bases if id_ not in present and bases.is_row(id_)]
    return found


def _spares(
    rows: list[CopyRow], base: BaseRow, before: Before, layout: Layout, free: "_KnownRows", found: Identified
) -> None:
    """Lines with a mark that is not yet a row: the one nearest to how it was left keeps the mark; a copy of it in
    which somebody typed is a line of its own, and one in which nobody did is nothing."""
    sights = [(row, layout.cells(row, base)) for row in rows]
    (first, cells), *copies = sorted(sights, key=lambda sight: _distance(sight[1], base, before))
    if quiet(first, cells, base, None):
        found.quiet[base.id] = first
    else:
        read_before = any(known.id == base.id for known in before.added)
        found.seen.append(Seen(first, cells, "new", base.id, base, known=read_before))
    found.seen.extend(_other(row, own, free.take(own), before) for row, own in copies if _distance(own, base, before))


def _other(row: CopyRow, cells: tuple[Raw, ...], known: str, before: Before) -> Seen:
    """A line that turned out not to be the row whose id it shows; `known`: the id that it got when read before."""
    role: Role = "row" if known in before.snapshot.rows else "new"
    return Seen(row, cells, role, known or before.new_id(), known=bool(known))


# ---------------------------------------------------------------- rows without an id


class _KnownRows:
    """Rows already read without an id under this stamp, each to be recognised once, unless a line shows its id."""

    def __init__(self, before: Before, shown: Container[str]) -> None:
        self._left = [known for known in before.added if known.id not in shown]
        self._columns, self._year = before.table.columns, before.table.year
        self._texts = [column.key for column in self._columns if column.kind == "text"]
        self._base = before.base

    def take(self, cells: tuple[Raw, ...], apart: bool = False) -> str:
        """The id by which this content is known, "" for new content. `apart`: a line that shows another row's id is
        told apart from it by its office columns, and known again by them; both have the same texts."""
        content, same = content_of(cells, self._columns, self._year), self._same_office if apart else self._same_text
        for fits in (lambda known: known.content == content, lambda known: same(known, content)):
            known = next(filter(fits, self._left), None)
            if known:
                self._left = [other for other in self._left if other.id != known.id]
                return known.id
        return ""

    def _same_text(self, known: KnownRow, content: Mapping[str, str]) -> bool:
        same = [key for key in self._texts if key in content and content[key] == known.content.get(key)]
        return any(not self._in_base(key, content[key]) for key in same)

    def _same_office(self, known: KnownRow, content: Mapping[str, str]) -> bool:
        keys = [column.key for column in self._columns if column.owner == "office"]
        return all(content.get(key) == known.content.get(key) for key in keys)

    def _in_base(self, key: str, text: str) -> bool:
        index = next(i for i, column in enumerate(self._columns) if column.key == key)
        column = self._columns[index]
        return any(value_key(read(column, base.shown[index], self._year).value) == text for base in self._base.values())


def content_of(cells: tuple[Raw, ...], columns: Sequence[Column], year: int) -> dict[str, str]:
    """What a row says: column key → value key, without blanks, derived columns and what cannot be understood."""
    content = {}
    for column, raw in zip(columns, cells, strict=True):
        if column.owner != "derived" and not is_blank(raw):
            reading = read(column, raw, year)
            if reading.trouble or reading.value.norm is not None:
                content[column.key] = value_key(reading.value, not reading.trouble)
    return content


def _without_id(row: CopyRow, cells: tuple[Raw, ...], before: Before, free: _KnownRows) -> Seen:
    known = free.take(cells)
    if known in before.snapshot.rows:
        return Seen(row, cells, "row", known)
    return Seen(row, cells, "new", known, known=bool(known))


# ---------------------------------------------------------------- the same id on several rows


Sight = tuple[CopyRow, tuple[Raw, ...]]


def _doubled(
    rows: list[CopyRow], id_: str, before: Before, layout: Layout, free: _KnownRows, found: Identified
) -> None:
    """One row seen twice where the office columns agree; otherwise the one nearest to the base is the original."""
    base = before.base.get(id_)
    sights = [(row, layout.cells(row, base)) for row in rows]
    known = {row.at: free.take(cells, apart=True) for row, cells in sights}
    # told apart by an earlier pass, which was not written
    others = [sight for sight in sights if known[sight[0].at] not in ("", id_)]
    first, twins, strangers = _original([sight for sight in sights if sight not in others], base, before)
    if first is None:
        ties = [Seen(row, cells, "tie", id_, base) for row, cells in strangers]
        found.seen.extend(ties)
        found.doubled.extend(ties)
    else:
        found.seen.append(Seen(*first, "row", id_, base))
        others.extend(strangers)
    more = [Seen(*sight, "twin", before.new_id(), base, twin_of=id_) for sight in twins]
    more.extend(_other(row, cells, known[row.at], before) for row, cells in others)
    found.seen.extend(more)
    found.doubled.extend(more)


def _original(
    sights: list[Sight], base: BaseRow | None, before: Before
) -> tuple[Sight | None, list[Sight], list[Sight]]:
    """(the original, its twins, rows that are other ones); no original where nothing tells which it is."""

    def rank(sight: Sight) -> tuple[bool, int]:
        return not sight[0].original, _distance(sight[1], base, before)

    ranked = sorted(sights, key=rank)
    if not ranked:
        return None, [], []
    first, *rest = ranked
    office = _office_cells(first[1], before)
    twins = [sight for sight in rest if _office_cells(sight[1], before) == office]
    strangers = [sight for sight in rest if sight not in twins]
    if not first[0].original and any(rank(sight) == rank(first) for sight in strangers):
        return None, [], ranked
    return first, twins, strangers


def _office_cells(cells: tuple[Raw, ...], before: Before) -> list[str]:
    pairs = zip(before.table.columns, cells, strict=True)
    return [value_key(read(column, raw, before.table.year).value) for column, raw in pairs if column.owner == "office"]


def _said(column: Column, raw: Raw, year: int) -> str:
    reading = read(column, raw, year)
    return value_key(reading.value, not reading.trouble)


def _distance(cells: tuple[Raw, ...], base: BaseRow | None, before: Before) -> int:
    if base is None:
        return 0
    columns, year = before.table.columns, before.table.year
    return sum(
        raw != left and _said(column, raw, year) != _said(column, left, year)
        for column, raw, left in zip(columns, cells, base.shown, strict=True)
    )
