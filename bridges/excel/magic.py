"""What a file is by its first bytes, whatever its name says."""

from bridges.excel.errors import (
    FileEmpty,
    FileEncrypted,
    FileImage,
    FileLegacy,
    FileText,
    FileUnknown,
    WorkbookRefused,
)

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


def refuse_by_magic(source: bytes) -> None:
    """Let only zip files pass. Raises the WorkbookRefused that tells the person what the file is."""
    refusal = _what_it_is(source)
    if refusal is not None:
        raise refusal


def _what_it_is(source: bytes) -> type[WorkbookRefused] | None:
    if not source:
        return FileEmpty
    if source.startswith(b"PK"):
        return None
    if source.startswith(OLE2):
        return FileEncrypted if ENCRYPTED_STREAM in source else FileLegacy
    if source.startswith(IMAGES) or source[8:12] == b"WEBP":
        return FileImage
    return FileUnknown if b"\0" in source[:4096] else FileText
