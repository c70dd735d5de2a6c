"""The traps of writing into a workbook in place, as they were met in 2,700 real files; each has a test,
1 to 4 here, the others in `test_traps_of_files.py`.

| trap | tests |
|---|---|
| 1 results of formulas become stale | stale_ |
| 2 cells with formulas, and the order of calculation | formula_, chain_ |
| 3 merged cells, headers of tables, rows below tables and filters | merged_, table_, filter_ |
| 4 rows and cells without names, missing, empty or out of order | sparse_ |
| 5 prefixes, strict namespace, byte order marks, encodings, quotes, comments | dress_ |
| 6 names and records of the zip | zip_ |
| 7 links of a value | link_ |
| 8 rich text, dates and number formats, 1904 | format_ |
| 9 strings: limit, escapes, control characters, line ends, spaces | text_ |
| 10 signed and encrypted files, macros | sealed_ |
| 11 nothing is inserted into the middle | middle_ |
| 12 text stands in the cell, no other part changes | inline_ |
"""

import io
import re

import openpyxl
import pytest

from bridges.excel.errors import (
    CellBelowTable,
    CellIsFormula,
    CellIsMerged,
    CellIsTableHeader,
    FileUnsupported,
)
from bridges.excel.patch import Edit, patch, patch_what_can_be
from bridges.excel.reader import read_grids
from tests.unit.excel import test_traps_of_files
from tests.unit.excel.patched import BOOK, SHEET, changed_parts, one, part


def test_every_trap_has_its_tests():
    traps = [re.findall(r"(\w+)_\b", line) for line in __doc__.splitlines() if re.match(r"\| \d", line)]
    assert len(traps) == 12
    tests = {*globals(), *vars(test_traps_of_files)}
    for prefixes in traps:
        assert prefixes
        for prefix in prefixes:
            assert any(name.startswith(f"test_{prefix}_") for name in tests), prefix


# ---------------------------------------------------------------- 1, 2: formulas

RESULT = '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>A1*2</f><v>2</v></c></row>'
SHARED = (
    '<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">B1</f><v>1</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0"/><v>1</v></c></row>'
)
ARRAY = '<row r="1"><c r="A1"><f t="array" ref="A1:A2">B1:B2</f><v>1</v></c></row><row r="2"><c r="A2"/></row>'
DATA_TABLE = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:B2" r1="C1"/><v>1</v></c><c r="B1"><v>1</v></c></row>'


@pytest.mark.parametrize(
    ("workbook", "expected"),
    [
        ("", '</sheets><calcPr fullCalcOnLoad="1"/></workbook>'),
        ('<calcPr calcId="9"/>', '<calcPr calcId="9" fullCalcOnLoad="1"/>'),
        (
            "<calcPr calcId='9' fullCalcOnLoad='0' iterate='1'></calcPr>",
            "<calcPr calcId='9' iterate='1' fullCalcOnLoad",
        ),
        ("<definedNames/>", '<definedNames/><calcPr fullCalcOnLoad="1"/>'),
        ("<definedNames></definedNames><pivotCaches/>", '</definedNames><calcPr fullCalcOnLoad="1"/><pivotCaches/>'),
    ],
)
def test_stale_results_are_computed_on_opening(build, seen, workbook, expected):
    source = build(RESULT, workbook=workbook)
    result = one(source, "A1", 5)
    assert expected in part(result, BOOK)
    assert changed_parts(seen, source, result) == {SHEET, BOOK}
    assert seen.cells(result)["B1"] == ("", "", "A1*22"), "the stored result stays: programs that never compute show it"


def test_stale_nothing_without_formulas(build, seen):
    source = build()
    assert changed_parts(seen, source, one(source, "B1")) == {SHEET}


@pytest.mark.parametrize(
    ("data", "ref"), [(SHARED, "A1"), (ARRAY, "A1"), (ARRAY, "A2"), (DATA_TABLE, "A1"), (DATA_TABLE, "B1")]
)
def test_formula_that_fills_other_cells_is_refused(build, data, ref):
    with pytest.raises(CellIsFormula):
        one(build(data), ref, over_formula=True)


def test_formula_is_replaced_on_request_only(build, seen):
    with pytest.raises(CellIsFormula):
        one(build(RESULT), "B1")
    assert seen.cells(one(build(RESULT), "B1", over_formula=True))["B1"] == ("inlineStr", "", "新")
    assert seen.cells(one(build(SHARED), "A2", over_formula=True))["A1"][2] == "B11"


def chained(build, name: str) -> bytes:
    """A workbook whose order of calculation is kept in the part xl/`name`."""
    plain = build()
    relation = f'<Relationship Target="{name}" Id="c" Type="http://x/calcChain"/></Relationships>'
    types = f'<Override ContentType="x" PartName="/xl/{name}"/></Types>'
    return build(
        RESULT,
        parts={
            f"xl/{name}": "<calcChain/>",
            "xl/_rels/workbook.xml.rels": part(plain, "xl/_rels/workbook.xml.rels").replace(
                "</Relationships>", relation
            ),
            "[Content_Types].xml": part(plain, "[Content_Types].xml").replace("</Types>", types),
        },
    )


@pytest.mark.parametrize("name", ["calcChain.xml", "chain/order.xml"])
def test_chain_goes_with_all_that_names_it_when_a_formula_went(build, seen, name):
    source = chained(build, name)
    result = one(source, "B1", over_formula=True)
    assert f"xl/{name}" not in seen.raw(result)
    assert not any(name in part(result, one) for one in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"))
    assert part(result, "[Content_Types].xml") == part(build(), "[Content_Types].xml")


def test_chain_stays_otherwise(build, seen):
    source = chained(build, "calcChain.xml")
    assert changed_parts(seen, source, one(source, "A1", over_formula=True)) == {SHEET, BOOK}


# ---------------------------------------------------------------- 3: merged cells, tables, filters

MERGED = '<mergeCells count="1"><mergeCell ref="B2:C3"/></mergeCells>'


@pytest.mark.parametrize("ref", ["C2", "B3", "C3"])
def test_merged_cells_hide_all_but_the_first(build, ref):
    with pytest.raises(CellIsMerged):
        one(build(after=MERGED), ref)


def test_merged_cells_keep_the_others_from_nothing(build, seen):
    done = patch_what_can_be(
        build(after=MERGED), [Edit("表", "B2", "甲"), Edit("表", "C2", "乙"), Edit("表", "D2", "丙")]
    )
    assert [refusal.at for refusal in done.refused] == ["C2"]
    assert seen.cells(done.content).keys() == {"A1", "B2", "D2"}


TABLE_ROWS = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>{n}</v></c></row>' for n in (1, 2, 3))
TABLE = "<table xmlns='m' id='1' ref='A1:B3' {}><autoFilter ref='A1:B3'/><tableColumns/></table>"


def with_table(build, attributes="", below="", after="", table=TABLE) -> bytes:
    relation = (
        '<Relationships><Relationship Id="t" Type="http://x/table" Target="../tables/table1.xml"/></Relationships>'
    )
    parts = {"xl/tables/table1.xml": table.format(attributes), "xl/worksheets/_rels/sheet1.xml.rels": relation}
    return build(TABLE_ROWS + below, after=after, parts=parts)


def test_table_headers_are_refused(build):
    with pytest.raises(CellIsTableHeader):
        one(with_table(build), "A1")
    assert one(with_table(build, "headerRowCount='0'"), "A1")


def test_table_grows_with_rows_right_below(build, seen):
    source = with_table(build)
    edits = [Edit("表", ref, "新") for ref in ("A4", "B4", "A5", "A7", "D4")]
    result = patch(source, edits)
    assert part(result, "xl/tables/table1.xml") == TABLE.format("").replace("'A1:B3'", '"A1:B5"')
    assert changed_parts(seen, source, result) == {SHEET, "xl/tables/table1.xml"}
    assert seen.cells(result)["A4"][2] == "新"


@pytest.mark.parametrize(
    ("attributes", "after"),
    [
        ("totalsRowCount='1'", ""),
        ("tableType='queryTable'", ""),
        ("", '<mergeCells><mergeCell ref="A4:A6"/></mergeCells>'),
    ],
)
def test_table_that_cannot_grow_refuses_the_row_below(build, attributes, after):
    with pytest.raises(CellBelowTable):
        one(with_table(build, attributes, after=after), "A4")


def test_table_does_not_swallow_what_stands_below_it(build, seen):
    source = with_table(build, below='<row r="4"><c r="A4"><v>4</v></c></row>')
    assert changed_parts(seen, source, one(source, "A4")) == {SHEET}


def test_table_with_its_growth_is_read_by_another_program():
    book = openpyxl.Workbook()
    for row in (("甲", "乙"), (1, 2)):
        book.active.append(row)
    book.active.title = "表"
    book.active.add_table(openpyxl.worksheet.table.Table(displayName="T", ref="A1:B2"))
    target = io.BytesIO()
    book.save(target)
    sheet = openpyxl.load_workbook(io.BytesIO(one(target.getvalue(), "B3", 7)))["表"]
    assert (sheet.tables["T"].ref, sheet.tables["T"].autoFilter.ref, sheet["B3"].value) == ("A1:B3", "A1:B3", 7)


NAME = "<definedName name='_xlnm._FilterDatabase' localSheetId='0' hidden='1'>{}</definedName>"
NAMES = f"<definedNames>{NAME}</definedNames>"


@pytest.mark.parametrize(
    ("name", "expected"),
    [("表!$A$1:$B$3", "表!$A$1:$B$4"), ("表!$A$1:$B$9", "表!$A$1:$B$9"), ("#REF!", "#REF!")],
)
def test_filter_and_its_name_grow_together(build, name, expected):
    source = build(
        TABLE_ROWS, after='<autoFilter ref="A1:B3"><filterColumn colId="0"/></autoFilter>', workbook=NAMES.format(name)
    )
    result = one(source, "B4")
    assert '<autoFilter ref="A1:B4"><filterColumn colId="0"/>' in part(result, SHEET)
    assert NAMES.format(expected) in part(result, BOOK)


@pytest.mark.parametrize("ref", ["A5", "C4", "B2"])
def test_filter_grows_with_nothing_else(build, seen, ref):
    source = build(TABLE_ROWS, after='<autoFilter ref="A1:B3"/>', workbook=NAMES.format("表!$A$1:$B$3"))
    assert changed_parts(seen, source, one(source, ref)) == {SHEET}
    assert '<autoFilter ref="A1:B3"/>' in part(one(source, ref), SHEET)


# ---------------------------------------------------------------- 4: sparse sheets


@pytest.mark.parametrize(
    "data",
    ["", "<row/>", '<row r="1"/>', "<row><c><v>1</v></c><c><v>2</v></c></row>", '<row r="2"><c><v>1</v></c></row>'],
)
@pytest.mark.parametrize("ref", ["A1", "B1", "C2", "A9"])
def test_sparse_sheets_get_their_cell(build, data, ref):
    before = read_grids(build(data))["表"]
    after = read_grids(one(build(data), ref))["表"]
    at = int(ref[1:]), " ABC".index(ref[0])
    for row in range(1, 10):
        for column in range(1, 4):
            assert after.cell(row, column) == ("新" if (row, column) == at else before.cell(row, column))


def test_sparse_sheet_data_without_content_is_opened(build, seen):
    source = build(
        sheet='<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/></worksheet>'
    )
    assert seen.cells(one(source, "B2")) == {"B2": ("inlineStr", "", "新")}


@pytest.mark.parametrize(
    "data",
    [
        '<row r="2"/><row r="1"/>',
        '<row r="1"><c r="B1"/><c r="A1"/></row>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="A0"/></row>',
        '<row r="1"><c r="A1"/><c r="A1"/></row>',
    ],
)
def test_sparse_but_out_of_order_is_refused(build, data):
    with pytest.raises(FileUnsupported):
        one(build(data), "A1")
