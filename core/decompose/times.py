"""When: deadlines and recurrence in a text. What decides whether a phrase bounds completion stands in `_bounds`."""

import re
from collections.abc import Iterator

from core.decompose.draft import Cadence, Deadline, SoftCadence
from core.decompose.fold import Folded
from core.decompose.numerals import NUMBER, read_int
from core.decompose.phrases import Reading, day_of, find_phrases, read_phrase

_OPENERS = frozenset("。,;:!?“”\"'()、\n\t于在拟将")
_NOT_A_BOUND = re.compile(
    r"以来|起|开始|印发|发布的|出台的|召开的|通过的|公布的|施行|实施的|修订的|至今|份?的|情况|工作总结"
)
# 12月31日前形成的公文: which things, not by when
_ATTRIBUTE = re.compile(r"(?:已?(?:制定|印发|发布|出台|形成|产生|公布|施行|成立|设立|登记|生效|制发))+的")
_WITHIN_ENDS = "(?:之内|以内|内)"
_HOURS = rf"(?:{NUMBER}|半)(?:个?小时|分钟)"
# 20日内公布, 三年内轮训: counted from an event, or from the plan; 近三年内 and 三年内的文件 say which things. Hours are
# quoted where the event stands before them (发布后2小时内); 最迟在24小时内 sets no day to anybody
_WITHIN = re.compile(
    rf"(?:(?<![近去过前期这任]){NUMBER}(?:个月|个?自然日|[日天年])|(?<=[后起]){_HOURS}){_WITHIN_ENDS}"
    r"(?<!内(?=[部容]))(?!的|[新曾]|累计|已)"
)
_ONGOING = re.compile(r"长期|持续|常态化|常年|即时|及时|实时|随时|适时")
# The whole of a value or of a piece between names: 6月底前完成, 全年, 长期坚持
_TIMES = rf"(?:(?:至少|不少于)?{NUMBER}次)"
_DONE = re.compile(
    rf"(?:各{_TIMES})?(?:前)?(?:全面|全部)?(?:完成|办结|落实|报送|公开|发布|上线|到位)?(?:并?(?:持续|长期)\w{{0,4}})?$"
)
_STATE = re.compile(
    r"(?:20\d\d年)?(?:全年|长期|持续|常态化|常年|即时|及时|实时|随时|适时)\w{0,4}$|20\d\d(?:年度?|[./]\d{1,2})$"
    rf"|每(?:半?年度?|季度?|个?月|周|学期){_TIMES}?$|每?(?:季度?|月)[末底]$"
    rf"|(?:[^,。;:、]{{1,16}}[后起前])?(?:{NUMBER}(?:个月|个?自然日|个?工作日|[日天])|{_HOURS}){_WITHIN_ENDS}(?:完成|办结|公[开布]|发布|报送)?$"
)
_YEAR_ONLY = re.compile(r"(\d{4})(?:年度?|[./](\d{1,2}))$")
_TIME_SIGN = re.compile(
    r"[\d年月季周]|长期|持续|常态|即时|及时|实时|随时|适时|[日天时钟][之以]?内|[期学假运考暖节旦明一午秋庆会][末底之以]?前"
)
_PARTS = re.compile(r"[、,;]|(?<=[前底末])(?:以?及|和)")
_SENTENCE = re.compile(r"[。;]")
_LONGEST_LIMIT = 30
_BETWEEN_MONTHS = re.compile("[、和及]")
# What joins a limit to the one before it, and words to a phrase: 6月底前完成并持续推进 is one limit
_JOINS = re.compile(r"[并和及且]")
# 全年动态更新: what is done all the year is no part of the limit
_WHOLE_YEAR = re.compile(r"((?:20\d\d年)?全年)(?:动态|持续|常态化?|稳步|有序)?(?:推进|更新|实施|开展|落实|公开|进行)")
_NUMERALS = re.compile(r"^\d{4}年|\d+|[一二三四五六七八九十]+")
_CADENCE = re.compile(
    r"[每按逐](?:(?<=每)(?P<interval>[两二三\d])?个?(?:(?P<half>半年|学期)|(?P<year>学?年度?)|(?P<quarter>季度?)|(?P<month>月)|(?P<week>周|星期)"
    r"|(?P<day>日|天|工作日))|(?<!每)(?P<by>月|季度?|周|学期|学年)(?![份度]))"
)
_BY = {"月": "month", "周": "week", "季": "quarter", "季度": "quarter", "学期": "half_year", "学年": "year"}
_KINDS = {"year": "yearly", "half_year": "half_yearly", "quarter": "quarterly", "month": "monthly", "week": "weekly"}
_SOFT = re.compile(r"不定期|定期|常态化|动态|逐步|实时")


def find_deadlines(folded: Folded, start: int, end: int, year: int | None) -> Iterator[Deadline]:
    """Deadlines in the folded range, in order. `year` is the plan's; without it days stay None."""
    bounding = (one for one in find_phrases(folded.text, start, end) if _bounds(one, start, end))
    found = [(month, read_phrase(month, year)) for one in bounding for month in _months(one)]
    counted = _WITHIN.finditer(folded.text, start, end)
    found += [(one, Reading("unclear")) for one in counted if not _ATTRIBUTE.match(folded.text, one.end(), end)]
    for one, reading in sorted(found, key=lambda pair: pair[0].start()):
        yield _deadline(folded, *one.span(), reading)


def labelled_deadline(folded: Folded, start: int, end: int, year: int | None) -> Deadline:
    """The value of a 完成时限 label: the whole value is the deadline, also 全年, 长期 and what nobody can compute."""
    value = folded.text[start:end]
    if found := list(find_phrases(folded.text, start, end)):
        reading, *more = (read_phrase(one, year) for one in found)
        if more and all(one.due for one in (reading, *more)):
            reading = more[-1]._replace(earlier=tuple(one.due for one in (reading, *more[:-1])))
    elif found := _YEAR_ONLY.match(value):
        written, month = int(found[1]), int(found[2] or 0)
        reading = Reading("period", day_of(written, month or 12, None), day_of(written, month or 1, 1))
    elif found := _CADENCE.match(value):
        reading = Reading(_KINDS.get(_every(found), "ongoing"))
    elif "全年" in value[:7]:
        reading = Reading("period", day_of(year, 12, 31), day_of(year, 1, 1))
    else:
        reading = Reading("ongoing" if _ONGOING.search(value) else "unclear")
    return _deadline(folded, start, end, reading)


def is_deadline(text: str, start: int, end: int) -> bool:
    """Whether a piece of a list is a time limit and nothing else."""
    if not _TIME_SIGN.search(text, start, end):
        return False
    found = next(find_phrases(text, start, end), None)
    if found and found.start() == start:
        return bool(_DONE.match(text, found.end(), end))
    return bool(_STATE.match(text, start, end))


def opening_limit(text: str, start: int, end: int) -> int | None:
    """The end of the phrase that opens a range and bounds it (6月底前出台办法); None where there is none."""
    found = next(find_phrases(text, start, end), None) if _TIME_SIGN.search(text, start, end) else None
    return found.end() if found and found.start() == start and _bounds(found, start, end) else None


def all_deadlines(text: str, start: int, end: int) -> bool:
    """Whether a value is nothing but time limits (6月底前、12月底前)."""
    return is_deadline(text, start, end) or all(is_deadline(text, *piece) for piece in _pieces(text, start, end))


def has_limit(text: str, start: int, end: int) -> bool:
    """Whether a value is a time limit, opens with one (2月公布预算,8月公布决算), or names one in each part."""
    if not _TIME_SIGN.search(text, start, end):
        return False
    opens = is_deadline(text, start, end) or opening_limit(text, start, end) is not None
    return opens or len(split_deadlines(text, start, end)) > 1


def may_be_limit(text: str, start: int, end: int) -> bool:
    """Whether a value under a word like 完成时限 may be one: a sentence that does not open with a time is none."""
    sentence = end - start > _LONGEST_LIMIT or _SENTENCE.search(text, start, end - 1)
    return not sentence or has_limit(text, start, end)


def bare_deadline(text: str, start: int, end: int) -> tuple[int, int]:
    """The phrase of a limit without what it is for (预算2月底前, 6月底前完成, 年内持续推进).

    All of it where it is not one phrase, or where more than that bounds it (…并持续推进, 每季度…, 5个工作日…).
    """
    if whole := _WHOLE_YEAR.fullmatch(text, start, end):
        return whole.span(1)
    phrases = list(find_phrases(text, start, end))
    if len(phrases) != 1 or text.find("工作日", start, end) >= 0:
        return start, end
    first, last = phrases[0].span()
    more = _CADENCE.search(text, start, first) or _CADENCE.search(text, last, end)
    goes_on = _JOINS.search(text, last, end) and _ONGOING.search(text, last, end)
    return (start, end) if more or goes_on else (first, last)


def split_deadlines(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The time limits of one value: several, where each piece names a time (预算2月底前,决算9月底前)."""
    pieces = _pieces(text, start, end)
    # 6月、12月底前 is one phrase, each half of 2月、9月 is one
    parted = not is_deadline(text, start, end) or len({_NUMERALS.sub("", text[slice(*one)]) for one in pieces}) == 1
    parted = parted and text.find("各", start, end) < 0  # 上半年、下半年各1次
    several = parted and all(_names_time(text, *piece) for piece in pieces)
    return [bare_deadline(text, *piece) for piece in (pieces if several else [(start, end)])]


def _pieces(text: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts = list(_PARTS.finditer(text, start, end))
    begins, ends = [start, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), end]
    return [(begin + bool(_JOINS.match(text, begin, stop)), stop) for begin, stop in zip(begins, ends, strict=True)]


def _names_time(text: str, start: int, end: int) -> bool:
    timed = any(find_phrases(text, start, end)) or is_deadline(text, start, end)
    return timed or text.find("工作日", start, end) >= 0 or bool(_CADENCE.match(text, start, end))


def _months(found: re.Match) -> Iterator[re.Match]:
    """5月、11月 are two, where nothing behind the last (底前) is that of both."""
    if not found["list"] or found["part"] or found["day"] or found["before"] or found["year"] == "每":
        return iter((found,))
    text, (start, end) = found.string, found.span()
    cuts = list(_BETWEEN_MONTHS.finditer(text, start, end))
    pieces = zip([start, *(cut.end() for cut in cuts)], [*(cut.start() for cut in cuts), end], strict=True)
    return (month for piece in pieces for month in find_phrases(text, *piece))


def find_cadence(folded: Folded, start: int, end: int) -> Iterator[Cadence]:
    """Explicit recurrence. A recurring deadline (每年8月, 每月25日前) is quoted whole, here as there."""
    recurring = list(_CADENCE.finditer(folded.text, start, end))
    if not recurring:
        return
    taken_to = start
    deadlines = {found.start(): found for found in find_phrases(folded.text, start, end)}
    for found in recurring:
        if found.start() < taken_to:
            continue
        whole = deadlines.get(found.start(), found)
        taken_to = whole.end()
        month = read_int(whole["month"]) if whole is not found and whole["month"] else None
        interval = read_int(found["interval"]) if found["interval"] else 1
        yield Cadence(folded.phrase(*whole.span()), folded.span(*whole.span()), _every(found), month, interval or 1)


def find_soft_cadence(folded: Folded, start: int, end: int) -> Iterator[SoftCadence]:
    """定期, 不定期, 常态化, 动态, 逐步, 实时: each of them, in order."""
    for found in _SOFT.finditer(folded.text, start, end):
        yield SoftCadence(folded.phrase(*found.span()), folded.span(*found.span()))


def _every(found: re.Match) -> str:
    return _BY[found["by"]] if found["by"] else {"half": "half_year"}.get(found.lastgroup, found.lastgroup)


def _deadline(folded: Folded, start: int, end: int, reading: Reading) -> Deadline:
    return Deadline(folded.phrase(start, end), folded.span(start, end), *reading)


def _bounds(found: re.Match, start: int, end: int) -> bool:
    """Whether the phrase bounds completion, or only mentions a time (2010年以来, 3月15日消费者权益日, 有效期至…)."""
    text = found.string
    if text.endswith("有效期", start, found.start()) or _ATTRIBUTE.match(text, found.end(), end):
        return False
    if found["only_year"] and text.startswith("的", found.end(), end):
        return False  # 2024年以前的文件: which things
    if found["before"] or found["around"] or found["whole"] or found["each"] or found["weekday"]:
        return True
    ranged = found["from_month"] or found["from_day"]
    if found["part"] and not ranged:
        return found["part"] in "底末" or bool(found["to"])
    if (found["day"] or found["numeric"]) and not ranged:
        return bool(found["to"])
    opens = found.start() == start or text[found.start() - 1] in _OPENERS
    return bool(found["to"] or opens) and not _NOT_A_BOUND.match(text, found.end(), end)
