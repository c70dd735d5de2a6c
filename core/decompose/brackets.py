"""Responsibility brackets: (责任单位:甲、乙), 【牵头单位:甲;配合单位:乙;时限:6月底前】, or a line 责任单位:甲、乙.

`ROLES` is the table of label words. A house style with other words is one more row, or a hint of the caller.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from core.decompose.draft import UnitMention
from core.decompose.fold import Folded

_BODY = r"(?:单位|部门|处室|科室|股室|机构|主体)"
ROLES = (
    ("lead", rf"(?:牵头|主责){_BODY}|牵头"),
    ("coop", rf"(?:配合|协办|协同|参加|参与){_BODY}|配合"),
    ("responsible", rf"(?:责任|承办|主办|落实|实施){_BODY}"),
    ("deadline", r"(?:完成|责任|办理)?时限(?:要求)?|完成时间|时间节点|时间要求"),
)
_PAIRS = {"(": ")", "【": "】", "[": "]"}
_LONGEST = 3000
# A word after the names that gives them their part: (甲牵头,乙、丙配合).
_PART_WORDS = (
    ("lead", re.compile(r"(?:\(牵头\)|牵头(?:负责|落实)?)$")),
    ("coop", re.compile(r"(?:\(配合\)|配合|协办|协同)$")),
)
_DUTY = re.compile(r"(?:按照?(?:各自)?(?:职责|分工)+)?(?:共同|分别)?(?:负责|落实|推进|实施)+$")
_AND_GROUP = re.compile(r"以?及(?=(?:其他|其它)?(?:各|相关|有关))|[和与](?=(?:其他|其它)?(?:各|相关|有关)[^、]{0,8}$)")
_ETC_GROUP = re.compile(r"等(?=(?:相关|有关|各)[^、]*$)")
_ETC = re.compile(r"等(?:单位|部门|处室)?$")
_SUFFIX = r"(?:局|委|办|处|室|科|厅|院|所|站|队|会|中心|镇|乡|街道|单位|部门|公司|集团|馆|政府|工业区|新区)"
UNIT_NAME_END = re.compile(rf"{_SUFFIX}(?:\([^()]*\))?$")
_JOINTS = re.compile(r"[(),;、\n\t]")
_NO_NAME = re.compile(r"[:。!?《》]|以下")
_LONG_NAME = 16
UNLABELLED = re.compile(rf"\(([^():。;\n]{{2,80}}{_SUFFIX})\)(?=[。;\n]|$)")
# Responsibility without a label: one body after a sentence (G), a clause that ends in its part, a label in the open.
UNREAD = re.compile(
    rf"(?<=[。;])\([^():。;\n]{{1,80}}{_SUFFIX}\)|\([^():\n]{{2,80}}(?:牵头|配合|负责|落实)\)"
    rf"|(?:责任|牵头|配合|承办|主办){_BODY}:[^。;\n]*"
)
# 由 … 牵头 in a sentence: only at the head of a clause, and not as an attribute (牵头制定的, 牵头部门).
_LEAD_IN_TEXT = re.compile(
    rf"(?:(?<=[。,;:\n)是])|^)由?([^由,。;:、()\n\t]{{1,24}}?{_SUFFIX})牵头(?!制|起草|编制|出台|建|部门|单位|处|科|的)"
)


@dataclass(frozen=True, slots=True)
class Bracket:
    """Folded places of one bracket, its label as written, and what it says.

    `doubts` are (start, end) ranges of what stands in it and was not understood.
    """

    start: int
    end: int
    label: str
    units: tuple[UnitMention, ...]
    deadlines: tuple[tuple[int, int], ...]
    doubts: tuple[tuple[int, int], ...]

    def joined(self, other: "Bracket") -> "Bracket":
        """This bracket and the one that follows it without any text between, as one."""
        units, deadlines = self.units + other.units, self.deadlines + other.deadlines
        return Bracket(self.start, other.end, self.label, units, deadlines, self.doubts + other.doubts)


class BracketGrammar:
    """Finds and reads the brackets; `unit_labels` are further words for 责任单位."""

    def __init__(self, unit_labels: tuple[str, ...] = ()) -> None:
        rows = (*ROLES, *(("responsible", re.escape(word)) for word in unit_labels))
        words = "|".join(f"(?P<{role}{place}>{word})" for place, (role, word) in enumerate(rows))
        self._open = re.compile(rf"(?:[(【\[]|(?<![^\n\t]))(?:{words}):")
        self._label = re.compile(rf"(?<![^(【\[,;、。:\n\t])(?:{words}):")

    def find(self, folded: Folded) -> tuple[list[Bracket], list[tuple[int, int]]]:
        """All brackets in order, and the ranges of those that never close."""
        opens = list(self._open.finditer(folded.text))
        limits = [found.start() for found in opens[1:]] + [len(folded.text)]
        brackets, broken = [], []
        for found, limit in zip(opens, limits, strict=False):
            limit = min(limit, found.start() + _LONGEST)
            if folded.text[found.start()] not in _PAIRS:
                end = folded.text.find("\n", found.start(), limit)
                end = limit if end < 0 else end
                brackets.append(self._read(folded, found.start(), end, end))
            elif end := _closing(folded.text, found.start(), limit):
                brackets.append(self._read(folded, found.start(), end, end - 1))
            else:
                broken.append(found.span())
        return brackets, broken

    def _read(self, folded: Folded, start: int, end: int, inner_end: int) -> Bracket:
        labels = list(self._label.finditer(folded.text, start, inner_end))
        ends = [found.start() for found in labels[1:]] + [inner_end]
        units, deadlines, doubts = [], [], []
        for found, value_end in zip(labels, ends, strict=True):
            role = found.lastgroup.rstrip("0123456789")
            value = _trim(folded.text, found.end(), value_end)
            if value[0] == value[1]:
                continue
            if role == "deadline":
                deadlines.append(value)
                continue
            for unit, place in _units(folded, *value, role):
                (units.append(unit) if unit else doubts.append(place))
        label = folded.plain(labels[0].start(), labels[0].end() - 1)
        return Bracket(start, end, label, tuple(units), tuple(deadlines), tuple(doubts))


def lead_in_text(folded: Folded, start: int, end: int) -> UnitMention | None:
    """The unit of the first clause that says 甲牵头, or None."""
    found = _LEAD_IN_TEXT.search(folded.text, start, end)
    return _mention(folded, found.span(1), "lead") if found else None


def looks_like_units(inner: str) -> bool:
    """Whether the inside of an unlabelled bracket is a list of bodies: several names that all end like one."""
    names = inner.split("、")
    return len(names) > 1 and all(UNIT_NAME_END.search(name) for name in names)


def _closing(text: str, start: int, limit: int) -> int | None:
    """Place after the bracket that closes the one at `start`; brackets inside are counted."""
    opening, closing = text[start], _PAIRS[text[start]]
    depth = 0
    for place in range(start, limit):
        if text[place] == opening:
            depth += 1
        elif text[place] == closing:
            depth -= 1
            if not depth:
                return place + 1
    return None


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in "\n\t,;、。":
        start += 1
    while end > start and text[end - 1] in "\n\t,;、。":
        end -= 1
    return start, end


def _units(folded: Folded, start: int, end: int, role: str) -> Iterator[tuple[UnitMention | None, tuple[int, int]]]:
    """The names of one value; a clause that ends in 牵头 or 配合 gives that part to all its names."""
    for clause_start, clause_end in _split(folded.text, start, end, ",;"):
        part, name_end = _part(folded.text, clause_start, clause_end, role)
        clause_start += name_end < clause_end and folded.text[clause_start] == "由"
        for piece in _split(folded.text, clause_start, name_end, "、\n\t"):
            for place in _names(folded, *piece):
                yield (_mention(folded, place, part) if _is_name(folded.text, *place) else None), place


def _part(text: str, start: int, end: int, role: str) -> tuple[str, int]:
    for part, word in _PART_WORDS:
        found = word.search(text, start, end)
        if found and found.start() > start:
            return part, found.start()
    found = _DUTY.search(text, start, end)
    return role, found.start() if found and found.start() > start else end


def _names(folded: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Parts a piece at 及相关单位 and 等相关单位, drops a closing 等."""
    for joint in (_AND_GROUP, _ETC_GROUP):
        found = joint.search(folded.text, start, end)
        if found and found.start() > start:
            yield from _names(folded, start, found.start())
            start = found.end()
    found = _ETC.search(folded.text, start, end)
    end = found.start() if found else end
    if start < end:
        yield from _spaced(folded, start, end)


def _spaced(folded: Folded, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Names that only a blank parts. A blank inside a name (责任 单位) does not leave two endings of bodies."""
    if folded.offsets[end - 1] - folded.offsets[start] == end - 1 - start:
        yield start, end
        return
    blanks = [place for place in range(start + 1, end) if folded.offsets[place] - folded.offsets[place - 1] > 1]
    pieces = list(pairwise([start, *blanks, end]))
    if all(
        piece_end - piece > 2 and UNIT_NAME_END.search(folded.text, piece, piece_end) for piece, piece_end in pieces
    ):
        yield from pieces
    else:
        yield start, end


def _mention(folded: Folded, place: tuple[int, int], role: str) -> UnitMention:
    return UnitMention(folded.plain(*place), role, folded.span(*place))


def _is_name(text: str, start: int, end: int) -> bool:
    """A sentence, another label or an aside (以下简称…) is no name; a long piece must at least end like a body."""
    if _NO_NAME.search(text, start, end):
        return False
    return end - start <= _LONG_NAME or bool(UNIT_NAME_END.search(text, start, end))


def _split(text: str, start: int, end: int, separators: str) -> Iterator[tuple[int, int]]:
    """Pieces between `separators` that stand outside parentheses: they belong to a name (县(市、区))."""
    depth, piece = 0, start
    for found in _JOINTS.finditer(text, start, end):
        char, place = found[0], found.start()
        depth += (char == "(") - (char == ")")
        if char in separators and depth <= 0:
            if piece < place:
                yield piece, place
            piece = place + 1
    if piece < end:
        yield piece, end
