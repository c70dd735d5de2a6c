"""The sheet, by the command line, on real PostgreSQL and real workbooks: edits on both sides, and nothing lost."""

import shutil
from datetime import date

import pytest
from openpyxl import load_workbook

from tests.support.books import TEXT
from tests.support.database import contents


class Book:
    """The workbook as a person sees it: cells by row number (from 4) and header."""

    def __init__(self, path):
        self.path = path

    def read(self):
        sheet = load_workbook(self.path).active
        headers = [c.value for c in sheet[3]]
        headers[0] = "#id"
        return [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]

    def type(self, *edits):
        book = load_workbook(self.path)
        sheet = book.active
        columns = {c.value: c.column for c in sheet[3]}
        for number, header, value in edits:
            sheet.cell(3 + number, columns[header]).value = value
        book.save(self.path)

    def change(self, function):
        book = load_workbook(self.path)
        function(book.active)
        book.save(self.path)


@pytest.fixture
def book(cli, confirmed, tmp_path):
    confirmed(TEXT)
    path = tmp_path / "任务分解表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", path)
    return Book(path)


@pytest.fixture
def sync(cli, book):
    def run(status=0, *options, path=None):
        return cli.json("sheet", "sync", "--tenant", "t", path or book.path, *options, status=status)

    return run


@pytest.fixture
def rows(cli):
    return lambda: cli.json("plan", "show", "--tenant", "t")["rows"]


def test_the_export_holds_the_plan(book):
    sheet = book.read()
    assert [(r["序号"], r["责任单位"], r["完成情况"]) for r in sheet] == [
        ("一(一)", "甲处", "未启动"),
        ("一(一)", "乙处", "未启动"),
        ("一(二)", "乙处", "未启动"),
        ("一(三)", None, "未启动"),
        ("一(四)", "丙处", "未启动"),
        ("一(五)", "丙处", "未启动"),
    ]
    assert sheet[0]["完成时限"] == "3月31日前"


def test_nothing_edited_changes_nothing(book, sync, database):
    before = book.path.read_bytes(), contents(database)
    assert sync()["pass"] is None
    assert (book.path.read_bytes(), contents(database)) == before


def test_both_sides_arrive(cli, book, sync, rows):
    first, second = rows()[0]["row"], rows()[1]["row"]
    book.type((1, "完成情况", "推进中"), (1, "进展情况", "初稿已完成"), (2, "完成日期", date(2024, 3, 20)))
    cli.ok("task", "set", "--tenant", "t", second, "note=请核对")
    done = sync()
    assert {(i["row"], i["field"], i["sheet"]) for i in done["applied"]} == {
        (first, "status", "推进中"),
        (first, "progress", "初稿已完成"),
        (second, "completed_on", "2024-03-20"),
    }
    assert [(i["row"], i["field"], i["database"]) for i in done["written"]] == [(second, "note", "请核对")]
    shown = {r["row"]: r for r in rows()}
    assert (shown[first]["status"], shown[first]["status_word"]) == ("in_progress", "推进中")
    assert shown[second]["completed_on"] == "2024-03-20"
    sheet = book.read()
    assert (sheet[0]["完成情况"], sheet[1]["备注"]) == ("推进中", "请核对")
    before = book.path.read_bytes()
    assert sync()["pass"] is None
    assert book.path.read_bytes() == before


def test_a_dry_run_tells_and_changes_nothing(book, sync, database):
    book.type((1, "完成情况", "已完成"), (2, "完成情况", "不知道"))
    before = book.path.read_bytes(), contents(database)
    told = sync(1, "--dry-run")
    assert (book.path.read_bytes(), contents(database)) == before
    done = sync(1)
    assert {k: v for k, v in told.items() if k != "pass"} == {k: v for k, v in done.items() if k != "pass"}


def test_an_old_copy_saved_over_a_newer_one_reverts_nothing(cli, book, sync, rows, tmp_path):
    old = tmp_path / "旧.xlsx"
    shutil.copy(book.path, old)
    book.type((1, "进展情况", "新进展"))
    sync()
    shutil.copy(old, book.path)
    done = sync()
    assert done["applied"] == []
    assert rows()[0]["progress"] == "新进展"
    assert book.read()[0]["进展情况"] == "新进展"


def test_two_copies_of_the_master_unite(book, sync, rows, tmp_path):
    other = Book(tmp_path / "副本.xlsx")
    shutil.copy(book.path, other.path)
    book.type((1, "进展情况", "甲的进展"))
    other.type((2, "进展情况", "乙的进展"))
    sync()
    sync(path=other.path)
    assert [r["progress"] for r in rows()[:2]] == ["甲的进展", "乙的进展"]
    sync()
    assert [r["进展情况"] for r in book.read()[:2]] == ["甲的进展", "乙的进展"]


def test_a_conflict_waits_and_is_settled_by_typing(cli, book, sync, rows):
    row = rows()[0]["row"]
    book.type((1, "进展情况", "表中的话"))
    cli.ok("task", "set", "--tenant", "t", row, "progress=系统的话")
    done = sync(1)
    (item,) = done["conflicts"]
    assert (item["field"], item["sheet"], item["database"]) == ("progress", "表中的话", "系统的话")
    sheet = book.read()[0]
    assert sheet["进展情况"] == "表中的话"
    assert "系统的话" in sheet["同步提示"]
    assert rows()[0]["progress"] == "系统的话"
    assert sync(1)["pass"] is None
    book.type((1, "同步提示", "采用本表"))
    assert [i["sheet"] for i in sync()["settled"]] == ["表中的话"]
    assert rows()[0]["progress"] == "表中的话"
    assert book.read()[0]["同步提示"] in (None, "")


def test_a_conflict_is_settled_on_the_command_line(cli, book, sync, rows):
    row = rows()[0]["row"]
    book.type((1, "进展情况", "表中的话"))
    cli.ok("task", "set", "--tenant", "t", row, "progress=系统的话")
    sync(1)
    assert cli("sheet", "conflicts", "--tenant", "t").status == 1
    cli.ok("sheet", "settle", "--tenant", "t", row, "progress", "--use", "database")
    assert cli("sheet", "settle", "--tenant", "t", row, "progress", "--use", "database").status == 2
    sync()
    assert book.read()[0]["进展情况"] == "系统的话"
    assert "没有待处理" in cli.ok("sheet", "conflicts", "--tenant", "t")


def test_what_is_not_understood_stays_and_is_told(book, sync, rows):
    book.type((1, "完成情况", "差不多"), (1, "完成率(%)", "一半"), (2, "完成情况", "完成"))
    done = sync(1)
    assert {i["field"] for i in done["rejected"]} == {"status", "percent"}
    assert [i["field"] for i in done["applied"]] == ["status"]
    sheet = book.read()[0]
    assert (sheet["完成情况"], sheet["完成率(%)"]) == ("差不多", "一半")
    assert sheet["同步提示"]
    book.type((1, "完成情况", "进行中"), (1, "完成率(%)", 50))
    assert len(sync()["applied"]) == 2
    assert book.read()[0]["同步提示"] in (None, "")


def test_sorting_moves_nothing(book, sync):
    def sort(sheet):
        data = [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]
        for number, row in enumerate(reversed(data), 4):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value

    book.change(sort)
    assert sync()["applied"] == []


def test_a_title_is_one_cell_of_all_its_rows(book, sync, rows):
    book.type((1, "任务", "新的任务名"))
    sync()
    assert [r["title"] for r in rows()[:2]] == ["新的任务名"] * 2
    assert [r["任务"] for r in book.read()[:2]] == ["新的任务名"] * 2
    assert sync()["pass"] is None


def test_a_unit_and_a_new_row_typed_by_the_office(book, sync, rows):
    book.type((4, "责任单位", "甲处"), (7, "任务", "临时任务"), (7, "责任单位", "丙处"), (7, "完成情况", "进行中"))
    done = sync()
    assert len(done["added"]) == 1
    shown = rows()
    assert shown[3]["unit"] == "甲处"
    assert (shown[-1]["title"], shown[-1]["unit"], shown[-1]["status"]) == ("临时任务", "丙处", "in_progress")
    assert book.read()[6]["#id"] == shown[-1]["row"]
    assert sync()["pass"] is None


def test_rows_that_are_missing_are_not_deleted(book, sync, rows):
    book.change(lambda sheet: sheet.delete_rows(6))
    assert len(sync()["missing"]) == 1
    assert len(rows()) == 6


def test_too_many_missing_rows_stop_the_pass(book, sync, rows):
    book.type((1, "进展情况", "不应收入"))
    book.change(lambda sheet: sheet.delete_rows(6, 4))
    done = sync(2)
    assert done["stopped"]["code"]
    assert all(r["progress"] == "" for r in rows())


def test_undo_takes_a_pass_back(cli, book, sync, rows):
    book.type((1, "进展情况", "误填"), (2, "进展情况", "后来改过"))
    key = sync()["pass"]
    cli.ok("task", "set", "--tenant", "t", rows()[1]["row"], "progress=人工修改")
    cli("sheet", "undo", "--tenant", "t", key)
    assert [r["progress"] for r in rows()[:2]] == ["", "人工修改"]
    sync()
    assert [r["进展情况"] for r in book.read()[:2]] == [None, "人工修改"]
    assert cli("sheet", "undo", "--tenant", "t", "abc").status == 2


def test_text_that_looks_like_a_formula_stays_text(cli, book, sync, rows):
    cli.ok("task", "set", "--tenant", "t", rows()[0]["row"], "note==1+1")
    sync()
    cell = load_workbook(book.path).active["P4"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_another_tenants_workbook_is_refused(cli, add_tenant, book, database):
    add_tenant("u")
    before = contents(database)
    answer = cli.json("sheet", "sync", "--tenant", "u", book.path, status=2)
    assert answer["stopped"]["code"] == "bad_stamp"
    after = contents(database)
    after.pop("stamp_key"), before.pop("stamp_key")
    assert after == before


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda p: p.write_bytes(b""), "空"),
        (lambda p: p.write_bytes(b"\xff\xd8\xff\xe0" + b"0" * 100), "图片"),
        (lambda p: p.write_text("<html>"), "文本"),
        (lambda p: p.write_text("a,b,c"), "同步标记"),
        (lambda p: p.unlink(), "不存在"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(cli, book, database, make, word):
    make(book.path)
    before = contents(database)
    outcome = cli("sheet", "sync", "--tenant", "t", book.path)
    assert outcome.status == 2
    assert word in outcome.err
    assert outcome.err.count("\n") == 1
    assert contents(database) == before


def test_an_export_does_not_overwrite(cli, book):
    before = book.path.read_bytes()
    assert cli("sheet", "export", "--tenant", "t", book.path).status == 2
    assert book.path.read_bytes() == before
    cli.ok("sheet", "export", "--tenant", "t", book.path, "--overwrite")
    assert book.path.with_name(book.path.name + ".bak").read_bytes() == before


@pytest.mark.parametrize("by", ["unit", "section", "task"])
def test_a_refused_export_leaves_the_file_in_its_place(cli, book, by):
    before = book.path.read_bytes()
    again = cli("sheet", "export", "--tenant", "t", "--plan", 99, "--by", by, "--overwrite", book.path)
    assert (again.status, book.path.read_bytes()) == (2, before)
    assert "plan_unknown" in again.err


def test_the_summary_by_task(cli, book, tmp_path):
    out = tmp_path / "汇总.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", out, "--by", "task")
    written = cli.json("audit", "list", "--tenant", "t", "--action", "sheet_exported")[0]["detail"]
    assert (written["by"], written["rows"] > 0) == ("task", True)
    sheet = load_workbook(out).active
    assert [c.value for c in sheet["D"][3:]] == ["甲处、乙处", "乙处", None, "丙处", "丙处"]
    assert cli("sheet", "sync", "--tenant", "t", out).status == 2


def test_a_renamed_column_is_told(book, sync, rows):
    book.change(lambda sheet: setattr(sheet["P3"], "value", "我的说明"))
    book.type((1, "我的说明", "没有人会读到"), (1, "进展情况", "会读到"))
    done = sync(1)
    assert [item["message"] for item in done["waiting"]] == [
        "没有找到“备注”列（可能改了列名，或有几列同名），其中的内容未读取；请恢复列名“备注”，且只留一列"
    ]
    assert (rows()[0]["progress"], rows()[0]["note"]) == ("会读到", "")
    before = book.path.read_bytes()
    assert sync(1)["pass"] is None
    assert book.path.read_bytes() == before
    book.change(lambda sheet: setattr(sheet["P3"], "value", "备注"))
    sync()
    assert rows()[0]["note"] == "没有人会读到"


@pytest.mark.parametrize("name", ["领导.txt", "领导", "领导.xlsm", "领导.xls"])
def test_an_export_under_another_ending_is_refused(cli, book, tmp_path, name):
    refused = cli("sheet", "export", "--tenant", "t", tmp_path / name)
    assert (refused.status, (tmp_path / name).exists()) == (2, False)
    assert "not_xlsx" in refused.err
    assert "领导.xlsx" in refused.err


def test_a_task_keeps_its_name(book, sync, rows):
    book.type((1, "任务", "清空"), (5, "任务", None))
    done = sync(1)
    assert [(i["field"], i["message"]) for i in done["rejected"]] == [("title", "不能清空，请填写内容")]
    assert [i["field"] for i in done["restored"]] == ["title"]
    assert "如要清空" not in book.read()[4]["同步提示"]
    assert [r["title"] for r in rows()][::4] == ["做好目录编制", "做好解读"]


def test_a_derived_column_typed_over_is_listed(book, sync):
    book.type((1, "序号", "9"))
    done = sync()
    assert [(i["at"], i["sheet"], i["message"]) for i in done["restored"]] == [("B4", "9", "这一列由系统填写")]
    assert done["written"] == []


def test_what_nobody_understands_cannot_be_taken(cli, book, sync, rows):
    key = rows()[0]["row"]
    book.type((1, "完成情况", "差不多"))
    cli.ok("task", "set", "--tenant", "t", key, "status=已完成")
    assert [i["field"] for i in sync(1)["conflicts"]] == ["status"]
    assert "zwgk sheet settle 编号 字段" in cli("sheet", "conflicts", "--tenant", "t").out
    refused = cli("sheet", "settle", "--tenant", "t", key, "status", "--use", "sheet")
    assert refused.status == 2
    assert "（差不多）未能识别" in refused.err
    cli.ok("sheet", "settle", "--tenant", "t", key, "status", "--use", "database")
    assert [i["at"] for i in sync()["written"]] == ["J4"]
