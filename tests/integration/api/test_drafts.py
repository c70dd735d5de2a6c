"""Documents over HTTP: brought, taken apart, looked at, asked about, mended, and held against what there is."""

import json

import pytest

from tests.integration.api.conftest import document
from tests.support.agency import Program


@pytest.fixture(scope="module")
def office(site):
    return Program(site.app, "a", "office")


@pytest.fixture(scope="module")
def plan(site):
    return f"/plans/{site.own.ids['plan'][0]}"


def content_of(caller, file):
    return json.loads(caller.fetch(file))


def tasks_of(caller, plan):
    return caller.get(f"{plan}/draft?limit=500")["items"]


def test_a_document_becomes_a_plan(office):
    file = office.bring("来年.txt", document("甲").replace("2024", "2025").encode())
    before = office.get("/plans")
    preview = office.done("/drafts", file=file)
    draft = content_of(office, preview["file"])
    assert (preview["tasks"], len(draft["tasks"])) == (30, 30)
    assert {"level", "reasons"} == set(draft["tasks"][0]["confidence"]["units"])
    assert office.get("/plans") == before
    made = office.done("/plans", file=file)
    assert {"id": made["plan"], "year": 2025, "tasks": 30}.items() <= office.get("/plans")[0].items()
    job = office.job("/plans", file=file)
    assert (job["state"], job["error"]["code"]) == ("failed", "plan_exists")


def test_only_a_file_that_the_caller_sees(site, office):
    contact = site.own.callers["unit_contact"]
    missing = office.ask(
        "POST", "/plans", json={"file": office.bring("一.txt", "一".encode()), "attachments": [987654]}
    )
    assert (missing.status_code, missing.get_json()["code"]) == (404, "file_unknown")
    assert contact.ask("POST", "/plans", json={"file": 1}).status_code == 403


def test_a_draft_beside_its_source(site, office, plan):
    text = office.get(f"{plan}/text")["text"]
    tasks, cursor = [], ""
    while cursor is not None:
        page = office.get(f"{plan}/draft", query_string={"limit": 7, "cursor": cursor})
        tasks += page["items"]
        cursor = page["next"]
    assert tasks == tasks_of(office, plan)
    assert [task["id"] for task in tasks] == site.own.ids["task"]
    first = tasks[0]
    assert "".join(text[start:end] for start, end in first["sources"]) in text
    assert first["fields"]["units"] | {"why": []} == {
        "name": "责任单位",
        "value": "甲法规处",
        "level": "certain",
        "why": [],
    }
    assert office.get(f"/tasks/{first['id']}") == first


def test_a_contact_sees_the_tasks_of_his_unit_only(site, office, plan):
    number = site.own.ids["plan"][0]
    contact = site.own.callers["unit_contact"]
    mine = tasks_of(contact, plan)
    assert {row["unit"] for task in mine for row in task["rows"]} == {"甲信息中心"}
    theirs = next(task["id"] for task in tasks_of(office, plan) if task["id"] not in {one["id"] for one in mine})
    assert contact.ask("GET", f"/tasks/{theirs}").get_json()["code"] == "task_unknown"
    for path in (
        "rules",
        "text",
        "missing",
        "templates",
        f"comparison?with={number}",
        "metrics",
        "questions",
        "offers",
    ):
        assert contact.ask("GET", f"{plan}/{path}").status_code == 403, path


def test_tasks_are_split_moved_and_merged(site, office, plan):
    first, second, third, *_ = site.own.ids["task"]
    split = {"at": "编制并公布"}
    tried = office.post(f"/tasks/{first}/split", **split, dry_run=True)
    assert len(tried["tasks"]) == 2
    assert len(tasks_of(office, plan)) == 30
    key = {"Idempotency-Key": "split-1"}
    twice = [office.ask("POST", f"/tasks/{first}/split", json=split, headers=key) for _ in range(2)]
    assert twice[0].get_json() == twice[1].get_json()
    new = twice[0].get_json()["tasks"][1]["id"]
    assert [task["id"] for task in tasks_of(office, plan)][:3] == [first, new, second]
    office.post(f"/tasks/{new}/move", after=third)
    assert [task["id"] for task in tasks_of(office, plan)][:4] == [first, second, third, new]
    merged = office.post(f"/tasks/{first}/merge", tasks=[new])
    assert len(merged["closed"]) == 1
    assert len(tasks_of(office, plan)) == 30
    refused = office.ask("POST", f"/tasks/{first}/move", json={"before": second, "after": third})
    assert refused.get_json()["fields"] == [{"path": "", "message": "须写 before 或 after 之一。"}]


def test_a_dry_run_with_a_key_is_kept_as_any_other(site, office):
    task = site.own.ids["task"][5]
    key, split = {"Idempotency-Key": "dry"}, {"at": "编制并公布", "dry_run": True}
    first, again = (office.ask("POST", f"/tasks/{task}/split", json=split, headers=key) for _ in range(2))
    assert (first.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")


def test_what_a_plan_is_held_against(site, office, plan):
    number = site.own.ids["plan"][0]
    compared = office.get(f"{plan}/comparison?with={number}")
    assert {row["kind"] for row in compared["rows"]} == {"kept"}
    assert "保留 30 项" in compared["summary"]
    file = office.bring("上级.txt", document("乙").encode())
    levels = office.done(f"{plan}/comparison", file=file, superior=True)
    assert "上级任务 180 项" in levels["summary"]
    assert len(content_of(office, levels["file"])["rows"]) == 180
    silent = [bool(task["silent"]) for task in office.get(f"{plan}/missing")]
    row = site.own.ids["row"][silent.index(True)]
    tag = office.ask("GET", f"/rows/{row}").headers["ETag"]
    office.ask("PATCH", f"/rows/{row}", json={"progress": "已开始"}, headers={"If-Match": tag})
    now_silent = [bool(task["silent"]) for task in office.get(f"{plan}/missing")]
    assert now_silent.count(True) == silent.count(True) - 1
    assert {"key", "value", "formula"} <= set(office.get(f"{plan}/metrics")[0])
    assert office.get(f"{plan}/periods") == {"waiting": False, "next": None}
    assert office.post(f"{plan}/periods") == {"opened": {}, "next": None}
    assert [match["no"] for match in office.get(f"{plan}/templates")] == []
    assert office.get(f"{plan}/rules") == []
    assert office.post(f"{plan}/offers") == []


def test_questions_are_answered(office):
    text = "2026年甲政务公开工作要点\n一、公开\n(一)编制目录。编制目录。(责任单位:甲法规处、新来处)\n"
    plan = f"/plans/{office.done('/plans', file=office.bring('后年.txt', text.encode()))['plan']}"
    asked = [one["key"] for one in office.get(f"{plan}/questions") if one["key"]]
    assert asked == ["*"]
    answered = office.post(f"{plan}/answers", answers=[{"key": "*", "value": "new"}])
    assert answered == {"answered": 1, "questions": []}
    wrong = {"answers": [{"key": "新来处", "value": "甲法规处"}, {"key": "没有处", "value": "keep"}]}
    assert office.ask("POST", f"{plan}/answers", json=wrong).status_code == 404
    assert "新来处" in {unit["name"] for unit in office.get("/units")}  # all or none
