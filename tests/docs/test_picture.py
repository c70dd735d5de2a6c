"""The picture on the first screen of both READMEs is what really happens."""

import re

import pytest
from openpyxl import load_workbook

from bridges.demo.person import HEADER_ROW, Typed, type_into
from tests.docs.pages import read

DOCUMENT = (
    "2024年示例机关政务公开工作要点\n一、信息公开\n(一)编制目录。编制并公布目录。(责任单位:法规处;时限:{deadline})\n"
)
COLUMNS = ("责任单位", "完成时限", "完成情况", "进展情况")
FIELDS = ("unit", "deadline", "status_word", "progress")


def picture(name):
    """The five rows of the picture, and the message below them."""
    text = read(name).blocks("text")[0]
    rows = [tuple(line.replace("（空白）", "").split()[-4:]) for line in text.splitlines() if "法规处" in line]
    rows = [row if row[0] == "法规处" else (*row[1:], "") for row in rows]
    return rows, re.search("^同步提示：(.*)$", text, re.M)[1]


def in_sheet(path):
    sheet = load_workbook(path).active
    headers, row = ([cell.value or "" for cell in sheet[number]] for number in (HEADER_ROW, HEADER_ROW + 1))
    named = dict(zip(headers, row, strict=True))
    return row[0], tuple(named[header] for header in COLUMNS), named["同步提示"]


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_picture_is_true(name, cli, add_tenant, tmp_path):
    (agreed, typed, edited, sheet_after, database_after), message = picture(name)
    add_tenant("t")
    document, book = tmp_path / "要点.txt", tmp_path / "任务分解表.xlsx"
    document.write_text(DOCUMENT.format(deadline=agreed[1]), encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    cli.ok("sheet", "export", "--tenant", "t", book)

    def in_database():
        (row,) = cli.json("plan", "show", "--tenant", "t")["rows"]
        return tuple(row[field] or ("未启动" if field == "status_word" else "") for field in FIELDS)

    row, shown, _ = in_sheet(book)
    assert shown == in_database() == agreed
    type_into(book, [Typed(row, header, value) for header, value in zip(COLUMNS, typed, strict=True)])
    changes = [
        f"{field}={new}"
        for field, old, new in zip(("unit", "deadline", "status", "progress"), agreed, edited, strict=True)
        if old != new
    ]
    cli.ok("task", "set", row, *changes, "--tenant", "t")
    assert in_database() == edited
    assert cli("sheet", "sync", book, "--tenant", "t").status == 1
    _, shown, said = in_sheet(book)
    assert (shown, in_database(), said) == (sheet_after, database_after, message)
