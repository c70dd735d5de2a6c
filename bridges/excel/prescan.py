"""What must be known about a workbook before anything else reads it.

Files of 2 KB abort the whole process in calamine (tafia/calamine#684, #693), others fill the memory; nothing of that
can be caught afterwards. So sizes, rows, bounding boxes and string counts are checked here, one part in memory at a
time. On the way the addresses of what calamine does not show are noted: formulas, errors, percentages.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bridges.excel.archive import MEBIBYTE
from bridges.excel.errors import FileHostile, FileTooLarge
from bridges.excel.package import Package
from bridges.excel.sheetscan import SheetScan, scan_sheet
from bridges.excel.sheetxml import SheetXml
from bridges.excel.tags import REST_OF_TAG, attribute, occurs
from bridges.sync.stamp import PREFIX

MAX_INFLATED = 256 * MEBIBYTE
"""Bytes of all XML parts together; pictures are never inflated."""
SHORTEST_STRING = 5
"""Bytes of `<si/>`: a part cannot hold more strings than its size allows."""
STRINGS = re.compile(rb"<(?:[^\s:<>/]+:)?sst(?=[\s/>])(%b)>" % REST_OF_TAG)
FRONT = 4096
"""Bytes in which the root of a part stands."""
STAMP = re.compile(rb"%b(?: [^\s<>&\"]+){5}(?=\s*<)" % PREFIX.encode())
"""A whole one: where somebody gave a part of it another colour, only the reader puts the pieces together."""


@dataclass(frozen=True, slots=True)
class Scan:
    """A workbook that may be given to calamine: what the scan found in each worksheet, by name."""

    sheets: Mapping[str, SheetScan]
    date1904: bool
    stamps: tuple[str, ...]
    """Texts that look like one of our stamps: where they stand, and whether in a cell at all, is not known yet."""


def prescan(source: bytes) -> Scan:
    """Check the file. Raises a WorkbookRefused whose sentence tells the person what is wrong with it."""
    package = Package.open(source)
    sheets: dict[str, SheetScan] = {}
    stamps: set[bytes] = set()
    total = 0
    for part, member in package.archive.members.items():
        is_sheet = part in package.sheets.values()
        if not is_sheet and not part.lower().endswith((".xml", ".rels")):
            continue
        total += member.size
        if total > MAX_INFLATED:
            raise FileTooLarge(what="解压后大小", limit=f"{MAX_INFLATED // MEBIBYTE} MB")
        xml = package.archive.read(part)
        _refuse_doctype(part, xml)
        if PREFIX.encode() in xml:
            stamps.update(STAMP.findall(xml))
        if is_sheet:
            sheets[part] = scan_sheet(SheetXml(xml), package.formats)
        else:
            _refuse_string_count(xml)
    found = tuple(sorted(stamp.decode("utf-8", "replace") for stamp in stamps))
    return Scan({name: sheets[part] for name, part in package.sheets.items()}, package.date1904, found)


def _refuse_doctype(part: str, xml: bytes) -> None:
    """A DOCTYPE is how entity bombs and reads of other files begin."""
    wide = b"\0" in xml[:4] or xml[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = xml.replace(b"\0", b"") if wide else xml
    if occurs(text, b"!", b"<!DOCTYPE"):
        raise FileHostile(what=f"{part} 中的 DOCTYPE")


def _refuse_string_count(xml: bytes) -> None:
    """calamine allocates as many strings as the part claims to have."""
    strings = STRINGS.search(xml, 0, FRONT)
    if strings is None:
        return
    claimed = attribute(strings[1], b"uniqueCount") or b"0"
    if not claimed.isdigit() or len(claimed) > 9 or int(claimed) * SHORTEST_STRING > len(xml):
        raise FileHostile(what="共享字符串数目不实")
