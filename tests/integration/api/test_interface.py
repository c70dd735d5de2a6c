"""The HTTP interface as people and programs use it."""

import pytest
from flask import Flask
from sqlalchemy import select

from core.api.access import Unguarded, guard_all, public
from core.api.blueprint import ApiBlueprint
from core.api.models import Replay
from tenants.sessions import tenant_session
from tests.support.http import Caller


def row_of(site, n=0):
    return site.own.ids["row"][n]


def test_plans_and_rows(site):
    office = site.own.callers["office"]
    (plan,) = office.get("/plans")
    assert plan["year"] == 2024
    page = office.get(f"/plans/{plan['id']}/rows?limit=7")
    assert len(page["items"]) == 7
    assert page["items"][0]["title"].startswith("编制甲第1号目录")


@pytest.mark.parametrize("sort", ["position", "due"])
@pytest.mark.parametrize("limit", [1, 7, 30, 500])
def test_pages_give_every_row_once(site, sort, limit):
    office, plan = site.own.callers["office"], site.own.ids["plan"][0]
    seen, cursor = [], ""
    while cursor is not None:
        page = office.get(f"/plans/{plan}/rows", query_string={"limit": limit, "cursor": cursor, "sort": sort})
        seen += [item["row"] for item in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(site.own.ids["row"])


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIxIl0", "bm90", "%00", "W1tdLFtdLFtdXQ"])
def test_a_cursor_that_nobody_gave(site, cursor):
    plan = site.own.ids["plan"][0]
    answer = site.own.callers["office"].ask("GET", f"/plans/{plan}/rows", query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


def test_a_contact_sees_and_changes_the_rows_of_his_unit_only(site):
    contact, office = site.own.callers["unit_contact"], site.own.callers["office"]
    plan = site.own.ids["plan"][0]
    mine = {item["row"]: item["unit"] for item in contact.get(f"/plans/{plan}/rows?limit=500")["items"]}
    assert 0 < len(mine) < len(site.own.ids["row"])
    assert len(set(mine.values())) == 1
    theirs = next(key for key in site.own.ids["row"] if key not in mine)
    assert contact.ask("GET", f"/rows/{theirs}").get_json() == contact.ask("GET", f"/rows/{'0' * 16}").get_json() | {
        "message": f"没有编号为 {theirs} 的任务行。"
    }
    key = next(iter(mine))
    tag = contact.ask("GET", f"/rows/{key}").headers["ETag"]
    changed = contact.ask("PATCH", f"/rows/{key}", json={"progress": "已发布"}, headers={"If-Match": tag})
    assert changed.get_json()["progress"] == "已发布"
    assert office.get(f"/rows/{key}")["progress"] == "已发布"
    tag = changed.headers["ETag"]
    refused = contact.ask("PATCH", f"/rows/{key}", json={"title": "别的"}, headers={"If-Match": tag})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "field_not_yours")


def test_a_write_names_the_version_that_it_changes(site):
    office, path = site.own.callers["office"], f"/rows/{row_of(site, 1)}"
    assert office.ask("PATCH", path, json={"note": "一"}).status_code == 428
    tag = office.ask("GET", path).headers["ETag"]
    assert office.ask("PATCH", path, json={"note": "一"}, headers={"If-Match": tag}).status_code == 200
    late = office.ask("PATCH", path, json={"note": "二"}, headers={"If-Match": tag})
    assert (late.status_code, late.get_json()["code"]) == (412, "changed_meanwhile")
    assert office.get(path)["note"] == "一"
    assert (
        office.ask("GET", path, headers={"If-None-Match": office.ask("GET", path).headers["ETag"]}).status_code == 304
    )


def test_every_refusal_has_one_shape(site):
    office, path = site.own.callers["office"], f"/rows/{row_of(site, 2)}"
    tag = office.ask("GET", path).headers["ETag"]
    wrong = office.ask("PATCH", path, json={"percent": "x", "nix": 1}, headers={"If-Match": tag})
    assert wrong.status_code == 422
    assert wrong.get_json() == {
        "code": "invalid",
        "message": "请求中有不合要求之处。",
        "fields": [{"path": "percent", "message": "完成率须是数字。"}, {"path": "nix", "message": "没有此项。"}],
    }
    for method, path in (("GET", "/nix"), ("GET", "/plans/999999"), ("PUT", "/plans"), ("GET", "/plans/x")):
        answer = office.ask(method, path)
        assert answer.status_code == 404
        assert set(answer.get_json()) == {"code", "message", "fields"}


def test_a_write_with_a_key_is_done_once(site):
    admin = site.own.callers["tenant_admin"]
    key, unit = {"Idempotency-Key": "k-1"}, {"name": "新设处"}
    first = admin.ask("POST", "/units", json=unit, headers=key)
    again = admin.ask("POST", "/units", json=unit, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()
    assert again.headers["Idempotency-Replayed"] == "true"
    other = admin.ask("POST", "/units", json={"name": "别的处"}, headers=key)
    assert other.get_json()["code"] == "idempotency_key_reused"
    refused = admin.ask("POST", "/units", json=unit, headers={"Idempotency-Key": "k-2"})
    assert refused.get_json()["code"] == "unit_exists"
    # what was refused left nothing behind: the key is free
    assert admin.ask("POST", "/units", json={"name": "再设处"}, headers={"Idempotency-Key": "k-2"}).status_code == 201


def test_a_secret_is_kept_nowhere_to_be_shown_again(site):
    admin = site.own.callers["tenant_admin"]
    asked = {"json": {"name": "程序", "rights": ["plans.read"], "days": 1}, "headers": {"Idempotency-Key": "secret-1"}}
    first, again = (admin.ask("POST", "/tokens", **asked) for _ in range(2))
    assert (first.status_code, again.status_code, again.get_json()["code"]) == (201, 409, "already_shown")
    with site.app.app_context(), tenant_session(site.own.slug, "office", "command") as session:
        kept = session.scalars(select(Replay.content).where(Replay.key == "secret-1")).one()
    assert kept is None


def test_a_cookie_alone_writes_nothing(site):
    office = site.own.callers["office"]
    forged = office.ask("POST", "/units", json={"name": "伪造处"}, headers={"X-Csrf-Token": "x"})
    assert (forged.status_code, forged.get_json()["code"]) == (403, "csrf_missing")


def test_nobody_gets_in(site):
    for caller in (Caller(site.app), Caller(site.app, "zwgk_a_" + "x" * 43), Caller(site.app, "nix")):
        answer = caller.ask("GET", "/plans")
        assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")


def test_a_view_that_says_nothing_stops_the_application():
    app, careless = Flask(__name__), ApiBlueprint("careless", __name__, "/careless", "")

    @careless.get("/said")
    @public("a test")
    def said():
        return {}

    app.register_blueprint(careless)
    guard_all(app)
    app.add_url_rule("/api/v1/unsaid", "unsaid", dict)
    with pytest.raises(Unguarded, match="unsaid"):
        guard_all(app)
