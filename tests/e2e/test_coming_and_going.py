"""An agency from its application to its tombstone, over real HTTP, and by the command line."""

import csv
import io
import json
import sys
import threading
import zipfile
from hashlib import sha256

import openpyxl
import psycopg
import pyotp
import pytest
import requests
from werkzeug.serving import make_server

from core.jobs.worker import work
from tests.docs.pages import read
from tests.support.cli import Cli
from tests.support.database import plain
from tests.support.http import PASSWORD

TEXT = """2024年示例市林业局政务公开工作要点
一、信息公开
(一)编制目录。编制并公布目录,于6月底前完成。(责任单位:办公室)
(二)公布审批结果。每季度公布一次审批结果。(责任单位:审批处)
"""


class Browser:
    """A person over HTTP: cookies, and the CSRF header of the last step."""

    def __init__(self, root):
        self.root, self.session = root, requests.Session()

    def __call__(self, method, path, status=200, **sent):
        answer = self.session.request(method, f"{self.root}{path}", timeout=60, **sent)
        assert answer.status_code == status, answer.text
        if not answer.content or "json" not in answer.headers["Content-Type"]:
            return answer.content
        told = answer.json()
        if isinstance(told, dict) and "csrf" in told:
            self.session.headers["X-Csrf-Token"] = told["csrf"]
        return told

    def enrol(self):
        """Set up the second factor; its secret."""
        secret = self("POST", "/session/second-factor")["secret"]
        assert self("PUT", "/session/second-factor", json={"code": pyotp.TOTP(secret).now()})["must"] == []
        return secret


@pytest.fixture
def root(served):
    """The address of a server on the application."""
    server = make_server("127.0.0.1", 0, served, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/api/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def operator_of(root, cli):
    """The system administrator of the platform, signed in."""
    initial = cli.json("account", "add", "sys.admin", "--name", "李四", "--platform-role", "system_admin")
    person = Browser(root)
    person("POST", "/session", json={"login": "sys.admin", "password": initial["initial_password"]})
    person("PUT", "/session/password", json={"old": initial["initial_password"], "new": PASSWORD})
    person.enrol()
    return person


def done(served, person, path, **sent):
    """What came of long work."""
    job = person("POST", path, 202, **sent)
    work(served, wait=False)
    job = person("GET", f"/jobs/{job['id']}")
    assert job["state"] == "done", job
    return job["result"]


def open_steps(person):
    return [step["key"] for step in person("GET", "/tenant/onboarding")["steps"] if not step["done"]]


def test_over_http(served, root, cli, database, monkeypatch):
    wish = {"name": "示例市林业局", "kind": "department", "contact": "王一", "login": "wang.yi", "reach": "电话"}
    stranger = Browser(root)
    applied = stranger("POST", "/applications", 201, json=wish)
    assert stranger("POST", "/applications/state", json=applied)["state"] == "waiting"
    stranger("POST", "/applications/state", 404, json=applied | {"secret": "x"})

    operator = operator_of(root, cli)
    (waiting,) = operator("GET", "/applications?state=waiting")
    here = f"/applications/{waiting['reference']}"
    unknown = operator("POST", f"{here}/approval", 404, json={"slug": "t", "plugins": ["nix"]})
    assert unknown["code"] == "plugin_unknown"
    approved = operator("POST", f"{here}/approval", json={"slug": "t", "plugins": ["openness"]})
    assert stranger("POST", "/applications/state", json=applied)["state"] == "approved"

    admin = Browser(root)
    admin("POST", "/invitation", 422, json={"secret": approved["secret"], "password": "kurz"})
    must = admin("POST", "/invitation", json={"secret": approved["secret"], "password": PASSWORD})["must"]
    assert must == ["enrol_second_factor"]
    admin("GET", "/plans", 403)
    factor = admin.enrol()
    stranger("POST", "/invitation", 404, json={"secret": approved["secret"], "password": PASSWORD})
    assert open_steps(admin) == ["document", "units", "plan", "contacts", "sheet"]

    paper = admin("POST", "/files", 201, files={"file": ("要点.txt", TEXT.encode())})
    plan = done(served, admin, "/plans", json={"file": paper["id"]})["plan"]
    answers = [{"key": name, "value": "new"} for name in ("办公室", "审批处")]
    admin("POST", f"/plans/{plan}/answers", json={"answers": answers})
    admin("POST", f"/plans/{plan}/confirmation")
    for number, unit in enumerate(admin("GET", "/units")):
        contact = {"login": f"contact.{number}", "name": "联络员", "role": "unit_contact", "units": [unit["id"]]}
        admin("POST", "/members", 201, json=contact)
    done(served, admin, f"/plans/{plan}/rounds", json={})
    assert open_steps(admin) == []

    exported = done(served, admin, "/tenant/export")
    archive = zipfile.ZipFile(io.BytesIO(admin("GET", f"/files/{exported['file']}/content")))
    assert_whole(archive, exported["manifest"])

    foreseen = admin("GET", "/tenant/leaving")
    assert (foreseen["leaving"], foreseen["accounts"]) == (None, ["contact.0", "contact.1", "wang.yi"])
    admin("POST", "/tenant/leaving", 401, json={"password": PASSWORD, "code": "000000"})
    with psycopg.connect(plain(database.need_owner())) as owner:  # so that a code of this half minute is not spent
        owner.execute("UPDATE account SET totp_step = 0")
    asked = {"password": PASSWORD, "code": pyotp.TOTP(factor).now()}
    assert admin("POST", "/tenant/leaving", json=asked)["state"] == "leaving"
    refused = admin("PATCH", f"/units/{admin('GET', '/units')[0]['id']}", 428)
    assert refused["code"] == "if_match_missing"
    refused = admin("POST", "/units", 409, json={"name": "新处"})
    assert (refused["code"], "撤回" in refused["message"]) == ("tenant_leaving", True)
    admin("POST", "/files", 409, files={"file": ("x.txt", b"x")})
    admin("DELETE", "/tenant/leaving", 204)
    admin("POST", "/units", 201, json={"name": "新处"})

    with psycopg.connect(plain(database.need_owner())) as owner:
        owner.execute("UPDATE account SET totp_step = 0")
    admin("POST", "/tenant/leaving", json=asked | {"code": pyotp.TOTP(factor).now()})
    assert operator("GET", "/tenants/t/erasure")["leaving"]["state"] == "leaving"
    assert admin("GET", "/tenant/leaving")["leaving"]["state"] == "leaving"
    early = operator("POST", "/tenants/t/erasure", 422, json={"slug": "t"})
    assert early["code"] == "erasing_too_early"
    with psycopg.connect(plain(database.need_owner())) as owner:
        owner.execute("UPDATE leaving SET not_before = now()")
    assert operator("POST", "/tenants/t/erasure", 422, json={"slug": "x"})["code"] == "slug_differs"
    stone = operator("POST", "/tenants/t/erasure", json={"slug": "t"})
    assert stone["manifest"] == exported["manifest"]
    admin("GET", "/plans", 401)
    assert operator("GET", "/tombstones") == [stone]
    taken = operator("POST", "/tenants", 422, json={"slug": "t", "name": "另一局", "plugin": "openness"})
    assert taken["code"] == "slug_kept"
    assert "无残留" in cli.ok("tenant", "erased", "--verify")


def assert_whole(archive, digest):
    """Every file is as the manifest says, can be read by others, and the audit verifies by the program of the docs."""
    raw = archive.read("manifest.json")
    assert sha256(raw).hexdigest() == digest
    members = {one["name"]: one for one in json.loads(raw)["members"]}
    assert set(archive.namelist()) == {*members, "manifest.json"}
    for name, said in members.items():
        content = archive.read(name)
        assert (len(content), sha256(content).hexdigest()) == (said["size"], said["sha256"])
    tasks = [json.loads(line) for line in archive.read("tables/task.jsonl").splitlines()]
    assert [one["title"] for one in tasks] == ["编制目录", "公布审批结果"]
    rows = list(csv.DictReader(io.StringIO(archive.read("tables/task.csv").decode("utf-8-sig"))))
    assert [one["title"] for one in rows] == ["编制目录", "公布审批结果"]
    (book,) = (name for name in members if name.startswith("plans/"))
    cells = list(openpyxl.load_workbook(io.BytesIO(archive.read(book))).active.iter_rows(values_only=True))
    assert any("编制目录" in row and "办公室" in row for row in cells)
    assert TEXT.encode() in [archive.read(name) for name in members if name.startswith("files/")]
    assert b"secret" not in archive.read("tables/stamp_key.jsonl")
    assert "audit.jsonl" in archive.read("README.txt").decode()


def test_the_audit_in_an_export_verifies_offline(cli, add_tenant, tmp_path, monkeypatch):
    add_tenant("t")
    cli.ok("unit", "add", "办公室", "--tenant", "t")
    out = tmp_path / "all.zip"
    told = cli.json("tenant", "export", "t", "--out", out)
    archive = zipfile.ZipFile(out)
    (tmp_path / "audit.jsonl").write_bytes(archive.read("audit.jsonl"))
    (program,) = read("docs/audit.md").blocks("python")
    names = {"__name__": "docs"}
    exec(compile(program, "audit.md", "exec"), names)
    head = json.loads(archive.read("manifest.json"))["about"]["audit"]["head"]
    assert names["verify"](tmp_path / "audit.jsonl") == head
    assert sha256(archive.read("manifest.json")).hexdigest() == told["manifest"]
    outcome = cli("tenant", "export", "t", "--out", out)
    assert (outcome.status, "backup_exists" in outcome.err) == (2, True)
    assert "供带走的全部数据导出" in cli("backup", "verify", out).err


def test_by_the_command_line(cli: Cli, add_tenant, monkeypatch, database):
    wish = ("--kind", "department", "--contact", "王一", "--login", "wang.yi", "--reach", "电话")
    one, two = (cli.json("tenant", "apply", "示例市林业局", *wish)["reference"] for _ in range(2))
    assert one in cli.ok("tenant", "applications", "--state", "waiting")
    cli.ok("tenant", "refuse", two, "--reason", "重复")
    assert "链接密钥" in cli.ok("tenant", "approve", one, "--slug", "t", "--plugin", "openness")
    assert "此前已这样批准" in cli.ok("tenant", "approve", one, "--slug", "t", "--plugin", "openness")
    assert "链接密钥" in cli.ok("tenant", "link", one)
    outcome = cli("tenant", "approve", two, "--slug", "x", "--plugin", "openness")
    assert (outcome.status, outcome.err.startswith("错误（already_decided）")) == (2, True)
    assert "租户管理员打开平台方发来的链接" in cli.ok("tenant", "steps", "t")
    assert "wang.yi" in cli.ok("tenant", "leave", "t", "--dry-run")
    monkeypatch.setattr(sys, "stdin", io.StringIO("x\n000000\n"))
    outcome = cli("tenant", "leave", "t", "--login", "wang.yi", "--stdin")
    assert (outcome.status, "sign_in_refused" in outcome.err) == (2, True)
    for refused, code in (
        (("erase", "t"), "not_leaving"),
        (("stay", "t"), "not_leaving"),
        (("erase",), "wrong_use"),
        (("leave", "t"), "wrong_use"),
        (("leave", "t", "--login", "nobody"), "member_unknown"),
        (("plugins", "t", "--enable", "nix"), "plugin_unknown"),
        (("plugins", "t", "--disable", "openness"), "plugin_in_use"),
    ):
        outcome = cli("tenant", *refused)
        assert (outcome.status, outcome.err.startswith(f"错误（{code}）")) == (2, True), outcome
