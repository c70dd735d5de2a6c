"""One `<c>` element: how a value is written (ECMA-376 part 1, §18.3.1.4, §22.9.2.19 for `_xHHHH_`)."""

import math
import re
from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from bridges.excel.errors import BadValue
from bridges.sync.values import LONGEST_TEXT

Value = str | bool | int | float | Decimal | date | None
"""What a cell can be set to; None is a blank."""

NEEDS_ESCAPE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{1,4}_)")
"""With fewer than four digits it is no escape to Excel; LibreOffice takes it for one."""
SURROGATE = re.compile(r"[\ud800-\udfff]")

FIRST_SAFE_DAY = {False: date(1900, 3, 1), True: date(1904, 1, 1)}
"""Before March 1900 programs disagree by a day (Excel counts a 29 February 1900)."""
DAY_ZERO = {False: date(1899, 12, 30), True: date(1904, 1, 1)}


def cell_xml(prefix: bytes, attributes: bytes, value: Value, at: str, *, date1904: bool = False) -> bytes:
    """The element with `value`; `attributes` (as they stand in the file, without t) are kept.

    Text is written inline, so that no other part changes and nothing typed can become a formula.
    Raises BadValue when the value cannot be held by a cell.
    """
    kind, body = _content(prefix, value, at, date1904)
    tag = prefix + b"c"
    if not body:
        return b"<%b%b/>" % (tag, attributes)
    return b"<%b%b%b>%b</%b>" % (tag, attributes, kind, body, tag)


def _content(prefix: bytes, value: Value, at: str, date1904: bool) -> tuple[bytes, bytes]:
    match value:
        case None | "":
            return b"", b""
        case str():
            text = escape(stored_text(value, at)).encode()
            return b' t="inlineStr"', b'<%bis><%bt xml:space="preserve">%b</%bt></%bis>' % (
                prefix, prefix, text, prefix, prefix,
            )  # fmt: skip
        case bool():
            return b' t="b"', b"<%bv>%d</%bv>" % (prefix, value, prefix)
        case datetime():
            raise BadValue(at=at, why=f"不支持的类型 {type(value).__name__}")
        case date():
            number = str(serial(value, at, date1904=date1904))
        case int() | float() | Decimal() if _is_finite(value):
            number = str(value)
        case _:
            raise BadValue(at=at, why="不是有限的数字")
    return b"", b"<%bv>%b</%bv>" % (prefix, number.encode(), prefix)


def _is_finite(value: float | Decimal) -> bool:
    try:
        return math.isfinite(float(value))
    except (OverflowError, ValueError):
        return False


def stored_text(text: str, at: str) -> str:
    """A string as a cell stores it, before XML: `_xHHHH_` for what XML has no character for.

    Line ends become LF, as a cell knows no other. Raises BadValue for what no cell can hold.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if SURROGATE.search(text):
        raise BadValue(at=at, why="含有残缺字符")
    if len(text) > LONGEST_TEXT // 2 and len(text.encode("utf-16-le")) > 2 * LONGEST_TEXT:
        raise BadValue(at=at, why=f"文字超过 {LONGEST_TEXT} 个字符")
    return NEEDS_ESCAPE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def serial(day: date, at: str, *, date1904: bool) -> int:
    """The day's number in the workbook's calendar (§18.17.4.1). Raises BadValue for days that programs count apart."""
    if day < FIRST_SAFE_DAY[date1904]:
        raise BadValue(at=at, why=f"日期早于 {FIRST_SAFE_DAY[date1904]}")
    return (day - DAY_ZERO[date1904]).days
