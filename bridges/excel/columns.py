"""Columns of one worksheet part hidden: only the `<col>` elements that cover them differ (ECMA-376 part 1, §18.3.1.13).

One `<col>` may stand for many columns; it is split so that its other columns keep their width and style.
"""

import re
from collections.abc import Collection, Iterator

from bridges.excel.errors import FileUnsupported
from bridges.excel.sheetxml import SheetXml, Splice
from bridges.excel.tags import attribute, number_in

PLACE = re.compile(rb"""\s+(?:min|max|hidden)\s*=\s*(?:"[^"]*"|'[^']*')""")
SHOWN_AGAIN = b' width="9"'
"""Characters: how wide a column without a width of its own is when a person shows it again."""


def hiding(sheet: SheetXml, columns: Collection[int]) -> Iterator[Splice]:
    """What to change so that these columns (counted from 1) are hidden. Raises FileUnsupported."""
    missing = sorted(set(columns))
    opened = sheet.opening(b"cols").search(sheet.text, 0, sheet.data.start)
    if opened is None or opened[1].endswith(b"/"):
        start, end = opened.span() if opened else (sheet.data.start,) * 2
        new = b"".join(_col(sheet, column, column, SHOWN_AGAIN, hidden=True) for column in missing)
        if missing:
            yield start, end, b"<%bcols>%b</%bcols>" % (sheet.prefix, new, sheet.prefix)
        return
    closed = sheet.closing(b"cols").search(sheet.text, opened.end(), sheet.data.start)
    if closed is None:
        raise FileUnsupported(what="工作表的列")
    for found in sheet.opening(b"col").finditer(sheet.text, opened.end(), closed.start()):
        first, last = number_in(found[1], b"min"), number_in(found[1], b"max")
        for column in [column for column in missing if column < first]:
            yield found.start(), found.start(), _col(sheet, column, column, SHOWN_AGAIN, hidden=True)
        covered = [column for column in missing if first <= column <= last]
        if covered and attribute(found[1], b"hidden") not in (b"1", b"true"):
            yield found.start(), found.end(), _split(sheet, found[1], first, last, covered)
        missing = [column for column in missing if column > last]
    for column in missing:
        yield closed.start(), closed.start(), _col(sheet, column, column, SHOWN_AGAIN, hidden=True)


def _split(sheet: SheetXml, attributes: bytes, first: int, last: int, covered: list[int]) -> bytes:
    """One `<col>` as several: the covered columns hidden, those between them as they were."""
    empty = attributes.endswith(b"/")
    others = PLACE.sub(b"", attributes.removesuffix(b"/").rstrip())
    pieces = []
    for column in covered:
        if first < column:
            pieces.append(_col(sheet, first, column - 1, others))
        pieces.append(_col(sheet, column, column, others, hidden=True))
        first = column + 1
    if first <= last:
        pieces.append(_col(sheet, first, last, others))
    whole = b"".join(pieces)
    return whole if empty else whole.removesuffix(b"/>") + b">"  # its closing tag follows


def _col(sheet: SheetXml, first: int, last: int, attributes: bytes, *, hidden: bool = False) -> bytes:
    shown = b' hidden="1"' if hidden else b""
    return b'<%bcol min="%d" max="%d"%b%b/>' % (sheet.prefix, first, last, attributes, shown)
