"""Where the rows and cells of one worksheet part stand.

The XML is scanned, not parsed: a tree of a 5 MB sheet takes 20 times its size, and writing it again would change
bytes that are not ours. What the scan does not understand is refused, never guessed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, partial
from typing import NamedTuple

from bridges.excel.address import MAX_COLUMN, MAX_ROW, Area, Position, area, position
from bridges.excel.errors import BadAddress, FileUnsupported

REST_OF_TAG = rb"""[^"'<>]*(?:"[^"<]*"[^"'<>]*|'[^'<]*'[^"'<>]*)*"""
"""Attributes, and the slash of an empty element; `>` is legal inside quotes, `<` nowhere."""
NO_MARKUP = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
ROOT = re.compile(rb"\s*<([^\s:<>/]+:)?worksheet[\s>]")
ENCODING = re.compile(rb"""\s*<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']""")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Span(NamedTuple):
    """One element: `<c attributes>` inner `</c>`, as offsets; `number` is its row or column."""

    number: int
    start: int
    inner: int
    inner_end: int
    end: int
    attributes: bytes

    @property
    def empty(self) -> bool:
        """Written as `<c …/>`."""
        return self.inner == self.end


@dataclass(frozen=True)
class SheetXml:
    """The bytes of one worksheet part (UTF-8)."""

    xml: bytes

    @cached_property
    def text(self) -> bytes:
        """The same length, comments, CDATA and instructions blanked, so that each `<` opens or closes an element.

        Raises FileUnsupported for another encoding.
        """
        text = self.xml
        if text.startswith(BYTE_ORDER_MARK):
            text = b"   " + text[3:]
        encoding = ENCODING.match(text)
        if b"\0" in text[:4] or (encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")):
            raise FileUnsupported(what="工作表的文字编码")
        if b"<!" in text or b"<?" in text:
            text = NO_MARKUP.sub(lambda found: b" " * len(found[0]), text)
        return text

    @property
    def is_worksheet(self) -> bool:
        """Is the root a worksheet at all?"""
        return ROOT.match(self.text) is not None

    @cached_property
    def prefix(self) -> bytes:
        """The namespace prefix of the part with its colon, or nothing."""
        root = ROOT.match(self.text)
        if root is None:
            raise _structure()
        return root[1] or b""

    @cached_property
    def data(self) -> Span:
        """`<sheetData>`."""
        found = self.opening(b"sheetData").search(self.text)
        if found is None:
            raise _structure()
        if found[1].endswith(b"/"):
            return Span(0, found.start(), found.end(), found.end(), found.end(), found[1][:-1])
        end = self.text.rfind(b"</%bsheetData" % self.prefix)  # from behind: there is one, and it is far
        closed = self.closing(b"sheetData").match(self.text, max(end, found.end()))
        if closed is None:
            raise _structure()
        return Span(0, found.start(), found.end(), closed.start(), closed.end(), found[1])

    @cached_property
    def rows(self) -> Sequence[Span]:
        """All rows, ascending. Raises FileUnsupported when they are not, or when something else stands between."""
        return self._numbered(self.data, b"row", _row_number)

    def cells(self, row: Span) -> Sequence[Span]:
        """The cells of a row, ascending. Raises FileUnsupported as `rows`, and for a cell of another row."""
        return self._numbered(row, b"c", partial(_column_number, row.number))

    @cached_property
    def places(self) -> Mapping[int, Position]:
        """Offset of each cell → its place. Slow; needed where cells do not name their place."""
        return {cell.start: (row.number, cell.number) for row in self.rows for cell in self.cells(row)}

    @cached_property
    def merged(self) -> Sequence[Area]:
        """Merged cells."""
        return [area(ref) for ref in self._refs(b"mergeCell", self.data.end)]

    @cached_property
    def formula_areas(self) -> Sequence[Area]:
        """What array formulas and data tables fill, beyond the cell that holds the formula."""
        whole = self.opening(b"f").finditer(self.text, self.data.start, self.data.end)
        filling = (found[1] for found in whole if attribute(found[1], b"t") in (b"array", b"dataTable"))
        return [area(ref.decode("ascii", "replace")) for tag in filling if (ref := attribute(tag, b"ref"))]

    @cached_property
    def formulas(self) -> int:
        """How many formulas there are in the sheet."""
        return len(self.opening(b"f").findall(self.text, self.data.start, self.data.end))

    def opening(self, name: bytes) -> "re.Pattern[bytes]":
        """An opening tag; group 1: attributes and, of an empty element, the slash."""
        return re.compile(rb"<%b%b(?=[\s/>])(%b)>" % (re.escape(self.prefix), name, REST_OF_TAG))

    def closing(self, name: bytes) -> "re.Pattern[bytes]":
        """A closing tag."""
        return re.compile(rb"</%b%b\s*>" % (re.escape(self.prefix), name))

    def _refs(self, name: bytes, start: int) -> Iterator[str]:
        for found in self.opening(name).finditer(self.text, start):
            yield (attribute(found[1], b"ref") or b"").decode("ascii", "replace")

    def _span(self, opened: "re.Match[bytes]", closing: "re.Pattern[bytes]", number: int) -> Span:
        start, inner, attributes = opened.start(), opened.end(), opened[1]
        if attributes.endswith(b"/"):
            return Span(number, start, inner, inner, inner, attributes[:-1])
        closed = closing.search(self.text, inner)
        if closed is None:
            raise _structure()
        return Span(number, start, inner, closed.start(), closed.end(), attributes)

    def _numbered(self, parent: Span, name: bytes, number_of: Callable[[bytes], int]) -> list[Span]:
        """The children of `parent`: only elements `name` are allowed; one without `r` follows the one before."""
        opening, closing, space = self.opening(name), self.closing(name), re.compile(rb"\s*")
        found: list[Span] = []
        here, last = parent.inner, 0
        while opened := opening.match(self.text, space.match(self.text, here).end(), parent.inner_end):
            ref = attribute(opened[1], b"r")
            number = last + 1 if ref is None else number_of(ref)
            if number <= last:
                raise FileUnsupported(what="行或单元格次序颠倒")
            span = self._span(opened, closing, number)
            found.append(span)
            here, last = span.end, number
        if self.text[here : parent.inner_end].strip():
            raise _structure()
        return found


@cache
def _attribute_pattern(name: bytes) -> "re.Pattern[bytes]":
    return re.compile(rb"""(?:^|\s)%b\s*=\s*(?:"([^"]*)"|'([^']*)')""" % name)


def attribute(attributes: bytes, name: bytes) -> bytes | None:
    """The raw value of an attribute."""
    found = _attribute_pattern(name).search(attributes)
    return None if found is None else found[1] if found[1] is not None else found[2]


def number_in(attributes: bytes, name: bytes) -> int:
    """A whole number that defaults to 0 (style, first column, …); what is no number counts as absent."""
    text = attribute(attributes, name) or b""
    return int(text) if text.isdigit() and len(text) < 10 else 0


def _row_number(ref: bytes) -> int:
    if not ref.isdigit() or not 1 <= int(ref) <= MAX_ROW:
        raise FileUnsupported(what="行号超出范围")
    return int(ref)


def _column_number(row: int, ref: bytes) -> int:
    try:
        cell_row, column = position(ref.decode("ascii", "replace"))
    except BadAddress as error:
        raise FileUnsupported(what="单元格地址超出范围") from error
    if cell_row != row or column > MAX_COLUMN:
        raise FileUnsupported(what="单元格不在自己的行里")
    return column


def _structure() -> FileUnsupported:
    return FileUnsupported(what="工作表的结构")
