"""Working days: the vectors of the statutory limits, the overlay, years without data."""

import warnings
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.calendar.workdays import ChineseCalendar, add_working_days, working_days_between

CALENDAR = ChineseCalendar()
DAYS = st.dates(date(2005, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 1, 1), 20, date(2026, 1, 29)),
        (date(2026, 2, 12), 10, date(2026, 3, 4)),
        (date(2026, 2, 13), 7, date(2026, 3, 2)),
        (date(2026, 9, 18), 20, date(2026, 10, 22)),
    ],
)
def test_the_day_of_receipt_is_not_counted(start, n, end):
    assert add_working_days(start, n, CALENDAR) == end
    assert working_days_between(start, end, CALENDAR) == n


def test_no_days_from_a_day_of_rest_moves_to_the_next_working_day():
    assert add_working_days(date(2026, 1, 3), 0, CALENDAR) == date(2026, 1, 4)
    assert add_working_days(date(2026, 1, 5), 0, CALENDAR) == date(2026, 1, 5)


def test_days_before_an_event():
    assert add_working_days(date(2026, 3, 4), -10, CALENDAR) == date(2026, 2, 12)


def test_every_day_of_two_years_agrees_with_the_package():
    for place in range(730):
        day = date(2025, 1, 1) + timedelta(days=place)
        assert CALENDAR.is_workday(day) == chinese_calendar.is_workday(day), day


def test_the_overlay_wins():
    calendar = ChineseCalendar({date(2026, 3, 4): False, date(2026, 3, 7): True})
    assert not calendar.is_workday(date(2026, 3, 4))
    assert calendar.is_workday(date(2026, 3, 7))
    assert add_working_days(date(2026, 3, 3), 1, calendar) == date(2026, 3, 5)


def test_a_year_without_data_is_provisional_and_never_raises():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert CALENDAR.is_workday(date(2099, 1, 2))
    assert not CALENDAR.is_workday(date(2099, 1, 1))
    assert not CALENDAR.is_workday(date(2099, 10, 2))
    assert not CALENDAR.is_workday(date(2099, 1, 3))
    assert CALENDAR.provisional(date(2099, 1, 2))
    assert not CALENDAR.provisional(date(2026, 12, 31))


def test_a_notice_in_the_overlay_settles_its_year():
    made_up = {date(2099, 2, 14): True}
    assert not ChineseCalendar(made_up).provisional(date(2099, 2, 14))
    assert ChineseCalendar(made_up).provisional(date(2099, 2, 15))
    assert not ChineseCalendar(made_up, {2099}).provisional(date(2099, 2, 15))


@given(DAYS, st.integers(-60, 60).filter(bool))
def test_adding_and_counting_are_inverse(start, n):
    end = add_working_days(start, n, CALENDAR)
    assert CALENDAR.is_workday(end)
    if n > 0 or CALENDAR.is_workday(start):
        assert working_days_between(start, end, CALENDAR) == n


@given(DAYS, st.integers(0, 40), st.integers(0, 40))
def test_limits_add_up(start, first, second):
    there = add_working_days(add_working_days(start, first, CALENDAR), second, CALENDAR)
    if first:
        assert there == add_working_days(start, first + second, CALENDAR)
