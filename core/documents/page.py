"""Web pages as they are saved from an agency's site: text and tables, without what only moves a visitor around."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import compat32

from lxml import etree

from core.documents.errors import DocumentBroken, DocumentNotWhatItSays
from core.documents.ordinals import ordinal
from core.documents.plain import decoded
from core.documents.sniff import as_found, content_kind
from core.documents.tables import Cell, table_lines

_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]{1,30})""", re.IGNORECASE)
_HEAD = 4096
"""Bytes in which a page names its encoding."""
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030"}

_SPACE = re.compile(r"[ \t\r\n\f]+")
_DROPPED = re.compile("title|script|style|noscript|template|button|select|option|input|textarea|svg|iframe|object")
_BESIDE = re.compile("nav|footer|aside")
_LINES = re.compile(
    "address|article|blockquote|body|caption|center|dd|div|dl|dt|fieldset|figure|form|h[1-6]|header|hr|li|main|ol|p|pre"
    "|section|table|tbody|td|tfoot|th|thead|tr|ul"
)
# What the class or id of a part says that is no text of the page
_CHROME = re.compile(
    r"(?:^|[-_\s])(?:nav|navbar|menu|footer|foot|crumbs?|breadcrumbs?|share|bshare|sidebar|toolbar|copyright|pagination"
    r"|related)(?:$|[-_\s\d])",
    re.IGNORECASE,
)
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_FILE = re.compile(r"\.(?:docx?|xlsx?|pdf|wps|et|zip|rar)(?:$|[?#])", re.IGNORECASE)
_LISTS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_NUMBERED = re.compile(r"[(（]?[\d一二三四五六七八九十①-⑳]+[)）、.．是]?")
_WHERE = re.compile("(?:您|你|当前|现在)?(?:的|所在)*位置[:：]")
_MOST = 1000
"""Columns of a table, and rows or columns that a cell may cover: what browsers read of the latter."""
_LAYOUT_CELL = 2000
"""Characters: a longer cell holds a part of the page, and its table only lays the page out."""


def page_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of an .html file, and a note on the links that were left out. Raises DocumentError."""
    declared = _CHARSET.search(data[:_HEAD])
    name = declared[1].decode("ascii").lower() if declared else None
    return _page(decoded(data, "网页(.html)", _WIDER.get(name, name)))


def archive_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of a page that a browser saved as one file (.mht). Raises DocumentError."""
    message = BytesParser(policy=compat32).parsebytes(data)
    page = next((part for part in message.walk() if part.get_content_type() == "text/html"), None)
    if page is None:
        raise DocumentNotWhatItSays(kind="网页(.mht)", found=as_found(content_kind(data)))
    return page_text(page.get_payload(decode=True))


def _page(text: str) -> tuple[str, tuple[str, ...]]:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    if root is None:
        raise DocumentBroken
    page = _Page(_length(root) // 2)
    page.take(root)
    page.end_line()
    notes = (f"网页中的导航、链接等 {page.dropped} 处未读入。",) if page.dropped else ()
    return "\n".join(page.lines), notes


@dataclass
class _Page:
    """Lines as a browser would break them. A line that is mostly links to other pages, or tells the way to this one, is
    dropped and counted.

    `half` is half of the text of the page: no single part is so much of it and still not what the page is about. In a
    cell of a table (`in_cell`) links are text.
    """

    half: int
    in_cell: bool = False
    lines: list[str] = field(default_factory=list)
    dropped: int = 0
    _parts: list[str] = field(default_factory=list)
    _linked: int = 0
    _number: str = ""

    def take(self, element, link: bool = False) -> None:
        """The text of one element and what is in it; `link`: it leads to another page."""
        if self._is_chrome(element):
            self.dropped += bool(_length(element))
            return
        if element.tag == "table" and _is_data(element):
            self.end_line()
            self.lines += table_lines(self._cells(element))
            return
        breaks = bool(_LINES.fullmatch(element.tag))
        if breaks or element.tag == "br":
            self.end_line()
        link = link or (element.tag == "a" and not _FILE.search(element.get("href") or ""))
        self._add(element.text, link, element.tag == "pre")
        number = _whole(element.get("start"), 1)
        for child in element:
            in_list = element.tag == "ol" and child.tag == "li"
            self._number = ordinal(number, _LISTS.get(element.get("type"), "decimal")) if in_list else self._number
            number += in_list
            if isinstance(child.tag, str) and not _DROPPED.fullmatch(child.tag):
                self.take(child, link)
            self._add(child.tail, link, element.tag == "pre")
        if breaks:
            self.end_line()
        if element.tag == "li":
            self._number = ""

    def end_line(self) -> None:
        """What was gathered since the last one is a line, unless it only leads elsewhere."""
        line = _SPACE.sub(" ", "".join(self._parts)).strip()
        if line and not self.in_cell and "。" not in line and (self._linked * 2 > len(line) or _WHERE.match(line)):
            self.dropped += 1
        elif line:
            self.lines.append(line if not self._number or _NUMBERED.match(line) else f"{self._number}. {line}")
            self._number = ""
        self._parts, self._linked = [], 0

    def _add(self, text: str | None, link: bool, keeps_lines: bool) -> None:
        for number, piece in enumerate((text or "").split("\n") if keeps_lines else [text or ""]):
            if number:
                self.end_line()
            self._parts.append(piece)
            self._linked += len(piece.strip()) if link else 0

    def _is_chrome(self, element) -> bool:
        if (
            _BESIDE.fullmatch(element.tag)
            or element.get("hidden") is not None
            or _UNSEEN.search(element.get("style") or "")
        ):
            return True
        says = f"{element.get('class') or ''} {element.get('id') or ''}"
        return bool(_CHROME.search(says)) and _length(element) < self.half

    def _cells(self, table) -> Iterator[Cell]:
        below: dict[int, int] = {}
        for number, row in enumerate(table.iter("tr")):
            column = 0
            for element in row.iterchildren("td", "th"):
                while below.get(column, 0) > number:
                    column += 1
                if column >= _MOST:
                    break
                rows, width = _span(element, "rowspan"), _span(element, "colspan")
                inner = _Page(self.half, in_cell=True)
                inner.take(element)
                yield Cell(number, column, "\n".join(inner.lines), rows)
                below |= dict.fromkeys(range(column, column + width), number + rows)
                column += width


def _is_data(table) -> bool:
    """Whether a table parts values, or only lays out a page."""
    rows = [row for row in table.iter("tr") if len(row.findall("td")) + len(row.findall("th")) > 1]
    if len(rows) < 2 or next(table.iterdescendants("table"), None) is not None:
        return False
    return all(_length(cell) <= _LAYOUT_CELL for cell in table.iter("td"))


def _length(element) -> int:
    return sum(len(text.strip()) for text in element.itertext())


def _span(element, name: str) -> int:
    return min(max(_whole(element.get(name), 1), 1), _MOST)


def _whole(value: str | None, otherwise: int) -> int:
    value = (value or "").strip()
    return int(value) if value.isdecimal() and len(value) < 9 else otherwise
