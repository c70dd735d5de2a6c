"""Characters on a page → lines → paragraphs, by where they stand."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from core.documents.pdf_page import Glyph

_GAP = 0.35
"""Of a character's height between two characters: a blank."""
_FULL = 2.2
"""Characters that may be missing at the end of a full line: none begins with 。, and a date is not parted."""
_INDENT = 1.0
"""Characters by which a line stands in: it begins a paragraph."""
_LABEL = re.compile(
    r"[一二三四五六七八九十]{1,3}[、是]|[(（][一二三四五六七八九十\d]{1,3}[)）]|\d{1,3}[.、．]|[①-⑳【]|第.{1,3}[章条]"
)
_SENTENCE_ENDS = tuple("。；;：:！？」”）)】")


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand beside one another; `size` is the height of one of them."""

    text: str
    left: float
    right: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Margins:
    """Where the lines of a page begin and end."""

    left: float
    right: float

    @classmethod
    def of(cls, lines: list[Line], width: float = 0) -> "Margins":
        """The outermost that several lines share: one that stands out alone is a running head, or its like.

        On a page of this `width` a line that is less than half of it is never full.
        """
        near = _INDENT * median(line.size for line in lines) if lines else 0
        lefts = sorted(line.left for line in lines)
        left = next((one for one, other in pairwise(lefts) if other - one <= near), next(iter(lefts), 0))
        rights = sorted((line.right for line in lines if line.right - left >= width / 2), reverse=True)
        shared = (one for one, third in zip(rights, rights[2:], strict=False) if one - third <= near)
        return cls(left, next(shared, next(iter(rights), math.inf)))


def lines_of(glyphs: list[Glyph]) -> list[Line]:
    """The characters from top to bottom and from left to right."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda glyph: glyph.centre):
        height = glyph.bottom - glyph.top
        if rows and glyph.centre - rows[-1][0].centre <= height / 2:
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [_line(sorted(row, key=lambda glyph: glyph.left)) for row in rows]


def paragraphs(lines: list[tuple[Line, Margins]]) -> Iterator[str]:
    """Each line that fills its page goes on with the next one, unless that begins a paragraph."""
    text = ""
    for number, (line, margins) in enumerate(lines):
        text += line.text
        if number + 1 < len(lines) and _goes_on(line, margins, *lines[number + 1]):
            text += " " if _parts_words(text, lines[number + 1][0].text) else ""
        else:
            yield text
            text = ""


def _line(glyphs: list[Glyph]) -> Line:
    size = median(glyph.bottom - glyph.top for glyph in glyphs)
    text, end = "", glyphs[0].left
    for glyph in glyphs:
        text += " " * (glyph.left - end > _GAP * size) + glyph.text
        end = glyph.right
    return Line(text, glyphs[0].left, max(glyph.right for glyph in glyphs), min(glyph.top for glyph in glyphs), size)


def _goes_on(line: Line, margins: Margins, after: Line, its_margins: Margins) -> bool:
    if not -line.size <= margins.right - line.right <= _FULL * line.size:
        return False
    if after.left - its_margins.left > _INDENT * after.size:
        return False
    return not (line.text.endswith(_SENTENCE_ENDS) and _LABEL.match(after.text))


def _parts_words(before: str, after: str) -> bool:
    """Whether two words of Latin letters meet at the end of a line."""
    return before[-1:].isascii() and after[:1].isascii() and before[-1:].isalpha() and after[:1].isalpha()
