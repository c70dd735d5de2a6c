"""Where units stand: (责任单位:甲、乙), 【牵头单位:甲;时限:6月底前】, a line 责任单位:甲, or no more than (甲、乙)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

from core.decompose.draft import UnitMention
from core.decompose.fold import Folded
from core.decompose.labels import ROLES
from core.decompose.names import NOTHING, UNIT_NAME_END, Names, Place, is_body, mention, read_names
from core.decompose.times import is_deadline, may_be_limit, split_deadlines

_PAIRS = {"(": ")", "【": "】", "[": "]", "〔": "〕", "{": "}", "〈": "〉", "<": ">"}
_NESTING = {opening: re.compile(rf"[{re.escape(opening + closing)}]") for opening, closing in _PAIRS.items()}
_ANY_BRACKET = re.compile(f"[{re.escape(''.join((*_PAIRS, *_PAIRS.values())))}]")
_LONGEST = 1500
_LONGEST_LEAD = 200
"""Characters between an opening bracket and its first label, where names without one come first."""
_LONGEST_LABEL = 20
# 责任单位 甲局: a blank in place of the colon
_LABEL_BLANK = re.compile(r"(?<=[位门室关构体处科限间求点度])[ \u3000]+(?=[^\s:：|])")
# 责任单位为甲局
_COLON = re.compile(":")
_LABEL_IS = re.compile(r"(?<=[位门室体限间])[为是]")
_PIECE = re.compile(r"[^、,;。:\n\t()【】\[\]|]{0,30}")
# A label in the open stands at the start of a line, after these, or after a blank.
_BEFORE_LABEL = frozenset("。;,)】\n\t")
_SENTENCE_END = "。;!?\n"
# A label that means nothing to us (督导单位:) and all names behind it.
_OTHER_LABEL = re.compile(r"[^\W\d_]{2,12}:")
# A label in the open ends with its sentence or its line.
_STOP = re.compile(r"[。\n]")
# (甲、乙) without a label, where no other colon or sentence stands in it.
_PLAIN = re.compile(
    r"[(〔\[【](?![一二三四五六七八九十百\d]+\))"
    r"((?:[^()〔〕\[\]【】:。\n]|[(〔\[【][^()〔〕\[\]【】:。\n]{1,30}[)〕\]】]){2,300})[)〕\]】]"
)
# So many lists of bodies without a label are a habit of the document (or more single ones, each behind a sentence);
# one may be anything.
_HABIT = 2
# 由 … 牵头 in a sentence: only at the head of a clause, and not as an attribute (牵头制定的, 牵头部门).
_LEADS = r"由?([^由,。;:、()〔\[【\n\t]{1,24}?)牵头(?!制|起草|编制|出台|建|部门|单位|处|科|的)"
_LEADS_TASK, _LEADS_CLAUSE = re.compile(_LEADS), re.compile(rf"(?<=[。,;:\n)是]){_LEADS}")


class Bracket(NamedTuple):
    """Folded places of one bracket, its label as written (empty where it has none), and what it says.

    `doubts` are (start, end) ranges of what stands in it and was not understood.
    """

    start: int
    end: int
    label: str
    units: tuple[UnitMention, ...] = ()
    deadlines: tuple[Place, ...] = ()
    doubts: tuple[Place, ...] = ()

    def joined(self, *others: "Bracket") -> "Bracket":
        """This bracket and those that follow it without any text between, as one."""
        every = (self, *others)
        return Bracket(
            self.start,
            every[-1].end,
            self.label,
            tuple(chain.from_iterable(one.units for one in every)),
            tuple(chain.from_iterable(one.deadlines for one in every)),
            tuple(chain.from_iterable(one.doubts for one in every)),
        )


@dataclass(frozen=True, slots=True)
class Brackets:
    """All that was read, in order; `doubts` are folded ranges, each with its leftover code."""

    read: list[Bracket]
    doubts: list[tuple[str, int, int]]


class _Label(NamedTuple):
    role: str
    start: int
    end: int


class BracketGrammar:
    """Finds and reads the brackets; `unit_labels` are further words for 责任单位."""

    def __init__(self, unit_labels: tuple[str, ...] = ()) -> None:
        rows = (*ROLES, *(("responsible", re.escape(word)) for word in unit_labels))
        words = "|".join(f"(?P<{role}{place}>{word})" for place, (role, word) in enumerate(rows))
        self._word = re.compile(rf"(?:{words})$")

    def find(self, folded: Folded) -> Brackets:
        """Read the whole document: what has a label, and what has none where that is the habit of the document."""
        labels = list(self._labels(folded))
        brackets: list[Bracket] = []
        doubts: list[tuple[str, int, int]] = []
        starts = [label.start for label in labels]
        reached = 0
        for place, label in enumerate(labels):
            if label.start < reached:
                continue
            opening = _opening(folded.text, label.start)
            if opening is None:
                start, end = label.start, _line_end(folded.text, labels, place)
            elif end := _closing(folded.text, opening, _limit(folded.text, labels, place)):
                start = opening
            else:
                doubts.append(("bracket", opening, label.end))
                continue
            reached = end
            bracket = _read(folded, start, end, labels[place : bisect_left(starts, end)], opening is not None)
            # 配合单位:无, and a line 联系人:张三, name no unit and are no text of a task
            said = NOTHING.fullmatch(folded.text, label.end, end - (opening is not None))
            if bracket.units or bracket.deadlines or said or (opening is None and label.role == "person"):
                brackets.append(bracket)
            else:
                doubts.append(("bracket", start, end))
        plain, unread = _without_label(folded, brackets)
        return Brackets(sorted(brackets + plain, key=lambda one: one.start), doubts + unread)

    def _labels(self, folded: Folded) -> Iterator[_Label]:
        """Every 责任单位: and its like, in the open or in a bracket."""
        text = folded.text
        blanks = (bisect_left(folded.offsets, found.end()) for found in _LABEL_BLANK.finditer(folded.source))
        marks = (found.start() for rule in (_COLON, _LABEL_IS) for found in rule.finditer(text))
        for end in sorted((*marks, *blanks)):
            reach = max(0, end - _LONGEST_LABEL)
            nearest = text.rfind("(", reach, end) + 1
            found = self._word.search(text, nearest or reach, end)
            if nearest and not found:
                found = self._word.search(text, reach, end)
            if found and _stands_free(folded, found.start()):
                label = _Label(found.lastgroup.rstrip("0123456789"), found.start(), end + (text[end] in ":为是"))
                if text[end] == ":" or self._opens_value(folded, label):
                    yield label

    def _opens_value(self, folded: Folded, label: _Label) -> bool:
        """Whether what stands behind a label and a blank can only be its value, and not the next word over a table."""
        text = folded.text
        end = _PIECE.match(text, label.end).end()
        end = next((at for at in range(label.end + 1, end) if folded.parted(at)), end)
        if self._word.fullmatch(text, label.end, end):
            return False
        return is_deadline(text, label.end, end) if label.role == "deadline" else is_body(text, label.end, end)


def lead_in_text(folded: Folded, start: int, end: int) -> UnitMention | None:
    """The unit of the first clause that says 甲牵头, or None."""
    if folded.text.find("牵头", start, end) < 0:
        return None
    opening = _LEADS_TASK.match(folded.text, start, end)
    for found in (*filter(None, (opening,)), *_LEADS_CLAUSE.finditer(folded.text, start, end)):
        if is_body(found[1], 0, len(found[1])):
            return mention(folded, *found.span(1), "lead")
    return None


def _stands_free(folded: Folded, start: int) -> bool:
    before = folded.text[start - 1] if start else "\n"
    return before in _PAIRS or before in _BEFORE_LABEL or folded.parted(start)


def _bracketed(text: str, label: _Label) -> bool:
    return label.start > 0 and text[label.start - 1] in _PAIRS


def _opening(text: str, start: int) -> int | None:
    """The bracket in which a label stands, within its sentence; None for a label in the open."""
    if start and text[start - 1] in _PAIRS:
        return start - 1
    sentence = max(text.rfind(stop, max(0, start - _LONGEST_LEAD), start) for stop in "。\n") + 1
    still_open = []
    for found in _ANY_BRACKET.finditer(text, max(sentence, start - _LONGEST_LEAD), start):
        if found[0] in _PAIRS:
            still_open.append(found.start())
        elif still_open:
            still_open.pop()
    return still_open[-1] if still_open else None


def _limit(text: str, labels: list[_Label], place: int) -> int:
    """How far the bracket of a label can reach: to the next one that opens."""
    furthest = labels[place].start + _LONGEST
    for at in range(place + 1, len(labels)):
        if labels[at].start > furthest or _bracketed(text, labels[at]):
            return min(labels[at].start - 1, furthest)
    return min(len(text), furthest)


def _closing(text: str, start: int, limit: int) -> int | None:
    """Place after the bracket that closes the one at `start`; brackets inside are counted."""
    depth = 0
    for found in _NESTING[text[start]].finditer(text, start, limit):
        depth += 1 if found[0] == text[start] else -1
        if not depth:
            return found.end()
    return None


def _line_end(text: str, labels: list[_Label], place: int) -> int:
    """Where the value of a label in the open ends: with its sentence or line, but not after a separator."""
    start = labels[place].end
    following = labels[place + 1].start if place + 1 < len(labels) else -1
    for found in _STOP.finditer(text, start, start + _LONGEST):
        stop = found.start()
        goes_on = found[0] == "\n" and (stop == start or text[stop - 1] in "、,") and following != found.end()
        if not goes_on:
            return stop
    return min(len(text), start + _LONGEST)


def _read(folded: Folded, start: int, end: int, labels: list[_Label], bracketed: bool) -> Bracket:
    """What stands from label to label; names before the first label of a bracket are those of 责任单位."""
    first, inner_end = labels[0], end - bracketed
    if bracketed and first.start > start + 1:
        labels = [_Label("responsible", start, start + 1), *labels]
    units, deadlines, doubts = [], [], []
    for label, value_end in zip(labels, [*(one.start for one in labels[1:]), inner_end], strict=True):
        value = _trim(folded.text, label.end, value_end)
        if value[0] == value[1] or NOTHING.fullmatch(folded.text, *value):
            continue
        if label.role == "deadline":
            if may_be_limit(folded.text, *value):
                deadlines += split_deadlines(folded.text, *value)
            else:
                doubts.append(value)
        elif label.role == "person":
            doubts.append(value)
        else:
            if other := _OTHER_LABEL.search(folded.text, *value):
                cut = next((at for at in range(other.end() - 2, other.start(), -1) if folded.parted(at)), other.start())
                doubts.append((cut, value[1]))
                value = _trim(folded.text, value[0], cut)
            if value[0] == value[1]:
                continue
            names = read_names(folded, *value, label.role)
            units += names.units
            deadlines += names.deadlines
            doubts += names.doubts
    word = folded.plain(first.start, first.end).rstrip(":：")
    return Bracket(start, end, word, tuple(units), tuple(deadlines), tuple(doubts))


def _without_label(folded: Folded, labelled: list[Bracket]) -> tuple[list[Bracket], list[tuple[str, int, int]]]:
    """The brackets without a label that are read, and those that only look like one.

    Words like 牵头 or 负责 say what a bracket is. Bare names do where the document writes them again and again and has
    no labels at all; beside brackets that say so, only those behind the end of a sentence.
    """
    labels = any(one.units for one in labelled)
    found = list(_plain_brackets(folded, labelled))
    lists = sum(one.certain and len(one.names.units) > 1 for one in found)
    single = sum(one.certain and one.after for one in found)
    habitual = not labels and (lists >= _HABIT or single > _HABIT)
    beside = labels or any(one.spoken and one.certain for one in found)
    read, unread = [], []
    for one in found:
        if one.certain and (
            one.spoken or (habitual and not one.gloss) or (beside and _closes_sentence(folded.text, one.start))
        ):
            read.append(Bracket(one.start, one.end, "", one.names.units, one.names.deadlines))
        elif one.spoken or one.after or len(one.names.units) > 1:
            is_list = not one.spoken and len(one.names.units) > 1
            unread.append(("names" if is_list else "duty", one.start, one.end))
    return read, unread


class _Plain(NamedTuple):
    """A bracket without a label: `after` a sentence, or before its end; `gloss` explains the body before it."""

    start: int
    end: int
    names: Names
    certain: bool
    spoken: bool
    after: bool
    gloss: bool


def _plain_brackets(folded: Folded, labelled: list[Bracket]) -> Iterator[_Plain]:
    """The brackets at either side of the end of a sentence, outside of those with a label, that may name bodies."""
    text, starts = folded.text, [one.start for one in labelled]
    for found in _PLAIN.finditer(text):
        start, end = found.span()
        after = start == 0 or text[start - 1] in _SENTENCE_END
        if not after and text[end : end + 1] not in _SENTENCE_END:
            continue
        inside = bisect_right(starts, start) - 1
        if inside >= 0 and end <= labelled[inside].end:
            continue
        gloss = not after and bool(UNIT_NAME_END.search(text, max(0, start - 10), start))
        names = read_names(folded, *found.span(1), "responsible")
        # nobody explains a name in 〔〕, or says until when it is one
        spoken = names.spoken or text[start] != "(" or bool(names.deadlines and not gloss)
        certain = names.certain(text)
        partly = after and len(names.places) > 1 and any(is_body(text, *place) for place in names.places)
        if spoken or certain or partly:
            yield _Plain(start, end, names, certain, spoken, after, gloss)


def _closes_sentence(text: str, start: int) -> bool:
    """Whether a bracket stands behind a sentence, be it on the line below; under a title it does not."""
    while start and text[start - 1] == "\n":
        start -= 1
    return start > 0 and text[start - 1] in _SENTENCE_END


def _trim(text: str, start: int, end: int) -> Place:
    while start < end and text[start] in "\n\t,;、。([【":
        start += 1
    while end > start and text[end - 1] in "\n\t,;、。([【":
        end -= 1
    return start, end
