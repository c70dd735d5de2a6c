"""The tables of docs/excel.md, run."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest

from bridges.excel.errors import EditRefused
from bridges.excel.patch import Edit, patch
from tests.support.hostile import FILES
from tests.support.sheets import markdown_table
from tests.unit.excel.conftest import MAIN, relationships
from tests.unit.excel.test_traps import (
    ARRAY,
    DATA_TABLE,
    MERGED,
    NAMES,
    RESULT,
    SHARED,
    TABLE_ROWS,
    chained,
    with_table,
)

PAGE = (Path(__file__).parents[3] / "docs/excel.md").read_text(encoding="utf-8")
FILTER = {"after": '<autoFilter ref="A1:B3"/>', "workbook": NAMES.format("表!$A$1:$B$3")}
LOCATION = '<location ref="A2:B3"/>'
FOURTH = '<row r="4"><c r="A4"><v>4</v></c></row>'

SITUATIONS = {
    "an ordinary cell": (lambda build: build(), Edit("表", "A1", "新")),
    "a cell that is not there": (lambda build: build(), Edit("表", "C9", "新")),
    "the first of merged cells": (lambda build: build(after=MERGED), Edit("表", "B2", "新")),
    "another one of merged cells": (lambda build: build(after=MERGED), Edit("表", "C3", "新")),
    "an ordinary formula": (lambda build: build(RESULT), Edit("表", "B1", "新")),
    "an ordinary formula, on request": (
        lambda build: chained(build, "calcChain.xml"),
        Edit("表", "B1", "新", over_formula=True),
    ),
    "the first of shared formulas, on request": (lambda build: build(SHARED), Edit("表", "A1", 1, over_formula=True)),
    "a follower of shared formulas, on request": (lambda build: build(SHARED), Edit("表", "A2", 1, over_formula=True)),
    "an array formula, on request": (lambda build: build(ARRAY), Edit("表", "A1", 1, over_formula=True)),
    "within the area of an array formula": (lambda build: build(ARRAY), Edit("表", "A2", 1)),
    "within a data table": (lambda build: build(DATA_TABLE), Edit("表", "B1", 1)),
    "the header of an Excel table": (lambda build: with_table(build), Edit("表", "B1", "新")),
    "right below an Excel table": (lambda build: with_table(build), Edit("表", "A4", "新")),
    "right below an Excel table, where something stands": (
        lambda build: with_table(build, below=FOURTH),
        Edit("表", "A4", "新"),
    ),
    "right below an Excel table with totals": (
        lambda build: with_table(build, "totalsRowCount='1'"),
        Edit("表", "A4", "新"),
    ),
    "right below an Excel table that is fed from outside": (
        lambda build: with_table(build, "tableType='queryTable'"),
        Edit("表", "A4", "新"),
    ),
    "within a pivot table": (
        lambda build: build(
            TABLE_ROWS,
            parts={
                "xl/worksheets/_rels/sheet1.xml.rels": relationships(("p1", "pivotTable", "../pivotTables/p1.xml")),
                "xl/pivotTables/p1.xml": f'<pivotTableDefinition xmlns="{MAIN}">{LOCATION}</pivotTableDefinition>',
            },
        ),
        Edit("表", "B3", "新"),
    ),
    "right below the filter of the sheet": (lambda build: build(TABLE_ROWS, **FILTER), Edit("表", "A4", "新")),
    "text of more than 32,767 characters": (lambda build: build(), Edit("表", "A1", "长" * 32_768)),
    "a date before March 1900": (lambda build: build(), Edit("表", "A1", date(1900, 2, 28))),
}
BESIDE = {
    "–": set(),
    "nothing else": set(),
    "the workbook": {"workbook.xml"},
    "the workbook (compute on opening); the order of calculation is dropped": {
        "workbook.xml",
        "workbook.xml.rels",
        "[Content_Types].xml",
        "calcChain.xml",
    },
    "the table grows": {"table1.xml"},
    "the filter grows, and its hidden name with it": {"workbook.xml"},
}


def test_every_situation_is_on_the_page():
    assert [row["the cell"] for row in markdown_table(PAGE, "cells")] == list(SITUATIONS)


@pytest.mark.parametrize("row", markdown_table(PAGE, "cells"), ids=lambda row: row["the cell"])
def test_cells(build, seen, row):
    make, edit = SITUATIONS[row["the cell"]]
    source = make(build)
    try:
        before, after = seen.raw(source), seen.raw(patch(source, [edit]))
        done = "written"
    except EditRefused as refusal:
        before = after = {}
        done = refusal.code
    changed = {name.rpartition("/")[2] for name in before if before[name] != after.get(name)}
    assert (done, changed - {"sheet1.xml"}) == (row["done"], BESIDE[row["beside it"]])


@pytest.mark.parametrize("row", markdown_table(PAGE, "limits"), ids=lambda row: row["limit"])
def test_limits(row):
    module, name = row["in the code"].strip("`").split(".")
    number = int(row["is"].removesuffix(" MB").replace(",", ""))
    unit = 2**20 if row["is"].endswith("MB") else 1
    assert getattr(import_module(f"bridges.excel.{module}"), name) == number * unit


@pytest.mark.parametrize("row", markdown_table(PAGE, "files"), ids=lambda row: row["file"])
def test_files(row):
    _, codes = FILES[row["file"]]
    assert (row["refused as"],) == (codes or ("read",))
