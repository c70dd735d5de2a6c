"""A copy saved as .xls or .csv: its edits are taken, the answer stands in a new workbook beside it."""

import csv
import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from tests.e2e.test_sheet import TEXT, Book

SOFFICE = shutil.which("soffice")


def as_rows(path):
    return [
        ["" if v is None else str(v) for v in row] for row in load_workbook(path).active.iter_rows(values_only=True)
    ]


def write_csv(path, rows, encoding, separator=","):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=separator).writerows(rows)
    return path


@pytest.fixture
def book(cli, add_tenant, tmp_path):
    add_tenant("t")
    document = tmp_path / "要点.txt"
    document.write_text(TEXT, encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    (tmp_path / "原表").mkdir()
    path = tmp_path / "原表" / "任务分解表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", path)
    return Book(path)


@pytest.fixture
def sync(cli):
    return lambda path, status=0: cli.json("sheet", "sync", "--tenant", "t", path, status=status)


@pytest.fixture
def progress(cli):
    return lambda: [r["progress"] for r in cli.json("plan", "show", "--tenant", "t")["rows"]][:2]


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("gbk", ","), ("gb18030", "\t"), ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t")],
)
def test_a_csv_is_read_and_answered_beside_it(cli, book, sync, progress, tmp_path, encoding, separator):
    rows = as_rows(book.path)
    head = rows[2]
    rows[3][head.index("进展情况")], rows[4][head.index("完成情况")] = "逐项在编,已过半", "差不多"
    path = write_csv(tmp_path / "回收.csv", rows, encoding, separator)
    before = path.read_bytes()
    done = sync(path, 1)
    assert [(i["field"], i["sheet"]) for i in done["applied"]] == [("progress", "逐项在编,已过半")]
    assert [i["field"] for i in done["rejected"]] == ["status"]
    assert "回收.xlsx" in done["messages"][-1]["message"]
    assert progress() == ["逐项在编,已过半", ""]
    assert path.read_bytes() == before
    new = Book(tmp_path / "回收.xlsx")
    assert new.read()[1]["同步提示"]
    assert load_workbook(new.path).active.column_dimensions["A"].hidden
    new.type((2, "完成情况", "进行中"))
    assert [i["field"] for i in sync(new.path)["applied"]] == ["status"]
    assert sync(new.path)["pass"] is None


def test_what_stands_beside_it_is_not_overwritten(book, sync, progress, tmp_path):
    rows = as_rows(book.path)
    rows[3][rows[2].index("进展情况")] = "逐项在编"
    path = write_csv(tmp_path / "回收.csv", rows, "gbk")
    (tmp_path / "回收.xlsx").write_bytes(b"mine")
    assert sync(path, 2)["stopped"]["code"] == "new_file_exists"
    assert ((tmp_path / "回收.xlsx").read_bytes(), progress()) == (b"mine", ["", ""])


def test_an_unedited_csv_changes_nothing(book, sync, tmp_path):
    path = write_csv(tmp_path / "回收.csv", as_rows(book.path), "utf-8")
    assert sync(path)["pass"] is None
    assert not path.with_suffix(".xlsx").exists()


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is missing: apt-get install libreoffice-calc")
def test_an_xls_is_read_and_answered_beside_it(book, sync, progress, tmp_path):
    book.type((1, "进展情况", "逐项在编"), (2, "完成率(%)", 40))
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xls", "--outdir", str(tmp_path), str(book.path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    path = tmp_path / "任务分解表.xls"
    before = path.read_bytes()
    done = sync(path)
    assert {(i["field"], i["sheet"]) for i in done["applied"]} == {("progress", "逐项在编"), ("percent", 40)}
    assert "公式与填写的内容无法区分" in done["messages"][-1]["message"]
    assert path.read_bytes() == before
    new = tmp_path / "任务分解表.xlsx"
    assert sync(new)["pass"] is None
    assert load_workbook(new).active["B1"].value.startswith("2024年")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "file_is_text"),
        (
            "表.ods",
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
            "file_open_document",
        ),
        ("文稿.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "file_legacy_office"),
        ("清单.csv", "任务,责任单位\n编目录,甲处".encode("gbk"), "no_stamp"),
        ("乱码.csv", b"\x81\xff\xfe,\xff", "file_is_text"),
    ],
)
def test_other_files_are_refused_with_a_sentence(cli, book, tmp_path, name, content, code):
    path = tmp_path / name
    path.write_bytes(content)
    refused = cli("sheet", "sync", "--tenant", "t", path)
    assert refused.status == 2
    assert code in refused.err
    assert refused.err.count("\n") == 1


def test_a_csv_is_adopted_into_a_new_workbook(cli, book, sync, progress, tmp_path):
    rows = [["任务分解表"], ["序号", "工作任务", "责任处室", "工作进展"], ["1", "做好目录编制", "甲处", "逐项在编"]]
    path = write_csv(tmp_path / "自己的.csv", rows, "gbk")
    cli.json("sheet", "adopt", "--tenant", "t", path, "--yes", status=0)
    assert progress()[0] == "逐项在编"
    assert sync(tmp_path / "自己的.xlsx")["pass"] is None
