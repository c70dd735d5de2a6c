"""Workbooks saved by real programs: patched without loss, or refused with a reason.

From the outside corpus (`ZWGK_CORPUS`), and made here by LibreOffice with what offices put into their sheets.
"""

import csv
import io
import os
import random
import shutil
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest
from lxml import etree
from openpyxl import Workbook
from openpyxl.chart import BarChart, PieChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import PatternFill
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from bridges.excel.address import column_letters, position
from bridges.excel.package import Package
from bridges.excel.patch import Edit, patch, patch_what_can_be
from bridges.excel.reader import read_grids
from tests.support.office import LACKING, make_kinds, python_with_uno

CORPUS = Path(os.environ.get("ZWGK_CORPUS", "")) / "xlsx" if os.environ.get("ZWGK_CORPUS") else None
FILES = sorted(CORPUS.glob("*.xls[xm]")) if CORPUS and CORPUS.is_dir() else []
needs_corpus = pytest.mark.skipif(not FILES, reason="ZWGK_CORPUS does not name the outside corpus")
needs_office = pytest.mark.skipif(
    not shutil.which("soffice"), reason="no LibreOffice here: apt-get install libreoffice-calc"
)
PYTHON = python_with_uno()
CRASH_OFFICE = ("32_sparklines",)
"""Untouched, these bring LibreOffice 7.4 down."""
TEXT = "文字 <&>\n "


# ---------------------------------------------------------------- a parser that shares nothing with ours


def local(element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def cells_of(source: bytes, part: str) -> Mapping[str, bytes]:
    """Address → the whole cell in canonical form; `r` is filled in where the file leaves it out."""
    found: dict[str, bytes] = {}
    row = 0
    for line in _root(source, part).iter("{*}row"):
        row, column = int(line.get("r", row + 1)), 0
        for cell in line.iterchildren("{*}c"):
            column = position(cell.get("r"))[1] if cell.get("r") else column + 1
            found[f"{column_letters(column)}{row}"] = etree.tostring(cell, method="c14n")
    return found


def frame_of(source: bytes, part: str) -> list[bytes]:
    """Everything around the cells, in canonical form, but for the two hints of extent and a filter that may grow."""
    root = _root(source, part)
    for row in root.iter("{*}row"):
        for cell in list(row.iterchildren("{*}c")):
            row.remove(cell)
        row.attrib.pop("spans", None)
        row.text = row.tail = None
    for parent in root.iter("{*}sheetData"):
        for row in [row for row in parent if not len(row) and set(row.attrib) <= {"r"}]:
            parent.remove(row)
        parent.text = None
    return [etree.tostring(child, method="c14n") for child in root if local(child) not in ("dimension", "autoFilter")]


def _root(source: bytes, part: str):
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(Package.open(source).archive.read(part), parser)


# ---------------------------------------------------------------- edits


def edits_of(source: bytes, chance: random.Random) -> list[Edit]:
    """On each of the first sheets: a text over something, a number over something, something blanked, a new row below,
    a new cell to the right."""
    edits = []
    for sheet, part in list(Package.open(source).sheets.items())[:3]:
        there = sorted(cells_of(source, part))
        picked = chance.sample(there, min(3, len(there)))
        rows, columns = zip(*map(position, there or ["A1"]), strict=True)
        below, right = f"A{max(rows) + 1}", f"{column_letters(max(columns) + 1)}{min(rows)}"
        wanted = zip((*picked, below, right), (TEXT, 12.5, None, "下一行", date(2024, 6, 30)), strict=False)
        edits += [Edit(sheet, ref, value, over_formula=True) for ref, value in wanted]
    return edits


def check_patched(source: bytes, seen, chance: random.Random) -> int:
    """Patch with all edits that are possible; the number of them."""
    edits = edits_of(source, chance)
    done = patch_what_can_be(source, edits)
    refused = {refusal.at for refusal in done.refused}
    package = Package.open(source)
    before, after = seen.raw(source), seen.raw(done.content)
    parts = {package.sheets[edit.sheet] for edit in edits}
    follow = ("workbook.xml", "workbook.xml.rels", "[Content_Types].xml", "calcChain.xml", "styles.xml")
    for name in before:
        if name not in parts and not name.endswith(follow) and "/tables/" not in name:
            assert before[name] == after[name], name
    assert before.keys() - after.keys() <= {name for name in before if "calcChain" in name}
    for sheet in {edit.sheet for edit in edits}:
        part = package.sheets[sheet]
        edited = {edit.ref for edit in edits if edit.sheet == sheet}
        old, new = cells_of(source, part), cells_of(done.content, part)
        assert {at: new.get(at) for at in old if at not in edited} == {at: old[at] for at in old if at not in edited}
        assert new.keys() - old.keys() <= edited
        assert frame_of(source, part) == frame_of(done.content, part)
    _check_values(done.content, [edit for edit in edits if edit.ref not in refused])
    return len(edits) - len(refused)


def _check_values(content: bytes, edits: list[Edit]) -> None:
    grids = read_grids(content)
    for edit in edits:
        value = edit.value.isoformat() if isinstance(edit.value, date) else edit.value
        assert grids[edit.sheet].cell(*position(edit.ref)) == value, edit


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lossless_or_refused(path, seen):
    source = path.read_bytes()
    chance = random.Random(path.stem)
    assert sum(check_patched(source, seen, chance) for _ in range(3))


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_cell_by_itself_is_written_or_refused_with_a_sentence(path):
    source = path.read_bytes()
    for sheet, part in list(Package.open(source).sheets.items())[:2]:
        there = list(cells_of(source, part))
        done = patch_what_can_be(source, [Edit(sheet, ref, "新", over_formula=True) for ref in there])
        assert all(refusal.message.endswith("。") for refusal in done.refused)
        refused = {refusal.at for refusal in done.refused}
        assert all(
            b"<is>" in cell or b":is>" in cell for at, cell in cells_of(done.content, part).items() if at not in refused
        )


# ---------------------------------------------------------------- LibreOffice


def office_sheet() -> bytes:
    """A sheet as an office has it: charts, comments, conditional formats, drop-downs, a table, merges, formulas."""
    book = Workbook()
    tab = book.active
    tab.title = "任务分解"
    tab["A1"] = "示例任务分解表"
    tab.merge_cells("A1:F1")
    tab.append(["序号", "任务", "完成情况", "完成率", "完成日期", "小计"])
    for n in range(3, 15):
        tab.append([n - 2, f"任务{n}", "进行中", n / 20, date(2024, 1, n), f"=A{n}*2"])
        tab.cell(n, 4).number_format = "0%"
    tab["B3"].comment = Comment("请核实", "科员")
    scale = ColorScaleRule(start_type="min", start_color="FFFFFF", end_type="max", end_color="FF0000")
    tab.conditional_formatting.add("D3:D14", scale)
    red = PatternFill(bgColor="FFFF00")
    tab.conditional_formatting.add("C3:C14", CellIsRule(operator="equal", formula=['"已完成"'], fill=red))
    choices = DataValidation("list", '"未开始,进行中,已完成"')
    choices.add("C3:C14")
    tab.add_data_validation(choices)
    tab.freeze_panes, tab.auto_filter.ref = "C3", "A2:F14"
    for at, chart in (("H2", BarChart()), ("H20", PieChart())):
        chart.add_data(Reference(tab, min_col=4, min_row=2, max_row=14), titles_from_data=True)
        tab.add_chart(chart, at)
    other = book.create_sheet("名册")
    for row in (["单位", "人数"], ["甲处", 3], ["乙处", 5]):
        other.append(row)
    other.add_table(Table(displayName="名册表", ref="A1:B3"))
    book.defined_names["全部任务"] = DefinedName("全部任务", attr_text="任务分解!$B$3:$B$14")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def convert(folder: Path, kind: str, *files: Path) -> None:
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder), *map(str, files)]
    subprocess.run(command, check=True, capture_output=True, timeout=100)


@needs_office
@pytest.mark.timeout(200)
def test_workbooks_of_libreoffice_and_what_it_says_of_ours(tmp_path, seen):
    """All in two runs of the program, since starting it takes most of the time: what it saved is patched and shown to
    it again, with some of the corpus."""
    (tmp_path / "表.xlsx").write_bytes(office_sheet())
    (tmp_path / "saved").mkdir()
    convert(tmp_path / "saved", "xlsx:Calc MS Excel 2007 XML", tmp_path / "表.xlsx")
    saved = (tmp_path / "saved/表.xlsx").read_bytes()
    chance = random.Random(7)
    assert all(check_patched(saved, seen, chance) for _ in range(5))
    opening = [path for path in FILES if path.stem not in CRASH_OFFICE][::4]
    for path in (tmp_path / "saved/表.xlsx", tmp_path / "表.xlsx", *opening):
        source = path.read_bytes()
        sheet = next(iter(Package.open(source).sheets))
        name = "saved" if path.parent.name == "saved" else path.stem
        edits = [Edit(sheet, "AB500", f"见到{name}"), Edit(sheet, "AB501", "=1+1"), Edit(sheet, "AB502", "@x")]
        (tmp_path / f"{name}.patched.xlsx").write_bytes(patch(source, edits))
    _check_shown(tmp_path)


@pytest.mark.skipif(PYTHON is None, reason=LACKING)
@pytest.mark.timeout(200)
def test_what_libreoffice_puts_into_workbooks(tmp_path, seen):
    """Pivot tables, drawings, rules, links, locks, …: lossless, and shown again with what was written."""
    for path in make_kinds(tmp_path, PYTHON):
        source, chance = path.read_bytes(), random.Random(path.stem)
        assert all(check_patched(source, seen, chance) for _ in range(2)), path.stem
        name = path.stem
        edits = [Edit("Sheet1", "AB500", f"见到{name}"), Edit("Sheet1", "AB501", "=1+1"), Edit("Sheet1", "AB502", "@x")]
        (tmp_path / f"{name}.patched.xlsx").write_bytes(patch(source, edits))
    _check_shown(tmp_path)
    pivot = patch_what_can_be((tmp_path / "pivot.xlsx").read_bytes(), [Edit("透视", "C5", "新")])
    assert [refusal.code for refusal in pivot.refused] == ["edit_pivot"]


def _check_shown(folder: Path) -> None:
    """LibreOffice opens what was patched, and shows what was written."""
    patched = sorted(folder.glob("*.patched.xlsx"))
    convert(folder, "csv:Text - txt - csv (StarCalc):44,34,76", *patched)
    for path in patched:
        with path.with_suffix(".csv").open(encoding="utf-8", newline="") as shown:
            rows = list(csv.reader(shown))
        assert [row[27] for row in rows[499:502]] == [f"见到{path.name.split('.')[0]}", "=1+1", "@x"]
