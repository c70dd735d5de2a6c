import zipfile

import pytest

from bridges.excel.errors import (
    FileDamaged,
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
from bridges.excel.magic import OLE2
from bridges.excel.prescan import prescan
from bridges.excel.reader import read_grids
from bridges.table import Odd


@pytest.mark.parametrize(
    ("source", "refusal"),
    [
        (b"", FileEmpty),
        (OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), FileEncrypted),
        (OLE2 + b"\0" * 600 + "Workbook".encode("utf-16-le"), FileLegacy),
        (b"\x89PNG\r\n\x1a\n\0\0", FileImage),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", FileImage),
        ("任务,单位\n".encode("gbk"), FileText),
        (b"<html><table>", FileText),
        (b"\x7fELF\0\0\0", FileUnknown),
        (b"PK\x03\x04 cut off", FileDamaged),
    ],
)
def test_what_is_no_workbook_is_named(source, refusal):
    with pytest.raises(refusal) as caught:
        prescan(source)
    assert caught.value.message.endswith("。")


def test_another_zip_is_no_workbook(build):
    with pytest.raises(FileUnknown):
        prescan(build(parts={"_rels/.rels": "<Relationships/>"}))


SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{}</worksheet>'


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1048576"><v>1</v></c></row>', FileTooLarge),
        ('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>', FileUnsupported),
        ('<row r="4000000000"><c><v>1</v></c></row>', FileUnsupported),
        ('<row r="1"><c r="ZZZZ1"><v>1</v></c></row>', FileUnsupported),
        ('<row r="1"><c s="1" r="XFE1"><v>1</v></c></row>', FileUnsupported),
    ],
)
def test_extents_that_abort_calamine(build, data, refusal):
    with pytest.raises(refusal):
        prescan(build(data))


def test_formatted_blanks_far_away_do_no_harm(build):
    source = build('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="1"/></row>')
    assert read_grids(source)["表"].cell(1, 1) == 1


@pytest.mark.parametrize("number", ["1e999", "NaN", "-1e999"])
def test_numbers_that_are_none(build, number):
    grid = read_grids(build(f'<row r="1"><c r="A1" s="2"><v>{number}</v></c></row>'))["表"]
    assert isinstance(grid.cell(1, 1), str)


def test_odd_attributes_are_no_crash(build):
    data = b'<row r="1"><c r="A1" s="x"><f>\xff\xfe</f></c><c r="B1" s="-1"><v>1</v></c></row>'
    cols, merged = b'<cols><col min="a" max="b"/></cols>', b'<mergeCells><mergeCell ref="\xff"/></mergeCells>'
    start = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' + cols + b"<sheetData>"
    scan = prescan(build(sheet=start + data + b"</sheetData></worksheet>"))
    assert scan.sheets["表"].formulas == {(1, 1): "\ufffd\ufffd"}
    with pytest.raises(WorkbookRefused):
        prescan(build(sheet=start + data + b"</sheetData>" + merged + b"</worksheet>"))


@pytest.mark.parametrize("count", ["4000000000", "99999999999999999999", "-1"])
def test_a_string_count_that_cannot_be_true(build, count):
    with pytest.raises(FileHostile):
        prescan(build(parts={"xl/sharedStrings.xml": f'<sst uniqueCount="{count}"><si><t>a</t></si></sst>'}))


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "docProps/core.xml"])
def test_a_doctype_is_refused_in_every_part(build, part):
    with pytest.raises(FileHostile):
        prescan(build(parts={part: '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_cannot_hide_a_doctype(build, encoding):
    with pytest.raises(FileHostile):
        prescan(build(parts={"docProps/core.xml": "<!DOCTYPE a><a/>".encode(encoding)}))


def test_a_bomb_is_not_inflated(build):
    with pytest.raises(FileTooLarge):
        prescan(build(parts={"xl/sharedStrings.xml": b" " * (129 * 2**20)}))


def test_pictures_are_not_inflated(build):
    prescan(build(parts={"xl/media/image1.png": b" " * (129 * 2**20)}))


def test_broken_xml_is_damage(build):
    with pytest.raises(FileDamaged):
        read_grids(build('<row r="1"><c r="A1" t="s"><v>7</v></c></row>', compression=zipfile.ZIP_STORED))


DATA = (
    '<row r="2"><c r="B2" s="2"><v>0.85</v></c><c r="C2" s="1"><v>45473</v></c><c r="D2" s="1"><v>45473.5</v></c></row>'
    '<row r="3"><c r="B3"><f>A1&amp;"x"</f></c><c r="C3" t="e"><v>#REF!</v></c><c r="D3" t="b"><v>1</v></c>'
    '<c r="E3" t="str"><v>#REF!</v></c></row><row r="4"><c r="B4"><v>7</v></c><c r="C4"><v>0.5</v></c>'
    '<c r="D4" t="inlineStr"><is><t>_x0041_ 文</t></is></c></row>'
)
EXPECTED = {
    (1, 1): None,
    (2, 2): "85%",
    (2, 3): "2024-06-30",
    (2, 4): "2024-06-30 12:00:00",
    (3, 2): Odd("formula", '=A1&"x"'),
    (3, 3): Odd("error", "#REF!"),
    (3, 4): "TRUE",
    (3, 5): "#REF!",
    (4, 2): 7,
    (4, 3): 0.5,
    (4, 4): "A 文",
    (9, 9): None,
}


def test_cells_as_the_engine_knows_them(build):
    grid = read_grids(build(DATA, before='<cols><col min="3" max="3" hidden="1"/></cols>'))["表"]
    assert {at: grid.cell(*at) for at in EXPECTED} == EXPECTED
    assert grid.row(4, (4, 2)) == ("A 文", 7)
    assert isinstance(grid.cell(4, 2), int)


def test_cells_without_addresses(build):
    plain = DATA.replace('<row r="2"', '<row r="1"/><row').replace('<row r="3"', "<row").replace('<row r="4"', "<row")
    for letter in "BCDE":
        for row in "234":
            plain = plain.replace(f' r="{letter}{row}"', "")
    grid = read_grids(build(plain))["表"]
    assert {at: grid.cell(at[0], at[1] - 1) for at in EXPECTED if at[1] > 1} == {
        at: value for at, value in EXPECTED.items() if at[1] > 1
    }
