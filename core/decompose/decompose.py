"""工作要点 → draft of its tasks. Pure: text in, plain data out, no I/O, no clock."""

from bisect import bisect_right
from collections import Counter
from dataclasses import replace

from core.decompose.brackets import Bracket, BracketGrammar
from core.decompose.declared import declared
from core.decompose.doubts import Doubts
from core.decompose.draft import DecomposeHints, Draft, Section
from core.decompose.fold import Folded, fold
from core.decompose.lines import Line, read_lines
from core.decompose.meta import MetaReader, Surroundings
from core.decompose.outline import Chapter, build_outline
from core.decompose.stretches import Stretcher
from core.decompose.tables import find_tables
from core.decompose.tasks import Gathered, TaskGatherer
from core.decompose.wraps import unwrapped


def decompose(text: str, hints: DecomposeHints | None = None) -> Draft:
    """Decompose the canonical text of one document; never raises on any text.

    All places in the draft count characters of `text`. `hints.year` is used where the title names no year.
    """
    hints = hints or DecomposeHints()
    folded = unwrapped(fold(text))
    found = BracketGrammar(hints.unit_labels).find(folded)
    lines = read_lines(folded)
    headings = _headings(lines, found.read)
    starts = [line.start for line in lines]
    in_page = {one.start for one in found.read if lines[bisect_right(starts, one.start) - 1].kind == "page"}
    brackets = [bracket for bracket in found.read if bracket.start not in headings | in_page]
    stretcher = Stretcher(folded.text, brackets)
    outline = build_outline(
        folded, lines, find_tables(folded, lines, stretcher.within), [bracket.start for bracket in brackets]
    )

    labels = Counter(bracket.label for bracket in brackets if bracket.units and bracket.label)
    tables = [chapter for chapter in outline.chapters if chapter.table]
    titled = [chapter for chapter in tables if not chapter.untitled]
    around = MetaReader(folded, outline.head, outline.tail).read(
        hints,
        unit_label=labels.most_common(1)[0][0] if labels else None,
        table=folded.plain(titled[0].title_start, titled[0].title_end) if titled else None,
    )
    gathered = TaskGatherer(folded, stretcher, around.meta.year, around.meta.title or "").gather(outline)

    doubts = Doubts(folded)
    for bracket in brackets:
        if bracket.start not in gathered.used:
            doubts.add("bracket", bracket.start, bracket.end)
        for place in bracket.doubts:
            doubts.add("bracket", *place)
    outside = {*outline.head, *outline.tail}
    for code, start, end in found.doubts:
        # what stands around the body is listed by its lines
        if lines[bisect_right(starts, start) - 1] not in outside:
            doubts.add(code, start, end)
    for bracket in found.read:
        if bracket.start in headings:
            doubts.add("heading", bracket.start, bracket.end)
    for code, start, end in (doubt for chapter in tables for doubt in chapter.table.doubts):
        doubts.add(code, start, end)
    titles = {chapter.title_start for chapter in tables}
    _note_lines(doubts, [line for line in around.unread if line.start not in titles], around, gathered)
    for task in gathered.tasks:
        doubts.look_into(task)
    return Draft(
        meta=replace(around.meta, aliases=declared(folded, gathered.tasks)),
        sections=tuple(_section(folded, chapter, around.meta.title) for chapter in outline.chapters),
        tasks=tuple(gathered.tasks),
        non_tasks=tuple(gathered.non_tasks),
        leftovers=doubts.listed(),
    )


def _headings(lines: list[Line], brackets: list[Bracket]) -> set[int]:
    """Where lines 责任单位: stand above the items that they are for: the first one comes before any item.

    Such a line would read as the end of the item above it; so none of them is given to anybody.
    """
    starts = {bracket.start for bracket in brackets}
    first = next((place for place, line in enumerate(lines) if line.label), 0)
    above = first > 0 and lines[first - 1].start in starts and lines[first].label.rank > 1
    return {line.start for line in lines if line.start in starts} if above else set()


def _note_lines(doubts: Doubts, unread: list[Line], around: Surroundings, gathered: Gathered) -> None:
    for line in unread:
        doubts.add("date" if line.kind == "date" else "page", line.start, line.end)
    for line in around.doubtful_dates:
        doubts.add("date", line.start, line.end)
    for code, start, end in gathered.doubts:
        doubts.add(code, start, end)


def _section(folded: Folded, chapter: Chapter, headline: str | None) -> Section:
    title = folded.plain(chapter.title_start, chapter.title_end)
    heading = folded.plain(chapter.line.start, chapter.title_end)
    if chapter.untitled:
        title = heading = headline or title
    return Section(
        chapter.mark, title, heading, folded.span(chapter.line.start, max(chapter.title_end, chapter.line.start + 1))
    )
