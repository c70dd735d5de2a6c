"""Who reaches what: pages are for this machine, figures for it and for the token, the interface for all that may."""

import pytest
from sqlalchemy import select

from tenants.people.models import SignIn
from tenants.sessions import platform_session
from tests.support.people import PASSWORD, add_member, cheap_hashes

ELSEWHERE = {"REMOTE_ADDR": "192.0.2.7"}
FOREIGN = {"Host": "zwgk.example"}
TOKEN = "Larch-metrics-5f1d"


def status(client, path, headers=None, environ=None):
    return client.get(path, headers=headers, environ_overrides=environ or {}).status_code


@pytest.mark.parametrize("path", ["/", "/t/t/", "/health", "/api/v1/openapi.json", "/nothing"])
@pytest.mark.parametrize(
    ("headers", "environ"),
    [
        (FOREIGN, None),
        (None, ELSEWHERE),
        ({"Host": "localhost"}, ELSEWHERE),
        ({"X-Forwarded-For": "127.0.0.1"}, None),
        ({"Forwarded": "for=127.0.0.1"}, None),
    ],
)
def test_on_one_machine_nobody_else_is_answered(client_of, path, headers, environ):
    assert status(client_of(), path, headers, environ) == 403


@pytest.mark.parametrize("proxies", ["0", "1"])
@pytest.mark.parametrize("headers", [None, FOREIGN])
def test_for_others_there_are_no_pages(client_of, proxies, headers):
    client = client_of(ZWGK_PROXIES=proxies)
    nothing = client.get("/nothing", headers=headers).get_data()
    for rule in client.application.url_map.iter_rules():
        if not rule.rule.startswith(("/api/", "/health", "/ready", "/metrics")):
            path = rule.rule.replace("<slug>", "t").replace("<path:filename>", "site.css")
            answer = client.get(path, headers=headers)
            assert (answer.status_code, answer.get_data()) == (404, nothing), path
    assert status(client, "/api/v1/openapi.json", headers) == 200
    assert status(client, "/health", headers, ELSEWHERE) == 200
    assert client.get("/api/v1/nothing", headers=headers).get_json()["code"] == "not_found"


@pytest.mark.parametrize(
    ("proxies", "headers", "environ", "expected"),
    [
        ("", None, None, 200),
        ("", {"X-Forwarded-For": "127.0.0.1"}, None, 403),
        ("0", None, None, 200),
        ("0", None, ELSEWHERE, 404),
        ("0", {"Host": "localhost"}, ELSEWHERE, 404),
        ("0", FOREIGN, None, 404),
        ("1", None, None, 404),
        ("1", {"X-Forwarded-For": "127.0.0.1"}, None, 404),
        ("1", {"Authorization": f"Bearer {TOKEN}"}, ELSEWHERE, 200),
        ("0", {"Authorization": f"Bearer {TOKEN}x"}, ELSEWHERE, 404),
        ("0", {"Authorization": f"Bearer {TOKEN}x"}, None, 404),
        ("0", {"Authorization": "Bearer "}, ELSEWHERE, 404),
        ("0", {"Authorization": "Bearer é"}, ELSEWHERE, 404),
    ],
)
def test_figures_are_for_this_machine_and_for_the_token(client_of, proxies, headers, environ, expected):
    client = client_of(ZWGK_PROXIES=proxies, ZWGK_METRICS_TOKEN=TOKEN)
    assert status(client, "/metrics", headers, environ) == expected


def test_without_a_token_an_empty_one_is_none(client_of):
    assert status(client_of(ZWGK_PROXIES="0"), "/metrics", {"Authorization": "Bearer "}, ELSEWHERE) == 404


@pytest.mark.parametrize(
    ("proxies", "name", "address"), [("0", "zwgk", "127.0.0.1"), ("1", "__Host-zwgk", "203.0.113.5")]
)
def test_only_a_proxy_that_there_is_says_who_came_and_how(client_of, proxies, name, address):
    said = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.9, 203.0.113.5"}
    client, content = client_of(ZWGK_PROXIES=proxies), {"login": f"zhang{proxies}", "password": PASSWORD}
    with cheap_hashes(), client.application.app_context():
        add_member("t", content["login"])
        answer = client.post("/api/v1/session", json=content, headers=said)
        with platform_session() as session:
            assert session.scalar(select(SignIn.address).order_by(SignIn.id.desc()).limit(1)) == address
    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith(f"{name}=")
    https = ("Secure" in answer.headers["Set-Cookie"], "Strict-Transport-Security" in answer.headers)
    assert https == (proxies == "1",) * 2


@pytest.mark.parametrize(
    "path", ["/", "/t/t/", "/nothing", "/assets/zwgk.css", "/health", "/metrics", "/api/v1/plans", "/api/v1/nothing"]
)
def test_every_answer_is_strict_and_has_a_name(client_of, path):
    with client_of().get(path, headers={"X-Request-Id": "a1b2c3d4-e5"}) as answer:
        headers = answer.headers
    assert headers["X-Request-Id"] == "a1b2c3d4-e5"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert {"'unsafe-inline'", "*", "data:"} & set(
        headers["Content-Security-Policy"].split("img-src")[0].split()
    ) == set()
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy", "Permissions-Policy"):
        assert headers[name]
    assert headers.getlist("Cache-Control") == ["no-store"]


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "with blank", 'quote"d-id', "Ünicode-x"])
def test_an_id_that_is_none_is_replaced(client_of, given):
    answered = client_of().get("/health", headers={"X-Request-Id": given}).headers["X-Request-Id"]
    assert answered != given
    assert len(answered) == 16


def test_a_request_is_bounded(client_of):
    answer = client_of().post("/api/v1/session", data=b"x" * 65_537, content_type="application/json")
    assert answer.status_code == 413
