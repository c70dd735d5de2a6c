"""Names of units that can be read in two ways, or that look like none, beside all other names of a document. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import pairwise

from core.decompose.draft import UnitMention
from core.decompose.fold import Span
from core.decompose.known import plain
from core.decompose.names import is_body
from core.decompose.readings import Reading

_VERB = re.compile(r"牵头|配合|负责|会同|协助|[:。;]")
_TWO_BODIES = re.compile(r"(.{2,}?)[和与及暨](.{2,})")
_JOINT = re.compile(r"[和与及暨]")
_LISTED_ASIDE = re.compile(r"\(([^()]*[、,][^()]*)\)")
_GROUP = ("各", "相关", "有关", "其他", "其它")
_PAIRS = (("(", ")"), ("【", "】"), ("《", "》"))
_SHORTEST, _LONGEST = 3, 16
"""Characters of a name that may stand inside another one."""

Doubt = tuple[str, tuple[str, ...]]
"""The code of a reading, and the names that it quotes."""


def balanced(text: str) -> bool:
    """Whether brackets come in pairs; `text` is folded."""
    return all(text.count(one) == text.count(other) for one, other in _PAIRS)


class UnitDoubts:
    """All unit names of a document; `known`: those of which somebody said that they are units."""

    def __init__(self, text: str, units: Iterable[UnitMention], known: Collection[str]) -> None:
        self._text = text
        self._known = {plain(name) for name in known}
        self._count = Counter(plain(unit.name) for unit in units)
        self._beginnings = {name[:end]: name for name in self._count for end in (-1, -2) if len(name) > -end}
        self._doubts = {name: self._doubt_of(name) for name in self._count}

    def begin(self, title: str) -> bool:
        """Whether a title is one of these names, or a list of bodies that one of them opens; `title` is folded."""
        head = re.split("[、,;]", title)[0]
        return head in self._count or (
            _is_body(head) and any(head[:end] in self._count for end in range(_SHORTEST, min(_LONGEST, len(head))))
        )

    def of_list(self, units: Collection[UnitMention]) -> Iterator[Reading]:
        """The doubts of one list."""
        for unit in units:
            if doubt := self._doubts[plain(unit.name)]:
                reading = Reading("units", doubt[0], unit.source, doubt[1])
                yield reading
                if reading.code == "odd_name":
                    yield replace(reading, field="deadlines")  # a limit that lost half a bracket looks like this
        for one, other in pairwise(units):
            joint = plain(self._text[one.source.end : other.source.start])
            if _JOINT.fullmatch(joint) and not (self._is_name(one) or self._is_name(other)):
                span = Span(one.source.start, other.source.end)
                yield Reading("units", "parted", span, (one.name, other.name, f"{one.name}{joint}{other.name}"))

    def _is_name(self, unit: UnitMention) -> bool:
        """Whether something beside the list says that this is a name: a person, another list, 各 before it."""
        name = plain(unit.name)
        return name in self._known or self._count[name] > 1 or name.startswith(_GROUP)

    def _doubt_of(self, name: str) -> Doubt | None:
        if name in self._known:
            return None
        if _VERB.search(name):
            return "verb", (name,)
        if not _is_body(name) or not balanced(name) or name[0].isdigit():
            return "odd_name", (name,)
        two = _TWO_BODIES.fullmatch(name)
        if two and _is_body(two[1]):
            return "joined", (two[1], two[2], name)
        aside = _LISTED_ASIDE.search(name)
        if aside and all(len(one) > 2 and _is_body(one) for one in re.split("[、,]", aside[1])):
            return "aside", (name,)
        return self._like_another(name) if self._count[name] == 1 else None

    def _like_another(self, name: str) -> Doubt | None:
        """A name that holds another of the document, or that is the beginning of one."""
        for start in range(1, len(name)):
            for end in range(start + _SHORTEST, min(start + _LONGEST, len(name)) + 1):
                if name[start:end] in self._count:
                    return "holds", (name, name[start:end])
        longer = self._beginnings.get(name)
        return ("shortened", (name, longer)) if longer else None


def _is_body(name: str) -> bool:
    return is_body(name, 0, len(name))
