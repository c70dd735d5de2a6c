"""A document of any kind with its attached table: `zwgk decompose` and `zwgk plan import`."""

import json

import pytest

from core.runtime import Runtime
from tests.support.cli import Cli
from tests.support.papers import Paragraph, Table, as_docx, as_pdf, as_txt, as_xlsx

PAPER = (
    Paragraph("2026年某局政务公开工作要点"),
    Paragraph("抓好公开", 0),
    Paragraph("逐项核对政务公开事项目录并向社会公布。", 1),
    Paragraph("组织面向企业的政策解读活动，邀请代表现场提问。（责任单位：政策处）", 1),
)
ATTACHED = (
    Paragraph("重点任务分解表"),
    Table(
        (
            ("序号", "工作任务", "责任单位", "完成时限"),
            ("1", "逐项核对政务公开事项目录并向社会公布", "办公室", "6月底前"),
            ("2", "组织面向企业的政策解读活动", "宣传处", "年内"),
        )
    ),
)


@pytest.fixture
def alone(tmp_path):
    """The command line without a database."""
    return Cli(Runtime({}, tmp_path / "home"))


@pytest.fixture
def files(tmp_path):
    """The document as Word has it, and its table as a workbook."""
    document, table = tmp_path / "要点.docx", tmp_path / "任务分解表.xlsx"
    document.write_bytes(as_docx(PAPER))
    table.write_bytes(as_xlsx(ATTACHED))
    return document, table


def test_decompose_reads_the_attachment_beside_the_document(alone, files):
    answer = json.loads(alone.ok("decompose", *files, "--format", "json"))
    first, second = answer["tasks"]
    assert (first["units"], first["deadlines"][0]["due"]) == (["办公室"], "2026-06-30")
    assert (second["units"], [found["kind"] for found in second["deadlines"]]) == (["政策处"], ["date"])
    assert [found["code"] for found in answer["leftovers"] if found["code"].startswith("attached")] == [
        "attached_units"
    ]


def test_a_plan_is_imported_with_its_attachment(cli, add_tenant, files):
    add_tenant("a")
    answer = cli.json("plan", "import", "--tenant", "a", *files)
    assert answer["tasks"] == 2
    asked = [question for question in answer["questions"] if question["code"].startswith("text_attached")]
    assert ["宣传处" in question["text"] for question in asked] == [True]
    rows = cli.json("plan", "show", "--tenant", "a")["rows"]
    assert [(row["unit"], row["due_on"]) for row in rows] == [("办公室", "2026-06-30"), ("政策处", "2026-12-31")]


def test_any_kind_of_file_gives_the_same_tasks(alone, tmp_path):
    found = []
    for name, write in (("a.txt", as_txt), ("a.pdf", as_pdf), ("a.docx", as_docx)):
        (tmp_path / name).write_bytes(write(PAPER))
        tasks = json.loads(alone.ok("decompose", tmp_path / name, "--format", "json"))["tasks"]
        found.append([(task["no"], task["title"], task["units"]) for task in tasks])
    assert found[0] == found[1] == found[2] != []


def test_what_was_not_read_is_said(alone, tmp_path):
    page = tmp_path / "a.html"
    page.write_bytes(
        "<meta charset=utf-8><nav>栏目</nav><p>一、抓公开</p><p>（一）做好公开（责任单位：甲处）</p>".encode()
    )
    assert "注意：网页中的导航" in alone.ok("decompose", page)


def test_a_broken_attachment_refuses_all(alone, files):
    document, table = files
    table.write_bytes(table.read_bytes()[:500])
    outcome = alone("decompose", document, table)
    assert (outcome.status, outcome.out) == (2, "")
    assert "document_broken" in outcome.err
    assert "任务分解表.xlsx" in outcome.err
