"""The rows of a table of tasks: cells under columns become text, title, units and days."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from core.decompose.brackets import Bracket
from core.decompose.fold import Folded
from core.decompose.lines import Line
from core.decompose.names import Names, Place, read_names
from core.decompose.times import is_deadline, opening_limit, split_deadlines

Cell = Place | None
_NUMBER = re.compile(r"(\d{1,3})[.、]?")
_NOTHING = re.compile(r"[-—/\\]+|无")
UNITS = frozenset(("lead", "coop", "responsible"))


@dataclass(slots=True)
class Row:
    """One row. `mark` is its part of a task's number; `title` and `section` are cells that may stand for several rows.

    `content` is the text beside a title, `bracket` what the cells say of units and days; `merged`: the title is that
    of a neighbour as well.
    """

    line: Line
    mark: str
    text: Place
    title: Cell = None
    section: Cell = None
    content: Cell = None
    bracket: Bracket | None = None
    merged: bool = False


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table, one after the other; `roles` are those of its columns."""

    folded: Folded
    roles: tuple[str | None, ...]
    within: Callable[[int, int], list[Bracket]]
    rows: list[Row] = field(default_factory=list)
    doubts: list[tuple[str, int, int]] = field(default_factory=list)
    _section: Cell = None
    _counted: int = 0

    @property
    def columns(self) -> int:
        """How many cells a row has."""
        return len(self.roles)

    @property
    def complete(self) -> bool:
        """Whether nothing is in doubt, and every row has its units and days where there are columns for them."""
        units, days = not UNITS.isdisjoint(self.roles), "deadline" in self.roles
        brackets = [row.bracket for row in self.rows]
        return not self.doubts and all(
            one and bool(one.units) >= units and bool(one.deadlines) >= days for one in brackets
        )

    @property
    def following(self) -> int:
        """The number of the next row."""
        numbers = _NUMBER.findall(self.rows[-1].mark) if self.rows else ["0"]
        return int(numbers[0]) + 1

    def head(self, place: Place) -> None:
        """A heading between rows: the section of those below."""
        self._section = place

    def take(self, line: Line, cells: Sequence[Cell]) -> bool:
        """Read one row; False where its cells do not fit the columns. Cells that are missing were merged."""
        while len(cells) > self.columns and cells[-1] is None:
            cells = cells[:-1]
        if len(cells) > self.columns:
            return False
        placed = self._placed(cells)
        if placed is None and len(cells) == self.columns and self._fits(cells, strict=False):
            placed = cells
        if placed is not None:
            self._add(line, placed)
        return placed is not None

    def _placed(self, cells: Sequence[Cell]) -> Sequence[Cell] | None:
        """The only certain way to give cells their columns; merged ones may be missing before, behind or between them.

        Blanks at the end may stand for what is missing further left (3.办好专栏 | 甲科 | 全年 | |).
        """
        filled = list(cells)
        while filled and filled[-1] is None:
            del filled[-1]
        spare = self.columns - len(filled)
        outer = [[*filled, *[None] * spare], [*[None] * spare, *filled]]
        if len(cells) < self.columns:
            outer.reverse()
        inner = [
            [*filled[:at], *[None] * gap, *filled[at:], *[None] * (spare - gap)]
            for gap in range(1, spare + 1)
            for at in range(len(filled))
        ]
        if certain := [placed for placed in outer if self._fits(placed, strict=True)]:
            return certain[0]
        certain = [placed for placed in inner if self._names_units(placed) and self._fits(placed, strict=True)]
        return certain[0] if len(certain) == 1 else None

    def _names_units(self, cells: Sequence[Cell]) -> bool:
        return any(cell and role in UNITS for role, cell in zip(self.roles, cells, strict=True))

    def take_as_text(self, line: Line, text: Place) -> None:
        """A row of which only the text is certain."""
        self._counted += 1
        self.rows.append(Row(line, f"({self._counted})", text, section=self._section))

    def part_tails(self) -> None:
        """Units and days behind the last sentence of a row (…。办公室6月底前); a doubt where there are none."""
        text = self.folded.text
        for row in self.rows:
            start, end = row.text
            tail = text.rfind("。", start, end) + 1
            day = next((at for at in range(tail, end) if is_deadline(text, at, end)), end) if tail else end
            names = read_names(self.folded, tail, day, "responsible") if 0 < tail < day else Names()
            if names.certain(text):
                row.text = (start, tail)
                days = tuple(split_deadlines(text, day, end)) if day < end else ()
                row.bracket = Bracket(tail, end, "", names.units, days)
            else:
                self.doubts.append(("table", *row.text))

    def finished(self) -> list[Row]:
        """All rows; several of one number (merged downwards) are its parts #1, #2 …"""
        for _, same in groupby(self.rows, key=lambda row: row.mark):
            rows = list(same)
            for part, row in enumerate(rows if len(rows) > 1 else (), start=1):
                row.mark += f"#{part}"
        return self.rows

    def _fits(self, cells: Sequence[Cell], strict: bool) -> bool:
        """Whether every cell can be what its column says; `strict`: cells are missing, so that it must be certain."""
        text = self.folded.text
        for role, cell in zip(self.roles, cells, strict=True):
            if cell is None:
                continue
            if role == "number" and not _NUMBER.fullmatch(text, *cell):
                return False
            if role in UNITS and not self.within(*cell) and not _NOTHING.fullmatch(text, *cell):
                names = read_names(self.folded, *cell, role)
                if names.doubts or (strict and not names.certain(text)):
                    return False
            if role == "text" and strict and _NUMBER.fullmatch(text, *cell):
                return False
            if role == "deadline" and strict and not _limits(text, *cell):
                return False
        filled = {role for role, cell in zip(self.roles, cells, strict=True) if cell}
        return "text" in filled and not (strict and filled.isdisjoint((*UNITS, "deadline")))

    def _add(self, line: Line, cells: Sequence[Cell]) -> None:
        by_role: dict[str | None, list[Cell]] = {}
        for role, cell in zip(self.roles, cells, strict=True):
            by_role.setdefault(role, []).append(cell)
        above = self.rows[-1] if self.rows else None
        self._section = next(filter(None, reversed(by_role.get("category", []))), self._section)
        numbers = by_role.get("number", [None])
        if numbers[0]:
            mark = f"({_NUMBER.fullmatch(self.folded.text, *numbers[0])[1]})"
        elif above and "number" in by_role:
            mark = above.mark
        else:
            mark = f"({self._counted + 1})"
        self._counted += above is None or mark != above.mark
        texts = by_role["text"]
        row = Row(line, mark, next(filter(None, reversed(texts))), section=self._section)
        if len(texts) > 1:
            self._entitle(row, texts, above)
        row.bracket = self._bracket(cells)
        if row.bracket is None and UNITS.intersection(by_role):
            self.doubts.append(("cell", *row.text))
        self.doubts += [("duty", *cell) for cell in by_role.get("other", []) if cell]
        self.rows.append(row)

    def _entitle(self, row: Row, texts: list[Cell], above: Row | None) -> None:
        """The first of several texts is the title; one that is blank, or the same as above, stands for both rows."""
        name, rest = texts[0], [cell for cell in texts[1:] if cell]
        told = above.title if above and above.title else None
        row.merged = told is not None and (name is None or self._same(name, told))
        row.title = told if row.merged else name
        if rest:
            row.content = (rest[0][0], rest[-1][1])
            row.text = row.content if row.merged or name is None else (name[0], rest[-1][1])
        if row.merged and above:
            above.merged = True

    def _same(self, one: Place, other: Place) -> bool:
        return self.folded.text[slice(*one)] == self.folded.text[slice(*other)]

    def _bracket(self, cells: Sequence[Cell]) -> Bracket | None:
        """Units and days of a row, as if they stood in a bracket."""
        found: Bracket | None = None
        for role, cell in zip(self.roles, cells, strict=True):
            if cell is None or _NOTHING.fullmatch(self.folded.text, *cell) or role not in (*UNITS, "deadline"):
                continue
            for one in self.within(*cell) if role in UNITS else ():
                found = found.joined(one) if found else one
            if role == "deadline":
                read = Names(deadlines=tuple(split_deadlines(self.folded.text, *cell)))
            else:
                read = Names() if self.within(*cell) else read_names(self.folded, *cell, role)
            one = Bracket(*cell, "", read.units, read.deadlines, read.doubts)
            found = found.joined(one) if found else one
        return found


def _limits(text: str, start: int, end: int) -> bool:
    """Whether a value is a time limit, opens with one (2月公布预算,8月公布决算), or names one in each part."""
    several = len(split_deadlines(text, start, end)) > 1
    return several or is_deadline(text, start, end) or opening_limit(text, start, end) is not None
