"""What must be known about a workbook before anything else reads it.

Files of 2 KB abort the whole process in calamine (tafia/calamine#684, #693), others fill the memory; nothing of that
can be caught afterwards. So sizes, rows, bounding boxes and string counts are checked here, one part in memory at a
time. On the way the addresses of what calamine does not show are noted: formulas, errors, percentages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bridges.excel.archive import MEBIBYTE
from bridges.excel.errors import (
    FileEmpty,
    FileEncrypted,
    FileHostile,
    FileImage,
    FileLegacy,
    FileText,
    FileTooLarge,
    FileUnknown,
    FileUnsupported,
    WorkbookRefused,
)
from bridges.excel.package import Package
from bridges.excel.sheetscan import SheetScan, scan_sheet
from bridges.excel.sheetxml import REST_OF_TAG, SheetXml, attribute

MAX_INFLATED = 256 * MEBIBYTE
"""Bytes of all XML parts together; pictures are never inflated."""
SHORTEST_STRING = 5
"""Bytes of `<si/>`: a part cannot hold more strings than its size allows."""
STRINGS = re.compile(rb"<(?:[^\s:<>/]+:)?sst(?=[\s/>])(%b)>" % REST_OF_TAG)
WORKSHEET = re.compile(rb"<(?:[^\s:<>/]+:)?worksheet[\s>]")

OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
IMAGES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*")


@dataclass(frozen=True, slots=True)
class Scan:
    """A workbook that may be given to calamine."""

    package: Package
    sheets: Mapping[str, SheetScan]


def prescan(source: bytes) -> Scan:
    """Check the file. Raises a WorkbookRefused whose sentence tells the person what is wrong with it."""
    refuse_by_magic(source)
    package = Package.open(source)
    visible = {part: name for name, part in package.sheets.items()}
    sheets: dict[str, SheetScan] = {}
    total = 0
    for part, member in package.archive.members.items():
        if not part.lower().endswith((".xml", ".rels")):
            continue
        total += member.size
        if total > MAX_INFLATED:
            raise FileTooLarge(what="解压后大小", limit=f"{MAX_INFLATED // MEBIBYTE} MB")
        xml = package.archive.read(part)
        _refuse_doctype(part, xml)
        _refuse_string_count(xml)
        if part in visible or WORKSHEET.search(xml[:4096]):
            scanned = scan_sheet(SheetXml(xml), package.formats)
            sheets[visible.get(part, part)] = scanned
    return Scan(package, sheets)


def refuse_by_magic(source: bytes) -> None:
    """The first bytes say what a file is, whatever its name. Raises the WorkbookRefused that says it."""
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


def _refuse_doctype(part: str, xml: bytes) -> None:
    """A DOCTYPE is how entity bombs and reads of other files begin; UTF-16 would hide it from this look."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:4]:
        raise FileUnsupported(what=f"{part} 的文字编码")
    if b"<!DOCTYPE" in xml:
        raise FileHostile(what=f"{part} 中的 DOCTYPE")


def _refuse_string_count(xml: bytes) -> None:
    """calamine allocates as many strings as the part claims to have."""
    strings = STRINGS.search(xml[:4096])
    if strings is None:
        return
    claimed = attribute(strings[1], b"uniqueCount") or b"0"
    if not claimed.isdigit() or len(claimed) > 9 or int(claimed) * SHORTEST_STRING > len(xml):
        raise FileHostile(what="共享字符串数目不实")
