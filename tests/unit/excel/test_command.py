"""The lossless writer by itself: the contract of its command line."""

import subprocess
import sys

import pytest


def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bridges.excel.patch", *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)


@pytest.fixture
def files(tmp_path, build):
    source = tmp_path / "in.xlsx"
    source.write_bytes(build('<row r="1"><c r="A1" s="3"><v>1</v></c><c r="B1"><f>A1</f></c></row>'))
    return str(source), str(tmp_path / "out.xlsx")


def test_edits(files, seen):
    done = run(*files, "表!A1=a=b!C1=x", "'表'!C1=n:12.5", "表!D1=d:2024-06-30", "表!a2==1+1", "表!$B$2=")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with open(files[1], "rb") as written:
        cells = seen.cells(written.read())
    assert cells["A1"] == ("inlineStr", "3", "a=b!C1=x")
    assert cells["C1"] == ("", "", "12.5")
    assert cells["D1"][2] == "45473"
    assert cells["A2"][2] == "=1+1"
    assert cells["B2"] == ("", "", "")


@pytest.mark.parametrize(
    "edits", [[], ["表!B1=x"], ["表!A0=x"], ["A1=x"], ["表!A1=n:abc"], ["表!A1=d:2024-02-30"], ["无!A1=x"], ["表!A1"]]
)
def test_a_refusal_is_one_sentence_and_writes_nothing(files, edits, tmp_path):
    done = run(*files, *edits)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "。" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.xlsx"]


def test_input_that_is_no_workbook(tmp_path):
    photo = tmp_path / "a.xlsx"
    photo.write_bytes(b"\x89PNG\r\n\x1a\n")
    done = run(str(photo), str(tmp_path / "b.xlsx"), "表!A1=x")
    assert done.returncode == 2
    assert "图片" in done.stderr
