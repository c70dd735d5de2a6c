"""What a cell's style says about its number: a date, a percentage, or neither (ECMA-376 part 1, §18.8.30).

A workbook stores dates and percentages as plain numbers; only the style tells them apart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

BUILT_IN_DATES = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
BUILT_IN_PERCENTS = frozenset({9, 10})
NOT_A_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
"""Literals, padding, colours, locales and conditions; elapsed time like [h] stays."""
DATE_CODE = re.compile(r"[ymdhs]|e(?![+-])|上午|AM/PM", re.IGNORECASE)


@dataclass(frozen=True)
class Formats:
    """Indexes into cellXfs (a cell's attribute `s`; absent means 0)."""

    dates: frozenset[int] = field(default=frozenset())
    percents: frozenset[int] = field(default=frozenset())


def read_formats(styles: Element) -> Formats:
    """Read the styles part."""
    codes: dict[int, str] = {}
    styles_of: list[int] = []
    for element in styles.iter():
        name = element.tag.rpartition("}")[2]
        if name == "numFmt":
            codes.setdefault(_format_number(element), element.get("formatCode", ""))
        elif name == "cellXfs":
            styles_of = [_format_number(xf) for xf in element]
    return Formats(
        dates=frozenset(i for i, number in enumerate(styles_of) if is_date_format(number, codes)),
        percents=frozenset(i for i, number in enumerate(styles_of) if is_percent_format(number, codes)),
    )


def _format_number(element: Element) -> int:
    number = element.get("numFmtId", "")
    return int(number) if number.isdecimal() else 0


def is_date_format(number: int, codes: Mapping[int, str]) -> bool:
    """Does the number format show a date or a time?"""
    if number in codes:
        code = NOT_A_CODE.sub("", codes[number].split(";")[0])
        return code.lower() != "general" and bool(DATE_CODE.search(code))
    return number in BUILT_IN_DATES


def is_percent_format(number: int, codes: Mapping[int, str]) -> bool:
    """Does the number format show hundredths?"""
    if number in codes:
        return "%" in NOT_A_CODE.sub("", codes[number])
    return number in BUILT_IN_PERCENTS
