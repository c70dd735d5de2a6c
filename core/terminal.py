"""Text in terminal columns: Chinese characters take two. Pure."""

import re
import unicodedata
from collections.abc import Sequence

# C0 and C1 but white space, and what turns the direction of writing round
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")


def width(text: str) -> int:
    """Columns that a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def clip(text: str, columns: int) -> str:
    """The text, or as much of it as fits into so many columns, marked with …"""
    if width(text) <= columns:
        return text
    used, end = 2, 0
    while used + width(text[end]) <= columns:
        used += width(text[end])
        end += 1
    return text[:end] + "…"


def flat(text: str) -> str:
    """On one line, white space folded, without the control characters by which a text could command the terminal."""
    return " ".join(_CONTROLS.sub("", text).split())


def columns(rows: Sequence[Sequence[str]], widest: Sequence[int]) -> list[str]:
    """Rows of cells as aligned lines; cells wider than their column's `widest` are cut."""
    cut = [[clip(flat(cell), limit) for cell, limit in zip(row, widest, strict=True)] for row in rows]
    widths = [max(map(width, cells)) for cells in zip(*cut, strict=True)]
    return [
        "  ".join(cell + " " * (room - width(cell)) for cell, room in zip(row, widths, strict=True)).rstrip()
        for row in cut
    ]
