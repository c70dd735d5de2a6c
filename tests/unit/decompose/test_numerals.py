import pytest

from core.decompose.numerals import read_int, read_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        ("十", 10),
        ("十二", 12),
        ("三十一", 31),
        ("二〇二六", 2026),
        ("一百零五", 105),
        ("两", 2),
        ("九十九", 99),
    ],
)
def test_whole_numbers(text, value):
    assert read_int(text) == value


@pytest.mark.parametrize("text", ["", "甲", "1.5", "十甲", "9" * 30])
def test_what_is_no_whole_number(text):
    assert read_int(text) is None


@pytest.mark.parametrize(
    ("text", "value"), [("5000", 5000), ("1.5万", 15000), ("三百", 300), ("两千", 2000), ("0.5", 0.5)]
)
def test_numbers_with_factors(text, value):
    assert read_number(text) == value


def test_no_number():
    assert read_number("几次") is None
