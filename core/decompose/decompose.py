"""工作要点 → draft of its tasks. Pure: text in, plain data out, no I/O, no clock."""

import re
from collections import Counter

from core.decompose.brackets import BracketGrammar
from core.decompose.doubts import Doubts
from core.decompose.draft import DecomposeHints, Draft, Section
from core.decompose.fold import Folded, fold
from core.decompose.lines import read_lines
from core.decompose.meta import MetaReader, Surroundings
from core.decompose.outline import Chapter, build_outline
from core.decompose.stretches import Stretcher
from core.decompose.tasks import Gathered, TaskGatherer

# A table header that holds more than 序号 and the task itself: its cells are not parted yet.
_MORE_COLUMNS = re.compile(r"单位|部门|处室|科室|时限|时间|\t.*\t")


def decompose(text: str, hints: DecomposeHints | None = None) -> Draft:
    """Decompose the canonical text of one document; never raises on any text.

    All places in the draft count characters of `text`. `hints.year` is used where the title names no year.
    """
    hints = hints or DecomposeHints()
    folded = fold(text)
    brackets, broken = BracketGrammar(hints.unit_labels).find(folded)
    outline = build_outline(folded, read_lines(folded), [bracket.start for bracket in brackets])

    labels = Counter(bracket.label for bracket in brackets if bracket.units)
    tables = [chapter for chapter in outline.chapters if chapter.table]
    around = MetaReader(folded, outline.head, outline.tail).read(
        hints,
        unit_label=labels.most_common(1)[0][0] if labels else None,
        table=folded.plain(tables[0].title_start, tables[0].title_end) if tables else None,
    )
    stretcher = Stretcher(folded.text, brackets)
    gathered = TaskGatherer(folded, stretcher, around.meta.year, around.meta.title or "").gather(outline)

    doubts = Doubts(folded)
    for bracket in brackets:
        if bracket.start not in gathered.used:
            doubts.add("bracket", bracket.start, bracket.end)
        for place in bracket.doubts:
            doubts.add("bracket", *place)
    for place in broken:
        doubts.add("bracket", *place)
    for chapter in tables:
        if _MORE_COLUMNS.search(chapter.table.text):
            doubts.add("table", chapter.table.start, chapter.table.end)
    _note_lines(doubts, around, gathered)
    for task in gathered.tasks:
        doubts.look_into(task)
    return Draft(
        meta=around.meta,
        sections=tuple(_section(folded, chapter) for chapter in outline.chapters),
        tasks=tuple(gathered.tasks),
        non_tasks=tuple(gathered.non_tasks),
        leftovers=doubts.listed(),
    )


def _note_lines(doubts: Doubts, around: Surroundings, gathered: Gathered) -> None:
    for line in around.unread:
        doubts.add("date" if line.kind == "date" else "page", line.start, line.end)
    for line in around.doubtful_dates:
        doubts.add("date", line.start, line.end)
    for code, start, end in gathered.doubts:
        doubts.add(code, start, end)


def _section(folded: Folded, chapter: Chapter) -> Section:
    title = folded.plain(chapter.title_start, chapter.title_end)
    heading = folded.plain(chapter.line.start, chapter.title_end)
    return Section(
        chapter.mark, title, heading, folded.span(chapter.line.start, max(chapter.title_end, chapter.line.start + 1))
    )
