"""An agency asks for a tenant, is let in or not, and its first administrator opens his link."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select, update

from core.onboarding import applying
from core.onboarding.applying import (
    KEPT,
    MOST_OF_ADDRESS,
    ApplicationsFull,
    ApplicationUnknown,
    Wish,
    apply,
    forget_applications,
    list_applications,
    look,
)
from core.onboarding.checklist import steps_of
from core.onboarding.deciding import (
    ApplicationDecided,
    Grant,
    LoginTaken,
    NoLinkNeeded,
    approve,
    link_anew,
    refuse,
)
from core.onboarding.invited import LinkUnknown, open_link
from core.onboarding.models import Application
from tenants.people.accounts import account_of
from tenants.people.members import invite, list_members
from tenants.people.models import Account
from tenants.people.passwords import PasswordWeak
from tenants.people.signing_in import SignInRefused
from tenants.people.tracing import BY_COMMAND
from tenants.services import TenantExists, list_tenants
from tenants.sessions import platform_session, tenant_session
from tests.support.people import NOW, PASSWORD, add_person, later, sign

WISH = Wish("示例市林业局", "department", "林业", "王一", "Wang.Yi", "电话 0000")
GRANT = Grant("forest", ["jiading"])
STRANGER = ("", "api", "192.0.2.7")


@pytest.fixture(autouse=True)
def _app(app):
    """Everything here needs the application."""


def approved(reference, grant=GRANT, now=NOW):
    return approve(current_app.extensions["zwgk_plugins"], reference, grant, now, BY_COMMAND)


def opened(secret, password=PASSWORD, now=NOW):
    return open_link(secret, password, address="192.0.2.1", agent="test", now=now)


def rows(model):
    with platform_session() as session:
        found = session.scalars(select(model)).all()
        session.expunge_all()
        return found


def test_who_asks_sees_how_it_stands_by_his_secret_only():
    applied = apply(WISH, NOW, STRANGER)
    assert look(applied.reference.lower(), applied.secret, NOW).state == "waiting"
    answers = []
    for reference, secret in ((applied.reference, "x"), ("2" * 10, applied.secret), ("不\x00", ""), ("", "")):
        with pytest.raises(ApplicationUnknown) as refused:
            look(reference, secret, NOW)
        answers.append(refused.value.message.replace(reference or "”", ""))
    assert applied.secret not in str(vars(rows(Application)[0]))
    refuse(applied.reference, "不在服务范围", NOW, BY_COMMAND)
    found = look(applied.reference, applied.secret, NOW)
    assert (found.state, found.reason) == ("refused", "不在服务范围")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", " ", "tenant_name_invalid"),
        ("name", "两\n行", "tenant_name_invalid"),
        ("kind", "shared", "agency_kind_invalid"),
        ("login", "王", "login_invalid"),
        ("contact", "", "person_name_invalid"),
        ("reach", "x" * 101, "application_invalid"),
        ("plugin", "a\x00", "application_invalid"),
    ],
)
def test_what_is_asked_has_its_form(field, value, code):
    with pytest.raises(Exception) as refused:  # noqa: PT011 - the code says which
        apply(Wish(**vars(WISH) | {field: value}), NOW, STRANGER)
    assert refused.value.code == code
    assert rows(Application) == []


def test_one_address_asks_so_often_and_only_so_many_wait(monkeypatch):
    for _ in range(MOST_OF_ADDRESS):
        apply(WISH, NOW, STRANGER)
    with pytest.raises(ApplicationsFull):
        apply(WISH, NOW, STRANGER)
    apply(WISH, later(days=1, minutes=1), STRANGER)
    monkeypatch.setattr(applying, "MOST_WAITING", MOST_OF_ADDRESS + 1)
    with pytest.raises(ApplicationsFull):
        apply(WISH, NOW, ("", "api", "192.0.2.8"))


def test_one_machine_asks_so_often_whichever_of_its_addresses_it_takes():
    for number in range(MOST_OF_ADDRESS):
        apply(WISH, NOW, ("", "api", f"2001:db8:0:1::{number}"))
    with pytest.raises(ApplicationsFull):
        apply(WISH, NOW, ("", "api", "2001:db8:0:1:ffff::1"))
    apply(WISH, NOW, ("", "api", "2001:db8:0:2::1"))


def test_after_its_time_it_is_gone():
    applied = apply(WISH, NOW, STRANGER)
    over = NOW + KEPT
    with pytest.raises(ApplicationUnknown):
        look(applied.reference, applied.secret, over)
    assert list_applications(over) == []
    assert (forget_applications(over - timedelta(seconds=1)), forget_applications(over)) == (0, 1)


def test_approval_makes_tenant_units_and_administrator_and_the_same_twice_changes_nothing():
    applied = apply(WISH, NOW, STRANGER)
    first = approved(applied.reference)
    assert (first.slug, first.login, first.units > 5) == ("forest", "wang.yi", True)
    again = approved(applied.reference)
    assert (again.slug, again.secret) == ("forest", None)
    with pytest.raises(ApplicationDecided):
        approved(applied.reference, Grant("other", ["jiading"]))
    with pytest.raises(ApplicationDecided, match="（已批准）"):
        refuse(applied.reference, "晚了", NOW, BY_COMMAND)
    with tenant_session("forest", "t", "t") as session:
        assert [(one.login, one.role) for one in list_members(session)] == [("wang.yi", "tenant_admin")]
    assert [one.slug for one in list_tenants()] == ["forest"]


@pytest.mark.parametrize(
    ("grant", "error"),
    [
        (Grant("taken", ["jiading"]), TenantExists),
        (Grant("forest", ["jiading"], login="known"), LoginTaken),
    ],
)
def test_what_cannot_be_approved_leaves_nothing(add_tenant, grant, error):
    add_tenant("taken")
    add_person("known")
    applied = apply(WISH, NOW, STRANGER)
    with pytest.raises(error):
        approved(applied.reference, grant)
    assert [one.slug for one in list_tenants()] == ["taken"]
    assert [one.login for one in rows(Account)] == ["known"]
    assert look(applied.reference, applied.secret, NOW).state == "waiting"


def test_somebody_who_has_an_account_gets_no_link_to_it():
    add_person("known")
    applied = apply(Wish(**vars(WISH) | {"login": "known"}), NOW, STRANGER)
    done = approved(applied.reference, Grant("forest", ["jiading"], same_person=True))
    assert (done.login, done.secret) == ("known", None)
    with pytest.raises(NoLinkNeeded):
        link_anew(applied.reference, NOW, BY_COMMAND)


def test_an_account_without_password_that_there_was_before_gets_no_link(add_tenant):
    with tenant_session(add_tenant("b"), "t", "t") as session:
        account_of(session, "known", "某人", NOW)
        invite(session, "known", "某人", "tenant_admin", None, NOW)
    applied = apply(Wish(**vars(WISH) | {"login": "known"}), NOW, STRANGER)
    assert approved(applied.reference, Grant("forest", ["jiading"], same_person=True)).secret is None
    with pytest.raises(NoLinkNeeded):
        link_anew(applied.reference, NOW, BY_COMMAND)


def test_who_is_let_in_elsewhere_meanwhile_has_a_link_no_longer(add_tenant):
    applied = apply(WISH, NOW, STRANGER)
    secret = approved(applied.reference).secret
    with tenant_session(add_tenant("b"), "t", "t") as session:
        invite(session, "wang.yi", "王一", "tenant_admin", None, NOW)
    with pytest.raises(LinkUnknown):
        opened(secret)
    with pytest.raises(NoLinkNeeded):
        link_anew(applied.reference, NOW, BY_COMMAND)


def test_failures_of_others_do_not_use_the_link_up():
    secret = approved(apply(WISH, NOW, STRANGER).reference).secret
    for _ in range(6):
        with pytest.raises(SignInRefused):
            sign("wang.yi", "guess")
    assert opened(secret).account.login == "wang.yi"


def test_the_link_sets_the_first_password_once_and_then_the_second_factor_is_to_be_set_up():
    secret = approved(apply(WISH, NOW, STRANGER).reference).secret
    with pytest.raises(PasswordWeak):
        opened(secret, "kurz")
    signed = opened(secret)
    assert (signed.must, [one.slug for one in signed.tenants]) == ({"enrol_second_factor"}, ["forest"])
    with pytest.raises(LinkUnknown):
        opened(secret, "Maple-7-forest-x")


def test_a_lost_link_is_given_out_anew_and_the_old_one_is_dead():
    applied = apply(WISH, NOW, STRANGER)
    with pytest.raises(NoLinkNeeded):
        link_anew(applied.reference, NOW, BY_COMMAND)
    lost = approved(applied.reference).secret
    secret = link_anew(applied.reference, later(days=6), BY_COMMAND).secret
    for dead, now in ((lost, NOW), (secret, later(days=13)), ("x", NOW), ("\x00", NOW)):
        with pytest.raises(LinkUnknown):
            opened(dead, now=now)
    assert opened(secret, now=later(days=12)).account.login == "wang.yi"


def test_a_password_set_otherwise_or_a_disabled_account_kills_the_link():
    secret = approved(apply(WISH, NOW, STRANGER).reference).secret
    for values in ({"disabled": True}, {"disabled": False, "password_hash": "set by somebody"}):
        with platform_session() as session:
            session.execute(update(Account).values(values))
        with pytest.raises(LinkUnknown):
            opened(secret)


def test_the_steps_follow_what_is_there(cli, tmp_path):
    secret = approved(apply(WISH, NOW, STRANGER).reference, Grant("t", ["openness"])).secret

    def done():
        with tenant_session("t", "t", "t") as session:
            return [step.key for step in steps_of(session) if step.done]

    assert done() == []
    opened(secret)
    assert done() == ["password"]
    paper = tmp_path / "要点.txt"
    paper.write_text(
        "2024年示例政务公开工作要点\n一、公开\n(一)编目录。编制目录。(责任单位:办公室)\n", encoding="utf-8"
    )
    cli.ok("plan", "import", paper, "--tenant", "t")
    assert done() == ["password", "document"]
    told = cli.ok("tenant", "steps", "t")
    assert "zwgk plan confirm --tenant t" in told
    cli.ok("unit", "answer", "办公室=new", "--tenant", "t")
    cli.ok("plan", "confirm", "--tenant", "t")
    cli.ok("member", "add", "lisi", "--role", "unit_contact", "--unit", "办公室", "--tenant", "t")
    cli.ok("sheet", "export", "--tenant", "t", tmp_path / "表.xlsx")
    assert done() == ["password", "document", "units", "plan", "contacts", "sheet"]


def test_without_an_application_the_first_step_is_an_administrator_and_his_initial_password(cli, add_tenant):
    add_tenant("t")
    told = cli.ok("tenant", "steps", "t")
    assert "[0/1] 管理员设置密码" in told
    assert "False" not in told
    assert cli.json("tenant", "steps", "t")[0]["command"] == ("zwgk member add 登录名 --role tenant_admin --tenant t")
    cli.ok("member", "add", "boss", "--role", "tenant_admin", "--tenant", "t")
    password, second_factor = cli.json("tenant", "steps", "t")[:2]
    assert (password["operation"], password["count"]) == ("PUT /session/password", 0)
    assert "链接" not in password["next"]
    assert second_factor["command"] == ""
