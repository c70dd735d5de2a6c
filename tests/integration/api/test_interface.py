"""The HTTP interface as people and programs use it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from io import BytesIO

import psycopg
import pytest
from flask import Flask
from sqlalchemy import select

from core.api.access import Unguarded, guard_all, public
from core.api.blueprint import ApiBlueprint
from core.api.models import Replay
from tenants.people.rights import ROLES, Right
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.support.database import plain
from tests.support.http import Caller

CANCEL = """SELECT pg_cancel_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND wait_event_type = 'Lock'"""


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


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"unit": "{unit}"}, lambda row, value: row["unit"] == value["unit"]),
        ({"status": "not_started"}, lambda row, _: row["status"] == "not_started"),
        ({"overdue": "true"}, lambda row, _: row["overdue"]),
        ({"overdue": "false"}, lambda row, _: not row["overdue"]),
        ({"due_from": "{due_on}"}, lambda row, value: (row["due_on"] or "") >= value["due_on"]),
        ({"due_until": "{due_on}"}, lambda row, value: (row["due_on"] or "9") <= value["due_on"]),
        ({"text": "{title}"}, lambda row, value: row["title"] == value["title"]),
        ({"text": "%"}, lambda row, _: "%" in row["title"]),
        (
            {"unit": "{unit}", "due_until": "{due_on}", "sort": "due"},
            lambda row, value: row["unit"] == value["unit"] and (row["due_on"] or "9") <= value["due_on"],
        ),
    ],
)
@pytest.mark.parametrize("limit", [3, 500])
def test_a_filter_gives_what_fits_page_by_page(site, asked, fits, limit):
    office, path = site.own.callers["office"], f"/plans/{site.own.ids['plan'][0]}/rows"
    every = office.get(f"{path}?limit=500")["items"]
    value = sorted((row for row in every if row["unit"] and row["due_on"]), key=lambda row: row["due_on"])[2]
    query = {name: text.format(**value) for name, text in asked.items()}
    seen, cursor = [], ""
    while cursor is not None:
        page = office.get(path, query_string={**query, "limit": limit, "cursor": cursor})
        seen += [row["row"] for row in page["items"]]
        cursor = page["next"]
    assert sorted(seen) == sorted(row["row"] for row in every if fits(row, value))


@pytest.mark.parametrize("cursor", ["x", "W10", "WyIxIl0", "bm90", "%00", "W1tdLFtdLFtdXQ", "W1tb" * 500])
def test_a_cursor_that_nobody_gave(site, cursor):
    plan = site.own.ids["plan"][0]
    answer = site.own.callers["office"].ask("GET", f"/plans/{plan}/rows", query_string={"cursor": cursor})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "cursor_invalid")


def test_a_cursor_with_half_a_character(site):
    admin = site.own.callers["tenant_admin"]
    values = json.loads(urlsafe_b64decode(admin.get("/audit?limit=1")["next"] + "=="))
    damaged = urlsafe_b64encode(json.dumps([*values[:-1], "\ud800"]).encode()).decode()
    answer = admin.ask("GET", "/audit", query_string={"limit": 1, "cursor": damaged})
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


def form(name="要点.txt", content=b"1", **fields):
    return fields | {"file": (BytesIO(content), name)}


def test_an_upload_with_a_key_is_taken_in_once_however_its_parts_are_divided(site):
    office, key = site.own.callers["office"], {"Idempotency-Key": "upload-1"}
    before = len(office.get("/plans"))
    first, again = (office.ask("POST", "/files", data=form(), headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.get_json()["id"], again.headers["Idempotency-Replayed"]) == (first.get_json()["id"], "true")
    assert office.ask("GET", f"/files/{first.get_json()['id']}/content").data == b"1"
    for other in (form("别的.txt"), form(content=b"2")):
        refused = office.ask("POST", "/files", data=other, headers=key)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "idempotency_key_reused")
    assert len(office.get("/plans")) == before


def test_a_key_belongs_to_the_version_that_was_changed(site):
    office, path = site.own.callers["office"], f"/rows/{row_of(site, 3)}"
    key, tag = {"Idempotency-Key": "version-1"}, office.ask("GET", path).headers["ETag"]
    asked = {"json": {"note": "三"}}
    assert office.ask("PATCH", path, **asked, headers=key | {"If-Match": tag}).status_code == 200
    again = office.ask("PATCH", path, **asked, headers=key | {"If-Match": tag})
    assert (again.status_code, again.headers["Idempotency-Replayed"]) == (200, "true")
    newer = office.ask("GET", path).headers["ETag"]
    refused = office.ask("PATCH", path, **asked, headers=key | {"If-Match": newer})
    assert refused.get_json()["code"] == "idempotency_key_reused"


def test_who_asks_for_long_work_is_told_where_it_is_however_often_he_asks(site):
    office, plan = site.own.callers["office"], site.own.ids["plan"][0]
    asked = {"json": {"by": "unit"}, "headers": {"Idempotency-Key": "export-1"}}
    first, again = (office.ask("POST", f"/plans/{plan}/exports", **asked) for _ in range(2))
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.headers["Location"] == again.headers["Location"] == f"/api/v1/jobs/{first.get_json()['id']}"


def test_whoever_is_kept_waiting_too_long_is_told_to_come_again(site):
    """A writer who waits for a row that somebody else holds, until the server ends the wait."""
    admin, member = site.own.callers["tenant_admin's program"], site.own.ids["member"][0]
    tag = admin.ask("GET", f"/members/{member}").headers["ETag"]
    with psycopg.connect(plain(site.urls.app)) as holder, psycopg.connect(plain(site.urls.app), autocommit=True) as end:
        number = holder.execute("SELECT id FROM tenant WHERE slug = %s", [site.own.slug]).fetchone()[0]
        holder.execute(f"SET LOCAL app.tenant_id = '{number}'")
        assert holder.execute("SELECT id FROM membership WHERE id = %s FOR UPDATE", [member]).fetchone()
        with ThreadPoolExecutor(1) as pool:
            asked = {"json": {"role": "reviewer"}, "headers": {"If-Match": tag}}
            waiting = pool.submit(admin.ask, "PUT", f"/members/{member}", **asked)
            while not end.execute(CANCEL).fetchall():
                assert not waiting.done()
            answer = waiting.result()
    assert (answer.status_code, answer.get_json()["code"], answer.headers["Retry-After"]) == (503, "busy", "2")


def test_a_token_makes_no_token_and_nobody_who_may_more(site):
    maker = site.own.callers["tenant_admin's program"]
    refused = maker.ask("POST", "/tokens", json={"name": "更久", "rights": ["plans.read"], "days": 366})
    assert (refused.status_code, refused.get_json()["code"]) == (403, "person_needed")
    with site.app.app_context(), tenant_session(site.own.slug, "office", "command") as session:
        few = {Right.MEMBERS_CHANGE, Right.MEMBERS_READ}
        inviting, demoting = (
            Caller(site.app, issue_token(session, OPERATOR, "邀请", rights, datetime.now(UTC), 1).secret)
            for rights in (few, few | ROLES["reviewer"].rights)
        )
    for role in ("tenant_admin", "reviewer"):
        refused = inviting.ask("POST", "/members", json={"login": "ever.more", "name": "某人", "role": role})
        assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    member = next(one for one in inviting.get("/members") if one["role"] == "reviewer")["id"]
    tag = {"If-Match": inviting.ask("GET", f"/members/{member}").headers["ETag"]}
    for method, path, asked in (
        ("PUT", f"/members/{member}", {"json": {"role": "tenant_admin"}, "headers": tag}),
        ("DELETE", f"/members/{member}", {}),
        ("POST", "/identities", {"json": {"login": f"tenant_admin.{site.own.slug}", "subject": "mine"}}),
        ("DELETE", f"/identities/{site.own.ids['identity'][0]}", {}),
    ):
        refused = inviting.ask(method, path, **asked)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden"), (method, path)
    keeper = next(one for one in inviting.get("/members") if one["role"] == "tenant_admin")["id"]
    tag = {"If-Match": inviting.ask("GET", f"/members/{keeper}").headers["ETag"]}
    assert demoting.ask("PUT", f"/members/{keeper}", json={"role": "reviewer"}, headers=tag).status_code == 403
    for method, asked in (("PUT", {"issuer": "https://sso", "client_id": "x"}), ("DELETE", None)):
        assert maker.ask(method, "/provider", json=asked).get_json()["code"] == "person_needed"
    assert site.own.callers["tenant_admin"].post("/tokens", 201, name="一年", rights=["plans.read"], days=366)


def test_whatever_is_forbidden_is_written_down(site):
    office = site.own.callers["office"]
    admin = site.own.callers["tenant_admin"]
    asked = {"json": {"values": {"security.min_length": "12"}}, "headers": {"If-Match": '"x"'}}
    assert office.ask("PATCH", "/settings", **asked).status_code == 403  # within the view
    office.ask("GET", "/audit")  # at the door
    office.ask("POST", "/units", json={"name": "伪造处"}, headers={"X-Csrf-Token": "x"})  # before it
    written = [
        (one["detail"]["code"], one["detail"]["address"])
        for one in admin.get("/audit?action=access")["items"]
        if one["outcome"] == "refused"
    ]
    told = (("forbidden", "PATCH /api/v1/settings"), ("forbidden", "GET /api/v1/audit"))
    assert {*told, ("csrf_missing", "POST /api/v1/units")} <= set(written)


def test_what_is_out_of_range_is_told_in_words(site):
    admin = site.own.callers["tenant_admin"]
    refused = admin.ask("POST", "/tokens", json={"name": "", "rights": ["plans.read"], "days": 367})
    assert {one["path"]: one["message"] for one in refused.get_json()["fields"]} == {
        "name": "长度须在 1 到 200 之间。",
        "days": "须在 1 到 366 之间。",
    }


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
