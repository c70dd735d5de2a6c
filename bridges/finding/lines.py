"""What a line below the header is: a row of the table, or what people put between and below the rows."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from bridges.finding.headers import Header
from bridges.finding.sheet import Area
from bridges.sync.values import clean
from bridges.table import Column

Kind = Literal["row", "blank", "section", "subtotal", "header", "note"]
KINDS: tuple[Kind, ...] = ("row", "section", "subtotal", "header", "note", "blank")
SUBTOTALS = ("合计", "小计", "总计", "共计")
BANNER_SHARE = 0.5
"""A line merged over more than this share of our columns is a section title."""
_SECTION = re.compile(r"[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+(?:章|节|部分|类|方面)")
_NOTE = re.compile(r"(?:备?注|说明|附件?|填[表报]\w*|制表\w*|审[核批]\w*|联系\w*|负责人|单位负责人|日期)[:\d]")


def line_kind(cells: Sequence[tuple[int, Any]], ours: Mapping[int, Column], header: Header, banner: bool) -> Kind:
    """The kind of a line without an id. `cells`: (column number, value) of all its filled cells, ours or not; `ours`:
    column number → column; `banner`: it is merged across our columns."""
    if not cells:
        return "blank"
    first_column, first = cells[0]
    text = clean(first) if isinstance(first, str) else ""
    if text.startswith(SUBTOTALS):
        return "subtotal"
    if banner:
        return "section"
    told = [column for column, _ in cells if column in ours and ours[column].owner != "derived"]
    if _NOTE.match(text) and (len(cells) == 1 or first_column not in told):
        return "note"
    if not told:
        return "section" if text and first_column in ours and not text.isdigit() else "blank"
    if len(cells) > 1:
        return "header" if _repeats(cells, header) else "row"
    return "section" if _SECTION.match(text) else "row"


def _repeats(cells: Sequence[tuple[int, Any]], header: Header) -> bool:
    """The header once more, as people put it on each printed page."""
    names = {heading.column: {clean(name.text) for name in heading.names} for heading in header.headings}
    return all(isinstance(value, str) and clean(value) in names.get(column, ()) for column, value in cells)


def spans(numbers: Iterable[int]) -> str:
    """Line numbers as people write them: 第 12、15、17—22 行."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = (f"{run[0]}—{run[-1]}" if len(run) > 2 else "、".join(map(str, run)) for run in runs)
    return f"第 {'、'.join(shown)} 行"


def banners(merged: Sequence[Area], columns: Sequence[int]) -> set[int]:
    """Rows that are merged across most of these columns."""

    def across(area: Area) -> int:
        return sum(area[1] <= column <= area[3] for column in columns)

    wide = (area for area in merged if across(area) > BANNER_SHARE * len(columns))
    return {area[0] for area in wide if area[0] == area[2]}
