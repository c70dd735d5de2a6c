"""docs/documents.md names the kinds of files and the limits that the code has."""

import re

from core.documents import office, package, pdf, pdf_page, reader, tables, worker
from tests.docs.pages import read

PAGE = read("docs/documents.md")
MEBIBYTE = 2**20


def first_table():
    rows = re.findall(r"^\| (`.*?) \|", PAGE.text, re.M)
    return [suffix for row in rows for suffix in re.findall(r"`(\.\w+)`", row)]


def test_every_kind_of_file_is_named():
    assert sorted(first_table()) == sorted(reader.KINDS)


def test_the_limits_are_those_of_the_code():
    limits = dict(PAGE.table("Limits"))
    expected = {
        "size of a file": f"{reader.MAX_MEGABYTES} MB",
        "memory of the process": (
            f"{worker.MEMORY // MEBIBYTE} MB beyond its start; LibreOffice: {office.MEMORY // MEBIBYTE} MB of data"
        ),
        "time": f"{reader.SECONDS} s on the wall, {worker.SECONDS} s of processor time; LibreOffice: the same",
        "package (`.docx`, `.xlsx`)": (
            f"{package.MAX_PARTS:,} parts, {package.MAX_XML_PART // 10**6} MB an XML part,"
            f" {package.MAX_ALL_PARTS // 10**6} MB in all"
        ),
        "a table": f"{tables.MAX_BOX:,} cells",
        "a PDF": f"{pdf.MAX_PAGES} pages, {pdf_page.MAX_GLYPHS:,} characters a page",
        "text": f"{worker.MAX_CHARACTERS // 10**6} million characters",
    }
    assert limits == expected
    assert (office.SECONDS, office.PROCESSOR_SECONDS) == (reader.SECONDS, worker.SECONDS)
