"""Workbooks: sheets as tables, values as a person reads them."""

import io
import shutil
import subprocess
from datetime import date

import openpyxl
import pytest

from core.documents import errors
from core.documents.reader import parse_document
from core.documents.sniff import OLE
from core.documents.workbook import workbook_text
from tests.support.papers import as_txt, as_xlsx
from tests.unit.documents.test_kinds import PAPER


def read(fill):
    book = openpyxl.Workbook()
    fill(book)
    target = io.BytesIO()
    book.save(target)
    return workbook_text(target.getvalue())


def test_a_table_that_stands_anywhere_with_merged_cells():
    def fill(book):
        sheet = book.active
        for row, cells in enumerate((("标题",), ("序号", "领域", "任务"), (1, "公开", "甲"), (2, None, "乙\n续")), 3):
            for column, value in enumerate(cells, 2):
                sheet.cell(row, column, value)
        sheet.merge_cells("B3:D3")
        sheet.merge_cells("C5:C6")

    assert read(fill)[0].split("\n") == ["标题", "序号\t领域\t任务", "1\t公开\t甲", "2\t公开\t乙 续"]


def test_values_are_shown_as_they_are_read():
    def fill(book):
        for row in ((1, 2.5, date(2026, 6, 30)), (date(2026, 7, 1), "０５", "=1+1")):
            book.active.append(row)

    assert read(fill)[0] == "1\t2.5\t2026年6月30日\n2026年7月1日\t０５\t"


def test_several_sheets_and_hidden_ones():
    def fill(book):
        book.active.append(("甲", "乙"))
        book.create_sheet("空")
        hidden = book.create_sheet("底稿")
        hidden.append(("看不见", "x"))
        hidden.sheet_state = "hidden"
        book.create_sheet("又一张").append(("丙", "丁"))

    text, notes = read(fill)
    assert text == "甲\t乙\n\n丙\t丁"
    assert notes == ("隐藏的工作表未读入：底稿。",)


def test_a_password():
    with pytest.raises(errors.DocumentEncrypted):
        workbook_text(OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


def test_an_old_workbook(tmp_path):
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("needs LibreOffice: apt-get install libreoffice-calc")
    (tmp_path / "a.xlsx").write_bytes(as_xlsx(PAPER))
    options = (f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless", "--convert-to", "xls")
    command = [program, *options, "--outdir", tmp_path, tmp_path / "a.xlsx"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    data = (tmp_path / "a.xls").read_bytes()
    for name in ("a.xls", "a.et"):
        assert parse_document(name, data).text == as_txt(PAPER).decode()
    with pytest.raises(errors.DocumentError):
        parse_document("a.xls", data[:3000])
