"""PDF: the text layer, without page numbers and running heads; lines put together to paragraphs; ruled tables."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

import pypdfium2
import pypdfium2.raw as pdfium

from core.documents.errors import (
    DocumentBroken,
    DocumentEncrypted,
    DocumentGarbled,
    DocumentNotWhatItSays,
    DocumentScanned,
    DocumentTooLong,
)
from core.documents.pdf_lines import Line, Margins, cell_text, lines_of, paragraphs
from core.documents.pdf_page import Glyph, PageContent, read_page
from core.documents.pdf_tables import RuledTable, continued, ruled_tables
from core.documents.sniff import as_found, content_kind
from core.documents.tables import Cell, table_lines

MAX_PAGES = 500
_MAGIC, _HEAD = b"%PDF-", 1024
_PAGE_NUMBER = re.compile(r"[-—–·•\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/,，共]+\s*\d{1,4}\s*页?)?[-—–·•\s]*")
_DIGITS = re.compile(r"\d+")
_UNREADABLE = re.compile("[\ufffd\ufffe\uffff\ue000-\uf8ff]")
_SHARE = 5
"""A text with every fifth character unreadable is no text."""
_EDGE_LINES = 2
"""Lines at the top and at the foot of a page that may be a running head or a page number."""


@dataclass(slots=True)
class _Page:
    """Lines outside of tables, and tables with the height of their upper edge, each from top to bottom."""

    width: int
    lines: list[Line]
    tables: list[tuple[float, list[Cell]]]


def pdf_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of the pages, and notes on what could not be read. Raises DocumentError."""
    if _MAGIC not in data[:_HEAD]:
        raise DocumentNotWhatItSays(kind="PDF", found=as_found(content_kind(data)))
    pages, pictures = [], []
    seen = unreadable = lost = 0
    for number, content in enumerate(_contents(data), 1):
        seen += len(content.glyphs)
        unreadable += sum(1 for glyph in content.glyphs if _UNREADABLE.match(glyph.text))
        lost += content.lost
        if content.pictures and not content.glyphs:
            pictures.append(str(number))
        pages.append(_page(content))
    if pictures and not seen:
        raise DocumentScanned
    if seen and unreadable * _SHARE > seen:
        raise DocumentGarbled
    _drop_running_heads(pages)
    notes = []
    if pictures:
        notes.append(f"第 {'、'.join(pictures)} 页只有图片，没有文字，未读入。")
    if lost:
        notes.append(f"有 {lost} 处文字用的字体既不在文件里，也不在本机上，可能漏字，请核对。")
    return "\n".join(_text(pages)), tuple(notes)


def _contents(data: bytes) -> Iterator[PageContent]:
    try:
        with pypdfium2.PdfDocument(data) as document:
            if len(document) > MAX_PAGES:
                raise DocumentTooLong(what="页数", limit=f"{MAX_PAGES} 页")
            for page in document:
                yield read_page(page)
                page.close()
    except pypdfium2.PdfiumError as error:
        if error.err_code in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY):
            raise DocumentEncrypted from None
        raise DocumentBroken from None


def _page(content: PageContent) -> _Page:
    free, tables = content.glyphs, []
    for table in ruled_tables(content.edges):
        cells, free = _filled(table, free)
        if cells:
            tables.append((table.top, cells))
    return _Page(round(content.width), lines_of(free), tables)


def _filled(table: RuledTable, glyphs: list[Glyph]) -> tuple[list[Cell], list[Glyph]]:
    """The cells of a table, and the characters that stand outside of it; without any inside there are no cells."""
    held: dict[int, list[Glyph]] = {}
    outside = []
    for glyph in glyphs:
        box = table.box_at(glyph.middle, glyph.centre)
        (outside if box is None else held.setdefault(box, [])).append(glyph)
    if not held:
        return [], outside
    lines = {number: lines_of(inside) for number, inside in held.items()}
    padding = _padding(table, lines)
    texts = {}
    for number, inside in lines.items():
        left, right = table.sides(number)
        texts[number] = cell_text(inside, right - left - 2 * padding)
    return [
        Cell(box.row, box.column, texts.get(number, ""), box.rows) for number, box in enumerate(table.boxes)
    ], outside


def _padding(table: RuledTable, lines: dict[int, list[Line]]) -> float:
    """What stays free between a rule and the text: the smallest in the table, one character at most."""
    gaps = []
    for number, inside in lines.items():
        left, right = table.sides(number)
        gaps += (min(line.left - left, right - line.right, line.size) for line in inside)
    return max(min(gaps), 0)


def _drop_running_heads(pages: list[_Page]) -> None:
    """Page numbers, and what stands at the same end of several pages with other digits at most."""
    seen = Counter(_same(line, page) for page in pages for line in _ends(page))
    for page in pages:
        heads = {line for line in _ends(page) if _PAGE_NUMBER.fullmatch(line.text) or seen[_same(line, page)] > 1}
        page.lines = [line for line in page.lines if line not in heads]


def _ends(page: _Page) -> list[Line]:
    return page.lines[:_EDGE_LINES] + page.lines[_EDGE_LINES:][-_EDGE_LINES:]


def _same(line: Line, page: _Page) -> tuple[str, int, int]:
    """Lines that are equal in this are one running head: text but for its digits, height, width of the page."""
    return _DIGITS.sub("#", line.text), round(line.top / 4), page.width


def _text(pages: list[_Page]) -> Iterator[str]:
    """Paragraphs and table rows; both go on over the end of a page."""
    alike: dict[int, list[Line]] = {}
    for page in pages:
        alike.setdefault(page.width, []).extend(page.lines)
    margins = {width: Margins.of(lines, width) for width, lines in alike.items()}
    flow = []
    for page in pages:
        blocks = [*((line.top, (line, margins[page.width])) for line in page.lines), *page.tables]
        flow += (block for _, block in sorted(blocks, key=lambda block: block[0]))
    for is_table, blocks in groupby(flow, key=lambda block: isinstance(block, list)):
        if is_table:
            for table in continued(blocks):
                yield from table_lines(table)
        else:
            yield from paragraphs(list(blocks))
