"""A person at LibreOffice: every edit made there arrives by the command line, and nothing else changes."""

from collections.abc import Iterator

import pytest
from openpyxl.utils import get_column_letter

from tests.e2e.test_sheet import Book, book, rows, sync
from tests.support.office import LACKING, Office, python_with_uno, running

__all__ = ["book", "rows", "sync"]

FIRST, LAST = 4, 9
"""Rows of the sheet that hold the six rows of the plan."""
SHOWN = {"完成情况": "status_word", "完成率(%)": "percent", "完成数量": "count", "完成日期": "completed_on"}
SHOWN |= {"进展情况": "progress", "备注": "note", "任务": "title", "责任单位": "unit"}
"""Header → the field in which `zwgk plan show` tells it."""


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    """One LibreOffice for all tests here."""
    python = python_with_uno()
    if python is None:
        pytest.skip(LACKING)
    with running(tmp_path_factory.mktemp("office"), python) as program:
        yield program


def place(book: Book, header: str) -> int:
    """The column of a header, from 0."""
    return list(book.read()[0]).index(header)


def at(book: Book, number: int, header: str) -> str:
    """The address of a cell by data row (from 1) and header."""
    return f"{get_column_letter(place(book, header) + 1)}{FIRST - 1 + number}"


def typing(book: Book, *edits: tuple[int, str, str]) -> list[tuple[str, str, str]]:
    return [("type", at(book, number, header), text) for number, header, text in edits]


def sorting(book: Book, header: str, first: str = "A") -> tuple[str, str, int, bool]:
    """Sort the data rows by a column, downwards; `first` is where the range begins."""
    width = len(book.read()[0])
    return "sort", f"{first}{FIRST}:{get_column_letter(width)}{LAST}", place(book, header) - (first > "A"), True


def told(before: list[dict], after: list[dict]) -> dict[tuple[str, str], object]:
    """(row id, header) → what stands there now, for all that is different; (title, "new") → unit for new rows."""
    old, found = {row["row"]: row for row in before}, {}
    for row in after:
        was = old.pop(row["row"], None)
        if was is None:
            found[row["title"], "new"] = row["unit"]
        else:
            found |= {(row["row"], h): row[field] for h, field in SHOWN.items() if row[field] != was[field]}
    assert not old
    return found


def in_order(book: Book) -> list[str]:
    return [row["#id"] for row in book.read()]


def assert_at_rest(book: Book, sync, status: int = 0) -> None:
    """The next pass finds nothing to do, and leaves the file as it is."""
    content = book.path.read_bytes()
    assert sync(status)["pass"] is None
    assert book.path.read_bytes() == content


def test_opened_and_saved_is_no_edit(office, book, sync):
    office.edit(book.path)
    assert_at_rest(book, sync)


def test_what_was_typed_arrives_as_what_it_means(office, book, sync, rows):
    before = rows()
    one, two, three, *_ = (row["row"] for row in before)
    edits = (
        (1, "完成情况", "推进中"),
        (1, "进展情况", "初稿已完成，正在征求意见"),
        (2, "完成率(%)", "80%"),
        (2, "完成日期", "2024-03-20"),
        (3, "完成数量", "3"),
        (3, "备注", "第3-5项"),
        (3, "任务", "邀请代表列席"),
    )
    office.edit(book.path, *typing(book, *edits))
    assert len(sync()["applied"]) == len(edits)
    assert told(before, rows()) == {
        (one, "完成情况"): "推进中",
        (one, "进展情况"): "初稿已完成，正在征求意见",
        (two, "完成率(%)"): 80,
        (two, "完成日期"): "2024-03-20",
        (three, "完成数量"): 3,
        (three, "备注"): "第3-5项",
        (three, "任务"): "邀请代表列席",
    }
    assert_at_rest(book, sync)
    office.edit(book.path)
    assert_at_rest(book, sync)


def test_sorted_with_the_hidden_column_edits_stay_with_their_rows(office, book, sync, rows):
    before, ids = rows(), in_order(book)
    one, last = before[0]["row"], before[-1]["row"]
    edits = typing(book, (1, "进展情况", "排序前填的"), (6, "完成情况", "进行中"))
    office.edit(book.path, *edits, sorting(book, "任务"))
    assert sorted(in_order(book)) == sorted(ids) != in_order(book)
    assert len(sync()["applied"]) == 2
    assert told(before, rows()) == {(one, "进展情况"): "排序前填的", (last, "完成情况"): "进行中"}
    assert_at_rest(book, sync)


def test_sorted_without_the_hidden_column_the_pass_stops(office, book, sync, rows):
    before = rows()
    office.edit(book.path, *typing(book, (1, "进展情况", "排序前填的")), sorting(book, "任务", first="B"))
    content = book.path.read_bytes()
    assert sync(2)["stopped"]["code"] == "ids_slid"
    assert (rows(), book.path.read_bytes()) == (before, content)


def test_an_inserted_row_with_content_becomes_a_row(office, book, sync, rows):
    before = rows()
    content = typing(book, (3, "任务", "临时交办"), (3, "责任单位", "丙处"), (3, "进展情况", "已启动"))
    office.edit(book.path, ("insert_row", FIRST + 2), *content)
    (added,) = sync()["added"]
    assert told(before, rows()) == {("临时交办", "new"): "丙处"}
    assert in_order(book)[2] == added["row"]
    sync()
    assert_at_rest(book, sync)


def test_a_copied_row_with_another_task_becomes_a_row(office, book, sync, rows):
    before = rows()
    office.edit(book.path, ("copy_row", FIRST, FIRST + 1), *typing(book, (2, "任务", "照着再来一项")))
    assert len(sync(1)["added"]) == 1
    assert told(before, rows()) == {("照着再来一项", "new"): "甲处"}
    assert in_order(book)[0] == before[0]["row"]
    sync()
    assert_at_rest(book, sync)


def test_a_row_copied_for_nothing_is_told_and_is_no_row(office, book, sync, rows):
    before = rows()
    office.edit(book.path, ("copy_row", FIRST, LAST + 1))
    assert len(sync(1)["duplicated"]) == 1
    assert told(before, rows()) == {}
    assert_at_rest(book, sync)


def test_a_deleted_row_is_missing_and_not_deleted(office, book, sync, rows):
    before = rows()
    gone, after = before[1]["row"], before[2]["row"]
    office.edit(book.path, ("delete_row", FIRST + 1), *typing(book, (2, "进展情况", "上一行删掉以后填的")))
    done = sync()
    assert [item["row"] for item in done["missing"]] == [gone]
    assert told(before, rows()) == {(after, "进展情况"): "上一行删掉以后填的"}
    assert_at_rest(book, sync)


def test_moved_columns_and_a_column_of_their_own(office, book, sync, rows):
    before = rows()
    own = get_column_letter(len(book.read()[0]) + 1)
    office.edit(
        book.path,
        ("type", f"{own}{FIRST - 1}", "我的备忘"),
        ("type", f"{own}{FIRST}", "只给自己看"),
        *typing(book, (1, "进展情况", "移列之前")),
        ("move_column", place(book, "进展情况"), place(book, "任务")),
        ("move_column", len(book.read()[0]), 1),
    )
    headers = list(book.read()[0])
    assert headers.index("我的备忘") < headers.index("进展情况") < headers.index("任务")
    assert len(sync()["applied"]) == 1
    assert told(before, rows()) == {(before[0]["row"], "进展情况"): "移列之前"}
    assert [row["我的备忘"] for row in book.read()] == ["只给自己看", *[None] * 5]
    assert_at_rest(book, sync)


def test_all_of_it_in_one_sitting(cli, office, book, sync, rows):
    """With an edit on our side as well; what is written goes into the workbook as LibreOffice made it."""
    before = rows()
    one, two, *_, five, six = (row["row"] for row in before)
    cli.ok("task", "set", "--tenant", "t", five, "note=办公室核对过")
    office.edit(
        book.path,
        *typing(book, (1, "完成情况", "进行中"), (2, "进展情况", "两家分头办"), (6, "完成数量", "2")),
        sorting(book, "任务"),
        ("insert_row", FIRST + 1),
        *typing(book, (2, "任务", "新插的一行"), (2, "责任单位", "乙处")),
        ("move_column", place(book, "备注"), 2),
    )
    done = sync()
    assert (len(done["applied"]), len(done["added"]), len(done["written"])) == (3, 1, 1)
    assert told(before, rows()) == {
        (one, "完成情况"): "进行中",
        (two, "进展情况"): "两家分头办",
        (six, "完成数量"): 2,
        (five, "备注"): "办公室核对过",
        ("新插的一行", "new"): "乙处",
    }
    sync()
    assert_at_rest(book, sync)
    office.edit(book.path)
    assert {row["#id"]: row["备注"] for row in book.read()}[five] == "办公室核对过"
    assert_at_rest(book, sync)
