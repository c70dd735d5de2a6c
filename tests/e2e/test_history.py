"""`zwgk task history`: the words of the sheet, the time of China, and nothing of how we keep it."""

import re
from datetime import datetime

import pytest
from openpyxl import load_workbook

from core.commands.task_history import FIELDS
from core.runtime import CHINA
from tests.support.books import RECURRING


@pytest.fixture
def plan(cli, add_tenant, tmp_path):
    add_tenant("t", "cooperation_office")  # 责任处室, not 责任单位
    document = tmp_path / "要点.txt"
    document.write_text(RECURRING, encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    cli.ok("plan", "confirm", "--tenant", "t")


@pytest.fixture
def row(cli, plan):
    """The key of the first row of a task by its number."""
    rows = cli.json("plan", "show", "--tenant", "t")["rows"]
    return lambda no: next(one["row"] for one in rows if one["no"] == no)


def told(cli, key):
    """The lines of a history without the time, which is checked."""
    lines = cli.ok("task", "history", key, "--tenant", "t").splitlines()[1:]
    now = datetime.now(CHINA)
    for line in lines:
        at = datetime.strptime(line[:19], "%Y-%m-%d %H:%M:%S").replace(tzinfo=CHINA)
        assert abs((now - at).total_seconds()) < 600
    return [re.split(r"\s{2,}", line[21:]) for line in lines]


def test_fields_ways_and_values_are_named_as_people_know_them(cli, row, tmp_path):
    key, book = row("一(三)"), tmp_path / "任务表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", book)
    cli.ok("task", "set", key, "status=√", "completed_on=2024-06-30", "unit=甲处", "--tenant", "t")
    cli.ok("sheet", "sync", "--tenant", "t", book)
    opened = load_workbook(book)
    (line,) = [cells for cells in opened.active.iter_rows(min_row=4) if cells[0].value == key]
    column = {cell.value: cell.column for cell in opened.active[3]}["进展情况"]
    line[column - 1].value = "已优化"
    opened.save(book)
    cli.ok("sheet", "sync", "--tenant", "t", book)
    assert told(cli, key) == [
        ["牵头办公室", "命令行", "责任处室", "甲处"],
        ["牵头办公室", "命令行", "完成情况", "未启动", "√"],
        ["牵头办公室", "命令行", "完成日期", "2024-06-30"],
        ["牵头办公室", "表格 任务表.xlsx", "进展情况", "已优化"],
    ]


def test_what_has_no_column_is_named_too(cli, row):
    key = row("一(五)")
    cli.ok("task", "move", key, "--before", row("一(一)"), "--tenant", "t")
    cli.ok("task", "split", row("一(二)"), "--at", "年内邀请公众代表", "--tenant", "t")
    assert told(cli, key) == [
        ["牵头办公室", "命令行", "周期", "2024年7月"],
        ["牵头办公室", "命令行", "任务次序", "5", "1"],
    ]
    fields = [line[2] for line in told(cli, row("一(二)"))]
    assert {"任务内容", FIELDS["sources"]} < set(fields)
    assert not [field for field in fields if field.isascii()]


def test_for_a_program_nothing_is_reworded(cli, row):
    key = row("一(五)")
    (change,) = cli.json("task", "history", key, "--tenant", "t")
    assert (change["actor"], change["via"], change["field"], change["new"]) == (
        "office",
        "command",
        "period",
        "2024-07",
    )
    assert datetime.fromisoformat(change["at"]).utcoffset().total_seconds() == 0
