"""Deadlines and cadence, phrase by phrase."""

from datetime import date

import pytest

from core.decompose.fold import fold
from core.decompose.times import find_cadence, find_deadlines, find_soft_cadence, labelled_deadline


def deadlines(text, year=2026):
    folded = fold(text)
    return list(find_deadlines(folded, 0, len(folded.text), year))


@pytest.mark.parametrize(
    ("text", "quote", "kind", "due"),
    [
        ("并于3月31日前公布", "3月31日前", "date", date(2026, 3, 31)),
        ("2025年12月20日以前报送", "2025年12月20日以前", "date", date(2025, 12, 20)),
        ("6月底前完成", "6月底前", "date", date(2026, 6, 30)),
        ("2月底前完成", "2月底前", "date", date(2026, 2, 28)),
        ("九月中旬前完成", "九月中旬前", "date", date(2026, 9, 20)),
        ("十二月三十一日前完成", "十二月三十一日前", "date", date(2026, 12, 31)),
        ("截至6月底完成", "截至6月底", "date", date(2026, 6, 30)),
        ("年内完成", "年内", "date", date(2026, 12, 31)),
        ("今年年底前完成", "今年年底前", "date", date(2026, 12, 31)),
        ("到2027年底建成", "到2027年底", "date", date(2027, 12, 31)),
        ("到年底累计开放", "到年底", "date", date(2026, 12, 31)),
        ("8月集中开展活动", "8月", "period", date(2026, 8, 31)),
        ("6月至9月开展活动", "6月至9月", "period", date(2026, 9, 30)),
        ("上半年完成改版", "上半年", "period", date(2026, 6, 30)),
        ("三季度完成改版", "三季度", "period", date(2026, 9, 30)),
        ("每年8月开展", "每年8月", "yearly", date(2026, 8, 31)),
        ("每年1月31日前公布年报", "每年1月31日前", "yearly", date(2026, 1, 31)),
        ("每月25日前报备", "每月25日前", "monthly", None),
        ("每月第一个周三开放", "每月第一个周三", "monthly", None),
        ("每学期开学前公布", "每学期开学前", "unclear", None),
        ("每季度末报送", "每季度末", "quarterly", None),
        ("6月前提交", "6月前", "unclear", None),
        ("2月30日前提交", "2月30日前", "unclear", None),
        ("批复后20日内公布", "20日内", "unclear", None),
        ("三年内轮训一遍", "三年内", "unclear", None),
    ],
)
def test_phrase(text, quote, kind, due):
    (found,) = deadlines(text)
    assert (found.text, found.kind, found.due) == (quote, kind, due)


@pytest.mark.parametrize(
    "text",
    [
        "对2010年以来的文件重新认定",
        "组织3月15日消费者权益日宣传",
        "清理近三年内的文件",
        "2024年以前的文件完成格式转换",
        "归集两年内印发的文件",
        "面向青年内部开展",
        "编制2026年度目录",
        "2026年第3次会议通过",
        "总结上半年情况",
        "落实3月印发的通知",
        "每天更新",
        "6月中旬召开",
    ],
)
def test_a_time_that_bounds_nothing(text):
    assert deadlines(text) == []


def test_a_period_knows_its_first_day():
    (found,) = deadlines("于8月开展")
    assert (found.begins, found.month) == (date(2026, 8, 1), 8)


def test_without_a_year_the_phrase_stays_and_the_day_is_open():
    (found,) = deadlines("年内完成", year=None)
    assert (found.text, found.due) == ("年内", None)


def test_repeats_are_kept_in_order():
    assert [found.text for found in deadlines("6月底前梳理;9月底前编制;年内发布")] == ["6月底前", "9月底前", "年内"]


@pytest.mark.parametrize(
    ("value", "kind", "due"),
    [
        ("2026年6月底", "date", date(2026, 6, 30)),
        ("全年", "period", date(2026, 12, 31)),
        ("长期坚持", "ongoing", None),
        ("即时更新", "ongoing", None),
        ("按上级要求", "unclear", None),
        ("11月底前完成并持续推进", "date", date(2026, 11, 30)),
    ],
)
def test_value_of_a_deadline_label(value, kind, due):
    folded = fold(value)
    found = labelled_deadline(folded, 0, len(folded.text), 2026)
    assert (found.text, found.kind, found.due) == (value, kind, due)


@pytest.mark.parametrize(
    ("text", "quote", "every"),
    [
        ("每年至少一次", "每年", "year"),
        ("每半年培训", "每半年", "half_year"),
        ("每学期开放", "每学期", "half_year"),
        ("每季度通报", "每季度", "quarter"),
        ("每个月更新", "每个月", "month"),
        ("按月公布", "按月", "month"),
        ("按学期公开", "按学期", "half_year"),
        ("每月第一个周三开放", "每月第一个周三", "month"),
        ("每周巡检", "每周", "week"),
        ("每天更新", "每天", "day"),
        ("每年8月举办", "每年8月", "year"),
        ("每月25日前报备", "每月25日前", "month"),
    ],
)
def test_cadence(text, quote, every):
    folded = fold(text)
    (found,) = find_cadence(folded, 0, len(folded.text))
    assert (found.text, found.every) == (quote, every)


def test_soft_words_in_order():
    folded = fold("不定期抽查,定期通报,动态更新")
    assert [found.text for found in find_soft_cadence(folded, 0, len(folded.text))] == ["不定期", "定期", "动态"]
