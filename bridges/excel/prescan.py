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
    FileHostile,
    FileTooLarge,
    FileUnsupported,
)
from bridges.excel.package import Package
from bridges.excel.sheetscan import SheetScan, scan_sheet
from bridges.excel.sheetxml import REST_OF_TAG, SheetXml, attribute

MAX_INFLATED = 256 * MEBIBYTE
"""Bytes of all XML parts together; pictures are never inflated."""
SHORTEST_STRING = 5
"""Bytes of `<si/>`: a part cannot hold more strings than its size allows."""
STRINGS = re.compile(rb"<(?:[^\s:<>/]+:)?sst(?=[\s/>])(%b)>" % REST_OF_TAG)


@dataclass(frozen=True, slots=True)
class Scan:
    """A workbook that may be given to calamine."""

    package: Package
    sheets: Mapping[str, SheetScan]


def prescan(source: bytes) -> Scan:
    """Check the file. Raises a WorkbookRefused whose sentence tells the person what is wrong with it."""
    package = Package.open(source)
    visible = {part: name for name, part in package.sheets.items()}
    sheets: dict[str, SheetScan] = {}
    total = 0
    for part, member in package.archive.members.items():
        if part not in visible and not part.lower().endswith((".xml", ".rels")):
            continue
        total += member.size
        if total > MAX_INFLATED:
            raise FileTooLarge(what="解压后大小", limit=f"{MAX_INFLATED // MEBIBYTE} MB")
        xml = package.archive.read(part)
        _refuse_doctype(part, xml)
        _refuse_string_count(xml)
        sheet = SheetXml(xml)
        if part in visible or (b"sheetData" in xml and sheet.is_worksheet):
            sheets[visible.get(part, part)] = scan_sheet(sheet, package.formats)
    return Scan(package, sheets)


def _refuse_doctype(part: str, xml: bytes) -> None:
    """A DOCTYPE is how entity bombs and reads of other files begin; UTF-16 would hide it from this look."""
    if xml[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in xml[:4]:
        raise FileUnsupported(what=f"{part} 的文字编码")
    if b"<!DOCTYPE" in xml:
        raise FileHostile(what=f"{part} 中的 DOCTYPE")


def _refuse_string_count(xml: bytes) -> None:
    """calamine allocates as many strings as the part claims to have."""
    strings = STRINGS.search(xml) if b"uniqueCount" in xml else None
    if strings is None:
        return
    claimed = attribute(strings[1], b"uniqueCount") or b"0"
    if not claimed.isdigit() or len(claimed) > 9 or int(claimed) * SHORTEST_STRING > len(xml):
        raise FileHostile(what="共享字符串数目不实")
