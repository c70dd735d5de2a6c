"""People by the command line: accounts, members, tokens, and the table of roles."""

import io
import sys

import pytest

from core.commands.account import now
from core.migrate import upgrade
from core.runtime import Runtime
from tenants.people.signed_in import sessions_of
from tenants.people.signing_in import SignInRefused, sign_in
from tenants.people.steps import SignedIn
from tests.support.cli import Cli
from tests.support.people import holder

PASSWORD = "Tulip-9-garden"


@pytest.fixture
def office(cli, app, add_tenant):
    """The tenant `t` with a unit."""
    add_tenant("t")
    cli.ok("unit", "add", "法规处", "--tenant", "t")
    return cli


@pytest.fixture(scope="module")
def people(database_server, tmp_path_factory):
    """The tenant `t` with a unit, and an account; nothing is changed by what is refused."""
    with database_server.clone(upgrade) as urls:
        runtime = Runtime(urls.as_environ(), tmp_path_factory.mktemp("people"))
        cli = Cli(runtime)
        cli.ok("tenant", "add", "t", "--name", "示例机关", "--plugin", "openness")
        cli.ok("unit", "add", "法规处", "--tenant", "t")
        cli.ok("account", "add", "taken", "--name", "李四")
        yield cli
        runtime.close()


def sign(login: str, password: str) -> SignedIn:
    return sign_in(login, password, address="127.0.0.1", agent="test", now=now())


def typed(monkeypatch, text):
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_a_person_comes_and_goes(office, monkeypatch):
    contact = ("--role", "unit_contact", "--unit", "法规处")
    added = office.json("member", "add", "ZHANG", "--tenant", "t", "--name", "张三", *contact)
    assert (added["login"], added["role"], added["units"]) == ("zhang", "unit_contact", ["法规处"])
    assert sign("zhang", added["initial_password"]).must == {"change_password"}
    typed(monkeypatch, f"{PASSWORD}\n")
    office.ok("account", "password", "zhang", "--stdin")
    signed = sign("zhang", PASSWORD)
    assert signed.must == {"change_password", "enrol_second_factor"}
    listed = office.json("account", "sessions", "zhang")
    assert [(one["address"], one["agent"], one["tenant"]) for one in listed] == [("127.0.0.1", "test", "示例机关")]
    assert "127.0.0.1" in office.ok("account", "sessions", "zhang")
    assert office.json("account", "sign-out", "zhang", "--session", listed[0]["id"]) == {"login": "zhang", "ended": 1}
    assert sessions_of(signed.account.id, now()) == []
    office.ok("account", "disable", "zhang")
    with pytest.raises(SignInRefused):
        sign("zhang", PASSWORD)
    assert "已停用" in office.ok("account", "list")
    office.ok("account", "enable", "zhang")
    assert sign("zhang", PASSWORD)
    assert "已结束 1 个登录会话" in office.ok("account", "sign-out", "zhang")
    office.ok("account", "second-factor", "reset", "zhang")
    assert "法规处" in office.ok("member", "list", "--tenant", "t")
    assert office.json("member", "remove", "zhang", "--tenant", "t") == {"login": "zhang", "roles": ["unit_contact"]}
    assert office.json("member", "list", "--tenant", "t") == []
    assert sign("zhang", PASSWORD).tenants == ()


def test_an_account_of_the_operator(cli, app):
    added = cli.json("account", "add", "root1", "--name", "李四", "--platform-role", "security_admin")
    assert sign("root1", added["initial_password"]).must == {"change_password", "enrol_second_factor"}
    listed = cli.json("account", "list")
    assert [(one["login"], one["platform_role"]) for one in listed] == [("root1", "security_admin")]
    assert "安全管理员" in cli.ok("account", "list")


def test_a_token_is_shown_once(office):
    secret = office.ok("token", "add", "--tenant", "t", "--name", "报表", "--right", "plans.read").splitlines()[-1]
    principal = holder(secret, now())
    assert principal.rights == {"plans.read"}
    assert secret not in office.ok("token", "list", "--tenant", "t")
    limited = office.json(
        *(
            "token",
            "add",
            "--tenant",
            "t",
            "--name",
            "填报",
            "--right",
            "progress.report",
            "--unit",
            "法规处",
            "--days",
            1,
        )
    )
    assert len(limited["units"]) == 1
    listed = office.json("token", "list", "--tenant", "t")
    assert [token["name"] for token in listed] == ["填报", "报表"]
    assert office.json("token", "list", "--tenant", "t", "--links") == []
    office.ok("token", "revoke", listed[1]["id"], "--tenant", "t")
    assert holder(secret, now()) is None


def test_the_table_of_roles_is_in_chinese(cli):
    shown = cli.ok("role", "list")
    assert "填报进展" in shown
    assert "单位联络员 unit_contact" in shown
    roles = cli.json("role", "list")
    assert (roles["guest"]["name"], roles["guest"]["bound"]) == ("外部单位", True)
    assert "plans.read" in roles["reviewer"]["rights"]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (("account", "add", "", "--name", "张三"), "login_invalid"),
        (("account", "add", "张三", "--name", "张三"), "login_invalid"),
        (("account", "add", "x" * 10_000, "--name", "张三"), "login_invalid"),
        (("account", "add", "zhang", "--name", ""), "person_name_invalid"),
        (("account", "add", "zhang", "--name", "x" * 10_000), "person_name_invalid"),
        (("account", "add", "zhang\x00", "--name", "张三"), "wrong_use"),
        (("account", "add", "zhang", "--name", "张三", "--platform-role", "king"), "wrong_use"),
        (("account", "add", "ＴＡＫＥＮ", "--name", "张三"), "account_exists"),
        (("account", "disable", "nobody"), "account_unknown"),
        (("account", "sessions", "　"), "account_unknown"),
        (("account", "sign-out", "taken", "--session", "1"), "session_unknown"),
        (("account", "second-factor", "reset", "nobody"), "account_unknown"),
        (("member", "add", "taken", "--tenant", "nobody", "--role", "office"), "tenant_unknown"),
        (("member", "add", "taken", "--tenant", "t", "--role", "king"), "wrong_use"),
        (("member", "add", "taken", "--tenant", "t", "--role", "guest"), "role_units"),
        (("member", "add", "taken", "--tenant", "t", "--role", "guest", "--unit", "无此处"), "unit_unknown"),
        (("member", "add", "taken", "--tenant", "t", "--role", "office", "--unit", "法规处"), "role_units"),
        (("member", "remove", "taken", "--tenant", "t"), "member_unknown"),
        (("token", "add", "--tenant", "t", "--name", "", "--right", "plans.read"), "token_name_invalid"),
        (("token", "add", "--tenant", "t", "--name", "x", "--right", "platform.audit"), "wrong_use"),
        (("token", "add", "--tenant", "t", "--name", "x", "--right", "plans.read", "--days", "367"), "wrong_use"),
        (("token", "revoke", "1", "--tenant", "t"), "token_unknown"),
        (("token", "revoke", "x", "--tenant", "t"), "wrong_use"),
        (("tenant", "set", "t", "security.min_length=7"), "setting_wrong"),
        (("tenant", "set", "t", "security.idle_minutes=0"), "setting_wrong"),
        (("tenant", "set", "t", "security.second_factor=也许"), "setting_wrong"),
    ],
)
def test_wrong_use_is_one_sentence(people, command, code):
    status, out, err = people(*command)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"错误（{code}）：")
    assert len(err) < 11_000


@pytest.mark.parametrize(
    "text", ["", "\n", "short\n", "taken-Aa-123456\n", "x" * 10_000, "Tulip-9-\x07garden\n", "\udc80\n"]
)
def test_a_weak_password_is_refused(people, monkeypatch, text):
    typed(monkeypatch, text)
    outcome = people("account", "password", "taken", "--stdin")
    assert (outcome.status, outcome.out) == (2, "")
    assert outcome.err.startswith("错误（password_weak）：密码不合要求：")


def test_without_a_terminal_a_password_is_not_asked_for(people, monkeypatch):
    typed(monkeypatch, f"{PASSWORD}\n")
    assert people("account", "password", "taken").err.startswith("错误（wrong_use）：请在终端运行，或加 --stdin")


def test_the_settings_of_security_are_shown_and_changed(people):
    people.ok("tenant", "set", "t", "security.min_length=12", "security.second_factor=是")
    shown = {one["name"]: one["value"] for one in people.json("tenant", "set", "t")}
    assert (shown["security.min_length"], shown["security.second_factor"], shown["security.failures"]) == (12, True, 5)
    people.ok("tenant", "set", "t", "security.min_length=", "security.second_factor=")
