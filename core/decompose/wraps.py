"""Lines that a page cut in mid-sentence, put together again: text out of a PDF ends a line wherever it was full."""

import re
from array import array
from collections.abc import Iterable
from itertools import accumulate

from core.decompose.fold import Folded
from core.decompose.lines import PAGE_NUMBER, opens_line, opens_value, read_date_line

_WIDTHS = range(30, 121)
"""Columns of a full line; a Chinese character takes two. Longer lines are paragraphs that nobody cut."""
_SHORTER = 5
"""Columns by which a full line may be short: two characters that may not begin a line, and a half one."""
_FEWEST = 4
_ENDS = frozenset("。；：！？）】”;:!?)")
# A page number that can be nothing else; a bare 3 may be a cell of a table.
_SURE_NUMBER = re.compile(r"^(?:[-—–·]+\d{1,4}[-—–·]+|第\d{1,4}页(?:[,/]?共\d{1,4}页)?)$", re.MULTILINE)
# No line begins with one of these, unless it was cut there
_NEVER_FIRST = frozenset(",、;。")
_CUT_BEFORE = re.compile(rf"\n[{''.join(_NEVER_FIRST)}]")
_CELL_ENDS = re.compile(r"[|│┃\t]")
# 3|公开预算|甲科: a row of a table begins
_ROW = re.compile(r"[|│┃]?\d{1,3}[.、]?[|│┃\t]")
_HEADER = re.compile(r"序号[|│┃\t]")
_GOES_ON = re.compile(r"(?:[、,(《“〈至和与及的第]|完成|责任|办理)$")


def unwrapped(folded: Folded) -> Folded:
    """The text without the line ends inside its paragraphs and without page numbers (— 3 —).

    Where paragraphs were not cut at one width, line ends stay as they are; where blank lines part them, they do.
    """
    full = _full_lines(folded.source.split("\n"))
    if not full and not _SURE_NUMBER.search(folded.text) and not _CUT_BEFORE.search(folded.text):
        return folded
    texts = folded.text.split("\n")
    starts = list(accumulate((len(text) + 1 for text in texts), initial=0))
    parts, offsets = [], array("q")
    spaced = 3 * texts.count("") > len(texts)
    number, depth, listing = 0, 0, False
    row, cells = "", 0
    while number < len(texts):
        text, start, following = texts[number], starts[number], number + 1
        if not _SURE_NUMBER.fullmatch(text):
            depth = max(0, depth + sum(text.count(one) for one in "(【") - sum(text.count(one) for one in ")】"))
            joined, listing = False, listing or opens_value(text)
            row += text
            if number in full:
                # between blank lines a bare number is a cell
                after, next_to = _following(texts, number, _SURE_NUMBER if spaced else PAGE_NUMBER)
                below = after < len(texts) and (next_to or not spaced)
                joined = below and (
                    _row_goes_on(row, texts[after], cells)
                    if len(_CELL_ENDS.findall(row)) > 1
                    else _goes_on(text, texts[after : after + 2], next_to, depth, listing)
                )
                following = after if joined else following
            joined = joined or (number + 1 < len(texts) and texts[number + 1][:1] in _NEVER_FIRST)
            if not joined:
                depth, listing, row, cells = 0, False, "", len(_CELL_ENDS.findall(row))
            end = start + len(text) + (not joined and number + 1 < len(texts))
            parts.append(folded.text[start:end])
            offsets.extend(folded.offsets[start:end])
        number = following
    return Folded(folded.source, "".join(parts), offsets)


def _full_lines(lines: list[str]) -> set[int]:
    """The lines that reach the right edge of the page; none where the lines are paragraphs.

    A page is cut at a width, or at a number of characters whatever their width.
    """
    bare = {number: text for number, line in enumerate(lines) if (text := line.rstrip())}
    if len(bare) < _FEWEST:
        return set()
    widths = {number: len(text.encode("gbk", "replace")) for number, text in bare.items()}
    edge, length = _edge(widths.values()), _edge(map(len, bare.values()))
    full = {
        number
        for number, width in widths.items()
        if edge - _SHORTER <= width <= edge + 2 or length - 1 <= len(bare[number]) <= length
    }
    cut = sum(bare[number][-1] not in _ENDS for number in full)
    wider = sum(width > edge + 2 for width in widths.values())
    habit = len(full) >= _FEWEST and 8 * len(full) >= len(bare) and 2 * cut >= len(full)
    return full if habit and edge in _WIDTHS and 20 * wider <= len(bare) else set()


def _edge(sizes: Iterable[int]) -> int:
    """The size that all but the longest twentieth do not exceed."""
    ordered = sorted(sizes)
    return ordered[len(ordered) * 19 // 20]


def _following(texts: list[str], number: int, page_number: re.Pattern) -> tuple[int, bool]:
    """The next line with text, and whether nothing but the number of a page stands between."""
    first = number = number + 1
    while number < len(texts) and (not texts[number] or page_number.fullmatch(texts[number])):
        number += 1
    return number, number == first or any(texts[first:number])


def _row_goes_on(row: str, following: str, cells: int) -> bool:
    """Whether a row of a table whose line was full goes on; `cells`: the bars of the row above it, 0 where none is."""
    bars, more = len(_CELL_ENDS.findall(row)), len(_CELL_ENDS.findall(following))
    if _ROW.match(following) or bars < cells:
        return not _ROW.match(following)
    closed = _CELL_ENDS.match(row) and _CELL_ENDS.match(row[-1])
    return not (closed or bars == more or opens_line(following, True, False)) and (not cells or not more)


def _goes_on(text: str, following: list[str], next_to: bool, depth: int, listing: bool) -> bool:
    """Whether a line (and what stands below it) is the same paragraph as the full one before it.

    `next_to`: no blank line stands between; `depth`: so many brackets are open; `listing`: the paragraph is a
    list of units.
    """
    if _CELL_ENDS.match(text[-1:]) or _CELL_ENDS.match(following[0]) or _HEADER.match(following[0]):
        return False  # a bar ends the cell above, or opens a row
    if depth or _GOES_ON.search(text):
        return True
    ended = text[-1:] in _ENDS
    dated = len(following) > 1 and read_date_line(following[1]) is not None
    return not (opens_line(following[0], ended or dated, listing) or (ended and not next_to))
