"""From a cell as read to a value: normal form and written word, or one Chinese sentence that says what to type."""

import math
import re
import unicodedata
from datetime import date
from typing import NamedTuple

from bridges.sync.days import read_day
from bridges.table import BLANK, Column, Odd, Raw, Scalar, Value

CLEAR_WORD = "清空"
_SEPARATORS = re.compile(r"[、,，;；/|\s]+")
_AROUND = "。.,;、!:()[]【】〔〕\"'“”‘’《》·…-—"
"""What may stand around a status word."""
_ROUGH = re.compile(r"约|余|多|近|左右|以上|以下|超|不足|至少|[~～]")


LONGEST_TEXT = 32_767
"""UTF-16 units in one cell: the limit of Excel, and the smallest of those that we write to."""
CUT = "…（内容过长，全文见系统）"
"""Ends a text of which a cell shows the beginning only."""


class Reading(NamedTuple):
    """What a cell says. `trouble`: why it could not be understood ("" = it was); its `value` then only has the text."""

    value: Value
    trouble: str = ""


def clean(text: str) -> str:
    """A word for comparison: NFKC and no blanks. Keys of `Column.words` are in this form."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def is_blank(raw: Raw) -> bool:
    """Nothing, or nothing but blanks (the full-width one too)."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def fitting(text: str) -> str:
    """The text, or as much of its beginning as a cell holds. Nothing is lost: what ends so is no edit (`read`)."""
    if len(text) <= LONGEST_TEXT // 2 or len(wide := text.encode("utf-16-le", "surrogatepass")) <= 2 * LONGEST_TEXT:
        return text
    return wide[: 2 * (LONGEST_TEXT - len(CUT))].decode("utf-16-le", "ignore") + CUT


def plain(raw: Raw) -> Scalar:
    """What a cell shows as a scalar, for reports and messages."""
    return raw.text if isinstance(raw, Odd) else raw


def read(column: Column, raw: Raw, year: int) -> Reading:
    """The value of a cell in a column; dates typed without a year are of `year`."""
    if is_blank(raw):
        return Reading(BLANK)
    if isinstance(raw, Odd):
        what = "公式" if raw.kind == "formula" else "错误值"
        return _trouble(raw.text, f"这里是{what}，请直接填写内容")
    if column.blank == "keep" and isinstance(raw, str) and clean(raw) == CLEAR_WORD:
        return _trouble(raw, "不能清空，请填写内容") if column.required else Reading(BLANK)
    return _READERS[column.kind](column, raw, year)


def _trouble(written: Scalar, sentence: str) -> Reading:
    return Reading(Value(None, written), sentence)


def _number_text(number: float) -> str:
    return str(int(number)) if float(number).is_integer() else repr(number)


def _text(_column: Column, raw: Scalar, _year: int) -> Reading:
    if isinstance(raw, bool):
        raw = str(raw).upper()
    text = (raw if isinstance(raw, str) else _number_text(raw)).replace("\r\n", "\n").replace("\r", "\n")
    cut = "只有开头部分，请到系统中修改全文，或整格重写" if text.rstrip().endswith(CUT) else ""
    return Reading(Value(text.rstrip(), text), cut)


def _status(column: Column, raw: Scalar, _year: int) -> Reading:
    word = str(raw).strip()
    text = clean(word)
    norm = column.words.get(text) or column.words.get(text.strip(_AROUND))
    if norm is None:
        return _trouble(raw, f"「{word}」不是可识别的状态，请填：{'、'.join(column.choices)}")
    return Reading(Value(norm, word))


def _date(_column: Column, raw: Scalar, year: int) -> Reading:
    day = read_day(raw, year)
    if isinstance(day, date):
        return Reading(Value(day.isoformat(), day.isoformat()))
    return _trouble(raw, day.format(text=raw if isinstance(raw, str) else _number_text(raw), year=year))


def _to_number(raw: Scalar) -> int | float | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, str):
        try:
            raw = float(clean(raw).replace(",", ""))
        except ValueError:
            return None
    if not math.isfinite(raw):
        return None
    return int(raw) if float(raw).is_integer() else raw


def _number(_column: Column, raw: Scalar, _year: int) -> Reading:
    number = _to_number(raw)
    if number is None and isinstance(raw, str) and _ROUGH.search(raw):
        return _trouble(raw, f"「{raw}」不是确定的数，请只填数字，如 3")
    if number is None:
        return _trouble(raw, f"「{raw}」不是数字，请只填数字，如 3")
    if number < 0:
        return _trouble(raw, f"「{raw}」小于 0，请填 0 或更大的数字")
    return Reading(Value(number, number))


def _percent(_column: Column, raw: Scalar, _year: int) -> Reading:
    signed = isinstance(raw, str) and clean(raw).endswith("%")
    number = _to_number(clean(raw)[:-1] if signed else raw)
    if number is None or not 0 <= number <= 100:
        return _trouble(raw, f"「{raw}」不是完成率，请填 0 到 100 的数字，如 80")
    if not signed and 0 < number < 1:  # 80 % or 0.8 %? Both are written like this; guessing is wrong by a factor of 100
        return _trouble(raw, f"「{raw}」有两种读法，请填 {_number_text(round(number * 100, 6))} 或 {raw}%")
    return Reading(Value(number, number))


def _units(column: Column, raw: Scalar, _year: int) -> Reading:
    written = str(raw).strip()
    names = [name for name in _SEPARATORS.split(unicodedata.normalize("NFKC", written)) if name]
    unknown = [name for name in names if column.words and clean(name) not in column.words]
    if unknown:
        return _trouble(raw, f"没有名为「{unknown[0]}」的责任单位，请填单位名录中的名称，多个单位用顿号隔开")
    return Reading(Value("、".join(sorted({column.words.get(clean(name), name) for name in names})), written))


_READERS = {
    "text": _text,
    "status": _status,
    "date": _date,
    "number": _number,
    "percent": _percent,
    "units": _units,
}
