"""Word documents: body text in its order, one line a paragraph, one line a table row (tabs part the cells)."""

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from core.documents.errors import DocumentBroken, DocumentEncrypted, DocumentNotWhatItSays, DocumentUnsafe
from core.documents.sniff import OLE, ZIP, as_found, content_kind

# Inflated sizes; the zip module never gives more bytes than a file's directory entry declares.
MAX_ALL_PARTS = 300_000_000
MAX_XML_PART = 60_000_000
MAX_PARTS = 5_000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# Properties (tab stops are no tabs), what is struck out or moved away, the second copy of a text box for old readers.
_SKIPPED = frozenset(qn(tag) for tag in ("w:del", "w:moveFrom", "w:pPr", "w:rPr")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
_CHARACTERS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_TEXT, _PARAGRAPH, _TABLE = qn("w:t"), qn("w:p"), qn("w:tbl")
_ROW, _CELL, _NUMBERING = qn("w:tr"), qn("w:tc"), f".//{qn('w:numPr')}"


def docx_text(name: str, data: bytes) -> tuple[str, tuple[str, ...]]:
    """Text of the body, and a note when Word's own numbering is used: its numbers are not characters of the text."""
    _check_package(name, data)
    try:
        body = docx.Document(io.BytesIO(data)).element.body
        lines = list(_lines(body))
    except (LxmlError, zipfile.BadZipFile, KeyError, ValueError, AttributeError, OSError, RuntimeError):
        raise DocumentBroken(name=name) from None
    numbered = len(body.findall(_NUMBERING))
    notes = (f"有 {numbered} 段使用了 Word 自动编号，编号不是正文文字，未读入。",) if numbered else ()
    return "\n".join(lines), notes


def _check_package(name: str, data: bytes) -> None:
    """Refuse before anything is inflated what is no Word document, or would not stay small."""
    if data.startswith(OLE) and _ENCRYPTED in data:
        raise DocumentEncrypted(name=name)
    if not data.startswith(ZIP):
        raise DocumentNotWhatItSays(name=name, kind="Word(.docx)", found=as_found(content_kind(data)))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise DocumentBroken(name=name) from None
    if not any(part.filename == "word/document.xml" for part in parts):
        raise DocumentNotWhatItSays(name=name, kind="Word(.docx)", found="")
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentEncrypted(name=name)
    largest_xml = max(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if len(parts) > MAX_PARTS or largest_xml > MAX_XML_PART or sum(part.file_size for part in parts) > MAX_ALL_PARTS:
        raise DocumentUnsafe(name=name)


def _lines(container) -> Iterator[str]:
    """Lines of the paragraphs and tables below an element, also inside content controls."""
    for child in container:
        if child.tag == _PARAGRAPH:
            yield _paragraph(child)
        elif child.tag == _TABLE:
            for row in _descend(child, _ROW):
                yield "\t".join(" ".join(_lines(cell)) for cell in _descend(row, _CELL))
        elif child.tag not in _SKIPPED:
            yield from _lines(child)


def _descend(element, tag: str) -> Iterator:
    """The nearest elements of a kind: rows and cells may sit inside content controls, not inside inner tables."""
    for child in element:
        if child.tag == tag:
            yield child
        elif child.tag not in _SKIPPED and child.tag != _TABLE:
            yield from _descend(child, tag)


def _paragraph(paragraph) -> str:
    return "".join(_characters(paragraph))


def _characters(element) -> Iterator[str]:
    for child in element:
        if child.tag in _SKIPPED:
            continue
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        else:
            yield from _characters(child)
