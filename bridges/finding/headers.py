"""Headers as units write them: one row or two, groups over sub-headers, synonyms, units in brackets."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from bridges.finding.sheet import Sheet, merged_at, text_at, width
from bridges.sync.values import clean
from bridges.table import Table

OWN_NAME, WITHOUT_BRACKETS, SYNONYM, ALIKE = 100, 95, 90, 60
"""How sure a header is the column's: percent. What is only alike is asked, never taken."""
JOINED, GROUP = 5, 30
"""Less sure: the two rows of a header read as one word; the name of the group alone."""
SHORTEST_ALIKE = 2
DEEPEST = 3
"""Rows of a header; merged cells that reach further down are no header."""
KEPT = 2048
"""Answers about names that are kept: in every pass each header is held against each name of ours, and it is always the
same few."""
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】|〔[^〔〕]*〕")
_MARKS = "*★☆:,;、。.·\"'"


class Name(NamedTuple):
    """One reading of a header, and how much less sure it is for that."""

    text: str
    less: int = 0


@dataclass(frozen=True)
class Heading:
    """What stands over one column: `names` are its readings, the most specific first."""

    column: int
    names: tuple[Name, ...]

    @property
    def shown(self) -> str:
        """The whole header as one line; tells it from the other headers of a group."""
        return clean(max((name.text for name in self.names), key=len))


@dataclass(frozen=True)
class Header:
    """The header of a table: its rows, and what stands over each column."""

    top: int
    bottom: int
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Fit:
    """A column of ours and where it stands, with the percentage by which its header says so."""

    key: str
    column: int
    header: str
    sureness: int


@dataclass(frozen=True)
class Doubt:
    """Headers and columns of ours that fit each other in more than one way. `alike`: no name of ours stands there, only
    something like it; left open, the column is the person's own."""

    keys: tuple[str, ...]
    columns: tuple[int, ...]
    alike: bool = False


@dataclass(frozen=True)
class Matched:
    """Which columns are ours: key → fit in the order of the table, and what nobody but a person can tell."""

    fits: Mapping[str, Fit]
    doubts: tuple[Doubt, ...] = ()


# ---------------------------------------------------------------- reading a header


def header_at(sheet: Sheet, row: int, skip: Iterable[int] = ()) -> Header:
    """The header that this row belongs to, with the group row above it or the sub-headers below it."""
    top, bottom = _block(sheet, row)
    headings = (Heading(column, tuple(_names(sheet, top, bottom, column))) for column in _columns(sheet, skip))
    return Header(top, bottom, tuple(heading for heading in headings if heading.names))


def _columns(sheet: Sheet, skip: Iterable[int]) -> Iterator[int]:
    left_out = set(skip)
    return (column for column in range(1, width(sheet) + 1) if column not in left_out)


def _block(sheet: Sheet, row: int) -> tuple[int, int]:
    tall = [a for a in merged_at(sheet, row).values() if a[0] < a[2] < a[0] + DEEPEST and _is_text(sheet, a)]
    if tall:
        return min(a[0] for a in tall), max(a[2] for a in tall)
    if _is_group_row(sheet, row, row + 1):
        return row, row + 1
    if row > 1 and _is_group_row(sheet, row - 1, row):
        return row - 1, row
    return row, row


def _is_text(sheet: Sheet, area: tuple[int, int, int, int]) -> bool:
    return bool(text_at(sheet, area[0], area[1]))


def _is_group_row(sheet: Sheet, upper: int, lower: int) -> bool:
    """Some headers of `upper` stand over several of `lower`, and under the others there is nothing."""
    groups, singles = [], 0
    for first, last in _spans(sheet, upper):
        below = [bool(text_at(sheet, lower, column)) for column in range(first, last + 1)]
        if ":" in clean(text_at(sheet, upper, first)):  # 制表单位：… above a header is no group
            return False
        if first < last and all(below):
            groups.append(first)
        elif any(below):
            return False
        else:
            singles += 1
    return bool(groups) and bool(singles or len(groups) > 1)


def _spans(sheet: Sheet, row: int) -> Iterator[tuple[int, int]]:
    """(first, last column) of each header of a row: merged cells, or a text and the blanks that follow it."""
    merged, last = merged_at(sheet, row), width(sheet)
    column = 1
    while column <= last:
        end = merged[column][3] if column in merged else column
        if text_at(sheet, row, column):
            while (
                column not in merged
                and end < last
                and _is_blank_over_text(sheet, row, end + 1)
                and end + 1 not in merged
            ):
                end += 1
            yield column, end
        elif text_at(sheet, row + 1, column):
            yield column, column
        column = end + 1


def _is_blank_over_text(sheet: Sheet, row: int, column: int) -> bool:
    return not text_at(sheet, row, column) and bool(text_at(sheet, row + 1, column))


def _names(sheet: Sheet, top: int, bottom: int, column: int) -> Iterator[Name]:
    parts = []
    for row in range(top, bottom + 1):
        text = text_at(sheet, row, column) or _group_over(sheet, row, bottom, column)
        if text:
            parts.append(text)
    if len(parts) > 1:
        yield Name(parts[-1])
        yield Name("".join(parts), JOINED)
        yield Name(parts[0], GROUP)
    elif parts:
        yield Name(parts[0])


def _group_over(sheet: Sheet, row: int, bottom: int, column: int) -> str:
    if row == bottom:
        return ""
    return next((text_at(sheet, row, a) for a, b in _spans(sheet, row) if a <= column <= b), "")


# ---------------------------------------------------------------- whose header it is


@lru_cache(maxsize=KEPT)
def bare(name: str) -> str:
    """A header without brackets (units, remarks) and without marks around it."""
    text = clean(name)
    return (_BRACKETS.sub("", text) or text).strip(_MARKS)


def match(headings: Sequence[Heading], table: Table, given: Mapping[str, int | None] | None = None) -> Matched:
    """Assign headers to our columns, the surest first, and only where there is one way to do it.

    `given`: column key → column number (None: not in this sheet), as a person answered.
    """
    given = given or {}
    by_column = {heading.column: heading for heading in headings}
    fits = {
        key: Fit(key, at, by_column[at].shown, OWN_NAME)
        for key, at in given.items()
        if at is not None and at in by_column
    }
    names = tuple(
        (column.key, column.header, column.aliases, column.owner == "derived")
        for column in table.columns
        if column.key not in given
    )
    pairs = [(sure, key, one.column) for one in headings for sure, key in _readings(one.names, names)]
    doubts = []
    for sureness in sorted({sureness for sureness, _, _ in pairs}, reverse=True):
        taken = {fit.column for fit in fits.values()}
        level = [(key, at) for sure, key, at in pairs if sure == sureness and key not in fits and at not in taken]
        if sureness == ALIKE:
            doubts.extend(Doubt((key,), tuple(a for k, a in level if k == key), alike=True) for key in dict(level))
            continue
        sure, unclear = _one_way(level)
        fits |= {key: Fit(key, at, by_column[at].shown, sureness) for key, at in sure}
        doubts.extend(unclear)
    ordered = {column.key: fits[column.key] for column in table.columns if column.key in fits}
    return Matched(ordered, tuple(_still_open(doubts, ordered)))


@lru_cache(maxsize=KEPT)
def _readings(
    heading: tuple[Name, ...], columns: tuple[tuple[str, str, tuple[str, ...], bool], ...]
) -> tuple[tuple[int, str], ...]:
    """(how sure, key) of the columns that a header may be, each by the header's best reading. `columns`: key, header,
    aliases, and whether it is derived, when nobody is asked about what is only alike."""
    found = []
    for key, header, aliases, derived in columns:
        best = max((_sureness(name.text, header, aliases) - name.less for name in heading), default=0)
        if best > ALIKE or (best == ALIKE and not derived):
            found.append((best, key))
    return tuple(found)


def _sureness(name: str, header: str, aliases: tuple[str, ...]) -> int:
    plain = bare(name)
    if plain == bare(header):
        return OWN_NAME if clean(name) == clean(header) else WITHOUT_BRACKETS
    if plain in map(bare, aliases):
        return SYNONYM
    known = map(bare, (header, *aliases))
    return ALIKE if any(len(word) >= SHORTEST_ALIKE and word in plain for word in known) else 0


Pair = tuple[str, int]


def _one_way(level: list[Pair]) -> tuple[list[Pair], list[Doubt]]:
    """The pairs that are the only ones for their header and for their column, and the rest in groups."""
    sure: list[Pair] = []
    while alone := [p for p in level if sum(p[0] == q[0] or p[1] == q[1] for q in level) == 1]:
        sure.extend(alone)
        level = [p for p in level if p not in alone]
    doubts = []
    while level:
        keys, columns = {level[0][0]}, {level[0][1]}
        while more := [p for p in level if (p[0] in keys) != (p[1] in columns)]:
            keys |= {key for key, _ in more}
            columns |= {at for _, at in more}
        doubts.append(Doubt(tuple(sorted(keys)), tuple(sorted(columns))))
        level = [p for p in level if p[0] not in keys]
    return sure, doubts


def _still_open(doubts: Iterable[Doubt], fits: Mapping[str, Fit]) -> Iterator[Doubt]:
    taken = {fit.column for fit in fits.values()}
    for doubt in doubts:
        keys = tuple(key for key in doubt.keys if key not in fits)
        columns = tuple(column for column in doubt.columns if column not in taken)
        if keys and columns:
            yield Doubt(keys, columns, doubt.alike)
