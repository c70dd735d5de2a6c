"""Settings and the audit of a tenant over HTTP."""

import json

import pytest

from core.audit.schemas import AuditQuery
from tests.support.agency import Program


@pytest.fixture(scope="module")
def office(site):
    return Program(site.app, "a", "office")


@pytest.fixture(scope="module")
def admin(site):
    return Program(site.app, "a", "tenant_admin")


def patched(caller, **values):
    tag = caller.ask("GET", "/settings").headers["ETag"]
    return caller.ask("PATCH", "/settings", json={"values": values}, headers={"If-Match": tag})


def value_of(caller, name):
    return next(one for one in caller.get("/settings")["settings"] if one["name"] == name)


def test_what_the_tenant_is(office):
    told = office.get("/tenant")
    assert (told["slug"], told["name"], [one["key"] for one in told["plugins"]]) == ("a", "甲局", ["openness"])
    assert {"key", "title", "keywords", "evidence", "limit"} == set(office.get("/templates")[0])


def test_settings_are_changed_by_their_version(office, admin):
    name = "units.first_leads"
    tag = office.ask("GET", "/settings").headers["ETag"]
    assert patched(office, **{name: "是"}).status_code == 200
    assert value_of(office, name) | {"meaning": ""} == {"name": name, "value": True, "set": True, "meaning": ""}
    late = office.ask("PATCH", "/settings", json={"values": {name: "否"}}, headers={"If-Match": tag})
    assert late.status_code == 412
    assert patched(office, **{name: ""}).status_code == 200
    assert value_of(office, name)["set"] is False
    assert patched(office, **{name: "也许"}).get_json()["code"] == "setting_wrong"
    # what is about security is not the office's
    for security in ("security.min_length", "audit.days"):
        assert patched(office, **{security: "999"}).status_code == 403
    assert patched(admin, **{"audit.days": "999"}).status_code == 200


def test_the_audit_in_pages_and_by_what_was_done(admin, office):
    assert office.ask("GET", "/audit").status_code == 403
    every, cursor = [], ""
    first = admin.get("/audit?limit=500")["items"]
    while cursor is not None:
        page = admin.get("/audit", query_string={"limit": 7, "cursor": cursor, "end": first[0]["at"]})
        every += page["items"]
        cursor = page["next"]
    assert every == [entry for entry in first if entry["at"] < first[0]["at"]]
    imported = admin.get("/audit?action=plan_imported")["items"]
    assert [(one["entity"], one["shown"], one["detail"]) for one in imported] == [("plan", "导入要点", {"tasks": 30})]
    # to look is an act itself, and so is to be refused
    acts = [(one["action"], one["outcome"]) for one in admin.get("/audit?limit=40")["items"]]
    assert ("audit_read", "done") in acts
    assert any(one["action"] == "access" for one in admin.get("/audit?action=access")["items"])


def test_a_moment_that_is_none(admin):
    wrong = admin.ask("GET", "/audit?begin=gestern").get_json()
    assert wrong["fields"] == [{"path": "begin", "message": "时间须写成 2024-06-30T08:00:00+08:00 这样的形式。"}]
    assert set(AuditQuery().fields) == {"begin", "end", "actor", "action", "limit", "cursor"}


def test_the_audit_is_written_out_for_one_pair_of_eyes_and_verified(admin, office):
    asked = admin.job("/audit/export")
    lines = [json.loads(line) for line in admin.fetch(asked["result"]).splitlines()]
    assert lines[-1]["kind"] == "seal"
    for path in (f"/files/{asked['result']['file']}/content", f"/jobs/{asked['id']}"):
        assert office.ask("GET", path).status_code == 404
    verdict = admin.done("/audit/verification", head=lines[-1]["digest"])
    assert (verdict["faults"], verdict["head"]) == ([], lines[-1]["digest"])
    wrong = admin.done("/audit/verification", head="0" * 64)
    assert [fault["code"] for fault in wrong["faults"]] == ["head_unknown"]
