"""The three administrators of the platform over HTTP, each with what is his."""

from datetime import UTC, datetime

import pytest

from tenants.people.accounts import add_account
from tenants.people.rights import PLATFORM_ROLES
from tests.support.http import Caller


@pytest.fixture(scope="module")
def admins(site):
    with site.app.app_context():
        given = {role: add_account(f"{role}.x", "管理员", role, datetime.now(UTC))[1] for role in PLATFORM_ROLES}
    return {role: Caller(site.app).sign_in(f"{role}.x", password) for role, password in given.items()}


OPERATIONS = {
    "system_admin": ("/tenants", "/plugins"),
    "security_admin": ("/accounts", "/accounts/office.a", "/accounts/office.a/sessions"),
    "audit_admin": (),
}


def test_each_has_his_own_and_no_tenants(site, admins):
    callers = admins | {"tenant_admin": site.own.callers["tenant_admin"]}
    for whose, paths in OPERATIONS.items():
        for path in paths:
            may = {role: caller.ask("GET", path).status_code for role, caller in callers.items()}
            assert may == dict.fromkeys(callers, 403) | {whose: 200}, path
    for caller in admins.values():
        for path in ("/plans", "/units", "/members", "/settings", "/audit", "/jobs"):
            assert caller.ask("GET", path).status_code == 403


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
