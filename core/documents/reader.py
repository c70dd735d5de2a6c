"""File → canonical text. The only room that normalises line ends; every offset of a task counts in this text."""

import marshal
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.documents import errors
from core.documents.errors import (
    DocumentBreaksReader,
    DocumentEmpty,
    DocumentError,
    DocumentMissing,
    DocumentNotWhatItSays,
    DocumentTooLarge,
    DocumentTooSlow,
    DocumentTypeUnknown,
    DocumentUnreadable,
)
from core.documents.office import as_docx
from core.documents.plain import plain_text
from core.documents.sniff import OLE, RTF, ZIP, as_found, content_kind, is_page, is_saved_page
from core.sandbox.child import ChildDied, ChildLate, run_child

MAX_MEGABYTES = 20
SECONDS = 30
"""On the wall, for one file."""
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Left over from old editors (end of file, optional hyphen), or put there to command a terminal
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")

Read = tuple[str, tuple[str, ...]]


def _in_child(reader: str) -> Callable[[bytes], Read]:
    """The reading function `module:name`, called in a process of its own (`worker.py`)."""

    def read(data: bytes) -> Read:
        try:
            answer = run_child([sys.executable, "-m", "core.documents.worker"], marshal.dumps((reader, data)), SECONDS)
        except ChildLate:
            raise DocumentTooSlow(seconds=SECONDS) from None
        except ChildDied:
            raise DocumentBreaksReader from None
        kind, *content = marshal.loads(answer)  # noqa: S302 from our own worker
        if kind == "refused":
            raise getattr(errors, content[0])(**content[1])
        return content[0], content[1]

    return read


_docx = _in_child("core.documents.docx:docx_text")
_page = _in_child("core.documents.page:page_text")
_saved_page = _in_child("core.documents.page:archive_text")
_book = _in_child("core.documents.workbook:workbook_text")


def _workbook(data: bytes) -> Read:
    """Many programs save a page with a table under the name of a workbook."""
    return _page(data) if is_page(data) else _book(data)


def _old_document(data: bytes) -> Read:
    """.doc is also what newer documents and pages are called."""
    if data.startswith(ZIP):
        return _docx(data)
    if is_saved_page(data):
        return _saved_page(data)
    if is_page(data):
        return _page(data)
    if not data.startswith((OLE, RTF)):
        raise DocumentNotWhatItSays(kind="Word(.doc)", found=as_found(content_kind(data)))
    return _docx(as_docx(data))


_READERS: dict[str, Callable[[bytes], Read]] = {
    ".docx": _docx,
    ".txt": plain_text,
    ".pdf": _in_child("core.documents.pdf:pdf_text"),
    ".xlsx": _workbook,
    ".xls": _workbook,
    ".et": _workbook,
    ".html": _page,
    ".htm": _page,
    ".mht": _saved_page,
    ".mhtml": _saved_page,
    ".doc": _old_document,
    ".wps": _old_document,
    ".rtf": _old_document,
}


KINDS = tuple(_READERS)
"""Suffixes of the files that can be read."""


@dataclass(frozen=True, slots=True)
class Document:
    """The canonical text of a file: line ends are `\\n`, no byte order mark, no control characters.

    `kind` is the suffix without its dot; `notes` are Chinese sentences about what the file holds and the text does not.
    `body`: the text without that of attachments, where there is such text behind it.
    """

    text: str
    file_name: str
    kind: str
    notes: tuple[str, ...] = ()
    body: str = ""


def read_document(path: str | Path, kind: str = "") -> Document:
    """Read one file from disk; its size is checked before its content is touched. Raises DocumentError.

    `kind`: the suffix by which it is read, where its own says something else.
    """
    path = Path(path)
    try:
        size = path.stat().st_size
        _check(path.name, size, kind)
        return parse_document(path.name, path.read_bytes(), kind)
    except FileNotFoundError:
        raise DocumentMissing(name=str(path)) from None
    except OSError:
        raise DocumentUnreadable(name=str(path)) from None


def parse_document(file_name: str, data: bytes, kind: str = "") -> Document:
    """Read a file that was uploaded; the kind is told by the name (or `kind`) and checked against the content."""
    suffix = _check(file_name, len(data), kind)
    try:
        raw, notes = _READERS[suffix](data)
    except DocumentError as refusal:
        raise refusal.of(file_name) from None
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", raw)).removeprefix("\ufeff")
    if not text.strip():
        raise DocumentEmpty(name=file_name)
    return Document(text, file_name, suffix.removeprefix("."), notes)


def _check(file_name: str, size: int, kind: str) -> str:
    """The suffix of a file that may be read."""
    suffix = kind or Path(file_name).suffix.lower()
    if suffix not in _READERS:
        raise DocumentTypeUnknown(name=file_name, kinds="、".join(KINDS))
    if size == 0:
        raise DocumentEmpty(name=file_name)
    if size > MAX_MEGABYTES * 1_000_000:
        raise DocumentTooLarge(name=file_name, size=size // 1_000_000, limit=MAX_MEGABYTES)
    return suffix
