"""Working days of the People's Republic: weekends, holidays and 调休, behind a small port."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol

from chinese_calendar.constants import holidays, workdays

_DAY = timedelta(days=1)
_SATURDAY = 5
# 全国年节及纪念日放假办法 (2025): the statutory days that fall on the same date each year, as (month, day). The others
# follow the moon and the State Council's yearly notice; a year without that notice stays provisional.
STATUTORY = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
_YEARS_WITH_DATA = range(min(holidays).year, max(holidays).year + 1)


class WorkCalendar(Protocol):
    """What a limit in working days needs to know about a day."""

    def is_workday(self, day: date) -> bool:
        """Whether offices work on that day."""
        ...

    def provisional(self, day: date) -> bool:
        """Whether the answer for that day may still change, because its year's notice is not known."""
        ...


class ChineseCalendar:
    """The national calendar with a tenant's overlay.

    `overlay` answers for single days, whatever the data say (a city-wide rest day). `complete_years` are years whose
    notice stands in the overlay as a whole: they are no longer provisional.
    """

    def __init__(self, overlay: Mapping[date, bool] | None = None, complete_years: Collection[int] = ()) -> None:
        self._overlay = dict(overlay or {})
        self._complete = frozenset(complete_years)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on that day."""
        answer = self._overlay.get(day)
        return day in _workdays_of(day.year) if answer is None else answer

    def provisional(self, day: date) -> bool:
        """True for a year without data, but for the days that the overlay settles."""
        return day.year not in _YEARS_WITH_DATA and day.year not in self._complete and day not in self._overlay


def add_working_days(start: date, n: int, calendar: WorkCalendar) -> date:
    """The n-th working day after `start`, which itself is not counted (条例 33, 民法典 201); before it when n < 0.

    n = 0 is `start`, moved to the next working day when it is a day of rest (民法典 203).
    """
    step = -_DAY if n < 0 else _DAY
    day, left = start, abs(n)
    while left or not calendar.is_workday(day):
        day += step
        if left and calendar.is_workday(day):
            left -= 1
    return day


def working_days_between(start: date, end: date, calendar: WorkCalendar) -> int:
    """Working days after `start` up to and including `end`; negative when `end` is earlier.

    So `working_days_between(start, add_working_days(start, n, c), c) == n`.
    """
    if end < start:
        return -working_days_between(end - _DAY, start - _DAY, calendar)
    days = (start + _DAY * place for place in range(1, (end - start).days + 1))
    return sum(calendar.is_workday(day) for day in days)


@lru_cache(maxsize=256)
def _workdays_of(year: int) -> frozenset[date]:
    """All working days of a year: the package checks its range anew on each call, a set answers in nanoseconds."""
    first = date(year, 1, 1).toordinal()
    days = map(date.fromordinal, range(first, date(year, 12, 31).toordinal() + 1))
    if year in _YEARS_WITH_DATA:
        return frozenset(d for d in days if d in workdays or (d.weekday() < _SATURDAY and d not in holidays))
    return frozenset(d for d in days if d.weekday() < _SATURDAY and (d.month, d.day) not in STATUTORY)
