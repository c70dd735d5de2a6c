"""Days as people write them: 2024.6.30, 6月底, 二〇二四年六月三十日, 45473. What has two readings is asked."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, timedelta

from bridges.table import Raw, Scalar
from core.decompose.numerals import read_int

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"\d{4}|[〇○零一二三四五六七八九]{4}"
_TIME = r"(?:[T ]?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_BEFORE = r"(?:之前|以前|前)?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:(?P<year>{_YEAR})[-/.年])?(?P<month>{_N})[-/.月](?P<day>{_N})[日号]?{_TIME}{_BEFORE}",
        rf"(?:(?P<year>{_YEAR})年)?(?P<month>{_N})月份?(?:底|末){_BEFORE}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
    )
)
_MONTH_ONLY = re.compile(rf"(?:(?:{_YEAR})[-/.年])?{_N}月份?{_BEFORE}|(?:{_YEAR})[-/.]{_N}")
_AROUND = re.compile(r"\s*([-/.:年月日号底末前])\s*")

DAY_ZERO = date(1899, 12, 30)
BETWEEN_EPOCHS = 1462
"""Days between the two epochs of workbooks, 1900 and 1904."""
SERIALS = range(20_000, 80_000)
"""Day numbers of 1954 to 2119: the numbers in a column of dates that can only be days."""

NO_DAY = "「{text}」不是日期，请填如 {year}-06-30 的日期"
IMPOSSIBLE = "没有「{text}」这一天，请填如 {year}-06-30 的日期"
ONLY_MONTH = "「{text}」没有写明哪一天，请填如 {year}-06-30 的日期，或写“6月底”"
CUT_SHORT = "「{text}」有两种读法（6.3 可能是 6.30），请填如 {year}-06-30 的日期"


def read_day(raw: Scalar, year: int) -> date | str:
    """The day that a cell names, or the sentence (with {text} and {year}) that says why it names none.

    Without a year it is of `year`. 6月底 and 6月末 are the last day of June; a month alone names no day. A number is a
    day number counted from 1900 (`since_1900` for other workbooks), or 20240630.
    """
    text = "".join(str(raw).split()) if isinstance(raw, bool) else _plain(raw)
    if text.isdigit() and len(text) == 5 and int(text) in SERIALS:
        return DAY_ZERO + timedelta(int(text))
    if isinstance(raw, float) and not raw.is_integer():
        return DAY_ZERO + timedelta(int(raw)) if int(raw) in SERIALS else CUT_SHORT
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _day(found.groupdict(), year)
    return ONLY_MONTH if _MONTH_ONLY.fullmatch(text) else NO_DAY


def _plain(raw: Scalar) -> str:
    text = f"{raw:.0f}" if isinstance(raw, float) and raw.is_integer() else str(raw)
    return _AROUND.sub(r"\1", unicodedata.normalize("NFKC", text).strip()).rstrip("。. ")


def _day(parts: dict[str, str | None], plan_year: int) -> date | str:
    year = read_int(parts["year"]) if parts["year"] else plan_year
    month = read_int(parts["month"])
    try:
        return date(year, month, read_int(parts["day"]) if "day" in parts else monthrange(year, month)[1])
    except ValueError:
        return IMPOSSIBLE


def since_1900(raw: Raw) -> Raw:
    """A day number of a workbook that counts from 1904, as one that counts from 1900; anything else as it is."""
    if isinstance(raw, int | float) and not isinstance(raw, bool) and raw + BETWEEN_EPOCHS in SERIALS:
        return raw + BETWEEN_EPOCHS
    return raw
