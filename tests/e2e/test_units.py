"""Units by the command line: questions and answers, reorganisations, groups, who is missing, the directory file."""

import os
import re
import subprocess
import sys

import pytest

TEXT = """{year}年示例区政务公开工作要点
一、信息公开
(一)做好目录编制。编制并公布目录。(责任单位:区教委、各街镇)
(二)做好解读。做好政策解读。(责任单位:区教委、区建交委)
(三)邀请公众代表列席会议。区政府年内邀请公众代表列席常务会议不少于4次;各街镇年内邀请公众代表列席会议不少于1次。(责任单位:区政府办公室、区财政局、各街镇)
(四)优化专栏。持续优化专栏设置。(责任单位:相关单位、起草部门)
"""


@pytest.fixture
def unit(cli):
    return lambda *argv: cli.ok("unit", *argv, "--tenant", "a")


@pytest.fixture
def plan(cli, tmp_path):
    """Imports the document of a year; returns the answer."""

    def give(year=2024, text=TEXT):
        path = tmp_path / f"{year}.txt"
        path.write_text(text.format(year=year), encoding="utf-8")
        return cli.json("plan", "import", path, "--tenant", "a")

    return give


@pytest.fixture
def district(add_tenant, unit):
    add_tenant("a")
    for name in ("区教育局", "区政府办公室", "区财政局", "东镇", "西镇"):
        unit("add", name)
    unit("add", "各街镇", "--member", "东镇", "--member", "西镇")


@pytest.fixture
def laid(cli):
    """Who carries which task: number → units."""

    def give(number, *more):
        rows = cli.json("plan", "show", "--tenant", "a", *more)["rows"]
        return [row["unit"] for row in rows if row["no"] == number]

    return give


def asked(answer):
    return {question["key"]: question["code"] for question in answer["questions"] if question["key"]}


def test_what_a_person_says_of_a_name_is_not_asked_again(district, cli, plan, laid, unit):
    first = plan()
    assert asked(first) == {"区教委": "unit_near", "相关单位": "group_empty", "起草部门": "role_unit", "*": "units_new"}
    near = first["questions"][0]
    assert (near["tasks"], near["options"][0]["value"]) == (2, "区教育局")
    answers = ("区教委=区教育局", "相关单位=keep", "起草部门=keep", "*=new")
    done = cli.json("unit", "answer", *answers, "--tenant", "a")
    assert (done["answered"], done["questions"]) == (4, [])
    assert (laid("一(一)"), laid("一(二)")) == (["区教育局", "各街镇"], ["区教育局", "区建交委"])
    assert "区教委" in next(u for u in cli.json("unit", "list", "--tenant", "a") if u["name"] == "区教育局")["aliases"]
    assert asked(plan(2025)) == {}
    assert laid("一(一)") == ["区教育局", "各街镇"]
    unit("answer", "区教委=区教育局")  # once more changes nothing


def test_an_answer_that_is_late_keeps_what_was_reported(district, cli, plan, laid, unit):
    plan()
    rows = cli.json("plan", "show", "--tenant", "a")["rows"]
    key = next(row["row"] for row in rows if row["unit"] == "区教委")
    cli.ok("plan", "confirm", "--tenant", "a")
    cli.ok("task", "set", key, "progress=已起草", "--tenant", "a")
    unit("answer", "区教委=区教育局")
    row = next(row for row in cli.json("plan", "show", "--tenant", "a")["rows"] if row["row"] == key)
    assert (row["unit"], row["progress"]) == ("区教育局", "已起草")


def test_a_name_that_nobody_wrote_yet_is_taught_beforehand(district, plan, laid, unit):
    plan(2023, TEXT.replace("区教委", "区财政局"))
    unit("answer", "区教委=区教育局")
    plan(2024)
    assert laid("一(一)") == ["区教育局", "各街镇"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("区教委=区教育厅", "unit_unknown"),
        ("区教委=东镇、西镇", "answer_wrong"),
        ("*=keep", "unit_unknown"),
        ("区教委=、", "answer_wrong"),
        ("区教委", "wrong_use"),
    ],
)
def test_an_answer_that_is_none_changes_nothing(district, cli, plan, answer, code):
    plan()
    before = cli.json("unit", "list", "--tenant", "a")
    outcome = cli("unit", "answer", "相关单位=东镇、西镇", answer, "--tenant", "a")
    assert (outcome.status, cli.json("unit", "list", "--tenant", "a")) == (2, before)
    assert code in outcome.err


def test_renamed_and_merged_units(district, cli, plan, laid, unit):
    old = plan(2023)["id"]
    unit("change", "区教委", "区财政局", "--into", "区教财局", "--since", "2024-03-01")
    plan(2024)
    assert laid("一(一)") == ["区教财局", "各街镇"]
    assert laid("一(三)") == ["区政府办公室", "区教财局", "各街镇"]
    assert laid("一(一)", "--plan", old) == ["区教委", "各街镇"]
    assert "未作更改" in unit("change", "区教委", "--into", "区教财局", "--since", "2024-03-01")
    other = cli("unit", "change", "区教委", "--into", "区教育局", "--since", "2024-03-01", "--tenant", "a")
    back = cli("unit", "change", "区教财局", "--into", "区教委", "--since", "2025-03-01", "--tenant", "a")
    assert ("changed_before" in other.err, "change_circular" in back.err) == (True, True)


def test_a_unit_that_takes_another_one_in_stays(district, plan, laid, unit):
    unit("change", "区财政局", "区教育局", "--into", "区教育局", "--since", "2024-03-01")
    plan(2024, TEXT.replace("区教委", "区教育局"))
    assert (laid("一(一)"), laid("一(三)")[:2]) == (["区教育局", "各街镇"], ["区政府办公室", "区教育局"])


def test_members_of_a_group_are_those_of_the_year(district, plan, cli, laid, unit):
    unit("change", "东镇", "--into", "新城街道", "--since", "2024-07-01")
    for year, members in ((2023, ["东镇", "西镇"]), (2024, ["新城街道", "西镇"])):
        plan(year)
        cli.ok("plan", "confirm", "--tenant", "a", "--plan", cli.json("plan", "list", "--tenant", "a")[0]["id"])
        assert laid("一(一)") == ["区教委", *members]


def test_a_split_unit_is_asked_about_once(district, cli, plan, laid, unit):
    unit("add", "区建交委")
    unit("change", "区建交委", "--into", "区建委", "--into", "区交通委", "--since", "2024-01-01")
    assert "区建交委" not in asked(plan(2023))
    assert (asked(plan(2025))["区建交委"], laid("一(二)")) == ("unit_split", ["区教委", "区建交委"])
    assert "answer_wrong" in cli("unit", "answer", "区建交委=keep", "--tenant", "a").err
    unit("answer", "区建交委=区交通委")
    assert laid("一(二)") == ["区教委", "区交通委"]
    assert "区建交委" not in asked(plan(2026))
    assert laid("一(二)") == ["区教委", "区交通委"]
    assert laid("一(二)", "--plan", cli.json("plan", "list", "--tenant", "a")[-1]["id"]) == ["区教委", "区建交委"]


def test_a_change_that_was_wrong_is_taken_back(district, cli, plan, laid, unit):
    unit("change", "区财政局", "--into", "区审计局", "--since", "2024-01-01")
    unit("change", "区财政局", "--cancel")
    plan(2024)
    assert "区财政局" in laid("一(三)")
    assert "未作更改" in unit("change", "区财政局", "--cancel")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("change 区财政局 区教育局 --into 甲局 --into 乙局 --since 2024-01-01", "change_unclear"),
        ("change 各街镇 --into 各镇 --since 2024-01-01", "group_changed"),
        ("change 区财政局 --into 区财政局 --since 2024-01-01", "change_circular"),
        ("change 区税务局 --into 甲局 --since 2024-01-01", "unit_unknown"),
        ("change 区财政局 --into 甲/局 --since 2024-01-01", "unit_name_invalid"),
        ("change 区财政局 --into 甲局", "wrong_use"),
        ("change 区财政局 --into 甲局 --since 去年", "wrong_use"),
    ],
)
def test_a_change_that_cannot_be(district, cli, line, code):
    before = cli.json("unit", "list", "--tenant", "a")
    outcome = cli("unit", *line.split(), "--tenant", "a")
    assert (outcome.status, cli.json("unit", "list", "--tenant", "a")) == (2, before)
    assert code in outcome.err


def test_who_joins_later_is_offered(district, cli, plan, laid, unit):
    plan()
    cli.ok("plan", "confirm", "--tenant", "a")
    unit("add", "南镇")
    unit("join", "各街镇", "南镇")
    unit("leave", "各街镇", "西镇")
    unit("change", "区财政局", "--into", "区审计局", "--since", "2024-06-01")
    assert laid("一(三)") == ["区政府办公室", "区财政局", "东镇", "西镇"]
    offered = cli.json("unit", "offers", "--tenant", "a")["offers"]
    assert [(o["no"], o["why"], o["units"]) for o in offered] == [
        ("一(一)", "joined", ["南镇"]),
        ("一(三)", "changed", ["区审计局"]),
        ("一(三)", "joined", ["南镇"]),
    ]
    cli.ok("unit", "offers", "--accept", "--tenant", "a")
    assert laid("一(三)") == ["区政府办公室", "区审计局", "东镇", "西镇", "南镇"]
    assert cli.json("unit", "offers", "--tenant", "a")["offers"] == []


def test_a_member_that_was_reorganised_is_offered_once(district, cli, plan, laid, unit):
    plan()
    cli.ok("plan", "confirm", "--tenant", "a")
    unit("change", "东镇", "--into", "新城街道", "--since", "2024-06-01")
    offered = cli.json("unit", "offers", "--accept", "--tenant", "a")["offers"]
    assert {(o["unit"], o["why"], *o["units"]) for o in offered} == {("东镇", "changed", "新城街道")}
    assert laid("一(一)") == ["区教委", "新城街道", "西镇"]


def test_who_is_missing(district, cli, plan):
    plan()
    cli.ok("plan", "confirm", "--tenant", "a")
    rows = [row for row in cli.json("plan", "show", "--tenant", "a")["rows"] if row["no"] == "一(三)"]
    keys = {row["unit"]: row["row"] for row in rows}
    for name, edits in {"区政府办公室": ["count=3"], "东镇": ["count=1"], "区财政局": ["progress=配合"]}.items():
        cli.ok("task", "set", keys[name], *edits, "--tenant", "a")
    task = next(task for task in cli.json("unit", "missing", "--tenant", "a") if task["no"] == "一(三)")
    assert (task["units"], task["silent"]) == (4, ["西镇"])
    assert [(s["unit"], s["count"], s["number"]) for s in task["short"]] == [("", "3", "4"), ("西镇", "0", "1")]
    assert "合计（3/4）、西镇（0/1）" in cli.ok("unit", "missing", "--tenant", "a")


def test_first_unit_leads_where_the_office_says_so(district, cli, plan):
    plan(2023)
    shown = cli.json("tenant", "set", "a", "units.first_leads=是")
    assert [(s["value"], s["set"]) for s in shown if s["name"] == "units.first_leads"] == [(True, True)]
    plan(2024, TEXT.replace("责任单位:相关单位、", "责任单位:各街镇、"))
    roles = {(r["no"], r["unit"]): r["role"] for r in cli.json("plan", "show", "--tenant", "a")["rows"]}
    assert [unit for (_, unit), role in roles.items() if role == "lead"] == ["区教委", "区教委", "区政府办公室"]
    cli.ok("tenant", "set", "a", "units.first_leads=")
    plan(2025)
    assert {row["role"] for row in cli.json("plan", "show", "--tenant", "a")["rows"]} == {""}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("lamps.purple=紫", "setting_unknown"),
        ("lamps.near_days=三天", "setting_wrong"),
        ("lamps.near_days=-1", "setting_wrong"),
        ("lamps.near=一种说不清楚是什么的颜色", "setting_wrong"),
        ("units.first_leads=1", "setting_wrong"),
        ("units.first_leads", "wrong_use"),
    ],
)
def test_only_settings_that_exist_with_values_that_they_can_have(add_tenant, cli, value, code):
    add_tenant("a")
    before = cli.json("tenant", "set", "a")
    outcome = cli("tenant", "set", "a", "lamps.near=蓝", value)
    assert (outcome.status, cli.json("tenant", "set", "a")) == (2, before)
    assert code in outcome.err


def test_settings_are_each_tenants_own(add_tenant, cli):
    add_tenant("a")
    add_tenant("b")
    cli.ok("tenant", "set", "a", "lamps.near_days=5")
    assert [s["name"] for s in cli.json("tenant", "set", "a") if s["set"]] == ["lamps.near_days"]
    assert [s["name"] for s in cli.json("tenant", "set", "b", "lamps.near=") if s["set"]] == []


# no such number; no such unit; the first proposal; members; passed; all new
TYPED = "9\n区教育厅\n1\n东镇、西镇\n\n1\n"


@pytest.fixture
def on_a_terminal(database):
    """Run a command as a person does who types this; gives what is shown."""

    def run(typed, *command):
        ours, theirs = os.openpty()
        environ = {**os.environ, **database.as_environ(), "PYTHONIOENCODING": "utf-8"}
        argv = [sys.executable, "-m", "core.cli", *command]
        with subprocess.Popen(argv, stdin=theirs, stdout=theirs, env=environ, close_fds=True) as dialogue:
            os.close(theirs)
            os.write(ours, typed.encode())
            said = b""
            while piece := _read(ours):
                said += piece
        os.close(ours)
        assert dialogue.returncode == 0, said.decode()
        return said.decode()

    return run


def test_importing_asks_at_once_on_a_terminal(district, on_a_terminal, cli, tmp_path):
    document = tmp_path / "2024.txt"
    document.write_text(TEXT.format(year=2024), encoding="utf-8")
    shown = on_a_terminal(TYPED, "plan", "import", str(document), "--tenant", "a")
    assert "需要人工处理" in shown
    assert "区教委" not in shown.split("需要人工处理")[1]
    assert asked(cli.json("plan", "show", "--tenant", "a")) == {"起草部门": "role_unit"}


def test_questions_are_a_dialogue_on_a_terminal(district, plan, laid, on_a_terminal):
    plan()
    shown = on_a_terminal(TYPED, "unit", "answer", "--tenant", "a")
    assert "没有序号 9：请输入 1 到 2" in shown
    assert "没有名为“区教育厅”的责任单位" in shown
    assert "已记下 3 条答复" in shown
    assert "keep（逐项确定" in shown.split("已记下")[1]  # what was passed is still open
    before = shown.split("已记下")[0]
    assert "有 4 个单位方面的问题" in before
    assert not re.search(r"\bkeep\b|\bnew\b|unit answer (?!回答)", before)  # nothing to type that is no word
    assert laid("一(一)") == ["区教育局", "各街镇"]


def _read(terminal):
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other side has hung up
        return b""


def test_a_role_becomes_a_unit_in_its_own_row(district, cli, plan):
    plan()
    row = next(r for r in cli.json("plan", "show", "--tenant", "a")["rows"] if r["unit"] == "起草部门")
    cli.ok("task", "set", row["row"], "unit=区财政局、东镇", "--tenant", "a")
    rows = [(r["row"], r["unit"]) for r in cli.json("plan", "show", "--tenant", "a")["rows"] if r["no"] == "一(四)"]
    assert [unit for _, unit in rows] == ["相关单位", "区财政局", "东镇"]
    assert (row["row"], "区财政局") in rows


def test_of_two_new_names_that_are_alike_the_rarer_is_asked_about(add_tenant, plan):
    add_tenant("a")
    text = TEXT.replace("区教委、各街镇", "区教育局、各街镇").replace("相关单位、", "区教育局、")
    assert [key for key, code in asked(plan(2024, text)).items() if code == "unit_near"] == ["区教委"]


def test_a_number_for_each_binds_who_took_over_from_a_member(district, cli, plan, unit):
    plan()
    cli.ok("plan", "confirm", "--tenant", "a")
    unit("change", "东镇", "--into", "新城街道", "--since", "2024-06-01")
    unit("offers", "--accept")
    task = next(task for task in cli.json("unit", "missing", "--tenant", "a") if task["no"] == "一(三)")
    assert {"新城街道", "西镇"} <= {short["unit"] for short in task["short"]}


def test_who_is_missing_is_told_whole(district, cli, plan, unit):
    names = [f"第{number}街道办事处" for number in range(30)]
    for name in names:
        unit("add", name)
    unit("join", "各街镇", *names)
    plan()
    cli.ok("plan", "confirm", "--tenant", "a")
    assert "、".join(names) in cli.ok("unit", "missing", "--tenant", "a")


WIDTHS = """{year}年示例区政务公开工作要点
一、公开
(一)接听热线。做好接听。(责任单位:１２热线办、甲局（乙办）、甲局(乙办))
"""


def test_full_and_half_width_are_one_name(add_tenant, cli, plan, laid, unit):
    add_tenant("a")
    unit("add", "12热线办")
    assert asked(plan(text=WIDTHS)) == {"*": "units_new"}
    assert laid("一(一)") == ["12热线办", "甲局（乙办）"]
    for name in ("１２热线办", "甲局(乙办)"):
        assert "unit_exists" in cli("unit", "add", name, "--tenant", "a").err
    assert len(cli.json("unit", "list", "--tenant", "a")) == 2


def test_an_answer_that_was_wrong_is_said_again(district, cli, plan, unit):
    plan()
    for answer in ("教委=区财政局", "教委=区教育局", "起草部门=各街镇", "起草部门=区财政局"):
        unit("answer", answer)
    units = {one["name"]: one for one in cli.json("unit", "list", "--tenant", "a")}
    assert (units["区财政局"]["aliases"], units["区教育局"]["aliases"]) == (["起草部门"], ["教委"])
    assert units["各街镇"]["members"] == ["东镇", "西镇"]


def test_a_unit_that_only_supports_does_not_lead_by_being_first(district, cli, plan):
    cli.ok("tenant", "set", "a", "units.first_leads=是")
    plan(text=WIDTHS.replace("１２热线办、甲局（乙办）、甲局(乙办)", "区财政局配合，区教育局、东镇负责"))
    assert [row["role"] for row in cli.json("plan", "show", "--tenant", "a")["rows"]] == ["supporting", "", ""]


def test_joining_says_how_many_joined(district, cli):
    assert cli.json("unit", "join", "各街镇", "东镇", "区财政局", "区财政局", "--tenant", "a")["joined"] == ["区财政局"]
    assert cli.json("unit", "leave", "各街镇", "区教育局", "区财政局", "--tenant", "a")["left"] == ["区财政局"]
