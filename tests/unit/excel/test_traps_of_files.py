"""Traps 5 to 12 of `test_traps.py`: how a file is written, and what hangs on a value."""

import io
import re
import zipfile
from datetime import date

import pytest

from bridges.excel.archive import Archive
from bridges.excel.errors import (
    BadValue,
    FileEncrypted,
    FileSigned,
    FileUnsupported,
)
from bridges.excel.magic import OLE2
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import read_grids
from tests.unit.excel.patched import BOOK, SHEET, changed_parts, one, part
from tests.unit.excel.test_archive import Unseekable

# ---------------------------------------------------------------- 5: dress

PREFIXED = (
    '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">'
    '<x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
)
PLAIN = re.sub("(</?)x:", r"\1", PREFIXED).replace("xmlns:x", "xmlns")
STRICT = PLAIN.replace("schemas.openxmlformats.org/spreadsheetml/2006", "purl.oclc.org/ooxml/spreadsheetml")
DRESSES = {
    "prefix": PREFIXED.encode(),
    "strict": STRICT.encode(),
    "byte order mark": b"\xef\xbb\xbf" + PLAIN.encode(),
    "declaration": b"<?xml version='1.0' encoding='utf-8' standalone='yes'?>\r\n" + PLAIN.encode(),
    "single quotes": PLAIN.replace('"', "'").encode(),
    "comments": PLAIN.replace("<sheetData>", "<!-- <sheetData><row r='9'/> --><sheetData><!-- > -->").encode(),
    "CDATA": PLAIN.replace("<v>1</v>", "<v><![CDATA[1]]></v>").encode(),
    "instruction": PLAIN.replace("<sheetData>", "<?go <sheetData>?><sheetData>").encode(),
    "spaces": PLAIN.replace("<c r=", "<c  r =\n ").replace("</c>", "</c >").encode(),
    "> in quotes": PLAIN.replace("<row r=", '<row x="a>b" r=').encode(),
}


@pytest.mark.parametrize("dress", DRESSES)
def test_dress_is_kept(build, dress):
    source = build(sheet=DRESSES[dress])
    result = patch(source, [Edit("表", "A1", "新"), Edit("表", "C1", 3), Edit("表", "A2", "下")])
    grid = read_grids(result)["表"]
    assert [grid.cell(1, 1), grid.cell(1, 3), grid.cell(2, 1)] == ["新", 3, "下"]
    front = DRESSES[dress].split(b"<row")[0].split(b"<x:row")[0]
    assert Archive.open(result).read(SHEET).startswith(front)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "gbk"])
def test_dress_in_another_encoding_is_refused(build, encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{PLAIN}'
    with pytest.raises(FileUnsupported):
        one(build(sheet=xml.encode(encoding)), "A1")


# ---------------------------------------------------------------- 6: the zip


def renamed(source: bytes, names: dict[str, str], contents: dict[str, str] | None = None, target=None) -> bytes:
    target = target or io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = (contents or {}).get(name, old.read(name))
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.compress_type = names.get(name, name), zipfile.ZIP_DEFLATED
            new.writestr(info, content)
    return target.getvalue()


ZIPS = {
    "absolute targets": lambda s: renamed(s, {}, {"_rels/.rels": part(s, "_rels/.rels").replace('"xl/', '"/xl/')}),
    "backslashes": lambda s: renamed(s, {SHEET: SHEET.replace("/", "\\"), BOOK: BOOK.replace("/", "\\")}),
    "another case": lambda s: renamed(s, {SHEET: "xl/Worksheets/SHEET1.xml", "xl/styles.xml": "xl/Styles.XML"}),
    "workbook elsewhere": lambda s: renamed(
        s,
        {BOOK: "office/doc.xml", "xl/_rels/workbook.xml.rels": "office/_rels/doc.xml.rels"},
        {
            "_rels/.rels": part(s, "_rels/.rels").replace("xl/workbook.xml", "office/doc.xml"),
            "xl/_rels/workbook.xml.rels": part(s, "xl/_rels/workbook.xml.rels").replace(
                '"worksheets', '"/xl/worksheets'
            ),
        },
    ),
    "data descriptors": lambda s: renamed(s, {}, target=Unseekable()),
    "bytes in front": lambda s: b"MZ something" + s,
    "folders as members": lambda s: renamed(s, {"xl/media/image1.png": "xl/media/"}, {"xl/media/image1.png": ""}),
}


@pytest.mark.parametrize("name", ZIPS)
def test_zip_of_another_make_is_kept(build, seen, name):
    source = ZIPS[name](build())
    result = one(source, "A1")
    (changed,) = changed_parts(seen, source, result)
    assert "sheet1" in changed.lower()
    with zipfile.ZipFile(io.BytesIO(result)) as archive:
        assert archive.testzip() is None
    assert list(seen.raw(result)) == list(seen.raw(source))


# duplicates, zip64, encryption, several disks: tests/unit/excel/test_archive.py


# ---------------------------------------------------------------- 7, 8: what hangs on a value


def test_link_to_a_dynamic_array_or_picture_goes_and_the_rest_stays(build, seen):
    cell = '<c r="A1" s="3" cm="1" vm="2" ph="1" t="e"><v>#VALUE!</v></c>'
    data = f'<row r="1" x14ac:dyDescent="0.2" xmlns:x14ac="u">{cell}</row>'
    xml = part(one(build(data), "A1"), SHEET)
    assert '<c r="A1" s="3" ph="1" t="inlineStr">' in xml
    assert 'x14ac:dyDescent="0.2"' in xml


def test_format_of_rich_text_is_given_up_with_the_text(build, seen):
    rich = '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><b/><color rgb="FF0000"/></rPr><t>红</t></r></is></c></row>'
    assert seen.cells(one(build(rich), "A1"))["A1"] == ("inlineStr", "", "新")


@pytest.mark.parametrize(
    ("style", "value", "shown"), [(1, 12345.5, 12345.5), (2, 12, 12), (0, date(2024, 6, 30), "2024-06-30")]
)
def test_format_fits_the_kind_of_value(build, style, value, shown):
    source = build(f'<row r="1"><c r="A1" s="{style}"><v>45000</v></c></row>')
    assert read_grids(one(source, "A1", value))["表"].cell(1, 1) == shown


@pytest.mark.parametrize("mark", ["1", "true"])
def test_format_of_dates_counts_from_1904_where_the_workbook_does(build, mark):
    book = part(build(), BOOK).replace("<sheets>", f'<workbookPr date1904="{mark}"/><sheets>')
    source = build('<row r="1"><c r="A1" s="1"><v>1</v></c></row>', parts={BOOK: book})
    assert read_grids(one(source, "A1", date(2024, 6, 30)))["表"].cell(1, 1) == "2024-06-30"


# ---------------------------------------------------------------- 9: text

TEXTS = {
    "=1+1": "=1+1",
    "+1": "+1",
    "-1": "-1",
    "@SUM(A1)": "@SUM(A1)",
    "\t=1": "\t=1",
    "_x0041_": "_x0041_",
    "_x005F_x0041_": "_x005F_x0041_",
    "_x14_": "_x14_",
    "a\r\nb\rc": "a\nb\nc",
    "\x07钟": "\x07钟",
    " 两边 ": " 两边 ",
    "]]><![CDATA[": "]]><![CDATA[",
    "&lt;<>": "&lt;<>",
    "😀" * 16_383 + "a": "😀" * 16_383 + "a",
}


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:12]))
def test_text_is_read_as_it_was_typed(build, text):
    result = one(build(), "A1", text)
    grid = read_grids(result)["表"]
    assert grid.cell(1, 1) == TEXTS[text]
    assert not grid.scan.formulas


@pytest.mark.parametrize("text", ["长" * 32_768, "😀" * 16_384, "\ud800"])
def test_text_that_no_cell_holds_is_refused(build, text):
    with pytest.raises(BadValue):
        one(build(), "A1", text)


# ---------------------------------------------------------------- 10, 11, 12


def test_sealed_files_are_refused(build):
    with pytest.raises(FileSigned):
        one(build(parts={"_xmlsignatures/sig1.xml": "<Signature/>"}), "A1")
    with pytest.raises(FileEncrypted):
        one(OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "A1")


def test_sealed_macros_stay_as_they_are(build, seen):
    source = build(parts={"xl/vbaProject.bin": OLE2 + bytes(range(256)) * 20})
    assert changed_parts(seen, source, one(source, "A1")) == {SHEET}


def test_middle_rows_stay_where_they_are(build, seen):
    data = '<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="A9"><v>9</v></c></row>'
    after = seen.cells(one(build(data, after='<conditionalFormatting sqref="A9"/>'), "A5"))
    assert (after["A5"][2], after["A9"][2]) == ("新", "9")


def test_inline_text_leaves_the_shared_strings_alone(build, seen):
    strings = (
        '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1"><si><t>旧</t></si></sst>'
    )
    source = build('<row r="1"><c r="A1" t="s"><v>0</v></c></row>', parts={"xl/sharedStrings.xml": strings})
    result = one(source, "A1")
    assert changed_parts(seen, source, result) == {SHEET}
    assert seen.cells(result)["A1"] == ("inlineStr", "", "新")
