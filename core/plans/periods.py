"""The periods of a recurring task: which rhythm its limits give, when each period begins and is due, which are open.
Pure.

Rules: "Domain rules" in `docs/architecture.md`. Due days are calendar days as written, inclusive.
"""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Collection, Iterable
from datetime import date
from functools import cache
from typing import NamedTuple, Protocol

from core.decompose.draft import Cadence
from core.decompose.numerals import CHINESE, read_int

# Months of a period → the letter in its name, and how people name the n-th one, from month `first` to month `last`
_KINDS = {
    1: ("", "{first}月"),
    2: ("B", "{first}至{last}月"),
    3: ("Q", "第{n}季度"),
    6: ("H", "{half}半年"),
}
_LIMITS = {"monthly": 1, "quarterly": 3, "half_yearly": 6}
_CADENCES = {"month": 1, "quarter": 3, "half_year": 6}
_NO_DATE = frozenset({"working_days", "ongoing"})
_NAME = re.compile(r"(\d{4})-([BQH]?)(\d{1,2})")
_N = rf"(\d{{1,2}}|[{CHINESE}]{{1,3}})"
_WRITTEN = re.compile(rf"{_N}(?:[至到~—–-]{_N})?月|{_N}季|([上下])半年|\d{{4}}-(\d\d)(?:-\d\d)?")
_MONTHS = ((re.compile("首月|第一个?月"), 1), (re.compile("第二个?月"), 2))  # of a quarter; else its last one


class Limit(Protocol):
    """What a rhythm is told from: `kind`, `text` and `day` of a `Deadline`."""

    kind: str
    text: str
    day: int | None


class Rhythm(NamedTuple):
    """How a task comes back: every so many months, due on a day (a month's last one, if it has fewer) of the `month`-th
    month of each period."""

    months: int
    month: int
    day: int = 31


class Period(NamedTuple):
    """One period; its name as 2026-03, 2026-B2, 2026-Q1 or 2026-H1."""

    name: str
    begins: date
    due: date


def months_of(cadence: Cadence) -> int:
    """How many months lie between two times of a cadence; 0 where it is not told in months."""
    return _CADENCES.get(cadence.every, 0) * cadence.interval


def rhythm_of(limits: Iterable[Limit], cadences: Iterable[Cadence]) -> Rhythm | None:
    """How a task comes back, None if it does not: what bounds it in time is one rhythm and nothing else.

    Its limits decide (每月25日前); without any, its cadence does (每季度通报一次). A date beside a rhythm, or two
    rhythms, leave it one occurrence, and so do years and weeks. Of several days the last one is due.
    """
    dated = _dated(limits)
    lengths = _lengths(dated, cadences)
    if len(lengths) != 1 or (months := lengths.pop()) not in _KINDS:
        return None
    days = [(_month(limit.text, months), limit.day or 31) for limit in dated]
    return Rhythm(months, *max(days, default=(months, 31)))


def is_mixed(limits: Iterable[Limit], cadences: Iterable[Cadence]) -> bool:
    """Whether a task stays one occurrence because a rhythm has a date, or another rhythm, beside it."""
    return len(_lengths(_dated(limits), cadences)) > 1


def _dated(limits: Iterable[Limit]) -> list[Limit]:
    return [limit for limit in limits if limit.kind not in _NO_DATE]


def _lengths(dated: Collection[Limit], cadences: Iterable[Cadence]) -> set[int]:
    """The lengths in months of what bounds a task in time; 0 for what is no rhythm in months."""
    return {_LIMITS.get(limit.kind, 0) for limit in dated} if dated else set(map(months_of, cadences))


def _month(text: str, months: int) -> int:
    return next((month for words, month in _MONTHS if words.search(text)), months) if months == 3 else months


@cache
def periods_of(rhythm: Rhythm, year: int) -> tuple[Period, ...]:
    """All periods of a year, in order."""
    letter, _ = _KINDS[rhythm.months]
    found = []
    for n, first in enumerate(range(1, 13, rhythm.months), 1):
        month = first + rhythm.month - 1
        due = date(year, month, min(rhythm.day, monthrange(year, month)[1]))
        found.append(Period(f"{year}-{letter}{n:{'' if letter else '02'}}", date(year, first, 1), due))
    return tuple(found)


def opening(
    periods: Collection[Period], known: Collection[str], today: date, awaited: date | None = None
) -> list[Period]:
    """The periods to open for somebody who has those of the names `known`: all that have begun since the last of them.

    Who has none begins with the one that is open, unless its due day has passed: nobody is late for what he was not
    asked for. If it began on the day `awaited` or later he gets it in any case (`Plan.opens_on`: nobody has looked
    since): where people look after the due days only, he would never begin.
    """
    begun = [period for period in periods if period.begins <= today]
    if had := [index for index, period in enumerate(begun) if period.name in known]:
        return begun[had[-1] + 1 :]
    return [one for one in begun[-1:] if one.due >= today or (awaited is not None and one.begins >= awaited)]


def standing(periods: Collection[Period], known: Collection[str]) -> set[str]:
    """Of the periods that somebody has, the two that new sheets show: the open one, and the last that was closed."""
    return set([period.name for period in periods if period.name in known][-2:])


def part_of_year(name: str, months: int) -> int | None:
    """Which of the parts of the year that have so many months a period lies in, from 0; None where it lies in none."""
    found = _NAME.fullmatch(name)
    own = _length(found[2]) if found else 0
    return own * (int(found[3]) - 1) // months if own and months and months % own == 0 else None


def months_named(text: str) -> tuple[int, int] | None:
    """The first and the last month of the stretch of a year that a text names: 7月25日前, 一至二月, 第三季度, 上半年,
    2024-07-25. None where it names none (每月25日前), or several."""
    found = {_stretch(one) for one in _WRITTEN.finditer(unicodedata.normalize("NFKC", text))}
    stretch = found.pop() if len(found) == 1 else None
    return stretch if stretch and 1 <= stretch[0] <= stretch[1] <= 12 else None


def _stretch(found: re.Match[str]) -> tuple[int, int]:
    first, last, quarter, half, iso = found.groups()
    if half:
        return (1, 6) if half == "上" else (7, 12)
    if quarter:
        return 3 * (read_int(quarter) or 0) - 2, 3 * (read_int(quarter) or 0)
    return read_int(first or iso) or 0, read_int(last or first or iso) or 0


def _length(letter: str) -> int:
    return next(months for months, (own, _) in _KINDS.items() if own == letter)


def period_words(name: str) -> str:
    """A period as people name it: 2026年3月, 2026年第1季度, 2026年上半年; '' for that of a one-off task."""
    found = _NAME.fullmatch(name)
    if not found:
        return name
    months, n = _length(found[2]), int(found[3])
    words = _KINDS[months][1].format(n=n, first=months * (n - 1) + 1, last=months * n, half="上下"[n - 1 : n])
    return f"{found[1]}年{words}"
