"""What a chapter says for all of its items: who does them, in the bracket of its heading, and by when."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from core.decompose.brackets import Bracket
from core.decompose.outline import Block, Chapter, Outline
from core.decompose.stretches import Stretcher
from core.decompose.times import opening_limit

# 以下任务均于6月30日前完成
_ALL_BELOW = re.compile(r"以下[^。;:,\d]{0,10}?[均都]?(?:应|须|要)?[于在]?(?=[\d一二三四五六七八九十本今年])")


class ForItems(NamedTuple):
    """`bracket`: that of the heading, where no item has one of its own. `limit`: the place of the phrase that says by
    when all of them are to be done."""

    bracket: Bracket | None = None
    limit: tuple[int, int] | None = None


def said_for_items(text: str, outline: Outline, stretcher: Stretcher) -> Iterator[tuple[int, ForItems]]:
    """For each chapter with items, by the place of its line: what it says for them; `text` is folded."""
    for chapter, group in groupby(outline.blocks, key=lambda block: block.chapter):
        items = [block for block in group if block.label]
        if chapter and items and not chapter.table:
            yield chapter.line.start, ForItems(_heading(chapter, items, stretcher), _limit(text, chapter, items[0]))


def _heading(chapter: Chapter, items: list[Block], stretcher: Stretcher) -> Bracket | None:
    found = stretcher.within(chapter.title_end, chapter.line.end)
    own = stretcher.within(items[0].start, items[-1].end)
    return found[0] if len(found) == 1 and found[0].start == chapter.title_end and not own else None


def _limit(text: str, chapter: Chapter, first: Block) -> tuple[int, int] | None:
    said = _ALL_BELOW.search(text, chapter.line.start, first.start)
    end = opening_limit(text, said.end(), first.start) if said else None
    return (said.end(), end) if end else None
