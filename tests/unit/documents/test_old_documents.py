""".doc, .wps and .rtf: by what they hold, through LibreOffice where it is, else a sentence that says what to do."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

from core.documents import errors, office
from core.documents.reader import parse_document
from core.documents.sniff import OLE
from tests.support.papers import Paragraph, as_docx, as_html, as_rtf, as_txt
from tests.unit.documents.test_kinds import PAPER, facts

TEXT = as_txt(PAPER).decode()
PROGRAM = shutil.which("soffice")
needs_writer = pytest.mark.skipif(
    PROGRAM is None or office._lacks_writer(Path(PROGRAM).resolve().parent),
    reason="needs LibreOffice with its word processor: apt-get install libreoffice-writer",
)
WORD = OLE + bytes(504) + b"\xec\xa5\xc1\x00" + bytes(6)
CELLS = [b"\\cellx%d" % place for place in range(100, 1100, 100)]


@pytest.mark.parametrize("name", ["a.doc", "a.wps"])
def test_newer_files_under_an_old_name(name):
    for data in (as_docx(PAPER), as_html(PAPER), as_html(PAPER, "gbk")):
        assert facts(parse_document(name, data).text) == facts(TEXT)


def test_a_page_under_the_name_of_a_workbook():
    assert facts(parse_document("a.xls", as_html(PAPER)).text) == facts(TEXT)


def test_a_password_is_seen_before_anything_is_started(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(errors.DocumentEncrypted):
        parse_document("a.doc", WORD + b"\x00\x01" + bytes(5000))


def test_a_newer_file_behind_a_password_under_an_old_name(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(errors.DocumentEncrypted):
        parse_document("a.doc", OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"))


def test_without_libreoffice(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(errors.DocumentNeedsOffice, match=r"LibreOffice.*另存为 \.docx"):
        parse_document("a.doc", WORD + bytes(5000))


def program(folder, monkeypatch, script):
    """A program in the place of LibreOffice."""
    path = folder / "soffice"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_with_a_libreoffice_for_tables_only(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "exit 0")
    (tmp_path / "soffice.bin").touch()
    with pytest.raises(errors.DocumentNeedsOffice):
        parse_document("a.doc", WORD + bytes(5000))


@pytest.mark.parametrize("script", ["exit 0", "exit 77", "kill -9 $$"])
def test_a_libreoffice_that_makes_nothing_of_it(tmp_path, monkeypatch, script):
    program(tmp_path, monkeypatch, script)
    with pytest.raises(errors.DocumentNotConverted):
        parse_document("a.doc", WORD + bytes(5000))


def test_a_libreoffice_that_never_ends(tmp_path, monkeypatch):
    program(tmp_path, monkeypatch, "sleep 600 & wait")
    monkeypatch.setattr(office, "SECONDS", 1)
    with pytest.raises(errors.DocumentTooSlow):
        parse_document("a.doc", WORD + bytes(5000))


@pytest.fixture(scope="module")
def old_word(tmp_path_factory):
    """The document as LibreOffice saves it for old Word."""
    folder = tmp_path_factory.mktemp("old")
    (folder / "a.docx").write_bytes(as_docx(PAPER))
    options = (f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", "doc")
    command = [PROGRAM, *options, "--outdir", folder, folder / "a.docx"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return (folder / "a.doc").read_bytes()


@needs_writer
@pytest.mark.parametrize("name", ["a.doc", "a.wps", "a.rtf"])
def test_the_same_document_gives_the_same_tasks(old_word, name):
    assert facts(parse_document(name, as_rtf(PAPER) if name == "a.rtf" else old_word).text) == facts(TEXT)


@needs_writer
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_file_that_was_cut(old_word, share):
    with pytest.raises(errors.DocumentNotConverted):
        parse_document("a.doc", old_word[: int(len(old_word) * share)])


HOSTILE = {
    "a million nested groups": b"{" * 1_000_000,
    "a picture that says it is 2 GB": b"{\\pict\\bin2000000000 a}",
    "a table of 200,000 cells": b"".join((b"\\trowd", *CELLS, b"\\intbl ", b"a\\cell " * 10, b"\\row ")) * 20_000,
}


@needs_writer
@pytest.mark.parametrize("case", HOSTILE)
def test_files_that_would_take_everything(case, monkeypatch):
    monkeypatch.setattr(office, "SECONDS", 4)
    begun = time.monotonic()
    with pytest.raises((errors.DocumentNotConverted, errors.DocumentTooSlow)):
        parse_document("a.rtf", b"{\\rtf1 " + HOSTILE[case] + b"}")
    assert time.monotonic() - begun < 6


@needs_writer
@pytest.mark.parametrize("end", [b"\\par\n}", b"}"])
def test_the_last_paragraph_of_an_rtf_keeps_its_level(end):
    paper = [Paragraph("抓公开", 0), Paragraph("编好目录。", 1), Paragraph("办好专栏。", 1)]
    data = as_rtf(paper).removesuffix(b"\\par\n}") + end
    assert parse_document("a.rtf", data).text.split() == ["一、抓公开", "（一）编好目录。", "（二）办好专栏。"]
