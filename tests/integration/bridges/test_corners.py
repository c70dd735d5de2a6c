"""What a hostile tester found between the engine, the plan and the workbook."""

import pytest

from tests.e2e.test_sheet import Book


def units(rows, number="一(一)"):
    return [row["unit"] for row in rows() if row["no"] == number]


def test_several_units_in_one_cell_become_rows_and_the_cell_shows_its_own(book, sync, rows):
    book.type((1, "责任单位", "甲处、丙处"))
    sync()
    assert [item["field"] for item in sync()["written"]] == ["unit"]
    assert units(rows) == ["甲处", "乙处", "丙处"]
    assert [row["责任单位"] for row in book.read() if row["序号"] == "一(一)"] == ["甲处", "乙处", "丙处"]
    assert sync()["pass"] is None


@pytest.mark.parametrize("typed", ["甲处、丙处", "丙处", "乙处", "清空"])
def test_undo_takes_a_change_of_units_back_with_its_rows(cli, book, sync, rows, typed):
    book.type((1, "责任单位", typed))
    key = sync()["pass"]
    sync()
    assert units(rows) != ["甲处", "乙处"]
    cli.ok("sheet", "undo", "--tenant", "t", key)
    assert units(rows) == ["甲处", "乙处"]
    sync()
    assert sync()["pass"] is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("乙处", "甲处"), ["甲处", "乙处"]),
        (("乙处", "丙处"), ["乙处", "丙处"]),
        (("乙处", "清空"), ["乙处"]),
        (("清空", "甲处"), ["甲处"]),
    ],
)
def test_a_unit_that_moves_to_another_row_of_its_task_is_not_dropped(cli, book, sync, rows, typed, kept):
    book.type((1, "责任单位", typed[0]), (2, "责任单位", typed[1]))
    key = sync()["pass"]
    assert units(rows) == kept
    cli.ok("sheet", "undo", "--tenant", "t", key)
    assert units(rows) == ["甲处", "乙处"]
    sync()
    sync()
    assert sync()["pass"] is None


def test_the_last_row_of_a_task_stays_when_its_unit_is_emptied(book, sync, rows):
    row = rows()[2]["row"]
    book.type((3, "责任单位", "清空"))
    sync()
    assert [(r["row"], r["unit"]) for r in rows() if r["no"] == "一(二)"] == [(row, "")]


def test_a_task_typed_without_a_unit_is_a_row(book, sync, rows):
    book.type((7, "任务", "临时任务"))
    (added,) = sync()["added"]
    assert (rows()[-1]["row"], rows()[-1]["unit"]) == (added["row"], "")
    sync()
    assert book.read()[6]["完成情况"] == "未启动"
    assert sync()["pass"] is None


def test_a_signature_below_the_table_is_no_task(book, sync, rows):
    book.type((8, "进展情况", "填表人：某某"))
    assert sync()["pass"] is None
    book.type((9, "进展情况", "某某"))  # a name alone may be anything
    assert len(sync(1)["waiting"]) == 1
    assert len(rows()) == 6


def test_an_emptied_status_is_written_back_as_what_it_means(book, sync):
    book.type((1, "完成情况", "进行中"))
    sync()
    book.type((1, "完成情况", "清空"))
    sync()
    sync()
    assert book.read()[0]["完成情况"] == "未启动"
    assert sync()["pass"] is None


def test_emptying_a_status_that_was_never_set_changes_nothing_for_long(book, sync):
    book.type((1, "完成情况", "清空"))
    sync()
    sync()
    assert book.read()[0]["完成情况"] == "未启动"
    assert sync()["pass"] is None


def test_what_is_typed_over_an_emptied_status_is_no_conflict(book, sync, rows):
    book.type((1, "完成情况", "进行中"))
    sync()
    book.type((1, "完成情况", "清空"))
    sync()
    book.type((1, "完成情况", "已完成"))
    assert [item["field"] for item in sync()["applied"]] == ["status"]
    assert rows()[0]["status"] == "done"


@pytest.mark.parametrize("header", ["完成数量", "进展情况", "同步提示"])
def test_no_cell_brings_a_pass_down_or_keeps_it_busy(cli, book, header):
    values = (-5, 1e300, 12345678901234567890, "_x0000_", "a_x0000_b", "1e22")
    book.type(*((number, header, value) for number, value in enumerate(values, 1)))
    assert cli("sheet", "sync", "--tenant", "t", book.path).status in (0, 1)
    again = cli("sheet", "sync", "--tenant", "t", book.path, "--json")
    assert '"pass": null' in again.out


def test_a_blank_at_the_end_is_no_difference(book, sync):
    book.type((1, "进展情况", "已发文  "))
    sync()
    book.type((1, "进展情况", "已发文"))
    assert sync()["pass"] is None


def test_a_conflict_of_a_shared_cell_is_settled_by_the_row_that_the_report_names(cli, book, sync, rows):
    row = rows()[0]["row"]
    book.type((1, "任务", "表中的名称"))
    cli.ok("task", "set", "--tenant", "t", row, "title=系统的名称")
    (item,) = sync(1)["conflicts"]
    cli.ok("sheet", "settle", "--tenant", "t", item["row"], "title", "--use", "sheet")
    assert rows()[0]["title"] == "表中的名称"


def test_undo_opens_a_candidate_again_that_the_pass_had_made_current(cli, book, sync, rows, tmp_path):
    other = Book(tmp_path / "副本.xlsx")
    cli.ok("sheet", "export", "--tenant", "t", other.path)
    other.type((1, "进展情况", "同一句话"))
    cli.ok("task", "set", "--tenant", "t", rows()[0]["row"], "progress=系统的话")
    sync(1, path=other.path)
    sync()
    book.type((1, "进展情况", "同一句话"))
    key = sync()["pass"]
    cli.ok("sheet", "undo", "--tenant", "t", key)
    assert rows()[0]["progress"] == "系统的话"
    (waiting,) = cli.json("sheet", "conflicts", "--tenant", "t", status=1)
    assert waiting["sheet"] == ["同一句话"]


def test_a_cell_that_cannot_be_written_waits_and_the_others_do_not(cli, book, sync, rows):
    cli.ok("task", "set", "--tenant", "t", rows()[1]["row"], "progress=系统的话")
    book.type((3, "进展情况", "手填"))
    book.change(lambda sheet: sheet.merge_cells("M4:O5"))
    seen = sync(1, "--dry-run")
    done = sync(1)
    (waiting,) = done["waiting"]
    assert (seen["waiting"], waiting["row"], waiting["at"]) == (done["waiting"], rows()[1]["row"], "N5")
    assert "合并" in waiting["message"]
    assert rows()[2]["progress"] == "手填"
    assert "系统的话" in book.read()[1]["同步提示"]
    again = sync(1)
    assert (again["pass"], again["waiting"]) == (None, [waiting])
    book.change(lambda sheet: sheet.unmerge_cells("M4:O5"))
    assert sync()["written"][0]["at"] == "N5"
    assert book.read()[1]["进展情况"] == "系统的话"
    assert sync()["pass"] is None


def test_a_folder_that_fills_up_after_the_commit_is_told_and_healed(cli, book, sync, rows, monkeypatch):
    book.type((1, "进展情况", "已收入"))
    monkeypatch.setattr("bridges.excel.disk.tempfile.mkstemp", _no_space)
    done = sync(1)
    assert (rows()[0]["progress"], done["written"]) == ("已收入", [])
    assert "下次同步时写入" in done["waiting"][0]["message"]
    monkeypatch.undo()
    sync()
    assert sync()["pass"] is None


def _no_space(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_link_stays_a_link(book, sync, tmp_path):
    (tmp_path / "实际").mkdir()
    target = book.path.replace(tmp_path / "实际" / "表.xlsx")
    book.path.symlink_to(target)
    book.type((1, "进展情况", "经由链接"))
    sync()
    assert book.path.is_symlink()
    assert sync(path=target)["pass"] is None


def test_an_export_over_an_open_file_is_refused(cli, book):
    before = book.path.read_bytes()
    book.path.with_name(f".~lock.{book.path.name}#").touch()
    assert cli("sheet", "export", "--tenant", "t", "--overwrite", book.path).status == 2
    assert book.path.read_bytes() == before
