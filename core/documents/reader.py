"""File → canonical text. The only room that normalises line ends; every offset of a task counts in this text."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.documents.docx import docx_text
from core.documents.errors import (
    DocumentEmpty,
    DocumentMissing,
    DocumentTooLarge,
    DocumentTypeUnknown,
    DocumentUnreadable,
)
from core.documents.plain import plain_text

MAX_MEGABYTES = 20
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# Left over from old editors (end of file, optional hyphen), or put there to command a terminal
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_READERS: dict[str, Callable[[str, bytes], tuple[str, tuple[str, ...]]]] = {".txt": plain_text, ".docx": docx_text}


@dataclass(frozen=True, slots=True)
class Document:
    """The canonical text of a file: line ends are `\\n`, no byte order mark, no control characters.

    `kind` is txt or docx; `notes` are Chinese sentences about what the file holds and the text does not.
    """

    text: str
    file_name: str
    kind: str
    notes: tuple[str, ...] = ()


def read_document(path: str | Path) -> Document:
    """Read one file from disk; its size is checked before its content is touched. Raises DocumentError."""
    path = Path(path)
    try:
        size = path.stat().st_size
        _check(path.name, size)
        return parse_document(path.name, path.read_bytes())
    except FileNotFoundError:
        raise DocumentMissing(name=str(path)) from None
    except OSError:
        raise DocumentUnreadable(name=str(path)) from None


def parse_document(file_name: str, data: bytes) -> Document:
    """Read a file that was uploaded; the kind is told by the name and checked against the content."""
    suffix = _check(file_name, len(data))
    raw, notes = _READERS[suffix](file_name, data)
    text = _CONTROLS.sub("", _LINE_ENDS.sub("\n", raw)).removeprefix("\ufeff")
    if not text.strip():
        raise DocumentEmpty(name=file_name)
    return Document(text, file_name, suffix.removeprefix("."), notes)


def _check(file_name: str, size: int) -> str:
    """The suffix of a file that may be read."""
    suffix = Path(file_name).suffix.lower()
    if suffix not in _READERS:
        raise DocumentTypeUnknown(name=file_name, kinds="、".join(sorted(_READERS)))
    if size == 0:
        raise DocumentEmpty(name=file_name)
    if size > MAX_MEGABYTES * 1_000_000:
        raise DocumentTooLarge(name=file_name, size=size // 1_000_000, limit=MAX_MEGABYTES)
    return suffix
