"""What is typed into cells, read column by column."""

import pytest

from bridges.sync.values import is_blank, read
from bridges.table import BLANK, Column, Odd, Raw, Scalar

WORDS = {"进行中": "in_progress", "滞后": "in_progress+behind", "√": "done"}
UNITS = {"甲": "甲局", "甲局": "甲局", "乙": "乙局"}
COLUMNS = {
    "text": Column("x", "进展情况", "text"),
    "status": Column("x", "完成情况", "status", blank="keep", choices=("进行中", "√"), words=WORDS),
    "date": Column("x", "完成日期", "date", blank="keep"),
    "number": Column("x", "完成数量", "number", blank="keep"),
    "percent": Column("x", "完成率", "percent", blank="keep"),
    "units": Column("x", "责任单位", "units", words=UNITS),
}


@pytest.mark.parametrize(
    ("kind", "raw", "norm"),
    [
        ("text", "一\r\n二 \n", "一\n二"),
        ("text", "  前面的空格", "  前面的空格"),
        ("text", 3.0, "3"),
        ("text", 2.5, "2.5"),
        ("text", True, "TRUE"),
        ("text", "清空", "清空"),
        ("status", " 进 行中", "in_progress"),
        ("status", "滞后", "in_progress+behind"),
        ("status", "√", "done"),
        ("status", "进行\n中。", "in_progress"),
        ("status", "（滞后）", "in_progress+behind"),
        ("date", "2024-06-30", "2024-06-30"),
        ("date", "2024.6.3", "2024-06-03"),
        ("date", "２０２４／６／３０", "2024-06-30"),
        ("date", "2024年6月30日", "2024-06-30"),
        ("date", "2024 年 6 月 30 日", "2024-06-30"),
        ("date", "6月30日", "2024-06-30"),
        ("date", "2024-06-30T00:00:00", "2024-06-30"),
        ("date", 20240630, "2024-06-30"),
        ("date", "20240630", "2024-06-30"),
        ("date", 45473, "2024-06-30"),
        ("date", 45473.604, "2024-06-30"),
        ("date", "45473", "2024-06-30"),
        ("date", "2024-06-30 14:30:00", "2024-06-30"),
        ("date", " 2024-6-30。", "2024-06-30"),
        ("date", "6月30号前", "2024-06-30"),
        ("date", "6月底", "2024-06-30"),
        ("date", "6月底前", "2024-06-30"),
        ("date", "2023年2月末", "2023-02-28"),
        ("date", "二月底", "2024-02-29"),
        ("date", "二〇二四年六月三十日", "2024-06-30"),
        ("date", "六月\n三十日", "2024-06-30"),
        ("number", "1,200", 1200),
        ("number", "３", 3),
        ("number", " 1，234 ", 1234),
        ("number", "1 234.50", 1234.5),
        ("number", 2.50, 2.5),
        ("percent", "80%", 80),
        ("percent", "８０％", 80),
        ("percent", 80, 80),
        ("percent", "0.8%", 0.8),
        ("percent", 0, 0),
        ("units", "乙，甲局、甲", "乙局、甲局"),
        ("units", "甲\n乙", "乙局、甲局"),
    ],
)
def test_understood(kind: str, raw: Raw, norm: Scalar) -> None:
    reading = read(COLUMNS[kind], raw, 2024)
    assert reading.trouble == ""
    assert reading.value.norm == norm


@pytest.mark.parametrize(
    ("kind", "raw", "hint"),
    [
        ("status", "差不多", "进行中、√"),
        ("status", 1, "进行中、√"),
        ("date", "2024-02-30", "没有"),
        ("date", "年底", "2024-06-30"),
        ("date", 6.3, "两种读法"),
        ("date", "2024年6月", "哪一天"),
        ("date", "6月", "哪一天"),
        ("date", "6月中旬", "2024-06-30"),
        ("date", "13月底", "没有"),
        ("date", "二〇二四年二月三十日", "没有"),
        ("date", True, "2024-06-30"),
        ("number", "约80", "确定的数"),
        ("number", "80余", "确定的数"),
        ("percent", "约85%", "0 到 100"),
        ("number", "3次", "只填数字"),
        ("number", "很多", "只填数字"),
        ("number", "nan", "只填数字"),
        ("number", True, "只填数字"),
        ("percent", 120, "0 到 100"),
        ("percent", "八成", "0 到 100"),
        ("percent", 0.8, "80 或 0.8%"),
        ("units", "甲、丙", "丙"),
        ("text", Odd("formula", "A1"), "公式"),
        ("number", Odd("error", "#REF!"), "错误值"),
    ],
)
def test_not_understood_says_what_to_type(kind: str, raw: Raw, hint: str) -> None:
    reading = read(COLUMNS[kind], raw, 2024)
    assert hint in reading.trouble


@pytest.mark.parametrize("raw", [None, "", "  ", "\u3000", "\n"])
def test_blank(raw: Raw) -> None:
    assert is_blank(raw)
    assert read(COLUMNS["number"], raw, 2024).value == BLANK


def test_a_word_clears_a_cell_that_keeps_its_value_when_emptied() -> None:
    assert read(COLUMNS["status"], "清空", 2024) == read(COLUMNS["status"], None, 2024)


def test_the_written_word_is_kept() -> None:
    assert read(COLUMNS["status"], " √ ", 2024).value.written == "√"
    assert read(COLUMNS["text"], "一\r\n二", 2024).value.written == "一\n二"
