"""Blocks become tasks and non-tasks: numbers, titles, and everything quoted from their text."""

import re
from dataclasses import dataclass, field, replace
from itertools import groupby

from core.decompose.amounts import find_day_limits, find_quotas
from core.decompose.brackets import lead_in_text
from core.decompose.chapters import ForItems, said_for_items
from core.decompose.draft import DraftTask, NonTask, UnitMention
from core.decompose.duties import Duty, find_duties
from core.decompose.fold import Folded, without_space
from core.decompose.lines import Line
from core.decompose.numbering import Label, read_label
from core.decompose.outline import Block, Chapter, Outline
from core.decompose.stretches import Stretch, Stretcher
from core.decompose.times import find_cadence, find_deadlines, find_soft_cadence, labelled_deadline

_NON_TASK = re.compile(r"总体(?:要求|思路|目标)|指导思想|(?:基本|工作)原则|(?:工作|主要)目标|工作思路")
# The end of a sentence; in English punctuation a dot between Chinese characters.
_SENTENCE_END = re.compile(r"[。\n\t]|(?<=[\u4e00-\u9fff)》”])\.(?=[\u4e00-\u9fff(【《“]|$)")
_ROW_CLAUSE = re.compile(r"[^。:;\n\t]*")
_CLAUSE = re.compile(r"[^,。;:\n\t]*")
_SENTENCE = re.compile(r"[。;:!?,\n]")
_LONGEST_HEADING = 30
# 各单位要结合实际抓好落实。 on a line of its own behind the last item: it asks for nothing that is not asked for above
_CLOSING = re.compile(r"各[^。;:\d]{2,60}?[要应须][^。;:\d]{2,60}(?:落实|实施|开展|推进)[^。\d]{0,12}。?$")


def _sub_items(block: Block) -> list[tuple[Label, Line]]:
    """The numbered paragraphs within a block; 一是 … 二是 are sentences of it."""
    return [(label, line) for label, line in block.inner if label.kind != "ordinal"]


def _of_row(block: Block) -> Stretch:
    """The stretch of a table row whose columns name units or days."""
    return Stretch(block.start, block.end, block.row.bracket)


def _once(units: tuple[UnitMention, ...]) -> tuple[UnitMention, ...]:
    """Every unit once: one that leads is often listed again among those responsible."""
    leads = {unit.name: unit for unit in units if unit.role == "lead"}
    return tuple({unit.name: leads.get(unit.name, unit) for unit in units}.values())


@dataclass(slots=True)
class Gathered:
    """Tasks and non-tasks in order, and folded ranges that became neither, each with its leftover code."""

    tasks: list[DraftTask] = field(default_factory=list)
    non_tasks: list[NonTask] = field(default_factory=list)
    doubts: list[tuple[str, int, int]] = field(default_factory=list)
    # folded starts of the brackets that reached a task
    used: set[int] = field(default_factory=set)


class TaskGatherer:
    """Turns the blocks of one document into tasks. `year` is the plan's, `headline` stands where no chapter does."""

    def __init__(self, folded: Folded, stretcher: Stretcher, year: int | None, headline: str) -> None:
        self._folded, self._stretcher, self._year, self._headline = folded, stretcher, year, headline
        self._found = Gathered()
        self._said: dict[int, ForItems] = {}

    def gather(self, outline: Outline) -> Gathered:
        """All blocks of the outline, in order."""
        self._levels = {
            (block.label.kind, min(label.rank for label, _ in inner))
            for block in outline.blocks
            if (inner := _sub_items(block)) and self._stretcher.within(inner[0][1].start, inner[-1][1].start)
        }
        self._said = dict(said_for_items(self._folded.text, outline, self._stretcher))
        for block in outline.blocks:
            for part in self._opened(block):
                self._take(part)
        return self._found

    def _opened(self, block: Block) -> list[Block]:
        """A paragraph whose numbered sub-items carry brackets of their own is only their heading.

        One bracket at the end may be that of the whole paragraph: what such paragraphs hold elsewhere decides.
        """
        inner = _sub_items(block)
        if not inner:
            return [block]
        level = block.label.kind, min(label.rank for label, _ in inner)
        own = self._stretcher.within(block.start, inner[-1][1].start) or self._only_heads(block, inner)
        if not own and not (level in self._levels and self._stretcher.within(inner[-1][1].start, block.end)):
            return [block]
        rank = min(label.rank for label, _ in inner)
        above = block.above + block.label.mark
        intro = replace(block, inner=[])
        parts = [intro]
        for label, line in inner:
            if label.rank == rank:
                parts[-1].end = line.start
                start = line.start + label.length
                parts.append(Block(block.chapter, label, start, block.end, line, above))
            elif parts[-1] is not intro:
                parts[-1].inner.append((label, line))
        if not self._stretcher.within(intro.start, intro.end):
            self._found.doubts.append(("intro", intro.start, intro.end))
            parts.remove(intro)
        return [deepest for part in parts for deepest in self._opened(part)]

    def _only_heads(self, block: Block, inner: list[tuple[Label, Line]]) -> bool:
        """Whether nothing stands before the first of several numbered lines but the words that head them."""
        own = self._folded.text[block.start : inner[0][1].start].strip("\n\t")
        return len(inner) > 1 and 0 < len(own) <= _LONGEST_HEADING and not _SENTENCE.search(own)

    def _take(self, block: Block) -> None:
        stretches = self._stretcher.cut(block) if not (block.row and block.row.bracket) else [_of_row(block)]
        if not stretches:
            self._found.doubts.append(("text", block.line.start, block.line.end))
        if len(stretches) > 1 and self._closes(stretches[-1]):
            self._found.doubts.append(("text", stretches[-1].start, stretches.pop().end))
        if above := self._for_items(block.chapter).bracket:
            if block.label is None and not self._stretcher.within(above.end, block.end):
                self._found.used.add(above.start)
                return
            stretches = [one if one.bracket else one._replace(bracket=above, inherited=True) for one in stretches]
        if block.label is None and not self._counts(block.chapter):
            stretches = [stretch for stretch in stretches if self._stands_alone(block, stretch)]
        for mark, group in groupby(stretches, key=lambda stretch: stretch.mark):
            self._take_item(block, mark, list(group))

    def _for_items(self, chapter: Chapter | None) -> ForItems:
        return self._said.get(chapter.line.start, ForItems()) if chapter else ForItems()

    def _closes(self, stretch: Stretch) -> bool:
        """Whether a text behind a bracket only says that all of it is to be done."""
        own_line = self._folded.text.startswith("\n", stretch.start - 1)
        return own_line and not stretch.bracket and bool(_CLOSING.match(self._folded.text, stretch.start, stretch.end))

    def _stands_alone(self, block: Block, stretch: Stretch) -> bool:
        """Whether unnumbered text beside numbered items is a task: with a bracket, and not only the heading's."""
        heading = block.chapter is not None and stretch.end == block.chapter.title_end
        if stretch.bracket and not heading:
            return True
        code = "heading" if heading else "intro" if block.chapter else "text"
        self._found.doubts.append((code, stretch.start, stretch.end))
        return False

    def _counts(self, chapter: Chapter | None) -> bool:
        """Whether unnumbered text without a bracket is a task: only in a chapter that has no numbered items."""
        return chapter is not None and not chapter.items and not chapter.table

    def _take_item(self, block: Block, mark: str, stretches: list[Stretch]) -> None:
        """One item of a block: its number, its title, and its stretches as #1, #2 …"""
        chapter = block.chapter
        label = mark or (block.label.mark if block.label else "")
        no = (chapter.mark if chapter else "") + block.above + label
        section = self._section(block)
        duties = [self._duties(stretch) for stretch in stretches]
        title, title_end = self._title(block, stretches[0], duties[0], own=bool(mark))
        if not any(stretch.bracket for stretch in stretches) and self._is_non_task(chapter, title):
            first, last = stretches[0].start, stretches[-1].end
            source = self._folded.span(first, last)
            self._found.non_tasks.append(NonTask(no, section, title, self._folded.quote(first, last), source))
            return
        for place, stretch in enumerate(stretches, start=1):
            number = f"{no}#{place}" if len(stretches) > 1 else no
            part_head = self._part_head(max(stretch.start, title_end), stretch.end, len(stretches))
            task = self._task(number, section, title, part_head, stretch, duties[place - 1])
            limit = self._for_items(chapter).limit
            if limit and not task.deadlines:
                task = replace(task, deadlines=(labelled_deadline(self._folded, *limit, self._year),))
            self._found.tasks.append(task)
            if stretch.bracket:
                joined = self._stretcher.within(stretch.bracket.start, stretch.bracket.end)
                self._found.used.update(bracket.start for bracket in joined)
            elif place > 1 and block.label:
                self._found.doubts.append(("uncovered", stretch.start, stretch.end))

    def _duties(self, stretch: Stretch) -> list[Duty]:
        """Who does it by its sentences, where no bracket says it."""
        if stretch.bracket and stretch.bracket.units:
            return []
        return [duty for place in stretch.places for duty in find_duties(self._folded, *place)]

    def _task(
        self, no: str, section: str, title: str, part_head: str | None, stretch: Stretch, duties: list[Duty]
    ) -> DraftTask:
        folded, bracket, places = self._folded, stretch.bracket, stretch.places
        deadlines = [one for place in places for one in find_deadlines(folded, *place, self._year)]
        limits = [one for place in places for one in find_day_limits(folded, *place)]
        cadence = [one for place in places for one in find_cadence(folded, *place)]
        lead = next(filter(None, (lead_in_text(folded, *place) for place in places)), None)
        whole = stretch.start, places[-1][1]
        units, units_at = (bracket.units, (bracket.start, bracket.end)) if bracket else ((), None)
        if duties:
            units = tuple(unit for duty in duties for unit in duty.units)
            units_at = duties[0].start, duties[-1].end
        if bracket:
            for place in bracket.deadlines:
                counted = list(find_day_limits(folded, *place))
                limits += counted
                cadence += find_cadence(folded, *place)
                deadlines += [] if counted else [labelled_deadline(folded, *place, self._year)]
        lead = next((unit for unit in units if unit.role == "lead"), lead)
        return DraftTask(
            no=no,
            section=section,
            title=title,
            text=folded.quote(*whole),
            source=folded.span(*whole),
            part_head=part_head,
            units=_once(units),
            units_source=folded.span(*units_at) if units_at else None,
            inherited=stretch.inherited,
            lead=lead,
            deadlines=tuple(deadlines),
            quotas=tuple(one for place in places for one in find_quotas(folded, *place)),
            cadence=tuple(cadence),
            cadence_soft=tuple(one for place in places for one in find_soft_cadence(folded, *place)),
            working_day_limits=tuple(limits),
        )

    def _section(self, block: Block) -> str:
        if block.row and block.row.headings:
            return "／".join(self._folded.plain(*place) for place in block.row.headings)
        chapter = block.chapter
        if chapter is None or chapter.untitled:
            return self._headline
        return self._folded.plain(chapter.line.start, chapter.title_end)

    def _title(self, block: Block, first: Stretch, duties: list[Duty], own: bool) -> tuple[str, int]:
        """The title and where it ends. Unnumbered text is titled by its chapter, all else by its first sentence."""
        text, chapter = self._folded.text, block.chapter
        if block.label is None and chapter and not own:
            return self._folded.plain(chapter.title_start, chapter.title_end), first.start
        if block.row and block.row.title:
            return self._folded.plain(*block.row.title), block.row.title[1]
        start = first.start
        if block.row:
            label = read_label(text[start : first.end])
            start += label.length if label else 0
            end = _ROW_CLAUSE.match(text, start, first.end).end()
            if text[end : end + 1] == ";":
                end = _CLAUSE.match(text, start, first.end).end()
        else:
            found = _SENTENCE_END.search(text, start, first.end)
            end = found.start() if found else first.end
            duty = next((duty.start for duty in duties if start < duty.start < end), None)
            end = duty - (text[duty - 1] in ",;:") if duty else end
        return self._folded.plain(start, end), end

    def _part_head(self, start: int, end: int, parts: int) -> str | None:
        """The first clause of a part, where several share a title."""
        if parts < 2:
            return None
        text = self._folded.text
        while start < end and text[start] in "。,;、\n\t":
            start += 1
        return self._folded.plain(start, _CLAUSE.match(text, start, end).end())

    def _is_non_task(self, chapter: Chapter | None, title: str) -> bool:
        heading = self._folded.text[chapter.title_start : chapter.title_end] if chapter else ""
        return bool(_NON_TASK.match(heading) or _NON_TASK.match(without_space(title)))
