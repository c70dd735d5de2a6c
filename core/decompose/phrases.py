"""Phrases that name a time: one grammar, and what days they mean.

[到] [每|某年] (3月至5月 · 6月30日 · 6月、12月底 · 年内 · 上半年 · 第一、三季度 · 2026-06-30) [前],
or 每月25日, 每周五, 每月第一个周三.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from core.decompose.numerals import read_int

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_Q = "[一二三四1-4]"
_YEAR = r"\d{4}|[二〇○零一二三四五六七八九]{4}|[今本当每次翌明]"
_TO = r"[至到~—–\-]+"
_SEASON = r"(?:[春秋]季)?(?:新?学期)?开学|[中高]考|[寒暑]假|春运|主?汛期|[供采]暖季?|冬季供暖"
_PHRASE = re.compile(
    rf"""(?P<to>到|至|截至|截止到?)?
    (?: (?:(?P<year>{_YEAR})年度?)? (?<!\d)
        (?: (?P<list>(?:{_N}月份?(?:底|末)?[、和及]){{1,11}})
          | (?P<from_month>{_N})月?(?:(?P<first_day>{_N})[日号])?{_TO}(?:(?P<to_year>{_YEAR})年)? )?
        (?P<month>{_N})月份?
        (?: (?:(?P<from_day>{_N})[日号]?{_TO})?(?P<day>{_N})[日号] | (?P<part>底|末|上旬|中旬|下旬|初) )?
      | (?:(?P<year2>{_YEAR})年(?:年(?=[底末]))?|(?<![\d一二三四五六七八九十两几多半数近青少学周历往来全])年)
        (?P<whole>内(?!部(?!门)|[容涵外设参控])|底|末)
      | (?:(?P<year3>{_YEAR})年)? (?P<half>[上下])半年
      | (?:(?P<year4>{_YEAR})年)?
        (?P<quarters>第{_Q}(?:、第?{_Q}){{0,2}}(?:季度)?(?:[、和及]|{_TO})|{_Q}(?:季度)?{_TO})?
        第?(?P<quarter>{_Q})季度(?P<quarter_end>[末底])?
      | 每(?P<each>月|个月|季度|季)
        (?: (?P<each_month>首月|末月|第[一二三]个?月|最后[1一]?个?月)?
            (?: (?P<each_day>{_N})[日号] | (?:月|季度?)?(?P<each_part>底|末) )
          | (?P<each_work>(?:首|最后[1一]|第{_N})个?工作日) )
      | 每(?P<nth>(?:个?月|季度?)第{_N}个)?(?:周|星期)(?P<weekday>[一二三四五六日天])
      | (?P<feast>春节|元旦|清明|五一|劳动节|端午|中秋|国庆|两会)节?(?:假期)?(?=之前|以前|前(?![后夕]))
      | 每?(?P<season>(?:{_SEASON})(?:开始|来临|到来)?(?=之前|以前|前(?![后夕]))|(?:[春秋]季)?学期(?:[末底]|结束(?=前)))
      | (?P<numeric>\d{{4}}[-./]\d{{1,2}}[-./]\d{{1,2}})日?(?!\d)
      | (?P<only_year>(?<![\d年])\d{{4}})年(?:(?=之前|以前|前(?![一二三四的]))|(?<=到\d{{4}}年)(?!度|[前起间]))
    )
    (?P<around>前后|左右)?(?P<before>(?:\(含\))?(?:之前|以前|前)(?![后期述往款文]))?""",
    re.VERBOSE,
)
# How every phrase opens; looking for that first makes the search several times faster.
_FIRST = re.compile(
    r"[到至截每今本当次翌明年上下第〇○零一二三四五六七八九十\d春秋开学新寒暑主汛供采冬高元清劳端中国两]"
    r"(?:(?<=第)(?=[一二三四1-4][季、至到~—–\-])"
    r"|(?<=\d)(?=\d{0,3}[年月季.\-/、和及至到~—–])"
    r"|(?<![第\d])(?=[年月内底末半季个周星至到止第今本当每次翌明上下〇○零一二三四五六七八九十\d、和及~—–\-节旦明动午秋庆会学期假运考暖汛]))"
)
# The last day before a feast that is on the same day every year.
_BEFORE_FEASTS = {"五一": (4, 30), "劳动节": (4, 30), "国庆": (9, 30)}
_PART_DAYS = {"上旬": 10, "中旬": 20}
_WEEKDAYS = "一二三四五六日"


class Reading(NamedTuple):
    """What a phrase means; the fields of a `Deadline`."""

    kind: str
    due: date | None = None
    begins: date | None = None
    month: int | None = None
    day: int | None = None
    earlier: tuple[date, ...] = ()


def find_phrases(text: str, start: int, end: int) -> Iterator[re.Match]:
    """All phrases of a range, in order."""
    while first := _FIRST.search(text, start, end):
        found = _PHRASE.match(text, first.start(), end)
        if found:
            yield found
        start = found.end() if found else first.end()


def read_phrase(found: re.Match, plan_year: int | None) -> Reading:
    """The days that a phrase means; without the year of the plan they stay None."""
    if found["nth"]:
        return Reading("monthly" if "月" in found["nth"] else "quarterly")
    if found["weekday"]:
        return Reading("weekly", day=1 + _WEEKDAYS.index(found["weekday"].replace("天", "日")))
    if found["each"]:
        day = read_int(found["each_day"]) if found["each_day"] else None
        return Reading("monthly" if "月" in found["each"] else "quarterly", day=day)
    if found["numeric"]:
        due = day_of(*(int(part) for part in re.split(r"[-./]", found["numeric"])))
        return Reading("date" if due else "unclear", due=due)
    if found["season"] or found["each_work"] or found["around"]:
        return Reading("monthly" if found["each_work"] else "unclear")
    if found["feast"]:
        due = day_of(plan_year, *_BEFORE_FEASTS.get(found["feast"], (None, None)))
        return Reading("date" if found["feast"] in _BEFORE_FEASTS else "unclear", due)
    if found["only_year"]:
        due = None if found["before"] else day_of(int(found["only_year"]), 12, 31)
        return Reading("date" if due else "unclear", due)
    written = found["year"] or found["year2"] or found["year3"] or found["year4"]
    year = _year(written, plan_year)
    reading = _months(found, year, plan_year) if found["month"] else _part_of_year(found, year)
    return reading._replace(kind="yearly") if written == "每" else reading


@lru_cache(1024)
def day_of(year: int | None, month: int | None, day: int | None) -> date | None:
    """The day, the month's last one where `day` is None; None for what no calendar has (2月30日)."""
    if year is None or month is None or not (1 <= year <= 9999 and 1 <= month <= 12):
        return None
    last = monthrange(year, month)[1]
    day = last if day is None else day
    return date(year, month, day) if 1 <= day <= last else None


def _year(written: str | None, plan_year: int | None) -> int | None:
    if written is None or written in "今本当每":
        return plan_year
    if written in "次翌明":
        return plan_year + 1 if plan_year else None
    return read_int(written)


def _months(found: re.Match, year: int | None, plan_year: int | None) -> Reading:
    """A phrase with a month. 6月前 and 6月初前 name no certain day, 2月30日 none at all."""
    month, day = read_int(found["month"]), read_int(found["day"]) if found["day"] else None
    last_year = _year(found["to_year"], plan_year) if found["to_year"] else year
    if found["from_month"] or found["from_day"]:
        first_month = read_int(found["from_month"] or found["month"])
        first_day = found["first_day"] or found["from_day"]
        begins = day_of(year, first_month, read_int(first_day) if first_day else 1)
        due = day_of(last_year, month, day)
        reading = Reading("period", due, begins, month, day)
        sure = due and begins and begins <= due
    elif day or found["part"] or found["before"]:
        sure = (day or found["part"]) and found["part"] != "初"
        due = day_of(year, month, day or _PART_DAYS.get(found["part"] or "")) if sure else None
        reading = Reading("date", due, None, month, day, _listed(found, year))
        sure = due
    else:
        due = day_of(year, month, None)
        reading = Reading("period", due, day_of(year, month, 1), month, None, _listed(found, year))
        sure = due
    return reading if sure or year is None else reading._replace(kind="unclear")


def _listed(found: re.Match, year: int | None) -> tuple[date, ...]:
    """The last days of the months before the last one in 6月、9月、12月底前."""
    months = re.findall(_N, found["list"]) if found["list"] else ()
    return tuple(day for month in months if (day := day_of(year, read_int(month), None)))


def _part_of_year(found: re.Match, year: int | None) -> Reading:
    if found["whole"]:
        return Reading("date", due=day_of(year, 12, 31))
    if found["half"]:
        first, last, listed = (1, 6, []) if found["half"] == "上" else (7, 12, [])
    else:
        quarter = read_int(found["quarter"])
        others = [read_int(one) for one in re.findall(_Q, found["quarters"] or "")]
        ranged = bool(re.search(_TO, found["quarters"] or ""))
        first, last = 3 * (others[0] if ranged else quarter) - 2, 3 * quarter
        listed = [] if ranged else others
    if found["before"] and not found["quarter_end"]:
        return Reading("unclear")
    earlier = tuple(day for quarter in listed if (day := day_of(year, 3 * quarter, None)))
    return Reading("period", day_of(year, last, None), day_of(year, first, 1), earlier=earlier)
