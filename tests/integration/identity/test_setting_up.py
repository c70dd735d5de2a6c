"""Setting the identity provider up: by whom, on what servers, and what becomes of its secret."""

import zipfile

import pytest

from tenants.identity.trust import ORIGINS, PUBLIC_URL, OriginsInvalid, PublicUrlInvalid, Trust
from tests.support.provider import CLIENT, SECRET


@pytest.fixture
def admin(site):
    """The administrator's browser, and the office's."""
    browsers = {}
    for role in ("tenant_admin", "office"):
        browsers[role] = site.browser()
        browsers[role].sign_in(role, site.member(role, role))
    return browsers


def test_over_http_by_the_administrator(site, admin):
    asked = {"issuer": site.provider.issuer, "client_id": CLIENT}
    for method, path in (("GET", ""), ("PUT", ""), ("POST", "/trial"), ("DELETE", "")):
        assert admin["office"].ask(method, f"/provider{path}", json=asked).status_code == 403
    keeper = admin["tenant_admin"]
    shown = keeper.ask("GET", "/provider").json()
    callback = f"{site.base}/api/v1/session/oidc/callback/a"
    assert (shown["issuer"], shown["has_secret"], shown["callback"]) == (site.provider.issuer, True, callback)
    tried = keeper.ask("POST", "/provider/trial").json()
    assert tried == {"keys": ["RSA first"], "code": None, "message": "可以使用。"}
    assert keeper.ask("PUT", "/provider", json=asked | {"enabled": True}).json()["has_secret"]
    # the secret of one is not told to another
    other = asked | {"issuer": f"{site.provider.issuer}/other", "enabled": True}
    assert not keeper.ask("PUT", "/provider", json=other).json()["has_secret"]
    assert site.ask("SELECT client_secret FROM identity_provider") == [("",)]
    added = keeper.ask("POST", "/members", json={"login": "wang", "role": "office", "subject": "sub-wang"})
    assert (added.status_code, added.json()["initial_password"]) == (201, None)
    (identity,) = keeper.ask("GET", "/identities").json()
    assert (identity["login"], identity["issuer"]) == ("wang", other["issuer"])
    assert keeper.ask("POST", "/identities", json={"login": "office", "subject": "sub-wang"}).status_code == 409
    assert admin["office"].ask("DELETE", f"/identities/{identity['id']}").status_code == 403
    assert keeper.ask("DELETE", f"/identities/{identity['id']}").status_code == 204
    assert keeper.ask("GET", "/identities").json() == []
    assert keeper.ask("DELETE", "/provider").status_code == 204
    assert keeper.ask("GET", "/provider").status_code == 404


def test_the_secret_is_shown_nowhere(site, admin, tmp_path):
    told = admin["tenant_admin"].ask("GET", "/provider").text + site.cli.ok("idp", "show", "--tenant", "a", "--json")
    site.cli.ok("audit", "export", tmp_path / "audit.jsonl", "--tenant", "a")
    site.cli.ok("backup", "tenant", tmp_path / "a.zip", "--tenant", "a")
    with zipfile.ZipFile(tmp_path / "a.zip") as backup:
        told += "".join(backup.read(name).decode() for name in backup.namelist())
        assert "identity.jsonl" in backup.namelist()
    told += (tmp_path / "audit.jsonl").read_text(encoding="utf-8")
    assert "identity_provider" in told
    assert SECRET not in told


def test_whom_it_let_in_is_out_when_it_changes(site):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    for change, back in (("off", "on"), ("remove", None)):
        browser = site.browser()
        assert browser.sign_in_elsewhere(site.provider).status_code == 200
        sent = site.provider.authorize(site.browser().begin(), "王五", "口令一")
        site.cli.ok("idp", change, "--tenant", "a")
        assert browser.ask("GET", "/units").status_code == 401
        assert site.browser().back(sent).json()["code"] == "flow_over"
        assert site.browser().ask("POST", "/session/oidc", json={"slug": "a"}).json()["code"] == "provider_off"
        if back:
            site.cli.ok("idp", back, "--tenant", "a")
    assert len(site.cli.json("idp", "links", "--tenant", "a")) == 1


def test_only_servers_that_the_operator_named(site):
    before = site.everything()
    for issuer in (
        "https://10.0.0.1",
        f"{site.provider.issuer}@evil.example",
        "http://127.0.0.1:5432",
        "file:///x",
        "",
    ):
        outcome = site.cli("idp", "set", "--tenant", "a", "--issuer", issuer)
        assert (outcome.status, "provider_not_trusted" in outcome.err) == (2, True), issuer
    assert site.cli("idp", "set", "--tenant", "b", "--issuer", site.provider.issuer).status == 2
    assert site.everything() == before


@pytest.mark.parametrize(
    "text", ["http://zwgk.example", "https://u@sso.example", "https://sso.example/path", "sso", "*"]
)
def test_addresses_that_are_none(text):
    with pytest.raises(OriginsInvalid):
        Trust.from_environ({ORIGINS: f"https://sso.example {text}"})
    with pytest.raises(PublicUrlInvalid):
        Trust.from_environ({PUBLIC_URL: text})


def test_what_the_operator_names():
    trust = Trust.from_environ(
        {PUBLIC_URL: "https://zwgk.example/", ORIGINS: "https://sso.example:8443/ http://localhost:9"}
    )
    assert trust.callback("a") == "https://zwgk.example/api/v1/session/oidc/callback/a"
    assert trust.allows("https://sso.example:8443/realms/x")
    for other in (
        "https://sso.example/",
        "https://sso.example:8443@evil.example/",
        "https://sso.example:8443\\@x/",
        1,
        None,
    ):
        assert not trust.allows(other)
    assert not Trust().allows("https://sso.example")
