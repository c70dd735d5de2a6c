"""Lines put together: head, chapters with their blocks, table rows, and what stands after the end."""

from bisect import bisect_left
from dataclasses import dataclass, field

from core.decompose.fold import Folded
from core.decompose.lines import Line
from core.decompose.numbering import Label
from core.decompose.rows import Row
from core.decompose.tables import Table

_ENDS_BODY = frozenset({"page", "date", "signoff", "attachment"})


@dataclass(slots=True)
class Chapter:
    """A numbered chapter; `title_start`:`title_end` is its heading without label; or a table with its title."""

    mark: str
    line: Line
    title_start: int
    title_end: int
    table: Table | None = None
    # a table without a title of its own: its first word stands over a column
    untitled: bool = False
    # 0 until the blocks are gathered: how many of them carry a label
    items: int = 0


@dataclass(slots=True)
class Block:
    """A numbered paragraph with all lines that follow it, or the unnumbered text of a chapter (`label` None).

    `start`:`end` excludes the label; `inner` are deeper labels at the head of its further lines. `row` is what the
    columns of a table say of it.
    """

    chapter: Chapter | None
    label: Label | None
    start: int
    end: int
    line: Line
    above: str = ""
    inner: list[tuple[Label, Line]] = field(default_factory=list)
    row: Row | None = None


@dataclass(slots=True)
class Outline:
    """The parts of a document, in order."""

    head: list[Line]
    chapters: list[Chapter]
    blocks: list[Block]
    tail: list[Line]


def build_outline(folded: Folded, lines: list[Line], tables: list[Table], bracket_starts: list[int]) -> Outline:
    """Find the body and part it into blocks.

    The body begins at the first chapter or table (when nothing is numbered 一、: at the first label or bracket). It
    ends at a date, a signature, an attachment line or the buttons of a web page; a later chapter or table reopens it.
    """
    starts = {table.first: table for table in tables}
    inside = {place for table in tables for place in range(table.first, table.end)}
    first = _first_of_body(lines, inside, bracket_starts)
    # a document that is nothing but a table has its title from there
    head = [*lines[:first], starts[first].title] if first in starts else lines[:first]
    builder = _Builder(folded, Outline(head, [], [], []), bracket_starts)
    for place, line in enumerate(lines[first:], start=first):
        if place in starts:
            builder.take_table(starts[place])
        elif place not in inside:
            builder.take(line)
    return builder.outline


def _first_of_body(lines: list[Line], tables: set[int], bracket_starts: list[int]) -> int:
    has_chapters = any(line.label and line.label.rank == 1 for place, line in enumerate(lines) if place not in tables)
    for place, line in enumerate(lines):
        if place in tables or (line.label and (line.label.rank == 1 or not has_chapters)):
            return place
        if not has_chapters and _first_bracket(bracket_starts, line.start, line.end) is not None:
            return place
    return len(lines)


def _first_bracket(bracket_starts: list[int], start: int, end: int) -> int | None:
    place = bisect_left(bracket_starts, start)
    return bracket_starts[place] if place < len(bracket_starts) and bracket_starts[place] < end else None


class _Builder:
    def __init__(self, folded: Folded, outline: Outline, bracket_starts: list[int]) -> None:
        self._folded, self.outline, self._bracket_starts = folded, outline, bracket_starts
        self._chapter: Chapter | None = None
        self._block: Block | None = None
        self._open = True

    def take(self, line: Line) -> None:
        """Give one line its place."""
        if line.label and line.label.rank == 1:
            self._start_chapter(line)
        elif line.kind in _ENDS_BODY or not self._open or line.kind == "page_number":
            self._open = self._open and line.kind not in _ENDS_BODY
            self.outline.tail.append(line)
        elif line.label:
            self._take_label(line)
        else:
            self._take_text(line)

    def _start_chapter(self, line: Line) -> None:
        text = self._folded.text
        start = line.start + line.label.length
        sentence_end = text.find("。", start, line.end)
        bracket = _first_bracket(self._bracket_starts, start, line.end)
        end = min(line.end if sentence_end < 0 else sentence_end, line.end if bracket is None else bracket)
        self._begin(Chapter(line.label.mark, line, start, end))
        if any(char not in "。 \t" for char in text[end : line.end]):
            self._add(Block(self._chapter, None, start, line.end, line))

    def take_table(self, table: Table) -> None:
        """A table is a chapter, and its rows are the items."""
        self._begin(Chapter("表", table.title, table.title.start, table.title.end, table, table.first == table.header))
        for row in table.rows:
            self._add(Block(self._chapter, Label("row", 1, row.mark, 0), *row.text, row.line, row=row))
        self._block = None

    def _begin(self, chapter: Chapter) -> None:
        self._chapter, self._block, self._open = chapter, None, True
        self.outline.chapters.append(chapter)

    def _take_label(self, line: Line) -> None:
        current = self._block.label if self._block else None
        if current and (line.label.rank > current.rank or line.label.kind == current.kind == "ordinal"):
            self._block.inner.append((line.label, line))
            self._block.end = line.end
        else:
            self._add(Block(self._chapter, line.label, line.start + line.label.length, line.end, line))

    def _take_text(self, line: Line) -> None:
        if self._block:
            self._block.end = line.end
        else:
            self._add(Block(self._chapter, None, line.start, line.end, line))

    def _add(self, block: Block) -> None:
        self._block = block
        self.outline.blocks.append(block)
        if block.label and block.chapter:
            block.chapter.items += 1
