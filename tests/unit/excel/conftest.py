"""Workbooks made by hand, and a second reader that shares no code with the one under test."""

import io
import zipfile
from collections.abc import Callable, Mapping
from xml.etree import ElementTree

import pytest

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

Build = Callable[..., bytes]
Cells = Mapping[str, tuple[str, str, str]]


def relationships(*entries: tuple[str, str, str]) -> str:
    inner = "".join(f'<Relationship Id="{i}" Type="{OFFICE}/{kind}" Target="{target}"/>' for i, kind, target in entries)
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


FONT = '<font><sz val="11"/><name val="宋体"/></font>'
PLAIN = '<xf numFmtId="0" fontId="0"/>'
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><fonts count="8">{FONT * 8}</fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    f'<cellStyleXfs count="1">{PLAIN}</cellStyleXfs><cellXfs count="4">{PLAIN}<xf numFmtId="14" fontId="0"/>'
    '<xf numFmtId="9" fontId="3" applyNumberFormat="1"><alignment wrapText="1"/></xf><xf numFmtId="0" fontId="7"/>'
    '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
FORMAT = "application/vnd.openxmlformats-officedocument.spreadsheetml"
TYPES = "".join(
    f'<Override PartName="/xl/{name}.xml" ContentType="{FORMAT}.{kind}+xml"/>'
    for name, kind in (("workbook", "sheet.main"), ("worksheets/sheet1", "worksheet"), ("styles", "styles"))
)
TYPES = f'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{TYPES}</Types>'


@pytest.fixture(scope="session")
def build() -> Build:
    """`build(sheet_data, before="", after="", parts={}, …)` → a workbook with one sheet 表."""

    def make(
        data: str = '<row r="1"><c r="A1"><v>1</v></c></row>',
        before: str = "",
        after: str = "",
        parts: Mapping[str, str | bytes] | None = None,
        sheet: str | bytes | None = None,
        workbook: str = "",
        compression: int = zipfile.ZIP_DEFLATED,
    ) -> bytes:
        whole = f'<worksheet xmlns="{MAIN}" xmlns:r="{OFFICE}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'
        contents: dict[str, str | bytes] = {
            "[Content_Types].xml": TYPES,
            "_rels/.rels": relationships(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
            f'<sheet name="表" sheetId="1" r:id="r1"/></sheets>{workbook}</workbook>',
            "xl/_rels/workbook.xml.rels": relationships(
                ("r1", "worksheet", "worksheets/sheet1.xml"), ("r2", "styles", "/xl/styles.xml")
            ),
            "xl/styles.xml": STYLES,
            "xl/media/image1.png": bytes(range(256)) * 40,
            "xl/worksheets/sheet1.xml": sheet if sheet is not None else whole,
        } | dict(parts or {})
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", compression) as archive:
            for name, content in contents.items():
                archive.writestr(name, content)
        return target.getvalue()

    return make


def sheet_xml(source: bytes, part: str = "xl/worksheets/sheet1.xml") -> str:
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        return archive.read(part).decode("utf-8-sig")


def cells_of(xml: str) -> Cells:
    """Address → (type, style, all text), by the standard library's parser."""
    found: dict[str, tuple[str, str, str]] = {}
    for cell in ElementTree.fromstring(xml).iter():
        if cell.tag.endswith("}c") and cell.get("r"):
            text = "".join(e.text or "" for e in cell.iter() if e.tag.rpartition("}")[2] in ("t", "v", "f"))
            found[cell.get("r", "")] = (cell.get("t", ""), cell.get("s", ""), text)
    return found


def frame_of(xml: str, *without: str) -> str:
    """The part in canonical form without these cells: everything that a patch has to leave alone."""
    root = ElementTree.fromstring(xml)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag.endswith("}c") and child.get("r") in without:
                parent.remove(child)
    return ElementTree.canonicalize(ElementTree.tostring(root, encoding="unicode"))


def raw_members(source: bytes) -> Mapping[str, bytes]:
    """Name → local header, name, extra and compressed data, as they stand."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        for info in archive.infolist():
            start = info.header_offset
            names = int.from_bytes(source[start + 26 : start + 28], "little")
            extra = int.from_bytes(source[start + 28 : start + 30], "little")
            found[info.filename] = source[start : start + 30 + names + extra + info.compress_size]
    return found


@pytest.fixture(scope="session")
def seen() -> type:
    """The second reader: `seen.cells(source)`, `.frame(source, *without)`, `.raw(source)`, `.xml(source)`."""

    class Seen:
        xml = staticmethod(sheet_xml)
        raw = staticmethod(raw_members)

        @staticmethod
        def cells(source: bytes, part: str = "xl/worksheets/sheet1.xml") -> Cells:
            return cells_of(sheet_xml(source, part))

        @staticmethod
        def frame(source: bytes, *without: str, part: str = "xl/worksheets/sheet1.xml") -> str:
            return frame_of(sheet_xml(source, part), *without)

    return Seen
