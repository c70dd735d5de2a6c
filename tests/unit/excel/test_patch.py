import io
from datetime import date, datetime
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridges.excel.errors import (
    BadAddress,
    BadValue,
    CellBelowTable,
    CellIsFormula,
    CellIsMerged,
    CellIsTableHeader,
    EditTwice,
    FileSigned,
    FileUnsupported,
    SheetMissing,
)
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import read_grids

DATA = (
    '<row r="1" spans="1:3" ht="20"><c r="A1" s="3" t="str"><v>旧</v></c>'
    '<c r="C1" cm="1" vm="2" s="2"><v>5</v></c></row>'
    '<row r="3" s="3" customFormat="1"><c r="B3" s="1"><v>45000</v></c></row>'
)
FULL = '<dimension ref="A1:C3"/><cols><col min="4" max="6" width="9" style="2"/></cols>'


def one(source: bytes, ref: str, value, **more) -> bytes:
    return patch(source, [Edit("表", ref, value, **more)])


@pytest.mark.parametrize(
    ("ref", "value", "cell"),
    [
        ("A1", "政务 <公开> & \n ", ("inlineStr", "3", "政务 <公开> & \n ")),
        ("A1", "=1+1", ("inlineStr", "3", "=1+1")),
        ("A1", None, ("", "3", "")),
        ("A1", "", ("", "3", "")),
        ("A1", Decimal("12.50"), ("", "3", "12.50")),
        ("A1", True, ("b", "3", "1")),
        ("B3", date(2024, 6, 30), ("", "1", "45473")),
        ("B1", "新", ("inlineStr", "", "新")),  # between two cells
        ("E1", "新", ("inlineStr", "2", "新")),  # style of the column
        ("D3", "新", ("inlineStr", "3", "新")),  # style of the row
        ("B2", "新", ("inlineStr", "", "新")),  # a row that was not there
        ("B4", "新", ("inlineStr", "1", "新")),  # below the last row: as the cell above
    ],
)
def test_one_cell_changes_and_nothing_else(build, seen, ref, value, cell):
    source = build(DATA, before=FULL)
    result = one(source, ref, value)
    assert seen.cells(result)[ref] == cell
    others = {at: held for at, held in seen.cells(result).items() if at != ref}
    assert others == {at: held for at, held in seen.cells(source).items() if at != ref}
    before, after = seen.raw(source), seen.raw(result)
    assert {name for name in before if before[name] != after[name]} == {"xl/worksheets/sheet1.xml"}


def test_the_rest_of_the_part_stays_as_it_is(build, seen):
    source = build("<!-- <row r='9'> -->" + DATA, before=FULL, after="<pageMargins left='1' right=\"1\"/>")
    result = one(source, "A1", "新")
    assert seen.frame(result, "A1") == seen.frame(source, "A1")
    assert seen.xml(result).replace(
        '<c r="A1" s="3" t="inlineStr"><is><t xml:space="preserve">新</t></is></c>', ""
    ) == (seen.xml(source).replace('<c r="A1" s="3" t="str"><v>旧</v></c>', ""))


def test_links_of_the_old_value_go(build, seen):
    assert '<c r="C1" s="2" t="inlineStr">' in seen.xml(one(build(DATA), "C1", "新"))


def test_extent_hints_are_widened(build, seen):
    xml = seen.xml(one(build(DATA, before=FULL), "H1", "新"))
    assert '<dimension ref="A1:H3"/>' in xml
    assert 'spans="1:8"' in xml


@pytest.mark.parametrize(
    "data",
    [
        "",
        "<row/>",
        '<row r="1"/>',
        "<row><c><v>1</v></c><c><v>2</v></c></row>",
        "<row r='1'><c r='B1'/></row>\n",
        '<row r="1" x="a>b"><c r="A1" y=\'>\'><v>1</v></c></row>',
    ],
)
@pytest.mark.parametrize("ref", ["A1", "C1", "A3"])
def test_sparse_sheets(build, data, ref):
    result = one(build(data), ref, "新")
    sheet = openpyxl.load_workbook(io.BytesIO(result))["表"]
    assert sheet[ref].value == "新"
    if "2</v>" in data:
        assert sheet["B1"].value == 2


@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_prefixed_namespace(build, seen, mark):
    xml = mark + (
        '<?xml version="1.0" encoding="utf-8"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/'
        '2006/main"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    source = build(sheet=xml.encode())
    result = patch(source, [Edit("表", "A1", "新"), Edit("表", "A2", 2)])
    assert seen.cells(result) == {"A1": ("inlineStr", "", "新"), "A2": ("", "", "2")}


def test_a_date_looks_like_a_date_and_a_number_like_a_number(build, seen):
    source = build(DATA)
    edits = [Edit("表", "A1", date(2024, 6, 30)), Edit("表", "C1", 12), Edit("表", "B3", 12), Edit("表", "A2", 7)]
    result = patch(source, edits)
    styles = openpyxl.load_workbook(io.BytesIO(result))
    sheet = styles["表"]
    assert sheet["A1"].value == datetime(2024, 6, 30)  # noqa: DTZ001 openpyxl gives it so
    assert (sheet["C1"].value, sheet["C1"].number_format) == (12, "General")
    assert sheet["C1"].alignment.wrap_text
    assert (sheet["B3"].value, sheet["B3"].number_format) == (12, "General")
    assert seen.xml(result, "xl/styles.xml").startswith(seen.xml(source, "xl/styles.xml").split('count="4"')[0])
    before, after = seen.raw(source), seen.raw(result)
    assert {n for n in before if before[n] != after[n]} == {"xl/worksheets/sheet1.xml", "xl/styles.xml"}


def test_dates_in_the_1904_calendar(build, seen):
    book = seen.xml(build(), "xl/workbook.xml").replace("<sheets>", '<workbookPr date1904="1"/><sheets>')
    source = build(DATA, parts={"xl/workbook.xml": book})
    assert seen.cells(one(source, "B3", date(1904, 1, 2)))["B3"][2] == "1"


FORMULAS = (
    '<row r="1"><c r="A1"><f>B1*2</f><v>2</v></c><c r="B1"><v>1</v></c>'
    '<c r="C1"><f t="shared" ref="C1:C2" si="0">B1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="array" ref="A2:A3">B1:B2</f><v>1</v></c>'
    '<c r="C2"><f t="shared" si="0"/><v>0</v></c></row><row r="3"><c r="A3"><v>1</v></c></row>'
)
CHAIN = {
    "xl/calcChain.xml": "<calcChain/>",
    "[Content_Types].xml": '<Types><Override PartName="/xl/a.xml"/><Override PartName="/xl/calcChain.xml"/></Types>',
}


def test_formulas_are_computed_anew(build, seen):
    result = one(build(FORMULAS), "B1", 5)
    assert '</sheets><calcPr fullCalcOnLoad="1"/></workbook>' in seen.xml(result, "xl/workbook.xml")
    again = one(build(FORMULAS, workbook="<calcPr calcId='1' fullCalcOnLoad='0'/>"), "B1", 5)
    assert "<calcPr calcId='1' fullCalcOnLoad=\"1\"/>" in seen.xml(again, "xl/workbook.xml")


def test_an_ordinary_formula_is_replaced_on_request_only(build, seen):
    relations = seen.xml(build(), "xl/_rels/workbook.xml.rels")
    chain = '<Relationship Id="r9" Type="http://x/calcChain" Target="calcChain.xml"/>'
    parts = CHAIN | {"xl/_rels/workbook.xml.rels": relations.replace("</Rel", chain + "</Rel")}
    source = build(FORMULAS, parts=parts)
    with pytest.raises(CellIsFormula):
        one(source, "A1", 1)
    for ref in ("A1", "C2"):
        result = one(source, ref, 1, over_formula=True)
        assert seen.cells(result)[ref][2] == "1"
        assert "xl/calcChain.xml" not in seen.raw(result)
        assert seen.xml(result, "xl/_rels/workbook.xml.rels") == relations
        assert seen.xml(result, "[Content_Types].xml") == '<Types><Override PartName="/xl/a.xml"/></Types>'
    assert "xl/calcChain.xml" in seen.raw(one(source, "B1", 1, over_formula=True))


@pytest.mark.parametrize("ref", ["C1", "A2", "A3"])
def test_formulas_that_fill_other_cells_are_never_replaced(build, ref):
    with pytest.raises(CellIsFormula):
        one(build(FORMULAS), ref, 1, over_formula=True)


TABLE = {
    "xl/tables/table1.xml": '<table ref="A1:B3" headerRowCount="1"/>',
    "xl/worksheets/_rels/sheet1.xml.rels": '<Relationships><Relationship Id="t" Type="http://x/table" '
    'Target="../tables/table1.xml"/></Relationships>',
}
TOTALS = TABLE | {"xl/tables/table1.xml": '<table ref="A1:B3" headerRowCount="1" totalsRowCount="1"/>'}


@pytest.mark.parametrize(
    ("edit", "more", "refusal"),
    [
        (Edit("别处", "A1", "x"), {}, SheetMissing),
        (Edit("表", "A0", "x"), {}, BadAddress),
        (Edit("表", "XFE1", "x"), {}, BadAddress),
        (Edit("表", "A1048577", "x"), {}, BadAddress),
        (Edit("表", "A1", "长" * 32_768), {}, BadValue),
        (Edit("表", "A1", "\ud800"), {}, BadValue),
        (Edit("表", "A1", float("nan")), {}, BadValue),
        (Edit("表", "A1", Decimal("1E+400")), {}, BadValue),
        (Edit("表", "A1", 10**400), {}, BadValue),
        (Edit("表", "A1", date(1900, 2, 28)), {}, BadValue),
        (Edit("表", "B2", "x"), {"after": '<mergeCells><mergeCell ref="A2:C3"/></mergeCells>'}, CellIsMerged),
        (Edit("表", "B1", "x"), {"parts": TABLE}, CellIsTableHeader),
        (Edit("表", "B4", "x"), {"parts": TOTALS}, CellBelowTable),
        (Edit("表", "A1", "x"), {"parts": {"_xmlsignatures/origin.sigs": ""}}, FileSigned),
        (Edit("表", "A1", "x"), {"data": '<row r="2"/><row r="1"/>'}, FileUnsupported),
        (Edit("表", "A1", "x"), {"data": '<row r="1"><c r="B1"/><c r="A1"/></row>'}, FileUnsupported),
        (Edit("表", "A1", "x"), {"data": '<row r="1"><c r="A2"/></row>'}, FileUnsupported),
        (Edit("表", "B1", "x"), {"data": '<row r="1"><c r="A1"/>text</row>'}, FileUnsupported),
        (Edit("表", "A1", "x"), {"data": '<row r="1"><c r="A1"></row>'}, FileUnsupported),
        (Edit("表", "A1", "x"), {"sheet": "<worksheet/>".encode("utf-16")}, FileUnsupported),
        (Edit("表", "A1", "x"), {"sheet": b'<?xml version="1.0" encoding="GBK"?><worksheet/>'}, FileUnsupported),
    ],
)
def test_refusals(build, edit, more, refusal):
    with pytest.raises(refusal) as caught:
        patch(build(**more), [edit])
    assert caught.value.message.endswith("。")


def test_the_anchor_of_merged_cells_can_be_written(build, seen):
    source = build(after='<mergeCells count="1"><mergeCell ref="A2:C3"/></mergeCells>')
    assert seen.cells(one(source, "A2", "x"))["A2"][2] == "x"


def test_a_cell_is_set_once(build):
    with pytest.raises(EditTwice):
        patch(build(), [Edit("表", "A1", 1), Edit("表", "A1", 2)])


def test_no_edit_no_change(build):
    source = build()
    assert patch(source, []) is source


def as_read(value):
    """TRUE is its word, since Python holds it equal to 1; and no database takes a NUL."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") or None
    return value


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.integers(1, 9), st.integers(1, 6)),
        st.none()
        | st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
        | st.sampled_from(["_x0041_", "_x005F_x0041_", "=1", "+1", "-1", "@a", "a\r\nb", "\0", "]]>", "<![CDATA["])
        | st.integers(-(2**53), 2**53)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.booleans(),
        min_size=1,
        max_size=12,
    )
)
def test_what_is_written_is_read(build, edits):
    refs = {(row, column): f"{'ABCDEF'[column - 1]}{row}" for row, column in edits}
    result = patch(build(DATA), [Edit("表", refs[at], value) for at, value in edits.items()])
    grid = read_grids(result)["表"]
    for at, value in edits.items():
        assert grid.cell(*at) == as_read(value)
    untouched = {(1, 3): "500%", (3, 2): "2023-03-15"}
    assert all(grid.cell(*at) == value for at, value in untouched.items() if at not in edits)
