"""Where one task ends and the next begins.

One rule: a bracket covers the stretch since the bracket before it (or since the start of the paragraph). When that
stretch holds several 一是 … 二是 … sentences, each is a task of its own and they share the bracket's units.
"""

import re
from bisect import bisect_left
from collections import Counter
from typing import NamedTuple

from core.decompose.brackets import Bracket
from core.decompose.numbering import INLINE_ORDINAL, LISTED_ORDINAL
from core.decompose.numerals import read_int
from core.decompose.outline import Block

_EDGE = "\n\t。,;、.!"
_WORDS = re.compile(r"[^\W_]{2}")
_CLAUSE_END = re.compile(r"[,。;:\n\t]")
_PARAGRAPH_END = re.compile(r"(?<=[。;:!?)”])\n")


class Stretch(NamedTuple):
    """Folded range of one task without its bracket. `mark` is the 一是 label that it carries, or empty.

    `body` goes on behind the bracket, where that belongs to the heading: 编好目录(责任单位:甲局)。6月底前公布。
    """

    start: int
    end: int
    bracket: Bracket | None
    mark: str = ""
    inherited: bool = False
    body: tuple[int, int] | None = None

    @property
    def places(self) -> list[tuple[int, int]]:
        """The ranges that are the task's own words."""
        return [(self.start, self.end), *([self.body] if self.body else ())]


class _Head(NamedTuple):
    """Where a task opens: what stands before `cut` belongs to the task above, its own text begins at `start`."""

    cut: int
    start: int
    mark: str = ""


class Stretcher:
    """Cuts blocks by the brackets of the document."""

    def __init__(self, text: str, brackets: list[Bracket]) -> None:
        self._text, self._brackets = text, brackets
        self._starts = [bracket.start for bracket in brackets]

    def cut(self, block: Block) -> list[Stretch]:
        """The stretches of a block, in order; none is empty."""
        label = block.label
        if label and label.kind == "ordinal":
            first = _Head(block.start, block.start, label.mark)
            listed = bool(self.within(block.start, block.end))
            others = self._ordinals(block.start, block.end, 1 + (read_int(label.mark.strip("()是")) or 0), listed)
            heads = [first, *(_Head(found.start(), found.end(), f"({found[0]})") for found in others)]
            return _not_empty(self._share(heads, block.end))
        stretches = []
        for stretch in self._by_brackets(block.start, block.end):
            ordinals = self._ordinals(stretch.start, stretch.end, 1) if stretch.bracket else []
            if len(ordinals) > 1:
                others = (_Head(found.start(), found.end()) for found in ordinals[1:])
                heads = [_Head(stretch.start, stretch.start), *others]
                stretches += self._share(heads, stretch.bracket.end)
            else:
                stretches.append(stretch)
        return _not_empty(self._headed(stretches) if label else self._by_paragraphs(stretches))

    def within(self, start: int, end: int) -> list[Bracket]:
        """The brackets that open in the range."""
        return self._brackets[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _ordinals(self, start: int, end: int, first: int, listed: bool = False) -> list[re.Match]:
        """一是, 二是 … at the head of a sentence, or (`listed`) behind a semicolon as well, as far as they follow one
        another from `first`."""
        found: list[re.Match] = []
        if self._text.find("是", start, end) < 0:
            return found
        for match in (LISTED_ORDINAL if listed else INLINE_ORDINAL).finditer(self._text, start, end):
            if read_int(match[1]) == first + len(found):
                found.append(match)
        return found

    def _by_brackets(self, start: int, end: int) -> list[Stretch]:
        runs: list[tuple[tuple[int, int], list[Bracket]]] = []
        for bracket in self.within(start, end):
            place = self._trim(start, bracket.start)
            if place[0] == place[1] and runs:
                runs[-1][1].append(bracket)
            else:
                runs.append((place, [bracket]))
            start = bracket.end
        stretches = [Stretch(*place, brackets[0].joined(*brackets[1:])) for place, brackets in runs]
        rest = self._trim(start, end)
        if not stretches or _WORDS.search(self._text, *rest):
            stretches.append(Stretch(*rest, None))
        return stretches

    def _headed(self, stretches: list[Stretch]) -> list[Stretch]:
        """The only bracket of a paragraph, where it closes the heading clause, is that of all that follows."""
        if len(stretches) == 2 and stretches[1].bracket is None:
            head, body = stretches
            closed = self._text.startswith(("。", "\n"), head.bracket.end)
            if closed and not _CLAUSE_END.search(self._text, head.start, head.end):
                return [head._replace(body=(body.start, body.end))]
        return stretches

    def _share(self, heads: list[_Head], end: int) -> list[Stretch]:
        """The stretches of each head; one without a bracket takes the next bracket that follows."""
        ends = [head.cut for head in heads[1:]] + [end]
        own = [
            stretch._replace(mark=head.mark)
            for head, stop in zip(heads, ends, strict=True)
            for stretch in self._by_brackets(head.start, stop)
        ]
        following = None
        for place in reversed(range(len(own))):
            following = own[place].bracket or following
            own[place] = own[place]._replace(bracket=following)
        uses = Counter(stretch.bracket.start for stretch in own if stretch.bracket)
        return [
            stretch._replace(inherited=bool(stretch.bracket) and uses[stretch.bracket.start] > 1) for stretch in own
        ]

    def _by_paragraphs(self, stretches: list[Stretch]) -> list[Stretch]:
        """Unnumbered text without a bracket: each paragraph by itself; lines cut in mid-sentence belong together."""
        parted = []
        for stretch in stretches:
            if stretch.bracket:
                parted.append(stretch)
                continue
            start = stretch.start
            for found in _PARAGRAPH_END.finditer(self._text, stretch.start, stretch.end):
                parted.append(Stretch(*self._trim(start, found.start()), None))
                start = found.end()
            parted.append(Stretch(*self._trim(start, stretch.end), None))
        return parted

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self._text[start] in _EDGE:
            start += 1
        while end > start and self._text[end - 1] in "\n\t":
            end -= 1
        return start, end


def _not_empty(stretches: list[Stretch]) -> list[Stretch]:
    return [stretch for stretch in stretches if stretch.start < stretch.end]
