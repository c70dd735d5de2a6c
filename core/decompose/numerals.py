"""Numbers as Chinese documents write them: 12, 十二, 二〇二四, 一百零五, 1.5万."""

import re

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}

CHINESE = "〇○零一二两三四五六七八九十百千"
NUMBER = rf"(?:\d+(?:\.\d+)?[万千百]?|[{CHINESE}]+万?)"
_NUMBER_PARTS = re.compile(rf"(\d+(?:\.\d+)?|[{CHINESE}]+)([万千百]?)")
_FACTORS = {"": 1, "百": 100, "千": 1000, "万": 10000}


def read_int(text: str) -> int | None:
    """Whole number of up to four places, in digits or in Chinese; None when it is not one."""
    if text.isascii():
        return int(text) if text.isdigit() and len(text) <= 18 else None
    if not text or any(char not in _DIGITS and char not in _TENS for char in text):
        return None
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text)) if len(text) <= 18 else None
    total, digit = 0, None
    for char in text:
        if char in _DIGITS:
            if digit:
                return None  # 两三百 is about so many
            digit = _DIGITS[char]
        else:
            total += (1 if digit is None else digit) * _TENS[char]
            digit = None
    return total + (digit or 0)


def read_number(text: str) -> int | float | None:
    """Number with an optional decimal part and 万/千/百; whole values come back as int."""
    found = _NUMBER_PARTS.fullmatch(text)
    if not found:
        return None
    body, factor = found.groups()
    value = float(body) if "." in body else read_int(body)
    if value is None:
        return None
    value = round(value * _FACTORS[factor], 6)
    return int(value) if value == int(value) else value
