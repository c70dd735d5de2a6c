"""Word documents: the body in its order, a line for each paragraph with its automatic number, and tables."""

import io
import zipfile
import zlib
from collections.abc import Iterator

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from core.documents.errors import DocumentBroken
from core.documents.numbering import Numbering, Styles
from core.documents.package import check_package
from core.documents.tables import Cell, table_lines

_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BOX = qn("w:txbxContent")
# Properties (tab stops are no tabs), what is struck out or moved away, how a word is pronounced, text boxes, and their
# second copy for old readers.
_SKIPPED = frozenset(qn(tag) for tag in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:rt")) | {
    f"{_COMPATIBILITY}Fallback",
    _BOX,
}
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT, _PARAGRAPH, _TABLE, _ROW, _CELL = (qn(f"w:{tag}") for tag in ("t", "p", "tbl", "tr", "tc"))
_HIDDEN = f"{qn('w:rPr')}/{qn('w:vanish')}"
_STYLE = f"{qn('w:pPr')}/{qn('w:pStyle')}"
_NOTES = (qn("w:footnoteReference"), qn("w:endnoteReference"))
_NO = ("0", "false", "off")
_MOST_COLUMNS = 1000


def docx_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of the body, and notes about what it does not hold. Raises DocumentError."""
    check_package(data, "word/document.xml", "Word(.docx)")
    try:
        part = docx.Document(io.BytesIO(data)).part
        body = part.element.body
        lines = list(_Body(part).lines(body))
    except (LxmlError, zipfile.BadZipFile, zlib.error, KeyError, ValueError, AttributeError, OSError, RuntimeError):
        raise DocumentBroken from None
    return "\n".join(lines), tuple(_left_out(body))


def _left_out(body) -> Iterator[str]:
    # a box is in the file twice; the copy for old readers does not count
    boxes = sum(1 for box in body.iter(_BOX) if not any(box.iterancestors(f"{_COMPATIBILITY}Fallback")))
    if boxes:
        yield f"文中有 {boxes} 个文本框，框内文字未读入。"
    notes = sum(1 for _ in body.iter(*_NOTES))
    if notes:
        yield f"文中有 {notes} 处脚注或尾注，注释文字未读入。"


class _Body:
    """Reads the paragraphs once, in their order: the numbers count on."""

    def __init__(self, part) -> None:
        self._styles = Styles(_root(part, RELATIONSHIP_TYPE.STYLES))
        self._numbering = Numbering(_root(part, RELATIONSHIP_TYPE.NUMBERING), self._styles)

    def lines(self, container) -> Iterator[str]:
        """Lines of the paragraphs and tables below an element, also inside content controls."""
        for child in container:
            if child.tag == _PARAGRAPH:
                if not self._in_contents(child):
                    yield self._paragraph(child)
            elif child.tag == _TABLE:
                yield from table_lines(self._cells(child))
            elif child.tag not in _SKIPPED:
                yield from self.lines(child)

    def _in_contents(self, paragraph) -> bool:
        """Lines of a table of contents repeat the headings."""
        style = paragraph.find(_STYLE)
        return style is not None and self._styles.name(style.get(qn("w:val"))).startswith("toc ")

    def _paragraph(self, paragraph) -> str:
        text = "".join(_characters(paragraph))
        number = self._numbering.label(paragraph)
        return number + text if text.strip() else text

    def _cells(self, table) -> list[Cell]:
        cells: list[Cell] = []
        open_cells: dict[int, Cell] = {}
        for number, row in enumerate(_descend(table, _ROW)):
            column = _whole(row.find(f"{qn('w:trPr')}/{qn('w:gridBefore')}"), 0)
            for element in _descend(row, _CELL):
                width = _whole(element.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}"), 1)
                merge = element.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
                above = open_cells.pop(column, None)
                if merge is not None and merge.get(qn("w:val")) != "restart" and above:
                    above.rows += 1
                    open_cells[column] = above
                else:
                    cell = Cell(number, column, "\n".join(self.lines(element)))
                    cells.append(cell)
                    if merge is not None:
                        open_cells[column] = cell
                column += width
        return cells


def _root(part, kind: str):
    """The root of a related part, None where there is none."""
    try:
        return docx.oxml.parse_xml(part.part_related_by(kind).blob)
    except KeyError:
        return None


def _descend(element, tag: str) -> Iterator:
    """The nearest elements of a kind: rows and cells may sit inside content controls, not inside inner tables."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED and child.tag != _TABLE:
            yield from _descend(child, tag)


def _whole(element, otherwise: int) -> int:
    value = element.get(qn("w:val")) if element is not None else None
    return min(int(value), _MOST_COLUMNS) if value and value.isdecimal() else otherwise


def _characters(element) -> Iterator[str]:
    for child in element:
        hidden = child.find(_HIDDEN)
        if child.tag in _SKIPPED or (hidden is not None and hidden.get(qn("w:val")) not in _NO):
            continue
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        else:
            yield from _characters(child)
