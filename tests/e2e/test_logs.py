"""The log of the real server, after people and programs said secrets to it: a line for each request, no secret."""

import json
from datetime import UTC, datetime

import psycopg
import pytest

from tenants.people.rights import ROLES
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.support.database import plain
from tests.support.people import PASSWORD, add_member, cheap_hashes
from tests.support.serving import served

TEXT = "2024年示例机关政务公开工作要点\n一、信息公开\n(一)编制目录。编制并公布目录。(责任单位:办公室)\n"
WRONG, BOGUS, METRICS = "Wrong-canary-71x", "zwgk_t_" + "Canary9" * 6, "Metrics-canary-2"
CELL, QUERY, PATH = "金丝雀内容", "canaryquery", "canarypath"
# an error whose words are what somebody typed
BREAKS = """
    CREATE FUNCTION public.breaks() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'not %', NEW.progress; END $$;
    CREATE TRIGGER breaks BEFORE UPDATE ON occurrence FOR EACH ROW EXECUTE FUNCTION public.breaks()"""
JSON = "application/json"
BOUNDARY = "form-boundary-1"


@pytest.fixture
def token(confirmed, app):
    confirmed(TEXT)
    with cheap_hashes():
        add_member("t", "zhang")
    with tenant_session("t", "office", "command") as session:
        return issue_token(session, OPERATOR, "程序", ROLES["office"].rights, datetime.now(UTC), 30).secret


@pytest.mark.parametrize("kind", ["json", "text"])
def test_no_secret_and_no_content_is_logged(token, database, tmp_path, kind):
    environ = database.as_environ() | {"ZWGK_LOG": kind, "ZWGK_METRICS_TOKEN": METRICS}
    secrets = [token, PASSWORD, WRONG, BOGUS, CELL, QUERY, PATH, METRICS]
    with served(environ, tmp_path) as server:
        server.ask("/health")

        def ask(method, path, content=None, expected=200, **headers):
            body = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False).encode()
            sent = {"Content-Type": JSON} | {name.replace("_", "-"): value for name, value in headers.items()}
            status, text = server.once(f"/api/v1{path}", method, body if content is not None else None, sent)
            assert status == expected, text
            return json.loads(text) if text else None

        program = {"Authorization": f"Bearer {token}"}
        secrets.append(ask("POST", "/session", {"login": "zhang", "password": PASSWORD})["csrf"])
        ask("POST", "/session", {"login": "zhang", "password": WRONG}, 401)
        ask("GET", "/plans", expected=401, Authorization=f"Bearer {BOGUS}")
        ask("GET", "/plans", expected=401, Cookie=f"zwgk={BOGUS}")
        (plan,) = ask("GET", f"/plans?{QUERY}=1", **program)
        (row,) = ask("GET", f"/plans/{plan['id']}/rows", **program)["items"]
        ask("GET", f"/rows/{PATH}", expected=404, **program)
        changed = {**program, "If_Match": "*"}
        ask("PATCH", f"/rows/{row['row']}", {"progress": CELL}, **changed)
        form = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{PATH}.txt"\r\n\r\n{CELL}\r\n'
        upload = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | program
        server.once("/api/v1/files", "POST", f"{form}--{BOUNDARY}--\r\n".encode(), upload)
        with psycopg.connect(plain(database.need_owner()), autocommit=True) as owner:
            owner.execute(BREAKS)
        broken = ask("PATCH", f"/rows/{row['row']}", {"progress": f"{CELL}又"}, 500, **changed)
        assert CELL not in broken["message"]
        server.end()
        log = "\n".join(server.lines)
        assert [secret for secret in secrets if secret in log] == []
        assert "psycopg.errors.RaiseException" in log
        assert "core/plans/views.py" in log
        if kind == "json":
            check(server.requests)
        else:
            assert " PATCH /api/v1/rows/<key> 500 token:" in log


def check(requests):
    patched = [line for line in requests if line["method"] == "PATCH"]
    assert [(line["status"], line["level"], "error" in line) for line in patched] == [
        (200, "INFO", False),
        (500, "ERROR", True),
    ]
    told = {"time", "level", "logger", "message", "request_id", "method", "rule", "status"}
    assert set(patched[0]) == told | {"ms", "tenant", "actor", "address"}
    assert patched[0]["rule"] == "/api/v1/rows/<key>"
    assert patched[0]["actor"].startswith("token:")
    assert patched[0]["address"] == "127.0.0.1"
    assert isinstance(patched[0]["tenant"], int)
    assert len({line["request_id"] for line in requests}) == len(requests)
