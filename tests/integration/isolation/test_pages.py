"""Every address of the server, from `app.url_map`: what it says of tenants that one may not see, and to whom."""

import pytest

from core.api.access import PREFIX
from core.migrate import upgrade
from core.runtime import Runtime
from tests.support.cli import Cli

TEXT = """2024年{who}政务公开工作要点
一、信息公开
(一)编制{who}目录。编制并公布{who}目录,于3月31日前向社会公开。(责任单位:{who}处)
"""
# Addresses that show no tenant's data, each with its reason; any other one has to name its tenant
EXEMPT = {
    "static": "files of the program",
    "pages.static": "files of the program",
    "bootstrap.static": "files of the library",
    "pages.index": "the names of the tenants of this installation, on this machine only",
    "service.health": "that the process answers",
    "service.ready": "codes of what is wrong with the service",
    "service.metrics": "counts over all tenants, on this machine or with a token (tests/integration/service)",
}
UNKNOWN = ("nobody", "A", "-", "a%00", "a%20", "a'--", "%ED%B2%80", "a" * 3000)


@pytest.fixture(scope="module")
def site(database_server, tmp_path_factory):
    """An application with the tenants a and b, and a document of each."""
    folder = tmp_path_factory.mktemp("site")
    with database_server.clone(upgrade) as urls:
        runtime = Runtime(urls.as_environ(), folder / "home")
        cli = Cli(runtime)
        for slug, who in (("a", "甲"), ("b", "乙")):
            (folder / slug).with_suffix(".txt").write_text(TEXT.format(who=who), encoding="utf-8")
            cli.ok("tenant", "add", slug, "--name", f"{who}局", "--plugin", "openness")
            cli.ok("plan", "import", folder / f"{slug}.txt", "--tenant", slug)
        yield runtime.served
        runtime.close()


@pytest.fixture
def client(site):
    return site.test_client()


def rules(site):
    """The pages; the HTTP interface has a suite of its own (`tests/integration/api`)."""
    return [rule for rule in site.url_map.iter_rules() if not rule.rule.startswith(PREFIX)]


def address(rule, slug="a"):
    """The address of a rule; a new kind of argument has to say here what another tenant's is."""
    known = {"slug": slug, "filename": "x"}
    address = rule.rule
    for name in rule.arguments:
        for form in (f"<{name}>", f"<path:{name}>"):
            address = address.replace(form, known[name])
    assert "<" not in address, rule
    return address


def answer(response):
    headers = {name: text for name, text in response.headers.items() if name != "X-Request-Id"}
    return response.status_code, response.get_data(as_text=True), headers


def test_every_address_names_its_tenant_or_is_exempt(site):
    assert {rule.endpoint for rule in rules(site) if "slug" not in rule.arguments} == set(EXEMPT)
    assert all(rule.methods <= {"GET", "HEAD", "OPTIONS"} for rule in rules(site)), "the pages are read-only"


@pytest.mark.parametrize("slug", UNKNOWN)
def test_an_unknown_tenant_is_no_page_like_any_other(site, client, slug):
    nothing = answer(client.get("/no-such-page"))
    assert nothing[0] == 404
    for rule in rules(site):
        if "slug" in rule.arguments:
            assert client.get(address(rule)).status_code == 200, rule
            assert answer(client.get(address(rule, slug))) == nothing, rule


def test_a_page_shows_its_tenant_and_no_other(client):
    for slug, own, other in (("a", "甲", "乙"), ("b", "乙", "甲")):
        page = client.get(f"/t/{slug}/").get_data(as_text=True)
        assert f"{own}局" in page
        assert f"编制{own}目录" in page
        assert other not in page


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "localhost@evil.example", "127.0.0.1:x", ""]
)
def test_a_foreign_host_is_turned_away_everywhere(site, client, host):
    for path in [*(address(rule) for rule in rules(site)), "/no-such-page"]:
        assert client.get(path, headers={"Host": host}).status_code == 403, path


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:8000", "[::1]:8000", "[::1]"])
def test_this_machine_is_let_in(client, host):
    assert client.get("/t/a/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("path", "host", "status"),
    [("/", "localhost", 200), ("/t/a/", "localhost", 200), ("/x", "localhost", 404), ("/", "evil.example", 403)],
)
def test_every_answer_forbids_foreign_code(client, path, host, status):
    response = client.get(path, headers={"Host": host})
    assert response.status_code == status
    assert_strict(response)


def assert_strict(response):
    policy = dict(part.strip().partition(" ")[::2] for part in response.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert set(" ".join(policy.values()).split()) <= {"'none'", "'self'", "data:"}
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_database_that_is_gone_is_one_sentence(database_server, tmp_path):
    with database_server.clone(upgrade) as urls:
        runtime = Runtime(urls.as_environ(), tmp_path / "home")
        client = runtime.served.test_client()
        assert client.get("/").status_code == 200
    for path in ("/", "/t/a/"):
        response = client.get(path)
        assert (response.status_code, "数据库" in response.get_data(as_text=True)) == (503, True)
        assert "clone" not in response.get_data(as_text=True)
        assert_strict(response)
    assert client.get("/no-such-page").status_code == 404
    runtime.close()
