"""Tasks that come back, by the command line: their periods open as the year goes on, and no edit of an old one is
lost."""

from datetime import date

import psycopg
import pytest
from openpyxl import Workbook, load_workbook

from core.runtime import Runtime
from tests.support.cli import Cli
from tests.support.database import plain

TEXT = """2024年示例机关政务公开工作要点
一、信息公开
(一)报送进展。每月25日前向办公室报送进展情况。(责任单位:甲处)
(二)通报情况。每季度通报情况不少于1次。(责任单位:乙处)
(三)编制目录。编制并公布目录,于9月30日前向社会公开。(责任单位:甲处、乙处)
"""
MONTHLY, QUARTERLY, ONCE = "报送进展", "通报情况", "编制目录"


@pytest.fixture
def on(database, tmp_path):
    """The command line on a day of 2024."""
    runtimes = []

    def day(month, day):
        runtimes.append(Runtime(database.as_environ(), tmp_path / "home", date(2024, month, day)))
        return Cli(runtimes[-1])

    yield day
    for runtime in runtimes:
        runtime.close()


@pytest.fixture
def plan(on, tmp_path):
    """The plan, confirmed in March."""
    cli, document = on(3, 20), tmp_path / "要点.txt"
    cli.ok("tenant", "add", "t", "--name", "示例机关", "--plugin", "openness")
    document.write_text(TEXT, encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    assert {row["period"] for row in shown(cli)} == {""}  # a draft is not under way
    cli.ok("plan", "confirm", "--tenant", "t")
    return cli


def shown(cli):
    return cli.json("plan", "show", "--tenant", "t")["rows"]


def periods(cli, title=MONTHLY):
    return [(row["period"], row["due_on"]) for row in shown(cli) if row["title"].startswith(title)]


def lines(path, title=MONTHLY):
    sheet = load_workbook(path).active
    headers = [cell.value for cell in sheet[3]]
    rows = [dict(zip(headers, row, strict=True)) for row in sheet.iter_rows(min_row=4, values_only=True)]
    return [row for row in rows if (row["任务"] or "").startswith(title)]


def fill(path, period, header, value, title=MONTHLY):
    book = load_workbook(path)
    columns = {cell.value: cell.column for cell in book.active[3]}
    (row,) = (
        row
        for row in book.active.iter_rows(min_row=4)
        if row[columns["周期"] - 1].value == period and row[columns["任务"] - 1].value.startswith(title)
    )
    row[columns[header] - 1].value = value
    book.save(path)


def export(cli, path, *options):
    cli.ok("sheet", "export", "--tenant", "t", path, *options)
    return path


def sync(cli, path, status=0):
    return cli.json("sheet", "sync", "--tenant", "t", path, status=status)


def test_a_year(on, plan, tmp_path):
    march = export(plan, tmp_path / "三月.xlsx")
    assert [line["周期"] for line in lines(march)] == ["2024年3月"]
    assert [line["周期"] for line in lines(march, QUARTERLY)] == ["2024年第1季度"]
    assert {line["周期"] for line in lines(march, ONCE)} == {None}
    fill(march, "2024年3月", "完成情况", "已完成")
    fill(march, "2024年3月", "进展情况", "三月已报")
    assert len(sync(plan, march)["applied"]) == 2

    april = export(on(4, 2), tmp_path / "四月.xlsx")
    assert [(line["周期"], line["进展情况"]) for line in lines(april)] == [
        ("2024年3月", "三月已报"),
        ("2024年4月", None),
    ]
    assert periods(on(4, 2)) == [("2024-03", "2024-03-25"), ("2024-04", "2024-04-25")]

    june = on(6, 10)
    new = export(june, tmp_path / "六月.xlsx")
    assert [line["周期"] for line in lines(new)] == ["2024年5月", "2024年6月"]
    fill(march, "2024年3月", "进展情况", "三月补报")  # put away, and still a row of the copy that has it
    fill(april, "2024年4月", "进展情况", "四月补报")
    done = sync(june, march)
    assert [item["sheet"] for item in done["applied"]] == ["三月补报"]
    assert not done["proposals"]
    assert not done["missing"]
    assert [line["周期"] for line in lines(march)] == ["2024年3月", "2024年5月", "2024年6月"]
    assert [item["sheet"] for item in sync(june, april)["applied"]] == ["四月补报"]
    assert [(row["period"], row["progress"]) for row in shown(june) if row["title"].startswith(MONTHLY)] == [
        ("2024-03", "三月补报"),
        ("2024-04", "四月补报"),
        ("2024-05", ""),
        ("2024-06", ""),
    ]
    for path in (march, april, new):
        sync(june, path)
        before = path.read_bytes()
        assert sync(june, path)["pass"] is None
        assert path.read_bytes() == before


def test_a_resting_sheet_wakes_when_a_period_begins(on, plan, tmp_path):
    book = export(plan, tmp_path / "表.xlsx")
    sync(plan, book)
    assert sync(plan, book)["pass"] is None
    added = sync(on(4, 1), book)["added"]
    assert len(added) == 2  # April, and the second quarter


def test_the_command_for_every_day(on, plan):
    assert plan.json("plan", "periods", "--tenant", "t")["opened"] == {}
    later = on(5, 1)
    told = later.json("plan", "periods", "--tenant", "t")
    assert told["opened"] == {"2024-04": 1, "2024-05": 1, "2024-Q2": 1}
    assert told["next"] == "2024-06-01"
    assert "没有新开始的周期" in later.ok("plan", "periods", "--tenant", "t")
    assert on(12, 31).json("plan", "periods", "--tenant", "t")["next"] is None


def test_each_quarter_has_its_own_number(on, plan, tmp_path):
    book = export(plan, tmp_path / "表.xlsx")
    fill(book, "2024年第1季度", "完成数量", 3, QUARTERLY)
    sync(plan, book)
    assert not short(plan)
    june = on(6, 1)
    sync(june, book)
    assert short(june) == [("2024-Q2", "0")]


def short(cli):
    tasks = cli.json("unit", "missing", "--tenant", "t")
    return [(one["period"], one["count"]) for task in tasks for one in task["short"]]


def test_packets_by_section_and_by_task(on, plan, tmp_path):
    may = on(5, 6)
    may.ok("plan", "periods", "--tenant", "t")
    told = may.json("round", "send", "--tenant", "t", "--out", tmp_path / "下发")
    packet = next(path for path in (tmp_path / "下发").glob("甲处*.xlsx"))
    assert [line["周期"] for line in lines(packet)] == ["2024年4月", "2024年5月"]
    assert [one["rows"] for one in told["packets"] if one["unit"] == "甲处"] == [3]
    section = export(may, tmp_path / "章节.xlsx", "--by", "section")
    headers = [cell.value for cell in load_workbook(section).active[3]]
    assert "周期" in headers
    summary = export(may, tmp_path / "汇总.xlsx", "--by", "task")
    assert [line["责任单位"] for line in lines(summary)] == ["甲处"]


def test_dividing_an_old_packet(on, plan, tmp_path):
    plan.ok("round", "send", "--tenant", "t", "--out", tmp_path / "下发")
    packet = next(path for path in (tmp_path / "下发").glob("甲处*.xlsx"))
    june = on(6, 10)
    export(june, tmp_path / "六月.xlsx")
    june.ok("round", "divide", packet, "--tenant", "t", "--out", tmp_path / "科室", "--into", "一科=4")
    (part,) = (tmp_path / "科室").glob("*.xlsx")
    assert [line["周期"] for line in lines(part)] == ["2024年3月"]


def test_a_limit_that_changes(on, plan, tmp_path):
    """A task begins to come back, and gets another day; a rhythm that is given up leaves the rows as they are."""
    book = export(plan, tmp_path / "表.xlsx")
    once = {row["row"]: row for row in shown(plan) if row["title"].startswith(ONCE)}
    fill(book, "2024年3月", "完成时限", "每月10日前")
    sheet = load_workbook(book)
    columns = {cell.value: cell.column for cell in sheet.active[3]}
    for row in sheet.active.iter_rows(min_row=4):
        if row[0].value in once:
            row[columns["完成时限"] - 1].value = "每季度首月15日前"
    sheet.save(book)
    sync(plan, book)
    assert periods(plan) == [("2024-03", "2024-03-10")]
    assert periods(plan, ONCE) == [("", None)] * 2  # 15 January has passed: nobody is asked for it
    april = on(4, 1)
    sync(april, book)
    assert periods(april, ONCE) == [("2024-Q2", "2024-04-15")] * 2
    assert {row["row"] for row in shown(april) if row["title"].startswith(ONCE)} == set(once)
    fill(book, "2024年4月", "完成时限", "12月20日前")
    sync(april, book, status=0)
    assert periods(april) == [("2024-03", "2024-12-20"), ("2024-04", "2024-12-20")]
    assert on(5, 1).json("plan", "periods", "--tenant", "t")["opened"] == {}


def test_a_unit_that_joins_begins_with_the_open_period(on, plan, tmp_path):
    april = on(4, 8)
    book = export(april, tmp_path / "表.xlsx")
    fill(book, "2024年4月", "责任单位", "甲处、乙处")
    sync(april, book)
    found = [(row["unit"], row["period"]) for row in shown(april) if row["title"].startswith(MONTHLY)]
    assert sorted(found) == [("乙处", "2024-04"), ("甲处", "2024-03"), ("甲处", "2024-04")]


def test_nobody_is_late_from_birth(on, plan, tmp_path):
    """Of what was due before the plan was confirmed there is no row; who looks late in the next quarter begins."""
    cli, document = on(3, 5), tmp_path / "新.txt"
    document.write_text(TEXT.replace("每月25日前", "每季度首月10日前"), encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    cli.ok("plan", "confirm", "--tenant", "t")
    (key,) = (row["row"] for row in shown(cli) if row["title"].startswith(MONTHLY))
    assert periods(cli) == [("", None)]
    assert cli.json("plan", "periods", "--tenant", "t") | {"plan": ""} == {
        "plan": "",
        "opened": {},
        "next": "2024-04-01",
    }
    may = on(5, 20)
    may.ok("plan", "periods", "--tenant", "t")
    assert periods(may) == [("2024-Q2", "2024-04-10")]
    assert [row["row"] for row in shown(may) if row["title"].startswith(MONTHLY)] == [key]


def test_a_new_rhythm_leaves_the_row_that_stands(on, plan, tmp_path):
    """A monthly task becomes one of each quarter, after the day of this one: until the next the old row stands."""
    (key,) = (row["row"] for row in shown(plan) if row["title"].startswith(MONTHLY))
    plan.ok("task", "set", "--tenant", "t", key, "deadline=每季度首月10日前")
    assert [line["周期"] for line in lines(export(plan, tmp_path / "三月.xlsx"))] == ["2024年3月"]
    assert [line["周期"] for line in lines(export(on(4, 1), tmp_path / "四月.xlsx"))] == ["2024年第2季度"]


def test_what_only_reads_says_that_a_period_waits(on, plan, runtime):
    said = "有新的周期尚未生成"
    april = on(4, 1)
    for command in (("plan", "show"), ("metrics",)):
        assert said not in plan.ok(*command, "--tenant", "t")
        assert said in april.ok(*command, "--tenant", "t")
    assert periods(april) == [("2024-03", "2024-03-25")]  # told, not opened
    page = runtime.served.test_client()
    assert said in page.get("/t/t/").get_data(as_text=True)
    on(12, 31).ok("plan", "periods", "--tenant", "t")
    assert said not in page.get("/t/t/").get_data(as_text=True)


def test_mixed_rhythms_are_one_question(on, plan, tmp_path):
    cli, document = on(3, 20), tmp_path / "新.txt"
    mixed = TEXT.replace("每月25日前向", "每月25日前，12月底前向").replace("每季度通报", "每月检查，每半年通报")
    document.write_text(mixed, encoding="utf-8")
    asked = cli.json("plan", "import", document, "--tenant", "t")["questions"]
    (question,) = (one for one in asked if one["code"] == "rhythm_mixed")
    assert (question["tasks"], question["where"]) == (2, "一(一) 报送进展等 2 项任务")
    assert "请拆分任务" in question["text"]
    row = next(row["row"] for row in shown(cli) if row["title"].startswith(MONTHLY))
    cli.ok("task", "set", "--tenant", "t", row, "deadline=每月25日前")
    asked = cli.json("plan", "show", "--tenant", "t")["questions"]
    assert [one["where"] for one in asked if one["code"] == "rhythm_mixed"] == ["一(二) 通报情况"]


def test_a_plan_confirmed_before_there_were_periods(on, plan, database):
    """As the migration leaves it: one row without a period, and the plan to be opened."""
    with psycopg.connect(plain(database.need_maint()), autocommit=True) as maint:
        maint.execute("UPDATE occurrence SET period = '', due_on = NULL WHERE period <> ''")
        maint.execute("UPDATE plan SET opens_on = '2024-01-01'")
    keys = {row["row"] for row in shown(plan)}
    june = on(6, 1)
    june.ok("plan", "periods", "--tenant", "t")
    assert periods(june) == [("2024-06", "2024-06-25")]
    assert {row["row"] for row in shown(june)} == keys


def test_the_command_line_and_the_page_name_the_period(plan, runtime):
    key = next(row["row"] for row in shown(plan) if row["title"].startswith(ONCE))
    plan.ok("task", "set", "--tenant", "t", key, "deadline=每月底前")
    assert {row["row"]: row["due_on"] for row in shown(plan)}[key] == "2024-03-31"
    assert "2024年第1季度" in plan.ok("plan", "show", "--tenant", "t")
    page = runtime.served.test_client().get("/t/t/").get_data(as_text=True)
    assert "2024年3月" in page


# ---------------------------------------------------------------- a sheet that is adopted


def own_sheet(path, *lines):
    book = Workbook()
    for line in (("工作任务", "责任单位", "周期", "时限要求", "工作进展"), *lines):
        book.active.append(line)
    book.save(path)
    return path


def matched(cli, told):
    """Number of the line → task and period of the row that it is."""
    rows = {row["row"]: (row["title"], row["period"]) for row in shown(cli)}
    return {match["at"]: rows[match["row"]] for match in told["found"]["matches"]}


def test_a_line_that_says_when_is_the_row_of_its_period(plan, on, tmp_path):
    cli = on(5, 6)
    cli.ok("plan", "periods", "--tenant", "t")
    lines = (
        (MONTHLY, "甲处", "5月份", None, "五月已报"),
        (MONTHLY, "甲处", None, "4月25日前", "四月已报"),
        (MONTHLY, "甲处", "2024年3月", None, "三月已报"),  # put away
        (QUARTERLY, "乙处", "二季度", None, "二季度已通报"),
        (QUARTERLY, "乙处", "第1季度", None, "一季度已通报"),
        (ONCE, "甲处、乙处", None, "9月30日前", None),
    )
    path = own_sheet(tmp_path / "自己的表.xlsx", *lines)
    told = cli.json("sheet", "adopt", "--tenant", "t", path, status=1)
    assert matched(cli, told) == {
        "2": (MONTHLY, "2024-05"),
        "3": (MONTHLY, "2024-04"),
        "5": (QUARTERLY, "2024-Q2"),
        "6": (QUARTERLY, "2024-Q1"),
        "7": (ONCE, ""),
    }
    assert told["found"]["unknown"] == ["4"]
    assert [question["key"] for question in told["questions"]] == ["new"]


def test_what_period_is_meant_is_asked_once(plan, on, tmp_path):
    cli = on(5, 6)
    cli.ok("plan", "periods", "--tenant", "t")
    lines = ((MONTHLY, "甲处", "每月", None, "本月已报"), (QUARTERLY, "乙处", None, "每季度", None), (ONCE, "甲处"))
    path = own_sheet(tmp_path / "自己的表.xlsx", *lines)
    (asked,) = cli.json("sheet", "adopt", "--tenant", "t", path, status=1)["questions"]
    assert (asked["key"], asked["needed"]) == ("period", True)
    assert asked["text"].startswith("第 2、3 行的任务按周期填报")
    assert asked["options"] == [
        {"value": "open", "text": "最近一期（如2024年5月）"},
        {"value": "last", "text": "上一期（如2024年4月）"},
    ]
    last = cli.json("sheet", "adopt", "--tenant", "t", path, "--answer", "period=last")
    assert matched(cli, last) == {"2": (MONTHLY, "2024-04"), "3": (QUARTERLY, "2024-Q1"), "4": (ONCE, "")}
    cli.ok("sheet", "adopt", "--tenant", "t", path, "--answer", "period=open", "--yes")
    assert {row["period"]: row["progress"] for row in shown(cli) if row["progress"]} == {"2024-05": "本月已报"}
