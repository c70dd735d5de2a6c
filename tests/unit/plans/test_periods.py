"""The periods of recurring tasks: rhythms, names, days, and which are open when."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.decompose.fold import fold
from core.decompose.times import find_cadence
from core.plans.limits import read_deadlines
from core.plans.periods import (
    Rhythm,
    is_mixed,
    months_named,
    opening,
    part_of_year,
    period_words,
    periods_of,
    rhythm_of,
    standing,
)

YEARS = some.integers(2020, 2030)
RHYTHMS = some.sampled_from((1, 2, 3, 6)).flatmap(
    lambda months: some.builds(Rhythm, some.just(months), some.integers(1, months), some.integers(1, 31))
)


def bounds(limits, text=""):
    folded = fold(text)
    return read_deadlines(limits, 2024), list(find_cadence(folded, 0, len(folded.text)))


def rhythm(limits, text=""):
    return rhythm_of(*bounds(limits, text))


@pytest.mark.parametrize(
    ("limits", "text", "expected"),
    [
        ("每月25日前", "", Rhythm(1, 1, 25)),
        ("每月底前", "", Rhythm(1, 1)),
        ("每季度首月10日前", "", Rhythm(3, 1, 10)),
        ("每季度第二个月10日前", "", Rhythm(3, 2, 10)),
        ("每季度10日前", "", Rhythm(3, 3, 10)),
        ("每半年", "", Rhythm(6, 6)),
        ("每月5日前；每月25日前", "", Rhythm(1, 1, 25)),
        ("收到后10个工作日内；每月5日前", "", Rhythm(1, 1, 5)),
        ("", "每月通报一次。", Rhythm(1, 1)),
        ("", "按季度通报。", Rhythm(3, 3)),
        ("", "每两个月检查一次。", Rhythm(2, 2)),
        ("长期坚持", "每半年公布一次。", Rhythm(6, 6)),
        ("每月25日前", "每月25日前报送，每季度通报一次。", Rhythm(1, 1, 25)),  # what bounds it speaks first
        ("每月25日前；6月30日前", "", None),
        ("年内", "每月通报一次。", None),
        ("6月前", "每月通报一次。", None),  # a date that nobody can tell is one
        ("每月5日前；每季度首月10日前", "", None),
        ("", "每月检查，每季度通报。", None),
        ("每周五", "", None),
        ("每年8月", "", None),
        ("", "每日更新。", None),
        ("", "", None),
    ],
)
def test_one_rhythm_and_nothing_beside_it(limits, text, expected):
    assert rhythm(limits, text) == expected


@pytest.mark.parametrize(
    ("limits", "text", "mixed"),
    [
        ("每月25日前；12月底前", "", True),
        ("每月5日前；每季度首月10日前", "", True),
        ("", "每月检查，每半年通报。", True),
        ("每月25日前；收到后10个工作日内", "", False),
        ("每月25日前；长期坚持", "", False),
        ("6月30日前；12月底前", "每月通报一次。", False),  # its limits decide, and these are dates
        ("每月25日前", "每季度通报一次。", False),
        ("每周五", "", False),
        ("", "", False),
    ],
)
def test_a_rhythm_with_something_beside_it_is_mixed(limits, text, mixed):
    assert is_mixed(*bounds(limits, text)) is mixed


@pytest.mark.parametrize(
    ("rhythm", "index", "name", "words", "begins", "due"),
    [
        (Rhythm(1, 1, 31), 1, "2024-02", "2024年2月", date(2024, 2, 1), date(2024, 2, 29)),
        (Rhythm(1, 1, 5), 11, "2024-12", "2024年12月", date(2024, 12, 1), date(2024, 12, 5)),
        (Rhythm(2, 2), 1, "2024-B2", "2024年3至4月", date(2024, 3, 1), date(2024, 4, 30)),
        (Rhythm(3, 1, 10), 3, "2024-Q4", "2024年第4季度", date(2024, 10, 1), date(2024, 10, 10)),
        (Rhythm(6, 6), 1, "2024-H2", "2024年下半年", date(2024, 7, 1), date(2024, 12, 31)),
    ],
)
def test_a_period(rhythm, index, name, words, begins, due):
    period = periods_of(rhythm, 2024)[index]
    assert (period.name, period_words(period.name), period.begins, period.due) == (name, words, begins, due)


def test_no_period_has_no_words():
    assert period_words("") == ""


@pytest.mark.parametrize(
    ("known", "today", "expected"),
    [
        (set(), date(2024, 3, 20), ["2024-03"]),  # nobody is late for what he was not asked for
        (set(), date(2023, 12, 31), []),
        (set(), date(2025, 2, 1), []),
        ({"2024-03"}, date(2024, 3, 31), []),
        ({"2024-03"}, date(2024, 6, 1), ["2024-04", "2024-05", "2024-06"]),
        ({"2024-Q1"}, date(2024, 4, 1), ["2024-04"]),  # another rhythm before
    ],
)
def test_what_begins(known, today, expected):
    assert [period.name for period in opening(periods_of(Rhythm(1, 1), 2024), known, today)] == expected


@pytest.mark.parametrize(
    ("today", "awaited", "expected"),
    [
        (date(2024, 1, 10), None, ["2024-Q1"]),  # due days are inclusive
        (date(2024, 3, 5), None, []),
        (date(2024, 3, 5), date(2024, 3, 5), []),
        (date(2024, 4, 1), date(2024, 4, 1), ["2024-Q2"]),
        (date(2024, 5, 20), date(2024, 4, 1), ["2024-Q2"]),  # it was waited for, nobody looked
    ],
)
def test_nobody_begins_with_what_was_due_before(today, awaited, expected):
    assert [period.name for period in opening(periods_of(Rhythm(3, 1, 10), 2024), (), today, awaited)] == expected


def test_new_sheets_show_the_open_one_and_the_last_closed():
    assert standing(periods_of(Rhythm(1, 1), 2024), {"", "2024-03", "2024-04", "2024-05"}) == {"2024-04", "2024-05"}


@given(RHYTHMS, YEARS)
def test_periods_fill_the_year_once(rhythm, year):
    periods = periods_of(rhythm, year)
    assert [p.begins.month for p in periods] == list(range(1, 13, rhythm.months))
    assert len({p.name for p in periods}) == 12 // rhythm.months
    ends = [*(p.begins for p in periods[1:]), date(year + 1, 1, 1)]
    assert all(p.begins <= p.due < end for p, end in zip(periods, ends, strict=True))
    assert [part_of_year(p.name, rhythm.months) for p in periods] == list(range(len(periods)))
    assert {part_of_year(p.name, 12) for p in periods} == {0}


@given(RHYTHMS, YEARS, some.lists(some.integers(-40, 420), min_size=1, max_size=20))
def test_day_by_day_is_as_at_once(rhythm, year, offsets):
    """Whatever days somebody looks on: from the day on which he begins, the same periods; none twice, none left out. He
    begins with a period that is not yet due, or with the first one that is open when he looks again."""
    periods = periods_of(rhythm, year)
    days = [date(year, 1, 1) + timedelta(offset) for offset in sorted(offsets)]

    def coming(today):
        return min((period.begins for period in periods if period.begins > today), default=None)

    def opened(looks, awaited=None):
        known = []
        for today in looks:
            new = [period.name for period in opening(periods, known, today, awaited)]
            awaited = coming(today)
            assert not set(new) & set(known)
            known += new
            assert not opening(periods, known, today, awaited)
        return known

    def begins(day, before):
        """Whether somebody who looked on the days `before` begins on this one."""
        now = max((period for period in periods if period.begins <= day), default=None)
        return now is not None and (day <= now.due or any(look < now.begins for look in before))

    some_days = opened(days)
    start = next((n for n, day in enumerate(days) if begins(day, days[:n])), None)
    if start is None:
        assert some_days == []
        return
    first, awaited = days[start], coming(days[start - 1]) if start else None
    every_day = opened((first + timedelta(n) for n in range((days[-1] - first).days + 1)), awaited)
    assert some_days == every_day == opened([first, days[-1]], awaited)
    names = [period.name for period in periods if period.begins <= days[-1]]
    assert some_days == names[len(names) - len(some_days) :] != []


@given(RHYTHMS, YEARS)
def test_the_words_of_a_period_name_its_months(rhythm, year):
    for period in periods_of(rhythm, year):
        first = period.begins.month
        assert months_named(period_words(period.name)) == (first, first + rhythm.months - 1)


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("７月份", (7, 7)),
        ("十一月", (11, 11)),
        ("1-2月", (1, 2)),
        ("三季度", (7, 9)),
        ("2024-07-01", (7, 7)),  # what Excel makes of 2024年7月
        ("7月25日前", (7, 7)),
        ("6月底前；2024年6月30日", (6, 6)),
        ("6月底前、12月底前", None),
        ("每月25日前", None),
        ("每季度首月10日前", None),
        ("13月", None),
        ("五季度", None),
        ("", None),
    ],
)
def test_what_months_people_mean(text, months):
    assert months_named(text) == months
