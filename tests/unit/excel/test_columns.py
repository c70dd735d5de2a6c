"""Hiding columns: the table of what `<cols>` becomes."""

import io

import openpyxl
import pytest

from bridges.excel.patch import Edit, patch

NEW = '<col min="{0}" max="{0}" width="9" hidden="1"/>'.format
FRONT = '<sheetFormatPr defaultRowHeight="15"/>'

CASES = {
    "none there": ("", [2], f"<cols>{NEW(2)}</cols>"),
    "empty": ("<cols/>", [2, 1], f"<cols>{NEW(1)}{NEW(2)}</cols>"),
    "between": (
        '<cols><col min="1" max="1" width="3"/><col min="4" max="4" width="5"/></cols>',
        [2, 9],
        f'<cols><col min="1" max="1" width="3"/>{NEW(2)}<col min="4" max="4" width="5"/>{NEW(9)}</cols>',
    ),
    "split": (
        "<cols><col max='9' min='2' width=\"5\" style='2'/></cols>",
        [2, 5, 6],
        '<cols><col min="2" max="2" width="5" style=\'2\' hidden="1"/><col min="3" max="4" width="5" style=\'2\'/>'
        '<col min="5" max="5" width="5" style=\'2\' hidden="1"/><col min="6" max="6" width="5" style=\'2\' '
        'hidden="1"/><col min="7" max="9" width="5" style=\'2\'/></cols>',
    ),
    "shown by a word": (
        '<cols><col min="2" max="2" hidden="0"></col></cols>',
        [2],
        '<cols><col min="2" max="2" hidden="1"></col></cols>',
    ),
    "hidden already": (
        '<cols><col min="1" max="3" hidden="true"/></cols>',
        [2],
        '<cols><col min="1" max="3" hidden="true"/></cols>',
    ),
}


@pytest.mark.parametrize(("before", "hide", "after"), CASES.values(), ids=list(CASES))
def test_only_the_columns_change(build, seen, before, hide, after):
    source = build(before='<sheetFormatPr defaultRowHeight="15"/>' + before, after="<pageMargins left='1'/>")
    result = patch(source, [], hide={"表": hide})
    assert seen.xml(result) == seen.xml(
        build(before='<sheetFormatPr defaultRowHeight="15"/>' + after, after="<pageMargins left='1'/>")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(result))["表"]
    assert sheet["A1"].value == 1


def test_prefixed_and_strict(build, seen):
    xml = (
        '<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main"><x:cols><x:col min="1" max="2"/></x:cols>'
        "<x:sheetData/></x:worksheet>"
    )
    result = seen.xml(patch(build(sheet=xml), [], hide={"表": [2]}))
    assert '<x:cols><x:col min="1" max="1"/><x:col min="2" max="2" hidden="1"/></x:cols>' in result


def test_together_with_edits(build, seen):
    result = patch(build(), [Edit("表", "B1", "编号")], hide={"表": [2]})
    assert seen.cells(result)["B1"][2] == "编号"
    assert NEW(2) in seen.xml(result)


@pytest.mark.parametrize("hide", [{}, {"表": []}])
def test_nothing_to_hide(build, hide):
    source = build()
    assert patch(source, [], hide=hide) is source
