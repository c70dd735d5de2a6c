"""The rows of a table of tasks: cells under columns become text, title, units and days."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby, takewhile

from core.decompose.brackets import Bracket
from core.decompose.columns import spread_roles, with_categories
from core.decompose.fold import Folded
from core.decompose.lines import Line
from core.decompose.names import NOTHING, Names, Place, read_names
from core.decompose.numbering import read_label
from core.decompose.times import all_deadlines, has_limit, is_deadline, may_be_limit, split_deadlines

Cell = Place | None
_Test = Callable[[str | None, Place], bool]
# 36、37: one row for two numbers of the list it was taken from
_NUMBER = re.compile(r"(\d{1,3}(?:[、,]\d{1,3})*)[.、]?")
_DIGITS = re.compile(r"\d+")
# what stands behind the first sentence of a cell
_FURTHER = re.compile(r"(?<=[。;\n\t])[^。;\n\t]+")
UNITS = frozenset(("lead", "coop", "responsible"))
_UNSAID = ("text", "beside", None)
_MOST_MERGED = 3
"""Cells that may be missing between others: with more of them a row can be read in too many ways."""


@dataclass(slots=True)
class Row:
    """One row. `mark` is its part of a task's number, `title` the cell that names it and no other row.

    `headings` stand over it and its neighbours, the outermost first; `content` is the text beside a title, `bracket`
    what the cells say of units and days.
    """

    line: Line
    mark: str
    text: Place
    title: Cell = None
    headings: tuple[Place, ...] = ()
    content: Cell = None
    bracket: Bracket | None = None

    def put_under(self, heading: Place) -> None:
        """The cell before the text heads this row and others: what is left is the row."""
        self.headings += (heading,)
        self.title, self.text = None, self.content or self.text


@dataclass(slots=True)
class RowReader:
    """Reads the rows of one table, one after the other; `roles` are those of its columns."""

    folded: Folded
    roles: tuple[str | None, ...]
    within: Callable[[int, int], list[Bracket]]
    rows: list[Row] = field(default_factory=list)
    doubts: list[tuple[str, int, int]] = field(default_factory=list)
    _headings: tuple[Place, ...] = ()
    _categories: tuple[Place, ...] = ()
    # the cell that names rows from one on, and that row
    _name: tuple[Place, Row] | None = None
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
        """The number of the next row, where they run."""
        return int(_DIGITS.findall(self.rows[-1].mark)[-1]) + 1 if self.rows else 1

    def numbers(self, text: str, least: int) -> bool:
        """Whether a text is the number of a row that may follow.

        Rows taken out of a longer list (their first number is not 1) keep their numbers, which rise but do not run.
        """
        found = _NUMBER.fullmatch(text)
        if not found:
            return False
        number = int(_DIGITS.match(text)[0])
        chosen = number > 1 if not self.rows else self.rows[0].mark not in ("(1)", "(1)#1")
        return number == least or (chosen and number > least)

    def head(self, place: Place) -> None:
        """A heading between rows: that of those below, within the one before it where its number is a deeper one."""
        rank = self._rank(place)
        over = tuple(one for one in self._headings if rank and 0 < self._rank(one) < rank)
        self._headings, self._categories, self._name = (*over, place), (), None

    def _rank(self, place: Place) -> int:
        """The level of the number that opens a text; 0 where none does."""
        label = read_label(self.folded.text[slice(*place)])
        return label.rank if label else 0

    def spread(self, cells: Sequence[Cell]) -> None:
        """Words of the header that stand over several columns are parted by what the first row holds, if it is full."""
        filled = list(takewhile(bool, cells))
        if len(cells) == self.columns and not any(cells[len(filled) :]):
            numbers = (_NUMBER.fullmatch(self.folded.text, *cell) for cell in filled)
            kinds = ["number" if number else self.kind(*cell) for number, cell in zip(numbers, filled, strict=True)]
            self.roles = spread_roles(self.roles[: len(filled)], kinds) + self.roles[len(filled) :]

    def count(self, cells: Sequence[Cell]) -> None:
        """A column of numbers without a word over it is known by the first row, which holds a cell more than the header
        has words, all of their kinds but for a 1."""
        known = "number" in self.roles or len(cells) != self.columns + 1 or not all(cells)
        ones = [] if known else [place for place, cell in enumerate(cells) if self.folded.text[slice(*cell)] == "1"]
        if len(ones) != 1:
            return
        others = [cell for place, cell in enumerate(cells) if place != ones[0]]
        if all(self.can_be(role, cell) for role, cell in zip(self.roles, others, strict=True)):
            self.roles = with_categories((*self.roles[: ones[0]], "number", *self.roles[ones[0] :]))

    def kind(self, start: int, end: int) -> str:
        """What a cell can only be: units, deadline, or (empty) text."""
        if all_deadlines(self.folded.text, start, end):
            return "deadline"
        return "units" if read_names(self.folded, start, end, "responsible").certain(self.folded.text) else ""

    def take(self, line: Line, cells: Sequence[Cell]) -> bool:
        """Read one row; False where its cells do not fit the columns. Cells that are missing were merged."""
        while len(cells) > self.columns and cells[-1] is None:
            cells = cells[:-1]
        if len(cells) > self.columns:
            return False
        placed = self._placed(cells)
        if placed is None and len(cells) == self.columns:
            whole = self._under(cells)
            placed = cells if "text" in dict(whole) and all(self._may_be(*one) for one in whole) else None
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
        can_be = cache(self.can_be)
        outer = [[*filled, *[None] * spare], [*[None] * spare, *filled]]
        if len(cells) < self.columns:
            outer.reverse()
        elif self._tells(cells) and self._names_units(cells, can_be):
            return cells  # where the units are in their place, so is what should be a limit
        for placed in outer:
            if self._tells(placed) and all(can_be(*one) for one in self._under(placed)):
                return placed
        inner = self._gapped(filled, can_be) if spare <= _MOST_MERGED else ()
        certain = [
            placed for placed in inner if self._tells(placed) and not UNITS.isdisjoint(dict(self._under(placed)))
        ]
        # which of two texts is missing says nothing of units and days: as a rule it is the title of several rows
        said = {tuple(one for one in self._under(placed) if one[0] not in _UNSAID) for placed in certain}
        return certain[-1] if len(said) == 1 else None

    def _under(self, cells: Sequence[Cell]) -> list[tuple[str | None, Place]]:
        """The cells that are there, each with the role of its column."""
        return [(role, cell) for role, cell in zip(self.roles, cells, strict=True) if cell]

    def _names_units(self, cells: Sequence[Cell], can_be: _Test) -> bool:
        under = self._under(cells)
        placed = [(role, cell) for role, cell in under if role == "number" or role in UNITS]
        limits = all(self._may_be(role, cell) for role, cell in under if role == "deadline")
        return limits and any(role in UNITS for role, _ in placed) and all(can_be(*one) for one in placed)

    def _gapped(self, cells: Sequence[Cell], can_be: _Test, column: int = 0) -> Iterator[list[Cell]]:
        """Every way to give cells in order to the columns from one on, by what each can be; the leftmost first."""
        spare = self.columns - column - len(cells)
        if not cells:
            yield [None] * spare
            return
        if cells[0] is None or can_be(self.roles[column], cells[0]):
            yield from ([cells[0], *rest] for rest in self._gapped(cells[1:], can_be, column + 1))
        if spare:
            yield from ([None, *rest] for rest in self._gapped(cells, can_be, column + 1))

    def take_as_text(self, line: Line, text: Place) -> None:
        """A row of which only the text is certain."""
        self._counted += 1
        self.rows.append(Row(line, f"({self._counted})", text, headings=self._over()))

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

    def _tells(self, cells: Sequence[Cell]) -> bool:
        """Whether there is a text, and units or days to it."""
        there = dict(self._under(cells))
        return "text" in there and not there.keys().isdisjoint((*UNITS, "deadline"))

    def can_be(self, role: str | None, cell: Place) -> bool:
        """Whether a cell is beyond doubt of the kind of a column; a text is no number, no list of bodies, no limit."""
        text = self.folded.text
        if NOTHING.fullmatch(text, *cell):
            return role not in ("number", "text")
        if role == "number":
            return bool(_NUMBER.fullmatch(text, *cell))
        if role == "deadline":
            return has_limit(text, *cell)
        if role in (None, "beside"):
            return not has_limit(text, *cell)
        bodies = bool(self.within(*cell)) or read_names(self.folded, *cell, "responsible").certain(text)
        if role not in ("text", "category"):
            return bodies
        return not (bodies or _NUMBER.fullmatch(text, *cell) or all_deadlines(text, *cell))

    def _may_be(self, role: str | None, cell: Place) -> bool:
        """Whether a cell in its own column does not contradict what the column says."""
        text = self.folded.text
        if role == "number":
            return bool(_NUMBER.fullmatch(text, *cell))
        if role == "deadline":
            return may_be_limit(text, *cell) and self.kind(*cell) != "units"
        if role not in UNITS or self.within(*cell) or NOTHING.fullmatch(text, *cell):
            return True
        return not read_names(self.folded, *cell, role).doubts

    def _add(self, line: Line, cells: Sequence[Cell]) -> None:
        by_role: dict[str | None, list[Cell]] = {}
        for role, cell in zip(self.roles, cells, strict=True):
            by_role.setdefault(role, []).append(cell)
        above = self.rows[-1] if self.rows else None
        self._categorize(by_role.get("category", []))
        numbers = by_role.get("number", [None])
        if numbers[0]:
            mark = f"({_NUMBER.fullmatch(self.folded.text, *numbers[0])[1]})"
        elif above and "number" in by_role:
            mark = above.mark
        else:
            mark = f"({self._counted + 1})"
        self._counted += above is None or mark != above.mark
        texts = by_role["text"]
        row = Row(line, mark, next(filter(None, reversed(texts))), headings=self._over())
        if len(texts) > 1:
            self._entitle(row, texts)
        row.bracket = self._bracket(cells)
        if row.bracket is None and UNITS.intersection(by_role):
            self.doubts.append(("cell", *row.text))
        self.doubts += [("duty", *cell) for cell in by_role.get("other", []) if cell]
        self.rows.append(row)

    def _categorize(self, cells: Sequence[Cell]) -> None:
        """Headings beside the rows, the outermost first: a new one is over none of those within the one before it."""
        for place, cell in enumerate(cells):
            if cell:
                self._categories = (*self._categories[:place], cell)

    def _over(self) -> tuple[Place, ...]:
        return (*self._headings, *self._categories)

    def _entitle(self, row: Row, texts: list[Cell]) -> None:
        """The first of several texts names the row; one that stands for several rows heads them.

        It does where the one below is blank or the same, and where it stands beside an item of its own list. An office
        looks for its task by what is to be done in it: five rows of one title would be five tasks of one name.
        """
        name, rest = texts[0], [cell for cell in texts[1:] if cell]
        row.content = (rest[0][0], rest[-1][1]) if rest else None
        row.text = row.content or row.text
        if self._name and (name is None or self._same(name, self._name[0])):
            name, first = self._name
            if first.title and first.content:
                first.put_under(name)
            row.put_under(name)
        elif name:
            self._name = name, row
            row.title, row.text = name, (name[0], (row.content or name)[1])
            if row.content and self._heads_item(name, row.content):
                row.put_under(name)

    def _heads_item(self, name: Place, content: Place) -> bool:
        """Whether 二、办好热线 stands beside 3.接听来电; several numbers in one cell are the steps of one task."""
        above, item = (read_label(self.folded.text[slice(*cell)]) for cell in (name, content))
        if not (above and item and above.rank < item.rank):
            return False
        steps = (label for line in _FURTHER.findall(self.folded.text[slice(*content)]) if (label := read_label(line)))
        return all(label.kind != item.kind for label in steps)

    def _same(self, one: Place, other: Place) -> bool:
        return self.folded.text[slice(*one)] == self.folded.text[slice(*other)]

    def _bounds(self, cell: Place) -> bool:
        """Whether a remark is nothing but a day (11月底前完成): a limit, where the table has no column for them."""
        text = self.folded.text
        return text.find("前", *cell) > 0 and is_deadline(text, *cell)

    def _bracket(self, cells: Sequence[Cell]) -> Bracket | None:
        """Units and days of a row, as if they stood in a bracket."""
        found: Bracket | None = None
        for role, cell in zip(self.roles, cells, strict=True):
            if cell and role == "beside" and "deadline" not in self.roles and self._bounds(cell):
                role = "deadline"
            if cell is None or NOTHING.fullmatch(self.folded.text, *cell) or role not in (*UNITS, "deadline"):
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
