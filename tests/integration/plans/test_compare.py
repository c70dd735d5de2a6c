"""`zwgk plan compare`: from documents and plans in the database to the table."""

import csv
import io

import pytest

OLD = """2023年示例区政务公开工作要点
一、重点领域
(一)路灯改造信息公开。及时公开路灯改造计划，每季度公布改造进度，全年不少于4次。(责任单位:区教委、各镇)
(二)水井水质公开。6月底前公布水井水质检测结果。(责任单位:水务局)
(三)桥梁检修公告。桥梁封闭检修之前发布公告。(责任单位:水务局)
"""
NEW = """2024年示例区政务公开工作要点
一、重点领域
(一)集市开放时间公开。公布各集市的开放时间和摊位数。(责任单位:水务局)
(二)水井水质公开。9月底前公布水井水质检测结果。(责任单位:水务局)
二、民生
(一)路灯改造信息公开。及时公开路灯改造计划，每季度公布改造进度，全年不少于4次。(责任单位:区教育局、各镇)
"""
SUPERIOR = """2024年示例市政务公开工作要点
一、基础设施
(一)推动路灯改造进度公开。指导各区每季度公布路灯改造进度。
(二)做好茶园信息公开。公布茶园名录。
"""


@pytest.fixture
def tenant(cli, add_tenant, tmp_path, monkeypatch):
    """A district with the plan of 2023, confirmed; documents in the current folder."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("2023.txt", OLD), ("2024.txt", NEW), ("市.txt", SUPERIOR)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    slug = add_tenant("quxian")
    cli.ok("unit", "add", "区教育局", "--alias", "区教委", "--tenant", slug)
    cli.ok("unit", "add", "甲镇", "--tenant", slug)
    cli.ok("unit", "add", "各镇", "--member", "甲镇", "--tenant", slug)
    cli.ok("plan", "import", "2023.txt", "--tenant", slug)
    cli.ok("plan", "confirm", "--tenant", slug)
    return slug


def kinds(found):
    return {(row["new"] or row["old"])["title"]: row["kind"] for row in found["rows"]}


def test_next_years_document_against_the_plan(cli, tenant):
    rows = {row["no"]: row["row"] for row in cli.json("plan", "show", "--tenant", tenant)["rows"]}
    cli.ok("task", "set", rows["一(二)"], "status=已完成", "--tenant", tenant)
    found = cli.json("plan", "compare", "2024.txt", "--tenant", tenant)
    assert (found["old"]["year"], found["new"]["year"]) == (2023, 2024)
    # 区教委 is 区教育局, and 各镇 is the town on which the plan laid it
    assert kinds(found) == {
        "路灯改造信息公开": "kept",
        "水井水质公开": "changed",
        "集市开放时间公开": "new",
        "桥梁检修公告": "dropped",
    }
    by_title = {(row["new"] or row["old"])["title"]: row for row in found["rows"]}
    wells = by_title["水井水质公开"]
    assert {"field": "deadline", "old": "6月底前", "new": "9月底前"} in wells["changes"]
    assert [row["carried_over"] for row in (wells, by_title["路灯改造信息公开"])] == [False, True]


def test_two_plans_in_whichever_order(cli, tenant):
    first = cli.json("plan", "list", "--tenant", tenant)[0]["id"]
    second = cli.json("plan", "import", "2024.txt", "--tenant", tenant)["id"]
    there = cli.json("plan", "compare", second, "--tenant", tenant)
    assert there == cli.json("plan", "compare", first, "--plan", second, "--tenant", tenant)
    assert kinds(there)["集市开放时间公开"] == "new"


def test_the_superior_plan(cli, tenant):
    found = cli.json("plan", "compare", "市.txt", "--superior", "--tenant", tenant)
    lamps, tea = found["rows"]
    assert [answer["task"]["title"] for answer in lamps["answers"]] == ["路灯改造信息公开"]
    assert tea["answers"] == []
    assert [task["title"] for task in found["own"]] == ["水井水质公开", "桥梁检修公告"]
    assert "没有对应 1 项" in cli.ok("plan", "compare", "市.txt", "--superior", "--tenant", tenant)


def test_as_text_and_as_csv(cli, tenant, tmp_path):
    (tmp_path / "2024.txt").write_text(NEW.replace("集市开放", "=集市开放"), encoding="utf-8")
    text = cli.ok("plan", "compare", "2024.txt", "--tenant", tenant)
    assert "保留 1 项，有变化 1 项，新增 1 项，取消 1 项" in text
    assert "完成时限：6月底前→9月底前" in text
    written = cli.ok("plan", "compare", "2024.txt", "--csv", "--tenant", tenant)
    header, *lines = csv.reader(io.StringIO(written.removeprefix("\ufeff")))
    assert header[:4] == ["情形", "新序号", "旧序号", "任务"]
    assert [line[3] for line in lines] == ["'=集市开放时间公开", "水井水质公开", "路灯改造信息公开", "桥梁检修公告"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("plan compare 7 --tenant quxian", "plan_unknown"),
        ("plan compare 没有.txt --tenant quxian", "document_missing"),
        ("plan compare 没有/1 --tenant quxian", "document_missing"),
        ("plan compare 9999999999999999999 --tenant quxian", "document_missing"),
        ("plan compare 空.txt --tenant quxian", "no_tasks"),
        ("plan compare 无年份.txt --tenant quxian", "year_unknown"),
        ("plan compare 1 --plan 9 --tenant quxian", "plan_unknown"),
    ],
)
def test_what_is_refused(cli, tenant, tmp_path, line, code):
    (tmp_path / "空.txt").write_text("没有任务的一句话。", encoding="utf-8")
    (tmp_path / "无年份.txt").write_text(NEW.replace("2024年", ""), encoding="utf-8")
    outcome = cli(*line.split())
    assert (outcome.status, outcome.out) == (2, "")
    assert f"错误（{code}）" in outcome.err
    assert cli("plan", "compare", 1, "--tenant", "nobody").status == 2


def test_the_only_plan_has_nothing_to_be_compared_with(cli, tenant):
    assert "no_plan" in cli("plan", "compare", 1, "--tenant", tenant).err
