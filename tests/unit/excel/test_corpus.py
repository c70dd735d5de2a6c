"""Workbooks saved by real programs: patched without loss, or refused with a reason."""

import os
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from bridges.excel.address import address
from bridges.excel.errors import EditRefused
from bridges.excel.package import Package
from bridges.excel.patch import Edit, patch
from bridges.excel.reader import read_grids
from bridges.excel.sheetxml import SheetXml

CORPUS = Path(os.environ.get("ZWGK_CORPUS", "")) / "xlsx" if os.environ.get("ZWGK_CORPUS") else None
FILES = sorted(CORPUS.glob("*.xls[xm]")) if CORPUS and CORPUS.is_dir() else []
needs_corpus = pytest.mark.skipif(not FILES, reason="ZWGK_CORPUS does not name the outside corpus")


def edits_of(source: bytes) -> list[tuple[str, str]]:
    """(sheet, address): some cells that are there, and one that is not, of the first sheets."""
    book = Package.open(source)
    found: list[tuple[str, str]] = []
    for sheet, part in list(book.sheets.items())[:2]:
        xml = SheetXml(book.archive.read(part))
        for row in xml.rows[:10:5]:
            found += [(sheet, address(row.number, cell.number)) for cell in xml.cells(row)[:2]]
        found.append((sheet, "AB500"))
    return found


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_lossless_or_refused(path, seen):
    source = path.read_bytes()
    done = []
    for sheet, ref in edits_of(source):
        for value in ("文字 <&>\n ", 12.5, date(2024, 6, 30), None):
            try:
                result = patch(source, [Edit(sheet, ref, value)])
            except EditRefused:
                continue
            done.append(ref)
            part = Package.open(source).sheets[sheet]
            before, after = seen.raw(source), seen.raw(result)
            assert list(before) == list(after)
            allowed = {part, "xl/workbook.xml"} | ({"xl/styles.xml"} if isinstance(value, float | date) else set())
            assert {name for name in before if before[name] != after[name]} <= allowed
            old, new = seen.cells(source, part), seen.cells(result, part)
            assert {at: cell for at, cell in new.items() if at != ref} == {
                at: cell for at, cell in old.items() if at != ref
            }
            if ref in old:
                assert seen.frame(result, ref, part=part) == seen.frame(source, ref, part=part)
            if value == "文字 <&>\n ":
                assert new[ref][2] == value
    assert done


@needs_corpus
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_readable(path):
    assert all(grid.name for grid in read_grids(path.read_bytes()).values())


@needs_corpus
@pytest.mark.skipif(not shutil.which("soffice"), reason="no LibreOffice here: apt-get install libreoffice-calc")
def test_libreoffice_opens_the_result(tmp_path):
    """All files in one run: starting the program takes most of the time."""
    for path in FILES[:4]:
        source = path.read_bytes()
        sheet = next(iter(Package.open(source).sheets))
        (tmp_path / f"{path.stem}.xlsx").write_bytes(patch(source, [Edit(sheet, "AB500", f"见到{path.stem}")]))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = sorted(map(str, tmp_path.glob("*.xlsx")))
    command = ["soffice", profile, "--headless", "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", *files]
    subprocess.run([*command, "--outdir", str(tmp_path)], check=True, capture_output=True, timeout=100)
    for path in FILES[:4]:
        assert f"见到{path.stem}" in (tmp_path / f"{path.stem}.csv").read_text("utf-8")
