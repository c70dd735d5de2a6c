"""What a file is by its first bytes, whatever its name says."""

from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import Literal

from bridges.excel.errors import (
    FileEmpty,
    FileEncrypted,
    FileImage,
    FileLegacy,
    FileOpenDocument,
    FileText,
    FileUnknown,
    WorkbookRefused,
)

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
OPEN_DOCUMENT = b"mimetypeapplication/vnd.oasis.opendocument"
"""The first member of such a zip file, which is neither packed nor encrypted."""
END_OF_ZIP, LONGEST_END = b"PK\x05\x06", 22 + 0xFFFF
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def kind_of(source: bytes) -> Literal["xlsx", "xls", "text"]:
    """What can be read: a zip file, an old workbook (or what is packed like one), text. Raises a WorkbookRefused."""
    refusal = _what_it_is(source)
    if refusal is None:
        return "xlsx"
    if refusal is FileLegacy or refusal is FileText:
        return "xls" if refusal is FileLegacy else "text"
    raise refusal


def refuse_by_magic(source: bytes) -> None:
    """Let only zip files pass. Raises the WorkbookRefused that tells the person what the file is."""
    refusal = _what_it_is(source)
    if refusal is not None:
        raise refusal


def _what_it_is(source: bytes) -> type[WorkbookRefused] | None:
    if not source:
        return FileEmpty
    if source.startswith(b"PK"):
        return FileOpenDocument if source[30:].startswith(OPEN_DOCUMENT) else None
    if source.startswith(OLE2):
        return FileEncrypted if ENCRYPTED_STREAM in source else FileLegacy
    if source.startswith(IMAGES) or source[8:12] == b"WEBP":
        return FileImage
    if END_OF_ZIP in source[-LONGEST_END:]:
        return None  # behind some bytes that are not part of it
    if source.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return FileText
    return FileUnknown if b"\0" in source[:4096] else FileText
