"""The three administrators of the platform over HTTP, each with what is his."""

import re
from datetime import UTC, datetime

import pytest

from tenants.people.accounts import add_account
from tenants.people.rights import PLATFORM_ROLES
from tests.integration.api.asked import ARGUMENTS, NOBODYS
from tests.integration.api.test_cross_tenant import fields_of, operations
from tests.support.http import Caller


@pytest.fixture(scope="module")
def admins(site):
    with site.app.app_context():
        given = {role: add_account(f"{role}.x", "管理员", role, datetime.now(UTC))[1] for role in PLATFORM_ROLES}
    return {role: Caller(site.app).sign_in(f"{role}.x", password) for role, password in given.items()}


# everything that each of them may do, and nothing else of it: no role but that of a new account, and of an audit no
# writing, changing or ending
OPERATIONS = {
    "system_admin": {
        *(("GET", path) for path in ("/tenants", "/plugins", "/applications", "/tombstones")),
        *(("GET", path) for path in ("/applications/{reference}", "/tenants/{tenant}/erasure")),
        *(("POST", path) for path in ("/tenants", "/tenants/{tenant}/erasure")),
        *(("POST", f"/applications/{{reference}}/{what}") for what in ("approval", "refusal", "link")),
        ("PUT", "/tenants/{tenant}/plugins"),
    },
    "security_admin": {
        *((method, "/accounts") for method in ("GET", "POST")),
        *(("GET", path) for path in ("/accounts/{login}", "/accounts/{login}/sessions")),
        *(("PUT", f"/accounts/{{login}}/{what}") for what in ("state", "password")),
        *(("DELETE", f"/accounts/{{login}}/{what}") for what in ("second-factor", "sessions")),
    },
    "audit_admin": {("GET", "/platform/audit"), ("POST", "/platform/audit/verification")},
}


def test_each_has_his_own_and_no_tenants(site, admins):
    document, callers = Caller(site.app).get("/openapi.json"), admins | {"": site.own.callers["tenant_admin"]}
    may = {role: set() for role in callers}
    for method, path, _said in operations(document):
        if path.startswith("/session"):
            continue
        for role, caller in callers.items():
            address = re.sub(r"{(\w+)}", lambda name: str(NOBODYS[ARGUMENTS[name[1]]]), path)
            if caller.ask(method, address, json={"nix": 1}).status_code not in (401, 403):
                may[role].add((method, path))
    everybodys = set.intersection(*may.values())
    assert {role: may[role] - everybodys for role in admins} == OPERATIONS
    assert not may[""] & set.union(*OPERATIONS.values())
    giving = {path for _, path, said in operations(document) if "platform_role" in set(fields_of(document, said))}
    assert giving == {"/accounts"}


def test_nobody_gives_himself_another_role(site, admins):
    keeper = admins["security_admin"]
    for role in PLATFORM_ROLES:
        refused = keeper.post("/accounts", 409, login="security_admin.x", name="管理员", platform_role=role)
        assert refused["code"] == "account_exists"
    invite = {"login": "security_admin.x", "name": "某人", "role": "reviewer"}
    assert site.own.callers["tenant_admin"].post("/members", 409, **invite)["code"] == "platform_account"
    assert keeper.ask("PUT", "/session/tenant", json={"slug": "a"}).status_code == 404


def test_the_audit_administrator_reads_and_verifies_what_the_others_did(site, admins):
    admins["security_admin"].post("/accounts", 201, login="watched.one", name="某人")
    page = admins["audit_admin"].get("/platform/audit?action=account_added&limit=1")
    assert (page["items"][0]["detail"]["login"], page["items"][0]["via"]) == ("watched.one", "api")
    older = admins["audit_admin"].get("/platform/audit", query_string={"limit": 1, "cursor": page["next"]})
    assert older["items"][0]["at"] <= page["items"][0]["at"]
    reading = admins["audit_admin"].get("/platform/audit?action=cross_tenant&limit=1")["items"][0]
    assert reading["detail"] == {"reason": "查看平台自身的审计"}
    verdict = admins["audit_admin"].post("/platform/audit/verification", 200)
    assert verdict["faults"] == []


def test_who_takes_an_account_over_is_seen(site, admins):
    """The security administrator resets password and second factor, and signs in as the person."""
    person = Caller(site.app).sign_in(*_member(site, "taken.over"), site.own.slug)
    path = "/accounts/taken.over"
    keeper = admins["security_admin"]
    assert keeper.ask("PUT", f"{path}/password", json={"password": "Harbour-74-lantern"}).status_code == 204
    assert keeper.ask("DELETE", f"{path}/second-factor").status_code == 204
    assert person.ask("GET", "/session").status_code == 401
    step = person.ask("POST", "/session", json={"login": "taken.over", "password": "Harbour-74-lantern"}).get_json()
    assert step["must"] == ["change_password", "enrol_second_factor"]
    early = person.ask("GET", "/plans")
    assert (early.status_code, early.get_json()["code"]) == (403, "step_missing")
    assert [text[:6] for text in step["notices"]] == ["本账号的密码", "本账号的两步"]
    acts = site.own.callers["tenant_admin"].get("/audit?limit=20")["items"]
    seen = [(one["action"], one["via"], one["address"]) for one in acts if one["action"].endswith("_reset")]
    assert seen == [("second_factor_reset", "api", "127.0.0.1"), ("password_reset", "api", "127.0.0.1")]
    assert site.own.callers["office"].get("/session")["notices"] == []


def _member(site, login):
    asked = {"login": login, "name": "某人", "role": "office"}
    return login, site.own.callers["tenant_admin"].post("/members", 201, **asked)["initial_password"]


def test_a_tenant_is_added(admins, site):
    operator = admins["system_admin"]
    content = {"slug": "c", "name": "丙局", "plugin": "jiading"}
    added = operator.post("/tenants", 201, **content)
    assert (added["plugins"], added["units"] > 0) == (["jiading"], True)
    assert operator.post("/tenants", 409, **content)["code"] == "tenant_exists"
    assert operator.post("/tenants", 404, **content | {"plugin": "nix"})["code"] == "plugin_unknown"
    assert {"slug": "c", "name": "丙局", "plugins": ["jiading"]} in operator.get("/tenants")
    added = next(act for act in site.cli.json("audit", "list", "--platform") if act["action"] == "tenant_added")
    assert (added["via"], added["actor"].partition(":")[0], added["address"]) == ("api", "account", "127.0.0.1")


def test_accounts_are_looked_after(admins, site):
    keeper = admins["security_admin"]
    made = keeper.post("/accounts", 201, login="Neu.Mann", name="新人")
    assert (made["account"]["login"], made["account"]["platform_role"]) == ("neu.mann", None)
    assert keeper.post("/accounts", 409, login="neu.mann", name="新人")["code"] == "account_exists"
    assert keeper.post("/accounts", 422, login="x.y", name="人", platform_role="king")["fields"][0]["path"] == (
        "platform_role"
    )
    path = "/accounts/neu.mann"
    assert keeper.ask("PUT", f"{path}/password", json={"password": "Lantern-47-harbour"}).status_code == 204
    person = Caller(site.app)
    signed = person.ask("POST", "/session", json={"login": "neu.mann", "password": "Lantern-47-harbour"})
    assert signed.status_code == 200
    assert len(keeper.get(f"{path}/sessions")) == 1
    assert keeper.ask("DELETE", f"{path}/sessions").get_json() == {"ended": 1}
    assert keeper.ask("PUT", f"{path}/state", json={"disabled": True}).get_json()["disabled"] is True
    assert keeper.ask("DELETE", f"{path}/second-factor").status_code == 204
    assert keeper.ask("GET", "/accounts/nobody.x").status_code == 404
