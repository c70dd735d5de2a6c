"""Importing, looking, mending and confirming a plan, by the command line."""

import pytest

TEXT = """2024年示例机关政务公开工作要点
一、信息公开
(一)做好目录编制。编制并公布目录,于3月31日前向社会公开。(责任单位:甲处、各街镇)
(二)邀请公众代表列席会议。年内邀请公众代表列席本单位会议不少于4次。(牵头单位:乙处;配合单位:甲处)
(三)优化专栏。持续优化专栏设置。
"""


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "要点.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_import_show_confirm(cli, add_tenant, document):
    add_tenant("a", "cooperation_office")
    for unit in ("东镇", "西镇"):
        cli.ok("unit", "add", unit, "--tenant", "a")
    cli.ok("unit", "add", "各街镇", "--member", "东镇", "--member", "西镇", "--tenant", "a")
    plan = cli.json("plan", "import", document, "--tenant", "a")
    assert (plan["year"], plan["tasks"], plan["status"]) == (2024, 3, "draft")
    shown = cli.json("plan", "show", "--tenant", "a")
    assert [(r["no"], r["unit"], r["role"]) for r in shown["rows"]] == [
        ("一(一)", "甲处", ""),
        ("一(一)", "各街镇", ""),
        ("一(二)", "乙处", "lead"),
        ("一(二)", "甲处", "supporting"),
        ("一(三)", "", ""),
    ]
    assert shown["rows"][0]["due_on"] == "2024-03-31"
    assert shown["rows"][2]["due_on"] == "2024-12-31"
    assert [q["code"] for q in shown["questions"]] == ["no_unit", "units_new"]
    assert [t["no"] for t in shown["templates"] if "列席" in t["reason"]] == ["一(二)"]
    cli.ok("plan", "confirm", "--tenant", "a")
    units = [r["unit"] for r in cli.json("plan", "show", "--tenant", "a")["rows"] if r["no"] == "一(一)"]
    assert units == ["甲处", "东镇", "西镇"]
    assert cli("plan", "confirm", "--tenant", "a").status == 2


def test_the_same_document_is_imported_once(cli, add_tenant, document):
    add_tenant("a")
    cli.ok("plan", "import", document, "--tenant", "a")
    again = cli("plan", "import", document, "--tenant", "a")
    assert (again.status, len(cli.json("plan", "list", "--tenant", "a"))) == (2, 1)
    assert "plan_exists" in again.err


def test_a_change_leaves_its_trace(cli, add_tenant, document):
    add_tenant("a")
    cli.ok("plan", "import", document, "--tenant", "a")
    row = cli.json("plan", "show", "--tenant", "a")["rows"][0]["row"]
    cli.ok("task", "set", row, "status=√", "percent=100", "--tenant", "a")
    shown = cli.json("plan", "show", "--tenant", "a")["rows"][0]
    assert (shown["status"], shown["status_word"], shown["percent"]) == ("done", "√", 100)
    history = cli.json("task", "history", row, "--tenant", "a")
    assert [(h["field"], h["old"], h["new"], h["actor"], h["via"]) for h in history] == [
        ("status", "未启动", "√", "office", "command"),
        ("percent", None, 100, "office", "command"),
    ]
    assert "未作更改" in cli.ok("task", "set", row, "status=已完成", "--tenant", "a")


@pytest.mark.parametrize(
    ("edits", "word"),
    [
        (["status=差不多"], "无法识别"),
        (["percent=120"], "0 到 100"),
        (["count=x"], "数字"),
        (["completed_on=明天"], "2024-06-30"),
        (["colour=red"], "没有名为"),
        (["unit=丙处"], "unit_unknown"),
        (["percent=50", "count=-1"], "不能为负"),
        (["percent=NaN"], "须是数字"),
        (["count=1e400"], "一万亿"),
        (["progress"], "字段=值"),
        (["percent=5", "percent=6"], "写了两次"),
    ],
)
def test_a_bad_edit_changes_nothing(cli, add_tenant, document, edits, word):
    add_tenant("a")
    cli.ok("plan", "import", document, "--tenant", "a")
    before = cli.json("plan", "show", "--tenant", "a")
    row = before["rows"][0]["row"]
    outcome = cli("task", "set", row, *edits, "--tenant", "a")
    assert outcome.status == 2
    assert word in outcome.err
    assert cli.json("plan", "show", "--tenant", "a") == before
    assert cli.json("task", "history", row, "--tenant", "a") == []


def test_units_typed_into_a_row_are_a_set(cli, add_tenant, document):
    add_tenant("a")
    cli.ok("plan", "import", document, "--tenant", "a")
    rows = cli.json("plan", "show", "--tenant", "a")["rows"]
    bare = rows[-1]["row"]
    cli.ok("task", "set", bare, "unit=甲处、乙处", "--tenant", "a")
    now = [(r["row"], r["unit"]) for r in cli.json("plan", "show", "--tenant", "a")["rows"] if r["no"] == "一(三)"]
    assert now[0] == (bare, "甲处")
    assert [unit for _, unit in now] == ["甲处", "乙处"]
    cli.ok("task", "set", bare, "unit=乙处", "--tenant", "a")
    now = [r["unit"] for r in cli.json("plan", "show", "--tenant", "a")["rows"] if r["no"] == "一(三)"]
    assert now == ["乙处"]


def test_what_is_not_there_answers_alike(cli, add_tenant, document):
    add_tenant("a")
    add_tenant("b")
    plan = cli.json("plan", "import", document, "--tenant", "a")["id"]
    row = cli.json("plan", "show", "--tenant", "a")["rows"][0]["row"]
    foreign = cli("plan", "show", "--tenant", "b", "--plan", plan)
    unknown = cli("plan", "show", "--tenant", "b", "--plan", 999999)
    assert foreign.status == unknown.status == 2
    assert foreign.err.replace(str(plan), "N") == unknown.err.replace("999999", "N")
    other = document.with_name("乙.txt")
    other.write_text(TEXT.replace("示例", "另一"), encoding="utf-8")
    cli.ok("plan", "import", other, "--tenant", "b")
    theirs, nobodys = (cli("task", "set", key, "percent=1", "--tenant", "b") for key in (row, "0" * 16))
    assert theirs.status == nobodys.status == 2
    assert theirs.err.replace(row, "K") == nobodys.err.replace("0" * 16, "K")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("join 甲处 乙处", "not_a_group"),
        ("join 各街镇 各部门", "group_in_group"),
        ("add 丙组 --kind unit --member 甲处", "not_a_group"),
        ("add 甲处", "unit_exists"),
    ],
)
def test_what_is_no_group_gets_no_members(cli, add_tenant, line, code):
    add_tenant("a")
    for name in ("甲处", "乙处", "各街镇", "各部门"):
        cli.ok("unit", "add", name, "--tenant", "a")
    before = cli.json("unit", "list", "--tenant", "a")
    outcome = cli("unit", *line.split(), "--tenant", "a")
    assert (outcome.status, cli.json("unit", "list", "--tenant", "a")) == (2, before)
    assert code in outcome.err


@pytest.mark.parametrize("name", ["", " ", "甲、乙", "甲/乙", "甲\n乙", "甲 乙", "长" * 101])
def test_a_unit_has_a_name_that_a_cell_can_hold(cli, add_tenant, name):
    add_tenant("a")
    cli.ok("unit", "add", "各县（市、区）政府", "--tenant", "a")
    assert "unit_name_invalid" in cli("unit", "add", name, "--tenant", "a").err
    assert "unit_name_invalid" in cli("unit", "add", "丙", "--alias", name, "--tenant", "a").err


def test_a_blank_takes_a_number_or_date_away(cli, add_tenant, document):
    add_tenant("a")
    cli.ok("plan", "import", document, "--tenant", "a")
    row = cli.json("plan", "show", "--tenant", "a")["rows"][0]["row"]
    cli.ok("task", "set", row, "percent=40", "count=2", "completed_on=2024-03-01", "--tenant", "a")
    cli.ok("task", "set", row, "percent=", "count=", "completed_on=", "--tenant", "a")
    shown = cli.json("plan", "show", "--tenant", "a")["rows"][0]
    assert (shown["percent"], shown["count"], shown["completed_on"]) == (None, None, None)
