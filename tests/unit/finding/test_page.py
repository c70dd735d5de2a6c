"""The tables of docs/adoption.md, row by row."""

import re
from pathlib import Path

import pytest

from bridges.finding.tables import find_tables, lines
from bridges.store.plan_table import plan_table
from bridges.sync.values import read
from core.plans.models import Plan
from core.units.services import Directory
from tests.support.sheets import markdown_table
from tests.unit.finding.grids import TABLE, Sheet

PAGE = (Path(__file__).parents[3] / "docs" / "adoption.md").read_text(encoding="utf-8")
HEADER = ["序号", "任务", "责任单位", "完成时限"]
COLUMNS = {c.header: c for c in plan_table(Plan(id=1, title="要点", year=2024), Directory([], [])).columns}


def cases(name: str) -> list:
    return [pytest.param(row, id="|".join(row.values())) for row in markdown_table(PAGE, name)]


@pytest.mark.parametrize("case", cases("lines"))
def test_line(case):
    cells = ["" if cell == "–" else float(cell) if cell.isdigit() else cell for cell in case["the line"].split(" · ")]
    merged = [(3, 1, 3, len(HEADER))] if case["merged"] == "yes" else []
    sheet = Sheet("表", [HEADER, [1.0, "做解读", "乙处", ""], cells, [2.0, "培训", "", "年内"]], merged)
    kinds = [line.kind for line in lines(find_tables([sheet], TABLE)[0], TABLE)]
    assert kinds == ["row", case["read as"], "row"]


@pytest.mark.parametrize("case", cases("values"))
def test_value(case):
    number = re.fullmatch(r"[0-9]+(\.[0-9]+)?", case["typed"])
    reading = read(COLUMNS[case["column"]], float(case["typed"]) if number else case["typed"], 2024)
    assert ("asked" if reading.trouble else str(reading.value.norm)) == case["read as"]
