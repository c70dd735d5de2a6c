"""Where the rows and cells of one worksheet part stand.

The XML is scanned, not parsed: a tree of a 5 MB sheet takes 20 times its size, and writing it again would change
bytes that are not ours. What the scan does not understand is refused, never guessed.
"""

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from bridges.excel.address import MAX_COLUMN, MAX_ROW, Area, Position, area, column_number, position
from bridges.excel.errors import BadAddress, FileUnsupported
from bridges.excel.tags import (
    BYTE_ORDER_MARK,
    REST_OF_TAG,
    attribute,
    closing,
    declaration,
    is_utf8,
    opening,
    without_markup,
)

ROOT = re.compile(rb"\s*<([^\s:<>/]+:)?worksheet[\s>]")

Splice = tuple[int, int, bytes]
"""Replace text[start:end]."""


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


class Rows(NamedTuple):
    """The rows of a sheet: their numbers, ascending, and the offsets at which they begin."""

    numbers: list[int]
    starts: list[int]


@dataclass(frozen=True)
class SheetXml:
    """The bytes of one worksheet part (UTF-8)."""

    xml: bytes

    @cached_property
    def text(self) -> bytes:
        """The same length, comments, CDATA and instructions blanked, so that each `<` opens or closes an element.

        Raises FileUnsupported for another encoding.
        """
        if not is_utf8(self.xml):
            raise FileUnsupported(what="工作表的文字编码")
        text = self.xml
        if text.startswith(BYTE_ORDER_MARK):
            text = b"   " + text[3:]
        return without_markup(text, declaration(text)[1])

    @cached_property
    def _root(self) -> "re.Match[bytes] | None":
        return ROOT.match(self.text, declaration(self.text)[1])

    @cached_property
    def prefix(self) -> bytes:
        """The namespace prefix of the part with its colon, or nothing."""
        if self._root is None:
            raise _structure()
        return self._root[1] or b""

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
    def rows(self) -> Rows:
        """Where the rows begin. Raises FileUnsupported when their numbers do not ascend."""
        whole = self.opening(b"row")
        begin = re.compile(rb'<%brow(?: r="([1-9][0-9]{0,6})")?(?=[\s/>])' % re.escape(self.prefix))
        rows, last = Rows([], []), 0
        for found in begin.finditer(self.text, self.data.inner, self.data.inner_end):
            last = _ascending(last, int(found[1]) if found[1] else _row_number(whole.match(self.text, found.start())))
            rows.numbers.append(last)
            rows.starts.append(found.start())
        if last > MAX_ROW:
            raise FileUnsupported(what="行号超出范围")
        return rows

    def row(self, number: int) -> Span | None:
        """The row, if there is one. Raises FileUnsupported when it does not end before the next one begins."""
        numbers, starts = self.rows
        index = bisect_left(numbers, number)
        if index == len(numbers) or numbers[index] != number:
            return None
        limit = starts[index + 1] if index + 1 < len(starts) else self.data.inner_end
        opened = self.opening(b"row").match(self.text, starts[index], limit)
        if opened is None:
            raise _structure()
        start, inner, attributes = opened.start(), opened.end(), opened[1]
        if attributes.endswith(b"/"):
            return Span(number, start, inner, inner, inner, attributes[:-1])
        closed = self.closing(b"row").search(self.text, inner, limit)
        if closed is None or self.text[closed.end() : limit].strip():
            raise _structure()
        return Span(number, start, inner, closed.start(), closed.end(), attributes)

    def some_cells(self, row: Span, columns: Collection[int]) -> Mapping[int, Span]:
        """Cells of a row by column, at least these where they are there. Raises as `cells`.

        Nearly all rows are plain: each cell names itself first, in order. Then a look at the names is enough, which
        takes a tenth of the time.
        """
        digits, begin = b"%d" % row.number, b"<%bc" % self.prefix
        names = self._names.findall(self.text, row.inner, row.inner_end)
        if len(names) == self.text.count(begin, row.inner, row.inner_end):
            present = _plain_columns(tuple([name.removesuffix(digits) for name in names]))
            wanted = [column for column in columns if column in present]
            if len(wanted) == len(columns):
                return {column: self._plain_cell(row, column, present[column] + digits) for column in wanted}
        return {cell.number: cell for cell in self.cells(row)}

    @cached_property
    def _names(self) -> "re.Pattern[bytes]":
        return re.compile(rb'<%bc r="([A-Z]{1,3}[0-9]{1,7})"' % re.escape(self.prefix))

    def _plain_cell(self, row: Span, column: int, name: bytes) -> Span:
        start = self.text.find(b'<%bc r="%b"' % (self.prefix, name), row.inner)
        opened = self.opening(b"c").match(self.text, start, row.inner_end)
        if opened is None:
            raise _structure()
        attributes, inner = opened[1], opened.end()
        if attributes.endswith(b"/"):
            return Span(column, start, inner, inner, inner, attributes[:-1])
        closed = self.closing(b"c").search(self.text, inner, row.inner_end)
        if closed is None or self.text.find(b"<%bc " % self.prefix, inner, closed.start()) >= 0:
            raise _structure()
        return Span(column, start, inner, closed.start(), closed.end(), attributes)

    def cells(self, row: Span) -> Sequence[Span]:
        """The cells of a row; one without `r` follows the one before.

        Raises FileUnsupported when they do not ascend, when something else stands between, for a cell of another row.
        """
        cells: list[Span] = []
        here, last, digits = row.inner, 0, b"%d" % row.number
        for found in self._cell.finditer(self.text, row.inner, row.inner_end):
            start, end = found.span()
            if start != here and self.text[here:start].strip():
                raise _structure()
            attributes, inner = found[1], found.start(4)
            plain = found[3] == digits
            last = _ascending(last, _column(found[2]) if plain else _column_number(attributes, row.number))
            if attributes.endswith(b"/"):
                cells.append(Span(last, start, end, end, end, attributes[:-1]))
            else:
                cells.append(Span(last, start, inner, found.end(4), end, attributes))
            here = end
        if last > MAX_COLUMN or self.text[here : row.inner_end].strip():
            raise _structure()
        return cells

    @cached_property
    def _cell(self) -> "re.Pattern[bytes]":
        """A whole cell: attributes (with letters and digits of a leading `r`), content. Possessive, so that no file can
        make it try again and again."""
        tag = rb"%bc(?=[\s/>])" % re.escape(self.prefix)
        attributes = rb'((?: r="([A-Z]{1,3})([0-9]{1,7})"(?=[\s/>]))?+%b)' % REST_OF_TAG
        content = rb"([^<]*+(?:<(?!/?%b)[^<]*+)*+)</%b\s*>" % (tag, tag)
        return re.compile(rb"<%b%b>(?:(?<=/>)|%b)" % (tag, attributes, content))

    def places(self) -> Mapping[int, Position]:
        """Offset of each cell → its place. Slow; needed where cells do not name their place."""
        rows = (self.row(number) for number in self.rows.numbers)
        return {cell.start: (row.number, cell.number) for row in rows for cell in self.cells(row)}

    @cached_property
    def merged(self) -> Sequence[Area]:
        """Merged cells."""
        return [area(ref) for ref in self._refs(b"mergeCell", self.data.end)]

    @cached_property
    def formulas(self) -> Sequence[bytes]:
        """The attributes of each formula."""
        return self.opening(b"f").findall(self.text, self.data.start, self.data.end)

    @cached_property
    def formula_areas(self) -> Sequence[Area]:
        """What array formulas and data tables fill, beyond the cell that holds the formula."""
        filling = (tag for tag in self.formulas if attribute(tag, b"t") in (b"array", b"dataTable"))
        return [area(ref.decode("ascii", "replace")) for tag in filling if (ref := attribute(tag, b"ref"))]

    def opening(self, name: bytes) -> "re.Pattern[bytes]":
        """An opening tag; group 1: attributes and, of an empty element, the slash."""
        return opening(self.prefix, name)

    def closing(self, name: bytes) -> "re.Pattern[bytes]":
        """A closing tag."""
        return closing(self.prefix, name)

    def _refs(self, name: bytes, start: int) -> Iterator[str]:
        for found in self.opening(name).finditer(self.text, start):
            yield (attribute(found[1], b"ref") or b"").decode("ascii", "replace")


def _ascending(last: int, number: int | None) -> int:
    """The number of a row or cell after `last`; the next one where it names none."""
    if number is None:
        return last + 1
    if number <= last:
        raise FileUnsupported(what="行或单元格次序颠倒")
    return number


@lru_cache
def _plain_columns(letters: tuple[bytes, ...]) -> Mapping[int, bytes]:
    """Column number → letters; nothing where they are not letters in ascending order."""
    if not all(word.isalpha() for word in letters):
        return {}
    columns = {_column(word): word for word in letters}
    return columns if list(columns) == sorted(columns) and len(columns) == len(letters) else {}


@cache
def _column(letters: bytes) -> int:
    return column_number(letters.decode())


def _row_number(tag: "re.Match[bytes] | None") -> int | None:
    ref = attribute(tag[1], b"r") if tag else None
    if ref is None:
        return None
    if not ref.isdigit() or len(ref) > 7 or not 1 <= int(ref) <= MAX_ROW:
        raise FileUnsupported(what="行号超出范围")
    return int(ref)


def _column_number(attributes: bytes, row: int) -> int | None:
    ref = attribute(attributes, b"r")
    if ref is None:
        return None
    try:
        cell_row, column = position(ref.decode("ascii", "replace"))
    except BadAddress as error:
        raise FileUnsupported(what="单元格地址超出范围") from error
    if cell_row != row:
        raise FileUnsupported(what="单元格不在自己的行里")
    return column


def _structure() -> FileUnsupported:
    return FileUnsupported(what="工作表的结构")
