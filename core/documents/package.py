"""Office files that are zip packages: refused before anything is inflated that would not stay small."""

import io
import zipfile

from core.documents.errors import DocumentBroken, DocumentEncrypted, DocumentNotWhatItSays, DocumentUnsafe
from core.documents.sniff import ZIP, as_found, content_kind, is_locked

# Inflated sizes; the zip module never gives more bytes than a file's directory entry declares.
MAX_ALL_PARTS = 300_000_000
MAX_XML_PART = 60_000_000
MAX_PARTS = 5_000


def check_package(data: bytes, main_part: str, kind: str) -> None:
    """Let a package pass that holds `main_part`; `kind` is its Chinese name. Raises DocumentError."""
    if is_locked(data):
        raise DocumentEncrypted
    if not data.startswith(ZIP):
        raise DocumentNotWhatItSays(kind=kind, found=as_found(content_kind(data)))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError):
        raise DocumentBroken from None
    if not any(part.filename == main_part for part in parts):
        raise DocumentNotWhatItSays(kind=kind, found="")
    if any(part.flag_bits & 1 for part in parts):
        raise DocumentEncrypted
    largest_xml = max(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    if len(parts) > MAX_PARTS or largest_xml > MAX_XML_PART or sum(part.file_size for part in parts) > MAX_ALL_PARTS:
        raise DocumentUnsafe
