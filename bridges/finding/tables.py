"""Where the tables of a workbook stand: every row is tried as a header, and the best readings win."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bridges.finding.headers import Fit, Header, Matched, bare, header_at, match
from bridges.finding.lines import KINDS, Kind, banners, line_kind
from bridges.finding.sheet import Area, Sheet, value_at
from bridges.sync.values import is_blank
from bridges.table import Column, Table

FEWEST_COLUMNS = 2
"""A header names at least so many of our columns, one of them a text that the office keeps (the task)."""
CLEAR = 1.5
"""The best table is taken without asking when it scores so many times the next one."""


@dataclass(frozen=True)
class Line:
    """One line of a table: its row number, and its kind."""

    number: int
    kind: Kind


@dataclass(frozen=True)
class FoundTable:
    """A table of ours in somebody's sheet. `last`: the last row before another table begins."""

    sheet: Sheet
    header: Header
    matched: Matched
    last: int

    @property
    def score(self) -> int:
        """The sum of how sure its columns are."""
        return sum(fit.sureness for fit in self.matched.fits.values())

    @property
    def name(self) -> str:
        """Its sheet and the first row of its header, as an answer names it."""
        return f"{self.sheet.name}!{self.header.top}"

    @property
    def fits(self) -> Mapping[str, Fit]:
        return self.matched.fits


def find_tables(
    sheets: Iterable[Sheet], table: Table, given: Mapping[str, int | None] | None = None
) -> tuple[FoundTable, ...]:
    """All tables that could be ours, the best one first; equal ones in the order of the workbook."""
    found = [one for sheet in sheets for one in _on(sheet, table, given)]
    return tuple(sorted(found, key=lambda one: -one.score))


def clear_winner(found: Sequence[FoundTable]) -> FoundTable | None:
    """The table that is meant, where nobody need be asked."""
    if found and (len(found) == 1 or found[0].score >= CLEAR * found[1].score):
        return found[0]
    return None


def _on(sheet: Sheet, table: Table, given: Mapping[str, int | None] | None) -> list[FoundTable]:
    names = {bare(word) for column in table.columns for word in (column.header, *column.aliases)}
    best: list[FoundTable] = []
    for row, values in enumerate(sheet.values, 1):
        if any(isinstance(value, str) and bare(value) in names for value in values):
            header = header_at(sheet, row)
            one = FoundTable(sheet, header, match(header.headings, table, given), len(sheet.values))
            if _is_table(one, table) and all(one.header != other.header for other in best):
                best.append(one)
    return _bounded(_without_repeats(_apart(best)))


def _is_table(one: FoundTable, table: Table) -> bool:
    named = [column for column in table.columns if column.key in one.fits]
    doubtful = {key for doubt in one.matched.doubts if not doubt.alike for key in doubt.keys}
    known = [column for column in table.columns if column.key in doubtful] + named
    return len(known) >= FEWEST_COLUMNS and any(c.owner == "office" and c.kind == "text" for c in known)


def _apart(found: list[FoundTable]) -> list[FoundTable]:
    """Of headers that share a row the better one."""
    kept: list[FoundTable] = []
    for one in sorted(found, key=lambda one: (-one.score, one.header.top)):
        if all(one.header.bottom < other.header.top or other.header.bottom < one.header.top for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.header.top)


def _without_repeats(found: list[FoundTable]) -> list[FoundTable]:
    """A header that stands again further down, over the same columns, is a line of the first table."""
    kept: list[FoundTable] = []
    for one in found:
        if not kept or _places(one) != _places(kept[-1]):
            kept.append(one)
    return kept


def _places(one: FoundTable) -> dict[str, int]:
    return {key: fit.column for key, fit in one.fits.items()}


def _bounded(found: list[FoundTable]) -> list[FoundTable]:
    ends = [one.header.top - 1 for one in found[1:]]
    return [replace(one, last=end) for one, end in zip(found, ends, strict=False)] + found[len(ends) :]


# ---------------------------------------------------------------- below the header


def lines(found: FoundTable, table: Table) -> Iterator[Line]:
    """Every line below the header, with its kind."""
    sheet, columns = found.sheet, table_columns(found, table)
    wide = banners(sheet.merged, tuple(columns))
    anchors = merged_down(sheet.merged)
    for number in range(found.header.bottom + 1, found.last + 1):
        filled = dict(enumerate(sheet.values[number - 1], 1))
        filled |= {column: value_at(sheet, top, column) for column, top in anchors.get(number, {}).items()}
        cells = sorted((column, value) for column, value in filled.items() if not is_blank(value))
        yield Line(number, line_kind(cells, columns, found.header, number in wide))


def table_columns(found: FoundTable, table: Table) -> Mapping[int, Column]:
    """Column number → our column."""
    by_key = {column.key: column for column in table.columns}
    return {fit.column: by_key[key] for key, fit in found.fits.items()}


def counted(found: FoundTable, table: Table) -> Mapping[Kind, int]:
    """How many lines of each kind there are."""
    kinds = [line.kind for line in lines(found, table)]
    return {kind: kinds.count(kind) for kind in KINDS}


def merged_down(merged: Sequence[Area]) -> Mapping[int, Mapping[int, int]]:
    """Row → column → the row whose cell shows there: cells merged downwards stand for all their rows."""
    anchors: dict[int, dict[int, int]] = {}
    for top, left, bottom, _ in merged:
        for row in range(top + 1, bottom + 1):
            anchors.setdefault(row, {})[left] = top
    return anchors
