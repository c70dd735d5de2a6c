"""docs/api.md: its example runs against a server, and its table is what the application serves."""

import re
import threading
from datetime import UTC, datetime

import pytest
from werkzeug.serving import make_server

from core.api.access import PREFIX
from core.webhooks.events import EVENTS, PING
from core.webhooks.signing import new_secret, signature
from tenants.people.rights import TENANT_RIGHTS
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.docs.pages import read

pytestmark = pytest.mark.usefixtures("served")

TEXT = "2024年示例机关政务公开工作要点\n一、信息公开\n" + "\n".join(
    f"({n})编制第{n}号目录。编制并公布第{n}号目录。(责任单位:办公室)" for n in range(1, 26)
)


def operations(app):
    """(operation, what it takes) as the application serves them."""
    for rule in app.url_map.iter_rules():
        guard = getattr(app.view_functions[rule.endpoint], "guard", None)
        if rule.rule.startswith(PREFIX) and rule.endpoint not in ("about.nothing_here", "about.openapi"):
            path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule.removeprefix("/api/v1"))
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield f"`{method} {path}`", f"`{guard.right}`" if guard.right else guard.public


def test_the_table_of_operations(app):
    table = [tuple(row) for row in read("docs/api.md").table("Operations")]
    assert sorted(table) == sorted(operations(app))


def test_the_example_runs(confirmed, app, monkeypatch):
    confirmed(TEXT)
    with tenant_session("t", "office", "command") as session:
        secret = issue_token(session, OPERATOR, "例", TENANT_RIGHTS, datetime.now(UTC), 1).secret
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        monkeypatch.setenv("ZWGK_API", f"http://127.0.0.1:{server.port}/api/v1")
        monkeypatch.setenv("ZWGK_TOKEN", secret)
        names = {}
        (block,) = read("docs/api.md").blocks("py")
        exec(compile(block, "api.md", "exec"), names)
        assert len(names["rows"]) == 25
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_the_table_of_events():
    assert [row[0] for row in read("docs/api.md").table("Webhooks")] == [f"`{event}`" for event in (*EVENTS, PING)]


def test_the_receiver_of_the_page_knows_what_is_ours():
    names = {}
    exec(compile(read("docs/api.md").blocks("python")[0], "api.md", "exec"), names)
    secret, body, at = new_secret(), '{"中": 1}', 1_700_000_000
    signed = signature([new_secret(), secret], "evt_1", at, body)
    headers = {"webhook-id": "evt_1", "webhook-timestamp": str(at), "webhook-signature": signed}
    asked = {"secret": secret, "headers": headers, "body": body.encode(), "now": at + 60}
    verify = names["verify"]
    assert verify(**asked)
    for other in ({"secret": new_secret()}, {"body": b"{}"}, {"now": at + 600}):
        assert not verify(**asked | other)
    assert not verify(**asked | {"headers": headers | {"webhook-id": "evt_2"}})
