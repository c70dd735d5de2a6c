"""Which part of the zip is what: the workbook, its sheets, their tables, the cell formats.

Parts are found by relationships, never by their usual names (ECMA-376 part 2, §9). Both the transitional and the
strict namespaces occur, so elements are compared by local name.
"""

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from bridges.excel.archive import Archive, plain_name
from bridges.excel.errors import FileDamaged, FileHostile, FileSigned, FileUnknown, FileUnsupported, SheetMissing
from bridges.excel.formats import Formats, read_formats
from bridges.excel.magic import refuse_by_magic
from bridges.excel.sheetxml import SheetXml
from bridges.excel.tags import is_utf8

SMALL_PART = 8 * 2**20
"""Bytes; workbook.xml, relationships and tables are parsed as trees and must stay small."""


@dataclass(frozen=True)
class Package:
    """An opened workbook. `sheets` maps the visible name of each worksheet to the name of its part; `order` has the
    names of all sheets, charts included."""

    archive: Archive
    workbook: str
    sheets: Mapping[str, str]
    order: Sequence[str]
    date1904: bool

    @classmethod
    def open(cls, source: bytes) -> "Package":
        """Find the parts. Raises WorkbookRefused kinds for what is no .xlsx/.xlsm workbook, or damaged."""
        refuse_by_magic(source)
        archive = Archive.open(source)
        workbook = next((t for kind, t in targets(archive, "") if kind == "officeDocument"), None)
        if workbook is None or local_name(root := parse(archive, workbook)) != "workbook":
            raise FileUnknown
        kinds = {rid: (kind, part) for rid, kind, part in relationships(archive, workbook)}
        sheets: dict[str, str] = {}
        for sheet in children(root, "sheet"):
            kind, part = kinds.get(_relation_id(sheet), ("", None))
            if kind == "worksheet" and part is not None:
                sheets[sheet.get("name", "")] = part
        properties = next(children(root, "workbookPr"), None)
        date1904 = properties is not None and properties.get("date1904") in ("1", "true")
        order = [sheet.get("name", "") for sheet in children(root, "sheet")]
        return cls(archive, workbook, sheets, order, date1904)

    def sheet_part(self, sheet: str) -> str:
        """The part of a worksheet. Raises SheetMissing."""
        if sheet not in self.sheets:
            raise SheetMissing(sheet=sheet)
        return self.sheets[sheet]

    def text(self, part: str) -> bytes:
        """The content of a part that is to be changed byte by byte. Raises FileUnsupported unless it is UTF-8."""
        xml = self.archive.read(part)
        if not is_utf8(xml):
            raise FileUnsupported(what=f"{part} 的文字编码")
        return xml

    def sheet(self, part: str) -> SheetXml:
        """The content of a worksheet part; scanned once, however often it is asked for."""
        if part not in self._scanned:
            self._scanned[part] = SheetXml(self.archive.read(part))
        return self._scanned[part]

    @cached_property
    def _scanned(self) -> dict[str, SheetXml]:
        return {}

    def refuse_if_signed(self) -> None:
        """A change would break the signature. Raises FileSigned."""
        if any(name.startswith("_xmlsignatures/") for name in self.archive.names):
            raise FileSigned

    @cached_property
    def styles(self) -> str | None:
        """The styles part, if there is one."""
        return next((part for kind, part in targets(self.archive, self.workbook) if kind == "styles"), None)

    @cached_property
    def formats(self) -> Formats:
        """Which cell styles show dates, which percentages."""
        return Formats() if self.styles is None else read_formats(parse(self.archive, self.styles))

    def tables(self, part: str) -> Iterator[str]:
        """The parts of the table definitions (Excel's own "tables") of a sheet part."""
        return (target for kind, target in targets(self.archive, part) if kind == "table")

    def pivots(self, part: str) -> Iterator[str]:
        """What the pivot tables of a sheet part fill, as references."""
        named = (target for kind, target in targets(self.archive, part) if kind == "pivotTable")
        places = (place for target in named for place in children(parse(self.archive, target), "location"))
        return (place.get("ref", "") for place in places)


def parse(archive: Archive, part: str) -> Element:
    """The tree of a small part. Raises FileHostile for a DOCTYPE or entities, FileDamaged for broken XML."""
    try:
        return fromstring(archive.read(part, SMALL_PART), forbid_dtd=True)
    except DefusedXmlException as error:
        raise FileHostile(what=f"{part} 中的 DOCTYPE") from error
    except (ParseError, LookupError, OSError) as error:  # OSError: the reading worker cannot load another codec
        raise FileDamaged(where=part) from error
    except ValueError as error:
        raise FileUnsupported(what=f"{part} 的文字编码") from error


def local_name(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def children(root: Element, name: str) -> Iterator[Element]:
    """All descendants of that local name."""
    return (element for element in root.iter() if local_name(element) == name)


def relationships(archive: Archive, part: str) -> Iterator[tuple[str, str, str]]:
    """(id, last word of the type, target part) of a part's internal relationships whose target exists."""
    folder = posixpath.dirname(plain_name(part))
    rels = archive.names.get(relationships_name(part))
    if rels is None:
        return
    for relation in children(parse(archive, rels), "Relationship"):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "").replace("\\", "/")))
        found = archive.names.get(plain_name(target))
        if found is not None and relation.get("TargetMode") != "External":
            yield relation.get("Id", ""), relation.get("Type", "").rpartition("/")[2], found


def targets(archive: Archive, part: str) -> Iterator[tuple[str, str]]:
    """(last word of the type, target part) of a part's internal relationships."""
    return ((kind, target) for _, kind, target in relationships(archive, part))


def relationships_name(part: str) -> str:
    """The plain name of the part that holds a part's relationships."""
    folder, name = posixpath.split(plain_name(part))
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relation_id(sheet: Element) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
