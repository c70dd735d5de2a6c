"""The tables of docs/decompose.md, row by row."""

import re
from pathlib import Path

import pytest

from core.decompose.decompose import decompose

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "decompose.md").read_text("utf-8")
MARKS = {"lead": "*", "coop": "+"}


def table(name):
    """The rows of a table of the page, below its mark."""
    lines = PAGE.split(f"<!-- table: {name} -->")[1].strip().splitlines()
    rows = [line for line in lines[: lines.index("")] if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def task(text):
    (found,) = decompose(f"2026年云溪市政务公开工作要点\n一、甲章\n（一）子项。{text}\n").tasks
    return found


@pytest.mark.parametrize(("written", "read"), table("units"))
def test_units(written, read):
    names = [unit.name + MARKS.get(unit.role, "") for unit in task(written).units]
    assert " ".join(names) == read.replace("–", "")


@pytest.mark.parametrize(("written", "quoted", "kind", "due"), table("times"))
def test_times(written, quoted, kind, due):
    written = f"（{written}）" if "：" in written else written
    found = [(one.text, one.kind, str(one.due or "–")) for one in task(written).deadlines]
    assert found == ([] if quoted == "–" else [(quoted, kind, due)])


def test_every_style_of_the_page_has_its_document():
    styles = re.findall(r"^\| ([a-z]) \|", PAGE, re.MULTILINE)
    assert styles == sorted(path.stem for path in (ROOT / "tests/corpus/styles").glob("?.txt"))
