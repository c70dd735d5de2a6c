"""An office's own sheet becomes a copy of the plan, by the command line: found, asked about, merged, left as it was."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from tests.support.books import TEXT

LINES = (
    (1, "做好目录编制", "甲处", "3月31日前", "已办结", date(2024, 3, 20), "目录已公布", "张某"),
    (None, None, "乙处", None, "序时推进", None, "正在编", "李某"),
    (2, "邀请公众代表列席会议", "乙处", "年内不少于4次", "已完成", None, "", "王某"),
    ("二、解读", None, None, None, None, None, None, None),
    (3, "1.做好解读。", "丙处", None, None, None, None, "赵某"),
    ("小计", None, None, None, "=COUNTA(E5:E9)", None, None, None),
    (4, "采购打印机", "丙处", "6月底前", "未开展", None, None, "钱某"),
)


def own_sheet(path, lines=LINES, change=lambda sheet: None):
    """As an office lays it out: title, header of two rows, merged cells, a section, a subtotal, an own column."""
    book = Workbook()
    sheet = book.active
    sheet.title = "任务表"
    sheet["A1"], sheet["A2"] = "2024年政务公开任务分解表", "制表：办公室"
    sheet.merge_cells("A1:H1")
    for column, (top, below) in enumerate(
        [
            ("序号", None),
            ("工作任务", None),
            ("责任\n处室", None),
            ("时限要求", None),
            ("完成情况", "状态"),
            (None, "完成日期"),
            (None, "工作进展"),
            ("联系人", None),
        ],
        1,
    ):
        sheet.cell(3, column, top)
        sheet.cell(4, column, below)
        if column not in (5, 6, 7):
            sheet.merge_cells(start_row=3, end_row=4, start_column=column, end_column=column)
    sheet.merge_cells("E3:G3")
    for number, line in enumerate(lines, 5):
        for column, value in enumerate(line, 1):
            sheet.cell(number, column, value)
    sheet.merge_cells("B5:B6")
    sheet["H5"].font = Font(bold=True)
    change(sheet)
    book.save(path)
    return path


@pytest.fixture
def tenant(confirmed):
    confirmed(TEXT)


@pytest.fixture
def adopt(cli, tenant):
    def run(path, *options, status=0):
        return cli.json("sheet", "adopt", "--tenant", "t", path, *options, status=status)

    return run


@pytest.fixture
def sync(cli):
    return lambda path, status=0: cli.json("sheet", "sync", "--tenant", "t", path, status=status)


@pytest.fixture
def rows(cli):
    return lambda: {r["no"] + r["unit"]: r for r in cli.json("plan", "show", "--tenant", "t")["rows"]}


def shown(path):
    """Cells of the sheet by row: A to J."""
    sheet = load_workbook(path)["任务表"]
    return {row[0].row: [cell.value for cell in row] for row in sheet.iter_rows(max_col=10)}


def test_a_preview_tells_what_was_found_and_changes_nothing(adopt, tmp_path, rows):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    before = path.read_bytes(), rows()
    told = adopt(path, status=1)
    assert (path.read_bytes(), rows()) == before
    found = told["found"]
    assert (found["table"], found["header"]) == ("任务表!3", [3, 4])
    assert {c["field"]: (c["at"], c["sureness"]) for c in found["columns"]} == {
        "no": ("A", 100),
        "title": ("B", 90),
        "unit": ("C", 90),
        "deadline": ("D", 90),
        "status": ("E", 90),
        "completed_on": ("F", 100),
        "progress": ("G", 90),
    }
    assert found["own"] == [{"at": "H", "header": "联系人"}]
    assert found["lines"] == {"row": 5, "section": 1, "subtotal": 1, "header": 0, "note": 0, "blank": 0}
    by_row = {r["row"]: key for key, r in rows().items()}
    assert {m["at"]: by_row[m["row"]] for m in found["matches"]} == {
        "5": "一(一)甲处",
        "6": "一(一)乙处",
        "7": "一(二)乙处",
        "9": "一(四)丙处",
    }
    assert (found["unknown"], len(found["absent"])) == (["11"], 2)
    assert [q["key"] for q in told["questions"]] == ["new"]
    assert [(i["field"], i["sheet"]) for i in told["conflicts"]] == [
        ("deadline", "年内不少于4次"),
        ("title", "1.做好解读。"),
    ]


def test_with_consent_the_sheet_is_merged_and_bound(adopt, sync, tmp_path, rows):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    before = load_workbook(path)["任务表"]
    told = adopt(path, status=1)
    done = adopt(path, "--yes", status=1)
    assert {k: v for k, v in told.items() if k != "pass"} == {k: v for k, v in done.items() if k != "pass"}
    now = rows()
    assert (now["一(一)甲处"]["status_word"], now["一(一)甲处"]["completed_on"]) == ("已办结", "2024-03-20")
    assert (now["一(一)乙处"]["status"], now["一(二)乙处"]["status"]) == ("in_progress", "done")
    assert now["一(四)丙处"]["title"] == "做好解读"  # the other title waits for a person
    assert len(now) == 6
    sheet = load_workbook(path)["任务表"]
    cells = [(cell, sheet[cell.coordinate]) for row in before.iter_rows(max_col=8) for cell in row]
    assert [now.coordinate for was, now in cells if was.value != now.value] == [
        "D6",
        "E9",
    ]  # the plan knew, they did not
    assert all(was.font.b == now.font.b for was, now in cells)
    assert sheet["E10"].value == "=COUNTA(E5:E9)"
    assert (sheet["I3"].value, sheet.column_dimensions["J"].hidden) == ("同步提示", True)
    assert sheet["J3"].value.startswith("zwgk1 ")
    assert "做好解读" in sheet["I9"].value
    assert "没有与本行对应的任务" in sheet["I11"].value
    assert [sheet.cell(n, 2).value for n in (12, 13)] == ["优化专栏", "做好培训"]
    content = path.read_bytes()
    again = sync(path, 1)
    assert (again["pass"], again["conflicts"], again["waiting"]) == (None, [], [])
    assert path.read_bytes() == content


def test_then_it_is_an_ordinary_copy(adopt, sync, cli, tmp_path, rows):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    adopt(path, "--yes", status=1)
    book = load_workbook(path)
    sheet = book["任务表"]
    sheet["G6"], sheet["H6"], sheet["I9"] = "编好了", "换人了", "采用系统"
    sheet["G11"] = "已比价"  # in a line that was no row
    book.save(path)
    cli.ok("task", "set", "--tenant", "t", rows()["一(二)乙处"]["row"], "progress=来过两次")
    done = sync(path, 1)
    assert [(i["at"], i["sheet"]) for i in done["applied"]] == [("G6", "编好了")]
    assert [i["at"] for i in done["settled"]] == ["B9"]
    assert [i["at"] for i in done["written"]] == ["G7"]
    assert [i["at"] for i in done["added"]] == ["11"]
    assert rows()["丙处"]["title"] == "采购打印机"
    cells = shown(path)
    assert (cells[9][1], cells[7][6], cells[6][7]) == ("做好解读", "来过两次", "换人了")


def test_answers_settle_what_was_asked(adopt, sync, tmp_path, rows):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    done = adopt(path, "--yes", "--answer", "cells=sheet", "--answer", "cells.title=database", "--answer", "new=yes")
    assert (done["conflicts"], done["waiting"]) == ([], [])
    now = rows()
    assert now["一(二)乙处"]["deadline"] == "年内不少于4次"
    assert now["丙处"]["title"] == "采购打印机"
    cells = shown(path)
    assert (cells[9][1], cells[7][3]) == ("做好解读", "年内不少于4次")
    assert sync(path)["pass"] is None


def test_what_is_unclear_is_refused_until_it_is_answered(adopt, tmp_path, rows):
    lines = (
        *LINES,
        (5, "做好培训", "丙处", None, None, None, None, None),
        (6, "做好培训", "丙处", None, None, None, None, None),
    )
    path = own_sheet(tmp_path / "自己的表.xlsx", lines)
    before = path.read_bytes()
    refused = adopt(path, "--yes", status=2)
    assert refused["stopped"]["code"] == "questions_open"
    assert [q["key"] for q in refused["questions"] if q["needed"]] == ["row.12", "row.13"]
    assert path.read_bytes() == before
    key = rows()["一(五)丙处"]["row"]
    adopt(path, "--yes", "--answer", f"row.12={key}", "--answer", "row.13=skip", status=1)
    assert load_workbook(path)["任务表"]["J12"].value == key


def test_several_tables_are_asked_about(adopt, cli, tmp_path):
    path = own_sheet(
        tmp_path / "两张表.xlsx", change=lambda sheet: setattr(sheet.parent.copy_worksheet(sheet), "title", "去年")
    )
    asked = adopt(path, status=1)
    assert [o["value"] for o in asked["questions"][0]["options"]] == ["任务表!3", "去年!3"]
    assert adopt(path, "--sheet", "去年", status=1)["found"]["table"] == "去年!3"
    assert "sheet_missing" in cli("sheet", "adopt", "--tenant", "t", path, "--sheet", "前年").err
    assert adopt(path, "--yes", status=2)["stopped"]["code"] == "questions_open"
    before = load_workbook(path)["去年"]["I3"].value
    adopt(path, "--yes", "--answer", "table=任务表!3", status=1)
    assert load_workbook(path)["去年"]["I3"].value is before is None
    for answer in ("table=谁", "row.999=new"):
        assert "answer_invalid" in cli("sheet", "adopt", "--tenant", "t", own_sheet(path), "--answer", answer).err


def test_a_column_of_something_else_is_asked_about(adopt, tmp_path):
    lines = tuple((*line[:4], "已印发通知，正在组织" if line[4] else None, *line[5:]) for line in LINES[:5])
    path = own_sheet(tmp_path / "自己的表.xlsx", lines)
    (question,) = [q for q in adopt(path, status=1)["questions"] if q["needed"]]
    assert (question["key"], [o["value"] for o in question["options"]]) == ("column.status", ["E", "-"])
    done = adopt(path, "--answer", "column.status=-", status=1)
    assert "status" not in [c["field"] for c in done["found"]["columns"]]
    assert [c["header"] for c in done["found"]["own"]] == ["完成情况状态", "联系人"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda sheet: setattr(sheet.protection, "sheet", True), "sheet_protected"),
        (lambda sheet: sheet.delete_rows(3, 2), "no_table_found"),
    ],
)
def test_what_cannot_be_adopted_is_refused(cli, tenant, tmp_path, change, code):
    path = own_sheet(tmp_path / "自己的表.xlsx", change=change)
    before = path.read_bytes()
    refused = cli("sheet", "adopt", "--tenant", "t", path, "--yes")
    assert (refused.status, path.read_bytes()) == (2, before)
    assert code in refused.err


def test_a_file_that_is_open_elsewhere_waits(cli, tenant, tmp_path):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    path.with_name(f"~${path.name}").touch()
    refused = cli("sheet", "adopt", "--tenant", "t", path)
    assert refused.status == 2
    assert "busy" in refused.err


def test_a_copy_is_not_adopted_again(cli, tenant, adopt, tmp_path):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    adopt(path, "--yes", status=1)
    assert "already_bound" in cli("sheet", "adopt", "--tenant", "t", path).err


def test_adoption_is_undone(cli, adopt, sync, tmp_path, rows):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    before = rows()
    done = adopt(path, "--yes", status=1)
    cli("sheet", "undo", "--tenant", "t", done["pass"])
    now = rows()
    assert {k: (r["status"], r["progress"]) for k, r in now.items()} == {
        k: (r["status"], r["progress"]) for k, r in before.items()
    }


def test_only_the_sheet_itself_changes(adopt, tmp_path):
    path = own_sheet(
        tmp_path / "自己的表.xlsx", change=lambda sheet: sheet.parent.create_sheet("别的").append(["不动"])
    )
    before = ZipFile(BytesIO(path.read_bytes()))
    adopt(path, "--yes", status=1)
    after = ZipFile(path)
    changed = [name for name in before.namelist() if before.read(name) != after.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml"]


def test_the_words_of_the_preview(cli, tenant, tmp_path):
    path = own_sheet(tmp_path / "自己的表.xlsx")
    told = cli("sheet", "adopt", "--tenant", "t", path)
    assert told.status == 1
    for word in (
        "任务表!3",
        "工作任务",
        "90%",
        "联系人（H）",
        "任务行 5，章节行 1，合计行 1",
        "对应 4 行",
        "--answer new=yes",
    ):
        assert word in told.out


def test_what_an_office_writes_below_its_table_is_one_question(cli, adopt, tmp_path):
    below = (
        ("合计", *[None] * 7),
        *((None, text, *[None] * 6) for text in ("请于每月25日前报送", "做好解读，要有佐证", "编目录时注意格式")),
        (None, "甲处", "李某", *[None] * 5),
    )
    path = own_sheet(tmp_path / "自己的表.xlsx", (*LINES, *below))
    many = next(q for q in adopt(path, status=1)["questions"] if q["key"].startswith("row."))
    assert (many["key"], [o["value"] for o in many["options"]]) == ("row.13-16", ["skip", "new"])
    assert "第 13—16 行" in many["text"]
    done = adopt(path, "--answer", "row.13-16=skip", status=1)
    assert [q["key"] for q in done["questions"]] == ["new"]  # line 11, above the total
    assert [i["at"] for i in done["waiting"] if i["at"]] == ["11"]
    taken = adopt(path, "--answer", "row.13-15=new", "--answer", "row.16=skip", status=1)
    assert [i["at"] for i in taken["added"] if i["at"]] == ["13", "14", "15"]
    assert "answer_invalid" in cli("sheet", "adopt", "--tenant", "t", path, "--answer", "row.13-16=x").err


def test_lines_of_which_the_same_is_said_share_a_line(cli, tenant, tmp_path):
    path = own_sheet(tmp_path / "自己的表.xlsx", (*LINES, *((n, f"采购{n}", *[None] * 6) for n in range(5, 8))))
    told = cli("sheet", "adopt", "--tenant", "t", path, "--yes")
    assert "未处理  第 11—14 行  系统中没有与本行对应的任务" in told.out
    assert "E5 完成情况  未启动 → 已办结" in told.out
