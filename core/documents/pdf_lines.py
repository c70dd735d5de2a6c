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
_LIST = re.compile("[、，,；;。]")
_PLACE = tuple("省市州盟县区旗镇乡")
"""Names of units begin with them."""
_UNPARTED = re.compile("[（(《“‘「『【〔]*(?:[!-~]+|.)[，。、；：？！）)》”’」』】〕]*")
"""The beginning of a line that cannot be parted: a character, a word or a number, with the brackets and stops at it."""
_SLACK = 0.3
"""Of a character's height: places are not exact, and between Chinese and Latin a quarter is left free."""


@dataclass(frozen=True, slots=True)
class Line:
    """Characters that stand beside one another; `size` is the height of one, `first` the width of the first word."""

    text: str
    left: float
    right: float
    top: float
    size: float
    first: float


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
    on = [_goes_on(line, margins, *after) for (line, margins), after in pairwise(lines)]
    return _joined([line for line, _ in lines], on)


def cell_text(lines: list[Line], room: float) -> str:
    """The text of a table's cell where lines can be `room` points wide.

    A line goes on with the next one if the first word of that had no room behind it.
    """
    listed = any(_LIST.search(line.text) for line in lines)
    left = min(line.left for line in lines)
    on = []
    for line, after in pairwise(lines):
        full = line.right - line.left + after.first > room - _SLACK * line.size
        named = not listed and line.text[0] == after.text[0] and line.text.startswith(_PLACE)
        begins = after.left - left > _INDENT * after.size or _LABEL.match(after.text)
        on.append(full and not named and not (begins and line.text.endswith(_SENTENCE_ENDS)))
    return "\n".join(_joined(lines, on))


def _joined(lines: list[Line], on: list[bool]) -> Iterator[str]:
    """Texts of lines; `on` tells of each but the last whether it goes on with the next one."""
    text = lines[0].text
    for line, goes_on in zip(lines[1:], on, strict=True):
        if goes_on:
            text += " " * _parts_words(text, line.text) + line.text
        else:
            yield text
            text = line.text
    yield text


def _line(glyphs: list[Glyph]) -> Line:
    size = median(glyph.bottom - glyph.top for glyph in glyphs)
    blank = _GAP * size + _stretch(glyphs)
    text = glyphs[0].text
    for before, glyph in pairwise(glyphs):
        text += " " * (glyph.left - before.right > blank) + glyph.text
    left, word = glyphs[0].left, len(_UNPARTED.match("".join(glyph.text for glyph in glyphs)).group())
    right, top = max(glyph.right for glyph in glyphs), min(glyph.top for glyph in glyphs)
    return Line(text, left, right, top, size, glyphs[word - 1].right - left)


def _stretch(glyphs: list[Glyph]) -> float:
    """What stands between all characters of a line that is set to fill its width; Latin words are not stretched."""
    pairs = ((one, other) for one, other in pairwise(glyphs) if not (one.text + other.text).isascii())
    return max(min((other.left - one.right for one, other in pairs), default=0), 0)


def _goes_on(line: Line, margins: Margins, after: Line, its_margins: Margins) -> bool:
    if not -line.size <= margins.right - line.right <= _FULL * line.size:
        return False
    if after.left - its_margins.left > _INDENT * after.size:
        return False
    return not (line.text.endswith(_SENTENCE_ENDS) and _LABEL.match(after.text))


def _parts_words(before: str, after: str) -> bool:
    """Whether two words of Latin letters meet at the end of a line."""
    return before[-1:].isascii() and after[:1].isascii() and before[-1:].isalpha() and after[:1].isalpha()
