"""A list of units as offices write it: 甲局、乙局，丙镇及相关单位 · 甲局牵头，乙局、丙局配合 · 各县（市、区）."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from core.decompose.draft import UnitMention
from core.decompose.fold import Folded
from core.decompose.labels import BODY, COOP, LEAD, TIME
from core.decompose.times import is_deadline, opening_limit, split_deadlines

_SUFFIX = (
    r"(?:局|委|办|处|室|科|股|司|厅|署|院|所|站|台|队|会|部|区|部门|单位|中心|镇|乡|街道|公司|集团|馆|校|园|社|政府|机关"
    r"|机构|银行|[支分]行|大学|[中小]学|残联|妇联|工商联|文联|团队|专班|小组|工作组|各省|各市|各县|县级市)"
)
_OPENING, _CLOSING = "(〔【", ")〕】"
_INNER = rf"[{_OPENING}][^{_OPENING}{_CLOSING}]*[{_CLOSING}]"
UNIT_NAME_END = re.compile(rf"{_SUFFIX}(?:{_INNER}(?:{_SUFFIX})?)?$")
_GROUP_NAME = re.compile(r"各[^,。;:、()]{0,12}(?:\([^()]*\))?$")
_DUTY = r"[按依根][照据]?(?:各自)?(?:职责|职能|分工|任务)+"
_VERBS = r"(?:抓总|牵头|统筹|指导|组织|协调|负责|抓好|做好|落实|推进|实施|完成|[承主]办|办理|监督)"
# What gives the names before it their part; a mark in brackets, 甲局(牵头), gives it to the one name before it.
# Most places in a list are told by their first character to be none.
_PART = re.compile(
    rf"(?=[{_OPENING}结总牵主共协配会参辅支按依根分具抓统指组负做落推实承完办积密])"
    rf"(?:(?P<mark>[{_OPENING}]{LEAD}{BODY}?[{_CLOSING}])|(?P<lead>(?:分别)?{LEAD}{_VERBS}*)"
    rf"|(?P<coop>[{_OPENING}]{COOP}{BODY}?[{_CLOSING}]|{COOP}{_VERBS}*)"
    rf"|(?P<responsible>{_DUTY}(?:结合实际)?(?:分别|共同|具体)?{_VERBS}*|(?:结合实际)?(?:分别|共同|具体)?{_VERBS}+))(?=[、/]|会同|$)"
)
# Without one of these a value is nothing but names between 、
_MORE = re.compile(r"[^\w、]|[\d年月季长持常即随等及和与会由按依根主牵配协参支辅负落统推指实组以]")
_AND = re.compile(r"以?及|[和与暨]|会同|(?<=[局处室科股])会(?![议计展场商员长务])")
_GROUP = re.compile(r"(?:其他|其它|市级|区级|县级|市直|区直|县直)?(?:各|相关|有关)")
_ETC = re.compile(r"等(?:\d{1,2}[个家])?(?:单位|部门|处室|科室)?$")
_ETC_GROUP = re.compile(r"等(?=(?:相关|有关|各)[^、]*$|[^、,;]{2,}成员单位$)")
_ASIDE = re.compile(
    r"\((?:以下|统称|简称|下同|[按依根]|分别)[^()]*\)$|(?:以下(?:统称|简称|合称|均?同)|统称|简称|下同).*$"
)
_NO_NAME = re.compile(r"[:。!?《》…]|以下|[时期]限|由")
# 按要求, 并持续推进: what opens no name; 如皋市 is one
_NO_OPENING = re.compile(r"(?:牵头|配合|责任)(?!单位|部门|处|科)|[按请]|如[有需期]|并[持且于]")
_NUMBER = re.compile(r"[\d\W]+")
NOTHING = re.compile(r"[-—–/\\]+|[暂均]?无(?:需?配合)?(?:单位|部门|处室|科室)?|\(?空\)?|不涉及")
"""What stands where nobody or no day is meant."""
_QUOTED = r"“[^“”\n]*”|‘[^‘’\n]*’|《[^《》\n]*》|「[^「」\n]*」|\"[^\"\n]*\""
_JOINTS = re.compile(rf"{_QUOTED}|[{_OPENING}{_CLOSING},;、/\n\t]")
_SOMEBODY = re.compile(r"由|会同|各|[局委厅]")
# What is to be done, though it may end like a body: 办好公开专区. An office may be for 推进.
_TO_DO = re.compile(
    r"[办做抓建用管]好|建[立成]|形成|明确|落实|做到|坚持|依托|打造|[开增]?设立|开设|健全|完善|加强|优化|推动|深化|拓展|提升|推进(?!办|专班|委|.{0,4}组$)"
)
# 完成时限6月底前: a label without a colon among names
_SAYS_WHEN = re.compile(rf"(?:{TIME})[为是]?(?=[\d一二三四五六七八九十年上下全长持每])|于(?=\d)")
_LONG_NAME = 16
_DAY = "deadline"
"""The part of a clause that is a time limit: 第一、三季度 is one."""

Place = tuple[int, int]


class Names(NamedTuple):
    """What one value says: its units, its days, ranges that are neither.

    `places` are the folded ranges of the units. `spoken`: words like 牵头 or 负责 say that it is about responsibility,
    even where no label does.
    """

    units: tuple[UnitMention, ...] = ()
    deadlines: tuple[Place, ...] = ()
    doubts: tuple[Place, ...] = ()
    places: tuple[Place, ...] = ()
    spoken: bool = False

    def certain(self, text: str) -> bool:
        """Whether it names bodies and says nothing else, which a list without a label must do; `text` is folded."""
        return bool(self.units) and not self.doubts and all(is_body(text, *place) for place in self.places)


def read_names(folded: Folded, start: int, end: int, role: str) -> Names:
    """Read a folded range that must not be empty; `role` is what its label says of the names."""
    if not _MORE.search(folded.text, start, end) and _whole(folded, start, end):
        segments, pieces = [], [(*place, role) for place in split(folded.text, start, end, "、")]
    else:
        segments = [
            segment
            for clause in split(folded.text, start, end, ",;")
            for segment in _segments(folded.text, *clause, role)
        ]
        segments = _supporting(segments)
        pieces = [
            (*place, part)
            for segment_start, segment_end, part, _ in segments
            for place in (
                [(segment_start, segment_end)] if part == _DAY else _listed(folded, segment_start, segment_end)
            )
        ]
    units, places, deadlines, doubts = [], [], [], []
    for start, end, part in pieces:
        if part == _DAY or (segments and is_deadline(folded.text, start, end)):
            deadlines += split_deadlines(folded.text, start, end)
        elif _is_name(folded.text, start, end):
            units.append(mention(folded, start, end, part))
            places.append((start, end))
        elif not NOTHING.fullmatch(folded.text, start, end):
            doubts.append((start, end))
    spoken = any(said for *_, said in segments)
    return Names(tuple(units), tuple(deadlines), tuple(doubts), tuple(places), spoken)


def mention(folded: Folded, start: int, end: int, role: str) -> UnitMention:
    """One name as written, with its place."""
    return UnitMention(folded.plain(start, end), role, folded.span(start, end))


def split(text: str, start: int, end: int, separators: str) -> Iterator[Place]:
    """Pieces between `separators` outside parentheses, “ ” and 《》: those inside belong to a name (县(市、区))."""
    depth, piece = 0, start
    for found in _JOINTS.finditer(text, start, end):
        char, place = found[0], found.start()
        depth += (char in _OPENING) - (char in _CLOSING)
        if char in separators and depth <= 0:
            if piece < place:
                yield piece, place
            piece = place + 1
    if piece < end:
        yield piece, end


def _whole(folded: Folded, start: int, end: int) -> bool:
    """Whether no blank was folded away inside the range."""
    return folded.offsets[end - 1] - folded.offsets[start] == end - 1 - start


def _segments(text: str, start: int, end: int, role: str) -> Iterator[tuple[int, int, str, bool]]:
    """(start, end, part, said) of the names of a clause: 甲局牵头、乙局和丙局配合 are two."""
    if said := _SAYS_WHEN.match(text, start, end):
        start = said.end()
    if is_deadline(text, start, end) or _dated(text, start, end):
        yield start, end, _DAY, False
        return
    for found in _PART.finditer(text, start, end):
        if found["mark"] and found.start() > start:
            *before, (start, _) = split(text, start, found.start(), "、")
            yield from ((*place, role, True) for place in before)
        part = {"mark": "lead", "responsible": role}.get(found.lastgroup, found.lastgroup)
        joins = text.startswith("会同", start, end)
        yield start + 2 * joins, found.start(), "coop" if joins else part, True
        start = found.end()
    if start < end:
        yield start, end, role, False


def _supporting(segments: list[tuple[int, int, str, bool]]) -> list[tuple[int, int, str, bool]]:
    """甲局牵头,乙局,丙局配合: names between the lead and those that 配合 are theirs."""
    led = False
    for place in range(len(segments) - 1):
        start, end, part, said = segments[place]
        if led and not said and part != _DAY and segments[place + 1][2:] == ("coop", True):
            segments[place] = start, end, "coop", True
        led = led or (said and part == "lead")
    return segments


def _dated(text: str, start: int, end: int) -> bool:
    """Whether a clause says by when what is to be done (6月底前出台办法), and names nobody."""
    limit = opening_limit(text, start, end)
    return bool(limit) and not any(rule.search(text, limit, end) for rule in (_SOMEBODY, _PART, UNIT_NAME_END))


def _listed(folded: Folded, start: int, end: int) -> Iterator[Place]:
    for piece in split(folded.text, start, end, "、/\t"):
        yield from _parted(folded, *piece)


def _parted(folded: Folded, start: int, end: int) -> Iterator[Place]:
    """The names of a piece between two 、: parted at 及相关单位, 和 and blanks; without asides and a closing 等."""
    text = folded.text
    start += text.startswith("由", start, end)
    aside = _ASIDE.search(text, start, end)
    end = aside.start() if aside else end
    for found in _AND.finditer(text, start, end):
        if found.start() > start and _parts_names(text, start, *found.span(), end):
            etc = _ETC.search(text, start, found.start())
            yield from _spaced(folded, start, etc.start() if etc and etc.start() > start else found.start())
            start = found.end()
    etc = _ETC_GROUP.search(text, start, end)
    if etc and etc.start() > start:
        yield from _spaced(folded, start, etc.start())
        start = etc.end()
    etc = _ETC.search(text, start, end)
    yield from _spaced(folded, start, etc.start() if etc else end)


def _parts_names(text: str, start: int, joint: int, after: int, end: int) -> bool:
    """Whether 和 stands between two names (各镇和街道) and not inside one (文化和旅游局)."""
    if _GROUP.match(text, after, end):
        return True
    certain = joint - start > 2 or text[joint - 1] in "局处委办"  # 干部和人才处 is one
    return bool(certain and end - after > 1 and UNIT_NAME_END.search(text, start, joint))


def _spaced(folded: Folded, start: int, end: int) -> Iterator[Place]:
    """Names that only a blank or a line end parts. One inside a name (信息 中心) does not leave two ends of bodies."""
    text = folded.text
    start, end = _without_ends(text, start, end)
    if start == end:
        return
    if _whole(folded, start, end) and text.find("\n", start, end) < 0:
        yield start, end
        return
    gaps = [place for place in range(start + 1, end) if text[place - 1] == "\n" or folded.parted(place)]
    pieces = [_without_ends(text, *piece) for piece in pairwise([start, *gaps, end]) if text[slice(*piece)].strip("\n")]
    if all(stop - begin > 1 and UNIT_NAME_END.search(text, begin, stop) for begin, stop in pieces):
        yield from pieces
    else:
        yield start, end


def _without_ends(text: str, start: int, end: int) -> Place:
    """The range without the line ends around it."""
    while start < end and text[start] == "\n":
        start += 1
    while end > start and text[end - 1] == "\n":
        end -= 1
    return start, end


def is_body(text: str, start: int, end: int) -> bool:
    """Whether a name ends like the name of a body (局, 委, 街道 …) or is a group (各区), and opens with no verb."""
    return not _TO_DO.match(text, start, end) and bool(
        UNIT_NAME_END.search(text, start, end) or _GROUP_NAME.match(text, start, end)
    )


def _is_name(text: str, start: int, end: int) -> bool:
    """A number, a sentence, another label or an aside (以下简称…) is none; a long piece must end like a body."""
    if any(rule.fullmatch(text, start, end) for rule in (_NUMBER, NOTHING)):
        return False
    if _NO_NAME.search(text, start, end) or _NO_OPENING.match(text, start, end):
        return False
    return end - start <= _LONG_NAME or bool(UNIT_NAME_END.search(text, start, end))
