"""The task sheet as an agency is used to it: new copies have its words and its columns, old ones keep theirs."""

import psycopg
import pytest
from openpyxl import load_workbook

from tests.support.books import TEXT
from tests.support.database import plain

COMMON = ["序号", "章节", "任务", "任务内容", "责任单位", "牵头/配合", "完成时限", "数量指标"]
OWN = ["序号", "章节", "任务", "任务内容", "责任处室", "完成时限", "数量指标"]


@pytest.fixture
def plan(cli, add_tenant, tmp_path):
    """A plan of an agency of its own; gives the plugin that it has."""

    def give(plugin, text=TEXT):
        add_tenant("t", plugin)
        document = tmp_path / "要点.txt"
        document.write_text(text, encoding="utf-8")
        cli.ok("plan", "import", document, "--tenant", "t")
        cli.ok("plan", "confirm", "--tenant", "t")

    return give


def headers(path):
    return [cell.value for cell in load_workbook(path).active[3]][1:]


def put(path, *edits):
    book = load_workbook(path)
    columns = {cell.value: cell.column for cell in book.active[3]}
    for row, header, value in edits:
        book.active.cell(row, columns[header]).value = value
    book.save(path)


@pytest.fixture
def sync(cli):
    return lambda path, status=0: cli.json("sheet", "sync", "--tenant", "t", path, status=status)


def test_a_new_copy_is_as_the_agency_knows_it(cli, plan, sync, tmp_path):
    plan("cooperation_office")
    book = tmp_path / "表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", book)
    assert headers(book)[:7] == OWN
    assert headers(book)[-1] == "同步提示"
    before = book.read_bytes()
    assert sync(book)["pass"] is None  # a column that is left out is neither emptied nor missed
    assert book.read_bytes() == before
    put(book, (4, "责任处室", "丙处"), (5, "进展情况", "已办"))
    done = sync(book)
    assert sorted(item["field"] for item in done["applied"]) == ["progress", "unit"]
    assert not done["waiting"]
    cli.ok("sheet", "export", "--tenant", "t", "--by", "section", tmp_path / "章节.xlsx")
    assert headers(tmp_path / "章节.xlsx")[:4] == ["序号", "章节", "任务", "责任处室"]
    assert sync(tmp_path / "章节.xlsx")["pass"] is None


def test_a_column_it_does_without_is_there_where_the_document_says_something_in_it(cli, plan, sync, tmp_path):
    plan("cooperation_office", TEXT.replace("(责任单位:甲处、乙处)", "(牵头单位:甲处，配合单位:乙处)"))
    book = tmp_path / "表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", book)
    assert headers(book)[:7] == [*OWN[:5], "牵头/配合", "完成时限"]
    assert {line[6] for line in lines(book)} == {"牵头", "配合", None}
    assert sync(book)["pass"] is None
    cli.ok("round", "send", "--tenant", "t", "--out", tmp_path / "下发")
    has = {path.name[:2]: "牵头/配合" in headers(path) for path in (tmp_path / "下发").glob("*处*.xlsx")}
    assert has == {"甲处": True, "乙处": True, "丙处": False}


def test_the_summary_by_task_has_the_words_of_the_agency(cli, plan, tmp_path):
    plan("cooperation_office")
    book = tmp_path / "汇总.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", "--by", "task", book)
    assert [cell.value for cell in load_workbook(book).active[3]][:5] == [
        "序号",
        "章节",
        "任务",
        "责任处室",
        "完成时限",
    ]


def test_rounds_speak_its_words_too(cli, plan, sync, tmp_path):
    plan("economy_informatization")
    cli.ok("round", "send", "--tenant", "t", "--out", tmp_path / "下发")
    packet = next(path for path in (tmp_path / "下发").glob("丙处*.xlsx"))
    assert "落实情况" in headers(packet)
    assert "进展情况" not in headers(packet)
    put(packet, (4, "落实情况", "解读已发布"))
    cli.json("round", "collect", "--tenant", "t", packet, status=1)  # the others did not return it
    assert "解读已发布" in {row["progress"] for row in cli.json("plan", "show", "--tenant", "t")["rows"]}
    parts = tmp_path / "科室"
    cli.ok("round", "divide", packet, "--tenant", "t", "--out", parts, "--into", "一科=4")
    (part,) = parts.glob("*.xlsx")
    assert "落实情况" in headers(part)


def test_an_old_copy_keeps_what_it_has(cli, plan, sync, database, tmp_path):
    """A copy of the time when its columns were not kept, in an agency whose layout has words of its own by now."""
    plan("openness")
    old = tmp_path / "旧表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", old)
    assert headers(old)[:8] == COMMON
    with psycopg.connect(plain(database.need_maint()), autocommit=True) as maint:
        maint.execute("DELETE FROM sheet_header")
        maint.execute("""UPDATE tenant SET plugins = '["cooperation_office"]'""")
    new = tmp_path / "新表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", new)
    assert headers(new)[:7] == OWN
    assert sync(old)["pass"] is None
    put(old, (4, "责任单位", "丙处"), (5, "进展情况", "旧表所填"))
    put(new, (6, "进展情况", "新表所填"))
    for book in (old, new, old):
        assert not sync(book)["waiting"]
    assert headers(old)[:8] == COMMON
    texts = [row["进展情况"] for row in (dict(zip(headers(old), line[1:], strict=True)) for line in lines(old))]
    assert {"旧表所填", "新表所填"} <= set(texts)


def lines(path):
    return load_workbook(path).active.iter_rows(min_row=4, values_only=True)
