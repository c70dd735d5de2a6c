"""A word that an office teaches is understood in the sheets of its own tenant, also where it stood already."""

import pytest
from openpyxl import load_workbook

from tests.e2e.test_sheet import TEXT, Book


@pytest.fixture
def book(cli, add_tenant, tmp_path):
    document = tmp_path / "要点.txt"
    document.write_text(TEXT, encoding="utf-8")
    for slug in ("t", "u"):
        add_tenant(slug)
        cli.ok("plan", "import", document, "--tenant", slug)
        cli.ok("sheet", "export", "--tenant", slug, tmp_path / f"{slug}.xlsx")
    return lambda slug: Book(tmp_path / f"{slug}.xlsx")


def statuses(cli, slug):
    return [(r["status"], r["status_word"]) for r in cli.json("plan", "show", "--tenant", slug)["rows"][:2]]


def test_a_word_is_refused_then_taught_then_taken(cli, book):
    for slug in ("t", "u"):
        book(slug).type((1, "完成情况", "搞定 了。"))
        done = cli.json("sheet", "sync", "--tenant", slug, book(slug).path, status=1)
        assert [item["field"] for item in done["rejected"]] == ["status"]
    assert "未启动" in book("t").read()[0]["同步提示"]
    cli.ok("sheet", "word", "--tenant", "t", "搞定了", "已完成")
    done = cli.json("sheet", "sync", "--tenant", "t", book("t").path)
    assert [(item["field"], item["sheet"]) for item in done["applied"]] == [("status", "搞定 了。")]
    assert statuses(cli, "t")[0] == ("done", "搞定 了。")
    assert book("t").read()[0]["完成情况"] == "搞定 了。"
    assert book("t").read()[0]["同步提示"] is None
    assert cli.json("sheet", "sync", "--tenant", "t", book("t").path)["pass"] is None
    assert cli.json("sheet", "sync", "--tenant", "u", book("u").path, status=1)["applied"] == []
    assert statuses(cli, "u")[0][0] == "not_started"


def test_the_word_goes_out_as_it_was_written(cli, book, tmp_path):
    cli.ok("sheet", "word", "--tenant", "t", "搞定", "已完成")
    book("t").type((1, "完成情况", "搞定"))
    cli.ok("sheet", "sync", "--tenant", "t", book("t").path)
    cli.ok("sheet", "export", "--tenant", "t", tmp_path / "again.xlsx")
    assert load_workbook(tmp_path / "again.xlsx").active["J4"].value == "搞定"


@pytest.mark.parametrize(
    ("then", "typed", "done"), [(("--forget", "搁置"), "已完成", "done"), (("搁置", "已取消"), "已取消", "cancelled")]
)
def test_what_a_word_meant_when_it_was_read_stays(cli, book, then, typed, done):
    cli.ok("sheet", "word", "--tenant", "t", "搁置", "进行中")
    book("t").type((1, "完成情况", "搁置"))
    cli.ok("sheet", "sync", "--tenant", "t", book("t").path)
    cli.ok("sheet", "word", "--tenant", "t", *then)
    book("t").type((1, "完成情况", typed))
    key = cli.json("sheet", "sync", "--tenant", "t", book("t").path)["pass"]
    assert statuses(cli, "t")[0][0] == done
    cli.ok("sheet", "undo", "--tenant", "t", key)
    assert statuses(cli, "t")[0] == ("in_progress", "搁置")


def test_words_are_listed_changed_and_forgotten(cli, book):
    assert cli.json("sheet", "word", "--tenant", "t", "八成", "进行中") == [
        {"word": "八成", "status": "in_progress", "means": "进行中"}
    ]
    assert cli.json("sheet", "word", "--tenant", "t", "八成", "滞后")[0]["status"] == "in_progress+behind"
    assert "八成" in cli.ok("sheet", "word", "--tenant", "t")
    assert cli.json("sheet", "word", "--tenant", "u") == []
    assert cli.json("sheet", "word", "--tenant", "t", "--forget", "八成") == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("八成", "差不多"), "status_unknown"),
        (("完成", "未启动"), "word_taken"),
        (("--forget", "没学过"), "word_unknown"),
        (("八成",), ""),
    ],
)
def test_what_cannot_be_taught(cli, book, words, code):
    refused = cli("sheet", "word", "--tenant", "t", *words)
    assert refused.status == 2
    assert code in refused.err
    assert cli.json("sheet", "word", "--tenant", "t") == []


@pytest.mark.parametrize("line", [("", "进行中"), (" ", "进行中"), ("搞定", ""), ("搞定",), ("--forget", "")])
def test_half_a_lesson_is_refused(cli, add_tenant, line):
    add_tenant("t")
    refused = cli("sheet", "word", "--tenant", "t", *line)
    assert (refused.status, refused.out) == (2, "")
