"""Sheets over HTTP: asked for, done by a real worker, and edited with openpyxl as a person does."""

import pytest

from bridges.web.sheet_jobs import sync
from core.files.services import Made
from core.jobs.work import Work
from tenants.people.rights import Right
from tenants.sessions import tenant_session
from tests.support.agency import Program, begun, column, typed, units_of

pytestmark = pytest.mark.usefixtures("served")

TEXT = "2024年要点\n一、公开\n" + "\n".join(f"({n})做好第{n}项。(责任单位:甲处、乙处)" for n in "一二三")


@pytest.fixture
def units(confirmed, app) -> dict[str, int]:
    confirmed(TEXT)
    return units_of(app, "t")


@pytest.fixture
def office(app, units) -> Program:
    return Program(app, "t", "office")


@pytest.fixture
def plan(office) -> str:
    return f"/plans/{office.get('/plans')[0]['id']}"


@pytest.fixture
def exported(office, plan) -> bytes:
    (file,) = office.done(f"{plan}/exports")["files"]
    assert file["rows"] == 6
    return office.fetch(file)


def test_what_is_typed_into_a_sheet_arrives(office, plan, exported):
    filled = typed(exported, {(0, "进展情况"): "已报送"})
    file = office.bring("填好.xlsx", filled)
    rehearsed = office.done(f"{plan}/syncs", file=file, dry_run=True)
    assert [item["sheet"] for item in rehearsed["applied"]] == ["已报送"]
    assert rehearsed["files"] == []
    before = office.get(f"{plan}/rows")
    assert all(not row["progress"] for row in before["items"])
    assert len(office.get(f"{plan}/syncs")["items"]) == 1  # the export
    result = office.done(f"{plan}/syncs", file=file)
    assert (result["status"], len(result["applied"]), result["stopped"]) == (0, 1, None)
    assert office.get(f"{plan}/rows")["items"][0]["progress"] == "已报送"
    (left,) = result["files"]
    again = office.done(f"{plan}/syncs", file=left["file"])
    assert (again["pass"], again["applied"], again["files"]) == (None, [], [])
    history = office.get(f"/rows/{before['items'][0]['row']}/history")
    assert (history[-1]["via"], history[-1]["actor"].partition(":")[0]) == ("sheet:填好.xlsx", "token")


def test_a_pass_is_listed_and_taken_back(office, plan, exported):
    file = office.bring("填好.xlsx", typed(exported, {(0, "进展情况"): "已报送"}))
    key = office.done(f"{plan}/syncs", file=file)["pass"]
    first = office.get(f"{plan}/syncs?limit=1")
    assert [(item["key"], item["kind"], item["changed"]) for item in first["items"]] == [(key, "sync", 1)]
    (second,) = office.get(f"{plan}/syncs?limit=1&cursor={first['next']}")["items"]
    assert second["kind"] == "export"
    assert office.get(f"/syncs/{key}")["report"]["applied"][0]["sheet"] == "已报送"
    undone = office.ask("POST", f"/syncs/{key}/undo")
    assert (undone.status_code, undone.get_json()["status"]) == (200, 0)
    assert not office.get(f"{plan}/rows")["items"][0]["progress"]
    assert office.ask("POST", "/syncs/000000000000/undo").get_json()["code"] == "pass_unknown"


def test_a_conflict_is_settled(office, plan, exported):
    file = office.bring("填好.xlsx", typed(exported, {(0, "进展情况"): "表中写的"}))
    row = office.get(f"{plan}/rows")["items"][0]["row"]
    tag = office.ask("GET", f"/rows/{row}").headers["ETag"]
    office.ask("PATCH", f"/rows/{row}", json={"progress": "系统写的"}, headers={"If-Match": tag})
    assert office.done(f"{plan}/syncs", file=file)["status"] == 1
    (waiting,) = office.get(f"{plan}/conflicts")
    assert (waiting["database"], waiting["sheet"]) == ("系统写的", ["表中写的"])
    settle = f"/conflicts/{waiting['owner']}/settle"
    wrong = office.ask("POST", settle, json={"field": "progress", "use": "sheet", "value": "没人写的"})
    assert (wrong.status_code, wrong.get_json()["code"]) == (422, "choose_one")
    settled = office.ask("POST", settle, json={"field": "progress", "use": "sheet"})
    assert (settled.status_code, office.get(f"{plan}/conflicts")) == (200, [])
    assert office.get(f"/rows/{row}")["progress"] == "表中写的"
    assert office.ask("POST", settle, json={"field": "progress", "use": "sheet"}).status_code == 404


def test_what_cannot_be_synced_is_a_result(office, plan, exported, cli, tmp_path):
    for name, content_, code in (
        ("坏.xlsx", b"PK broken", "file_damaged"),
        ("空.csv", "甲,乙\n1,2".encode(), "no_stamp"),
    ):
        result = office.done(f"{plan}/syncs", file=office.bring(name, content_))
        assert (result["status"], result["stopped"]["code"], result["files"]) == (2, code, [])
    (tmp_path / "另一份.txt").write_text(TEXT.replace("2024", "2025"), encoding="utf-8")
    cli.ok("plan", "import", tmp_path / "另一份.txt", "--tenant", "t")
    other = f"/plans/{office.get('/plans')[0]['id']}"
    result = office.done(f"{other}/syncs", file=office.bring("表.xlsx", exported))
    assert result["stopped"]["code"] == "other_plan"


def test_rows_that_are_missing_stop_a_pass_until_a_person_says_so(office, plan, exported):
    file = office.bring("缺行.xlsx", typed(exported, {}, without=4))
    assert office.done(f"{plan}/syncs", file=file)["stopped"]["code"] == "rows_missing"
    meant = office.done(f"{plan}/syncs", file=file, confirmed=["rows_missing"])
    assert (meant["stopped"], len(meant["missing"])) == (None, 4)


def test_a_sync_that_was_begun_twice_loses_nothing_and_doubles_nothing(office, plan, exported):
    """A worker that dies after the pass and before the job's end: the job is begun again, on the same file."""
    filled = typed(exported, {(0, "进展情况"): "已报送", (1, "完成情况"): "看不懂", (6, "任务"): "新加的一项"})
    number = int(plan.rpartition("/")[2])
    detail = {"plan": number, "file": office.bring("表.xlsx", filled), "dry_run": False, "confirmed": []}
    job, by = begun("t", "sheet.sync", detail), Made(Right.SHEETS_SYNC, None)
    with tenant_session("t", "token:1", "api") as session:
        first = sync(Work(job, session, detail, by))
        session.rollback()
    rows = office.get(f"{plan}/rows")
    with tenant_session("t", "token:1", "api") as session:
        second = sync(Work(job, session, detail, by))
        (left,) = second["files"]
    assert [len(first[name]) for name in ("applied", "rejected", "added")] == [1, 1, 1]
    assert [len(second[name]) for name in ("applied", "added", "conflicts")] == [0, 0, 0]
    assert office.get(f"{plan}/rows") == rows
    assert [row["title"] for row in rows["items"]].count("新加的一项") == 1
    after = office.fetch(left)
    assert column(after, "进展情况")[0] == "已报送"
    assert column(after, "完成情况")[1] == "看不懂"
    again = office.done(f"{plan}/syncs", file=office.bring("表.xlsx", after))
    assert (again["applied"], again["added"], again["conflicts"]) == ([], [], [])


def test_a_sheet_of_ones_own_is_adopted_on_consent(office, plan):
    (file,) = office.done(f"{plan}/exports", by="task")["files"]
    own = typed(office.fetch(file), {(0, "完成情况"): "已完成"})
    number = office.bring("自己的表.xlsx", own)
    looked = office.done(f"{plan}/adoptions", file=number)
    assert len(looked["found"]["matches"]) == 3
    assert (looked["files"], looked["stopped"]) == ([], None)
    assert all(row["status"] != "已完成" for row in office.get(f"{plan}/rows")["items"])
    taken = office.done(f"{plan}/adoptions", file=number, dry_run=False, answers={"cells": "sheet"})
    assert taken["pass"]
    assert office.get(f"{plan}/rows")["items"][0]["status_word"] == "已完成"
    (left,) = taken["files"]
    synced = office.done(f"{plan}/syncs", file=left["file"])
    assert (synced["stopped"], synced["applied"], synced["conflicts"]) == (None, [], [])
    assert office.job(f"{plan}/adoptions", file=number, answers={"nix": "x"})["error"]["code"] == "answer_invalid"


def test_a_contact_gets_the_rows_of_his_units_only(app, office, plan, units):
    contact = Program(app, "t", "unit_contact", [units["甲处"]])
    (file,) = contact.done(f"{plan}/exports")["files"]
    assert (file["rows"], file["name"]) == (3, "甲处_2024年要点.xlsx")
    assert set(column(contact.fetch(file), "责任单位")) == {"甲处"}
    refused = contact.ask("POST", f"{plan}/exports", json={"by": "task"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "whole_plan_only")
    wished = contact.bring("表.xlsx", typed(contact.fetch(file), {(0, "完成时限"): "11月底前"}))
    assert contact.ask("POST", f"{plan}/syncs", json={"file": wished}).status_code == 403
    brought = office.bring("表.xlsx", typed(contact.fetch(file), {(0, "完成时限"): "11月底前"}))
    assert len(office.done(f"{plan}/syncs", file=brought)["proposals"]) == 1
    listed = office.get(f"{plan}/proposals?limit=1")
    assert [(one["field"], one["new"], one["taken"]) for one in listed["items"]] == [("deadline", "11月底前", False)]
    for path in (f"{plan}/syncs", f"{plan}/conflicts", f"{plan}/proposals"):
        assert contact.ask("GET", path).status_code == 403
    # the right for some units is not the right over the whole sheet
    bound = Program(app, "t", "office", [units["甲处"]])
    assert bound.ask("GET", f"{plan}/conflicts").status_code == 403


def test_words_are_taught_and_forgotten(office, plan, exported):
    file = office.bring("表.xlsx", typed(exported, {(0, "完成情况"): "搞定"}))
    assert len(office.done(f"{plan}/syncs", file=file, dry_run=True)["rejected"]) == 1
    taught = office.ask("POST", "/words", json={"word": "搞定", "means": "已完成"})
    assert (taught.status_code, office.get("/words")) == (201, [{"word": "搞定", "means": "已完成"}])
    assert office.done(f"{plan}/syncs", file=file)["rejected"] == []
    assert office.ask("DELETE", "/words/搞定").status_code == 204
    assert office.ask("DELETE", "/words/搞定").get_json()["code"] == "word_unknown"
