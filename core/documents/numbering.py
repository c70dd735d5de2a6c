"""Word's automatic numbers, which are no characters of the text: counted here as Word counts them.

ECMA-376 part 1, 17.9: a paragraph (or its style) names a `num`, that names an `abstractNum`, whose levels say how a
number is made. Lists with the same abstractNum count on, unless a `num` starts its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from docx.oxml.ns import qn

from core.documents.ordinals import ordinal

LEVELS = 9
_CLOSED = "、）)】］]。：:"
_PLACEHOLDER = re.compile("%([1-9])")
_CHAIN = 20
"""Styles that are based on one another, at most: a ring of them has no end."""


@dataclass(frozen=True, slots=True)
class Level:
    """How one level counts and is printed; `restart` is the level (from 1) after which it starts again, 0 for never."""

    start: int = 1
    form: str = "decimal"
    text: str = ""
    legal: bool = False
    glued: bool = False
    restart: int | None = None


class Styles:
    """Paragraph styles of a document: their names, and the list that one of them belongs to."""

    def __init__(self, root) -> None:
        found = () if root is None else root.iterfind(qn("w:style"))
        self._styles = {style.get(qn("w:styleId")): style for style in found}

    def name(self, style: str | None) -> str:
        """The name of a style, in lower case."""
        element = self._styles.get(style)
        return (_value(element, "w:name") or "").lower() if element is not None else ""

    def list_of(self, style: str | None) -> tuple[str | None, str | None]:
        """(numId, ilvl) that a style sets, itself or by what it is based on."""
        number = level = None
        for _ in range(_CHAIN):
            element = self._styles.get(style)
            if element is None:
                break
            properties = element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is not None:
                number, level = number or _value(properties, "w:numId"), level or _value(properties, "w:ilvl")
            style = _value(element, "w:basedOn")
        return number, level


class Numbering:
    """The running counters of one document; ask for the labels in the order of its paragraphs."""

    def __init__(self, root, styles: Styles) -> None:
        self._styles = styles
        self._abstract = {e.get(qn("w:abstractNumId")): e for e in _each(root, "w:abstractNum")}
        self._nums = {e.get(qn("w:numId")): e for e in _each(root, "w:num")}
        self._levels: dict[str, list[Level]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()

    def label(self, paragraph) -> str:
        """What Word prints before this paragraph, with a blank where it would touch the text; mostly nothing."""
        number, depth = self._place(paragraph)
        if number not in self._nums or depth >= LEVELS:
            return ""
        list_id = self._list(number)
        levels = self._levels_of(number, list_id)
        counts = self._counts.setdefault(list_id, [None] * LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            for level in self._restarted(number):
                counts[level] = None
        self._count(levels, counts, depth)
        return _printed(levels, counts, depth)

    def _place(self, paragraph) -> tuple[str | None, int]:
        """numId and level of a paragraph; those of its style where it says nothing itself."""
        properties = paragraph.find(qn("w:pPr"))
        own = properties.find(qn("w:numPr")) if properties is not None else None
        style = _value(properties, "w:pStyle")
        number, level = self._styles.list_of(style)
        if number is not None and level is None:
            level = self._level_of_style(number, style)
        number, level = _value(own, "w:numId") or number, _value(own, "w:ilvl") or level
        return number, _number(level, 0)

    def _level_of_style(self, number: str, style: str | None) -> str | None:
        definition = self._abstract.get(self._list(number))
        for level in _each(definition, "w:lvl"):
            if _value(level, "w:pStyle") == style:
                return level.get(qn("w:ilvl"))
        return None

    def _list(self, number: str) -> str:
        """abstractNumId of a num; one that only links to a style has that style's."""
        for _ in range(_CHAIN):
            list_id = _value(self._nums.get(number), "w:abstractNumId")
            linked = _value(self._abstract.get(list_id), "w:numStyleLink")
            number = self._styles.list_of(linked)[0] if linked else None
            if number not in self._nums:
                break
        return list_id or ""

    def _levels_of(self, number: str, list_id: str) -> list[Level]:
        if number not in self._levels:
            levels = [Level()] * LEVELS
            overrides = [e.find(qn("w:lvl")) for e in _each(self._nums[number], "w:lvlOverride")]
            for element in (*_each(self._abstract.get(list_id), "w:lvl"), *overrides):
                if element is not None and (depth := _depth(element)) is not None:
                    levels[depth] = _level(element)
            for element in _each(self._nums[number], "w:lvlOverride"):
                start, depth = _value(element, "w:startOverride"), _depth(element)
                if start is not None and depth is not None:
                    old = levels[depth]
                    levels[depth] = Level(_number(start, 1), old.form, old.text, old.legal, old.glued, old.restart)
            self._levels[number] = levels
        return self._levels[number]

    def _restarted(self, number: str) -> Iterator[int]:
        for element in _each(self._nums[number], "w:lvlOverride"):
            if element.find(qn("w:startOverride")) is not None and (depth := _depth(element)) is not None:
                yield depth

    @staticmethod
    def _count(levels: list[Level], counts: list[int | None], depth: int) -> None:
        for above in range(depth):
            if counts[above] is None:
                counts[above] = levels[above].start
        counts[depth] = levels[depth].start if counts[depth] is None else counts[depth] + 1
        for below in range(depth + 1, LEVELS):
            restart = levels[below].restart
            if restart is None or depth < restart:
                counts[below] = None


def _printed(levels: list[Level], counts: list[int | None], depth: int) -> str:
    level = levels[depth]
    if level.form == "bullet":
        return ""

    def number(found: re.Match) -> str:
        place = int(found[1]) - 1
        return ordinal(counts[place] or 0, "decimal" if level.legal else levels[place].form)

    label = _PLACEHOLDER.sub(number, level.text)
    return label if not label or level.glued or label[-1] in _CLOSED else f"{label} "


def _level(element) -> Level:
    restart = _value(element, "w:lvlRestart")
    return Level(
        start=_number(_value(element, "w:start"), 1),
        form=_value(element, "w:numFmt") or "decimal",
        text=(_value(element, "w:lvlText") or "")[:40],
        legal=element.find(qn("w:isLgl")) is not None,
        glued=_value(element, "w:suff") == "nothing",
        restart=_number(restart, 0) if restart is not None else None,
    )


def _each(element, tag: str) -> Iterator:
    return iter(()) if element is None else element.iterfind(qn(tag))


def _value(element, tag: str) -> str | None:
    """`w:val` of a child."""
    child = element.find(qn(tag)) if element is not None else None
    return child.get(qn("w:val")) if child is not None else None


def _depth(element) -> int | None:
    depth = _number(element.get(qn("w:ilvl")), LEVELS)
    return depth if depth < LEVELS else None


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 6 else otherwise
