"""When: deadlines and recurrence, as phrases of the text and as days.

One grammar for a phrase: [到] [每|某年] (月 日|月底 · 年内|年底 · 上半年 · 一季度) [前]. What decides whether it bounds
completion stands in `_bounds`.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from core.decompose.draft import Cadence, Deadline, SoftCadence
from core.decompose.fold import Folded
from core.decompose.numerals import read_int

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"\d{4}|[二〇○零一二三四五六七八九]{4}|今|本|当|每"
_PHRASE = re.compile(
    rf"""(?P<to>到|至|截至|截止)?
    (?: (?:(?P<year>{_YEAR})年)? (?<!\d)(?:(?P<first>{_N})月?[至\-~])? (?P<month>{_N})月份?
            (?: (?P<day>{_N})[日号] | (?P<part>底|末|上旬|中旬|下旬|初) )?
      | (?:(?P<year2>{_YEAR})年|(?<![\d一二三四五六七八九十两几多半数近青少学周历往来全])年)
            (?P<whole>内(?![部容涵外在设参控])|底|末)
      | (?:(?P<year3>{_YEAR})年)? (?P<half>[上下])半年
      | (?:(?P<year4>{_YEAR})年)? 第?(?P<quarter>[一二三四1-4])季度[末底]?
      | 每(?P<each>月|个月|季度|季)(?: (?P<each_day>{_N})[日号] | (?P<each_part>底|末) )
    )
    (?P<before>(?:之前|以前|前)(?![后期述往款文]))?""",
    re.VERBOSE,
)
# Every phrase opens with one of these; looking for them first makes the search several times faster.
_FIRST = re.compile(r"[到至截每今本当年上下第〇○零一二三四五六七八九十\d]")
_OPENERS = frozenset("。,;:!?“”\"'()、\n\t于在拟将")
_NOT_A_BOUND = re.compile(
    r"以来|起|开始|印发|发布的|出台的|召开的|通过的|公布的|施行|实施的|修订的|至今|份?的|情况|工作总结"
)
_ONGOING = re.compile(r"长期|持续|常态化|常年|即时|及时|实时|随时|适时")
_CADENCE = re.compile(
    r"每个?(?:(?P<half>半年)|(?P<year>年度?)|(?P<quarter>季度?)|(?P<month>月)|(?P<week>周|星期)|(?P<day>日|天|工作日))"
    r"|(?:按|逐)(?P<by>月|季度?|周)(?![份度])"
)
_BY = {"月": "month", "周": "week", "季": "quarter", "季度": "quarter"}
_SOFT = re.compile(r"不定期|定期|常态化|动态|逐步|实时")
_PART_DAYS = {"上旬": 10, "中旬": 20}


def find_deadlines(folded: Folded, start: int, end: int, year: int | None) -> Iterator[Deadline]:
    """Deadlines in the folded range, in order. `year` is the plan's; without it days stay None."""
    for found in _phrases(folded.text, start, end):
        if _bounds(found, start, end):
            kind, begins, due, month, day = _read(found, year)
            quote, source = folded.quote(*found.span()), folded.span(*found.span())
            yield Deadline(quote, source, kind, due, begins, month, day)


def labelled_deadline(folded: Folded, start: int, end: int, year: int | None) -> Deadline:
    """The value of a 完成时限 label: the whole value is the deadline, also 全年, 长期 and what nobody can compute."""
    quote, source = folded.quote(start, end), folded.span(start, end)
    found = next(_phrases(folded.text, start, end), None)
    value = folded.text[start:end]
    if found:
        kind, begins, due, month, day = _read(found, year)
        return Deadline(quote, source, kind, due, begins, month, day)
    if value.startswith("全年"):
        return Deadline(quote, source, "period", _day(year, 12, 31), _day(year, 1, 1))
    return Deadline(quote, source, "ongoing" if _ONGOING.search(value) else "unclear")


def find_cadence(folded: Folded, start: int, end: int) -> Iterator[Cadence]:
    """Explicit recurrence. A recurring deadline (每年8月, 每月25日前) is quoted whole, here as there."""
    recurring = list(_CADENCE.finditer(folded.text, start, end))
    if not recurring:
        return
    taken_to = start
    deadlines = {found.start(): found for found in _phrases(folded.text, start, end)}
    for found in recurring:
        if found.start() < taken_to:
            continue
        whole = deadlines.get(found.start(), found)
        taken_to = whole.end()
        month = read_int(whole["month"]) if whole is not found and whole["month"] else None
        every = _BY[found["by"]] if found["by"] else {"half": "half_year"}.get(found.lastgroup, found.lastgroup)
        yield Cadence(folded.quote(*whole.span()), folded.span(*whole.span()), every, month)


def find_soft_cadence(folded: Folded, start: int, end: int) -> Iterator[SoftCadence]:
    """定期, 不定期, 常态化, 动态, 逐步, 实时: each of them, in order."""
    for found in _SOFT.finditer(folded.text, start, end):
        yield SoftCadence(folded.quote(*found.span()), folded.span(*found.span()))


def _phrases(text: str, start: int, end: int) -> Iterator[re.Match]:
    while first := _FIRST.search(text, start, end):
        found = _PHRASE.match(text, first.start(), end)
        if found:
            yield found
        start = found.end() if found else first.end()


def _bounds(found: re.Match, start: int, end: int) -> bool:
    """Whether the phrase bounds completion, or only mentions a time (2010年以来, 3月15日消费者权益日, 有效期至…)."""
    if found.string.endswith("有效期", start, found.start()):
        return False
    if found["before"] or found["whole"] or found["each"]:
        return True
    if found["part"]:
        return found["part"] in "底末" or bool(found["to"])
    if found["day"]:
        return bool(found["to"])
    opens = found.start() == start or found.string[found.start() - 1] in _OPENERS
    return bool(found["to"] or opens) and not _NOT_A_BOUND.match(found.string, found.end(), end)


def _read(found: re.Match, plan_year: int | None) -> tuple[str, date | None, date | None, int | None, int | None]:
    """(kind, begins, due, month, day) of a phrase."""
    if found["each"]:
        day = read_int(found["each_day"]) if found["each_day"] else None
        return "monthly" if "月" in found["each"] else "quarterly", None, None, None, day
    written = found["year"] or found["year2"] or found["year3"] or found["year4"]
    year = plan_year if written in (None, "今", "本", "当", "每") else read_int(written)
    if found["month"]:
        begins, due = _month_days(found, year)
        kind = "period" if begins else "date"
        if written != "每" and year is not None and due is None:
            kind = "unclear"
    else:
        kind, begins, due = _part_of_year(found, year)
    if written == "每":
        kind = "yearly"
    month = read_int(found["month"]) if found["month"] else None
    return kind, begins, due, month, read_int(found["day"]) if found["day"] else None


def _month_days(found: re.Match, year: int | None) -> tuple[date | None, date | None]:
    """First and last day of a phrase with a month. 6月前 and 6月初前 name no certain day: (None, None)."""
    month = read_int(found["month"])
    if found["day"]:
        return None, _day(year, month, read_int(found["day"]))
    if found["part"]:
        return None, None if found["part"] == "初" else _day(year, month, _PART_DAYS.get(found["part"]))
    if found["before"] and not found["first"]:
        return None, None
    return _day(year, read_int(found["first"] or found["month"]), 1), _day(year, month, None)


def _part_of_year(found: re.Match, year: int | None) -> tuple[str, date | None, date | None]:
    if found["whole"]:
        return "date", None, _day(year, 12, 31)
    if found["half"]:
        first, last = (1, 6) if found["half"] == "上" else (7, 12)
    else:
        last = 3 * read_int(found["quarter"])
        first = last - 2
    return "period", _day(year, first, 1), _day(year, last, None)


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    """The day, the month's last one where `day` is None; None for what no calendar has (2月30日)."""
    if year is None or month is None or not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    day = last if day is None else day
    return date(year, month, day) if 1 <= day <= last else None
