"""Tables in a text, however they were flattened: tabs, bars, one cell a line, or all of a row run together.

Each form is only another way to cut the lines into cells; from there on a row is a row (`rows.py`).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import groupby, pairwise, takewhile

from core.decompose.brackets import Bracket
from core.decompose.columns import column_role, header_roles
from core.decompose.fold import Folded
from core.decompose.lines import Line
from core.decompose.names import Place
from core.decompose.numbering import read_label
from core.decompose.rows import UNITS, Cell, Row, RowReader
from core.decompose.stacked import take_stacked

_BAR, _TAB = re.compile(r"[|│┃]"), re.compile(r"\t")
_RULE = re.compile(r"[-—:=|│┃+\t]+")
_BARRED, _BARS = re.compile(r"([^|│┃]+)[|│┃]"), re.compile(r"[|│┃]{2,}")
_TITLE_END = ("表", "清单", "目录", "台账", "要点", "安排")
_NUMERAL = re.compile(r"\(?[一二三四五六七八九十]+[)、]?")
_FLAT = re.compile(r"序号(?![为是的]|$)")
_ENDS_TABLE = frozenset(("page", "attachment"))
_ENDS_FLAT = _ENDS_TABLE | {"date", "signoff"}
# A header that holds more than 序号 and the task itself
_MORE_COLUMNS = re.compile(r"单位|部门|处室|科室|时限|时间")
_FEWEST_STACKED = 2
_CONTINUED = 20
"""Lines over which the cells of one row may be broken."""


@dataclass(slots=True)
class Table:
    """The lines `first` to `end` (half-open) of a document, as rows; `doubts` are folded ranges not understood.

    `header` is the line over the columns, or the first of them.
    """

    title: Line
    first: int
    header: int
    end: int
    rows: list[Row] = field(default_factory=list)
    doubts: list[tuple[str, int, int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Form:
    """What parts the cells of a line, and whether it also stands before the first and behind the last."""

    bounds: re.Pattern
    opens: bool = False
    closes: bool = False


_CLOSED = _Form(_BAR, closes=True)
_BLANKS = _Form(re.compile("(?!)"))
"""Blanks, which folding took away: a row must begin with its number, or any prose would be one."""


def find_tables(folded: Folded, lines: list[Line], within: Callable[[int, int], list[Bracket]]) -> list[Table]:
    """All tables of tasks; `within` gives the brackets that open in a range."""
    tables: list[Table] = []
    finder, place = _Finder(folded, lines, within), 0
    while place < len(lines):
        table = finder.at(place)
        if table and table.rows:
            tables.append(table)
        place = table.end if table else place + 1
    return tables


class _Finder:
    def __init__(self, folded: Folded, lines: list[Line], within: Callable[[int, int], list[Bracket]]) -> None:
        self._folded, self._lines, self._within = folded, lines, within
        # lines that are one cell with a bar behind it, without the bar
        self._bare = [_without_bar(line) if _BARRED.fullmatch(line.text) else line for line in lines]

    def at(self, place: int) -> Table | None:
        """The table whose header stands at a line."""
        line = self._lines[place]
        if not _RULE.fullmatch(line.text):
            if _BAR.search(line.text):
                form = _Form(_BAR, bool(_BAR.match(line.text)), bool(_BAR.match(line.text[-1])))
                return self._parted(place, form) or self._one_a_line(place)
            if "\t" in line.text:
                return self._parted(place, _Form(_TAB))
        if _FLAT.match(line.text):
            return self._run_on(place) or self._parted(place, _BLANKS) or self._flat(place)
        if (at := line.text.find("序号")) > 0 and self._folded.parted(line.start + at):
            return self._run_on(place, line.start + at)
        return self._stacked(place) if column_role(line.text) else None

    def _table(self, header: int, end: int) -> Table:
        """A table with its title: the line above its header that reads like one."""
        above = header - 1
        while above >= 0 and _BAR.fullmatch(self._lines[above].text):
            above -= 1
        line = self._lines[above] if above >= 0 else None
        titled = line is not None and line.kind == "text" and line.text.endswith(_TITLE_END)
        return Table(line if titled else self._lines[header], above if titled else header, header, end)

    # cells parted by tabs or bars

    def _parted(self, place: int, form: _Form) -> Table | None:
        cells = self._cells(self._lines[place], form)
        roles = header_roles([self._text(cell) for cell in cells])
        if roles is None:
            return None
        table, reader = self._table(place, place + 1), None
        second = self._cells(self._lines[place + 1], form) if place + 1 < len(self._lines) else []
        under = [column_role(self._text(cell)) if cell else None for cell in second]
        if len(second) == len(roles) and all(role for role, cell in zip(under, second, strict=True) if cell):
            roles = tuple(below or above for above, below in zip(roles, under, strict=True))
            table.end += 1
        reader = RowReader(self._folded, roles, self._within)
        if table.end < len(self._lines):
            first = self._cells(self._lines[table.end], form)
            reader.spread(first)
            reader.count(first)
        while table.end < len(self._lines) and (taken := self._take_parted(table, reader, form)):
            table.end += taken
        return self._closed(table, reader)

    def _take_parted(self, table: Table, reader: RowReader, form: _Form) -> int:
        """Read one row, or a heading between rows; how many lines it takes, 0 where the table is over."""
        line = self._lines[table.end]
        if line.kind in _ENDS_TABLE:
            return 0
        if form is _BLANKS:
            cells = self._cells(line, form)
            if len(cells) < 2 or self._text(cells[0]).rstrip(".、") != str(reader.following):
                return 0
        elif not form.bounds.search(self._raw(line)):
            following = self._lines[table.end + 1] if table.end + 1 < len(self._lines) else None
            if following is None or not form.bounds.search(self._raw(following)):
                return 0
            if line.kind != "page_number":
                reader.head((line.start, line.end))
            return 1
        if _RULE.fullmatch(line.text) or line.text == self._lines[table.header].text:
            return 1  # a rule, or the header again at the top of a page
        cells = self._cells(line, form)
        if heading := self._heading(cells, reader):
            reader.head(heading)
            return 1
        taken = 1
        whole, taken = self._whole_row(table.end, cells, reader.columns, form)
        if taken > 1 and reader.take(line, whole):
            return taken
        if not reader.take(line, cells):
            table.doubts.append(("table", line.start, line.end))
            longest = max(filter(None, cells), key=lambda cell: (reader.can_be("text", cell), cell[1] - cell[0]))
            # which of the blanks part cells and which stand in one, nobody can tell
            reader.take_as_text(line, (cells[1][0], line.end) if form is _BLANKS else longest)
        return 1

    def _whole_row(self, place: int, cells: list[Cell], columns: int, form: _Form) -> tuple[list[Cell], int]:
        """The cells of a row whose texts are broken over lines, and its lines: 1 where they do not add up."""
        taken = 1
        while len(cells) < columns and cells[-1] and taken < _CONTINUED:
            more = self._more(place + taken, form)
            if not more:
                break
            cells = [*cells[:-1], (cells[-1][0], (more[0] or cells[-1])[1]), *more[1:]]
            taken += 1
        return cells, taken if len(cells) == columns else 1

    def _heading(self, cells: list[Cell], reader: RowReader) -> Cell:
        """The only text of a row (beside its Chinese numeral): it heads the rows below."""
        written = [cell for cell in cells if cell]
        if len(written) == 2 and _NUMERAL.fullmatch(self._text(written[0])):
            del written[0]
        return written[0] if len(written) == 1 and reader.columns > 2 else None

    def _more(self, place: int, form: _Form) -> list[Cell]:
        """The cells of a line that may go on a row broken over lines; none where it begins a row of its own."""
        if place >= len(self._lines):
            return []
        cells = self._cells(self._lines[place], form)
        return [] if cells[0] and self._text(cells[0]).isdigit() else cells

    def _raw(self, line: Line) -> str:
        start, end = self._raw_place(line)
        return self._folded.text[start:end]

    def _raw_place(self, line: Line) -> Place:
        """The line with the tabs around it: they are empty cells."""
        text = self._folded.text
        end = text.find("\n", line.end)
        return text.rfind("\n", 0, line.start) + 1, len(text) if end < 0 else end

    def _cells(self, line: Line, form: _Form) -> list[Cell]:
        text = self._folded.text
        if form is _BLANKS:
            return self._by_blanks(line.start, line.end)
        start, end = self._raw_place(line) if form.bounds is _TAB else (line.start, line.end)
        cuts = [found.start() for found in form.bounds.finditer(text, start, end)]
        cells = [_trim(text, begin + 1, stop) for begin, stop in zip([start - 1, *cuts], [*cuts, end], strict=True)]
        first = form.opens and bool(cuts) and cuts[0] == start
        last = form.closes and bool(cuts) and cuts[-1] == end - 1
        return cells[first : len(cells) - last]

    def _text(self, cell: Cell) -> str:
        return self._folded.text[slice(*cell)] if cell else ""

    # one cell a line, with or without bars between

    def _one_a_line(self, place: int) -> Table | None:
        """Cells each with its bar: as many as the header has in every row, or without those that were merged."""
        if not _BARRED.fullmatch(self._lines[place].text):
            return None
        tables = [table for table in (self._barred(place), self._stacked(place)) if table]
        return max(tables, key=lambda table: len(table.rows), default=None)

    def _stacked(self, place: int) -> Table | None:
        lines, words, end = self._bare, [], place
        while end < len(lines) and (_BAR.fullmatch(lines[end].text) or self._over_column(end)):
            words += [] if _BAR.fullmatch(lines[end].text) else [lines[end].text]
            end += 1
        roles = header_roles(words) if len(words) >= _FEWEST_STACKED else None
        if roles is None:
            return None
        table, reader = self._table(place, end), RowReader(self._folded, roles, self._within)
        cells = self._ahead(table.end)
        reader.count([(lines[at].start, lines[at].end) for at in cells[: len(roles) + 1]])
        while taken := take_stacked(reader, [lines[at] for at in cells]):
            table.end = cells[taken - 1] + 1
            cells = self._ahead(table.end)
        while table.end < len(lines) and _BAR.fullmatch(lines[table.end].text):
            table.end += 1
        return self._closed(table, reader)

    def _barred(self, place: int) -> Table | None:
        """A cell a line with its bar behind, as Word tables are copied; every row has as many bars as the header."""
        lines, words, end = self._lines, [], place
        while end < len(lines) and (found := _BARRED.fullmatch(lines[end].text)):
            words.append(found[1])
            end += 1
        roles = header_roles(words) if len(words) >= _FEWEST_STACKED else None
        if roles is None or end == len(lines):
            return None
        width = len(words)
        if _BARS.fullmatch(lines[end].text):
            width, end = width + len(lines[end].text), end + 1
        table, reader = self._table(place, end), RowReader(self._folded, roles, self._within)
        while row := self._barred_row(table.end, width):
            cells, taken = row
            if heading := self._heading(cells, reader):
                reader.head(heading)
            elif not reader.take(lines[table.end], cells):
                break
            table.end += taken
        return self._closed(table, reader)

    def _barred_row(self, place: int, width: int) -> tuple[list[Cell], int] | None:
        """So many cells and the lines on which they stand; None where the bars do not add up."""
        cells, end = [], place
        while len(cells) < width and end < len(self._lines) and _BAR.match(self._lines[end].text[-1]):
            cells += self._cells(self._lines[end], _CLOSED)
            end += 1
        return (cells, end - place) if len(cells) == width else None

    def _run_on(self, place: int, start: int | None = None) -> Table | None:
        """A whole table on one line, from `start` on, its cells parted by blanks.

        Its pieces are read as cells on lines of their own. A blank may stand in a cell as well; so all rows have to
        fit their columns, up to the end of the line, or it is no table.
        """
        line = self._lines[place]
        start = line.start if start is None else start
        pieces = [self._piece(line, *place) for place in self._by_blanks(start, line.end)]
        words = [piece.text for piece in takewhile(lambda piece: column_role(piece.text), pieces)]
        first, roles = len(words), header_roles(words)
        if roles is None or roles[0] != "number":
            return None
        reader = RowReader(self._folded, roles, self._within)
        while taken := take_stacked(reader, pieces[first : first + _CONTINUED]):
            first += taken
        if first < len(pieces) or len(reader.rows) < _FEWEST_STACKED or not reader.complete:
            return None
        table = self._table(place, place + 1)
        if start > line.start:
            table.title = self._piece(line, line.start, start)
        return self._closed(table, reader)

    def _piece(self, line: Line, start: int, end: int) -> Line:
        text = self._folded.text[start:end]
        return Line(line.number, start, end, text, "text", read_label(text))

    def _by_blanks(self, start: int, end: int) -> list[Place]:
        """The pieces between blanks; single characters in a row are one word (工 作 内 容)."""
        gaps = [at for at in range(start + 1, end) if self._folded.parted(at)]
        pieces: list[Place] = []
        for spaced, run in groupby(pairwise([start, *gaps, end]), key=self._is_character):
            places = list(run)
            pieces += [(places[0][0], places[-1][1])] if spaced else places
        return pieces

    def _is_character(self, place: Place) -> bool:
        return place[1] - place[0] == 1 and not self._folded.text[place[0]].isascii()

    def _over_column(self, place: int) -> bool:
        """Whether a line heads a column: a word that is known, or any short one between two that are."""
        if column_role(self._bare[place].text):
            return True
        before, after = self._role_beside(place, -1), self._role_beside(place, 1)
        return before in ("number", "text") and after in UNITS

    def _role_beside(self, place: int, step: int) -> str | None:
        """What the next line in a direction heads, bars left out."""
        place += step
        while 0 <= place < len(self._lines) and _BAR.fullmatch(self._lines[place].text):
            place += step
        return column_role(self._bare[place].text) if 0 <= place < len(self._lines) else None

    def _ahead(self, place: int) -> list[int]:
        """The next lines that can be cells of one row."""
        cells: list[int] = []
        while place < len(self._lines) and len(cells) < _CONTINUED and self._lines[place].kind not in _ENDS_TABLE:
            cells += [] if _BAR.fullmatch(self._lines[place].text) else [place]
            place += 1
        return cells

    # the cells of a row run together: 1推进政策公开。

    def _flat(self, place: int) -> Table:
        """Rows count 1, 2, 3 …; the number may touch the text (2020年 in row 1 reads 12020年)."""
        table, reader = self._table(place, place + 1), RowReader(self._folded, ("number", "text"), self._within)
        header, lines = self._lines[place], self._lines
        while table.end < len(lines):
            line = lines[table.end]
            if line.kind in _ENDS_FLAT or (line.label and line.label.rank == 1):
                break
            number = str(reader.following)
            if line.text.startswith(number) and len(line.text) > len(number):
                begins = line.start + len(number)
                reader.take(line, [(line.start, begins), (begins, line.end)])
            elif reader.rows:
                reader.rows[-1].text = (reader.rows[-1].text[0], line.end)
            else:
                break
            table.end += 1
        if _MORE_COLUMNS.search(header.text):
            reader.part_tails()
        return self._closed(table, reader)

    def _closed(self, table: Table, reader: RowReader) -> Table:
        """The table with what was read; without rows it is none."""
        table.rows, table.doubts = reader.finished(), table.doubts + reader.doubts
        return table


def _without_bar(line: Line) -> Line:
    text = line.text[:-1].rstrip("\t")
    label = read_label(text)
    return line._replace(end=line.start + len(text), text=text, label=label, kind="label" if label else "text")


def _trim(text: str, start: int, end: int) -> Cell:
    while start < end and text[start] in "\t\n":
        start += 1
    while end > start and text[end - 1] in "\t\n":
        end -= 1
    return (start, end) if start < end else None
