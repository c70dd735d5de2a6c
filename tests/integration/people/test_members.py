"""Who belongs to an agency: inviting, changing, ending, and what of it is seen elsewhere."""

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tenants.audit.models import AuditEntry
from tenants.people import accounts, interventions, members
from tenants.people.accounts import AccountExists, LoginInvalid, PersonNameInvalid, add_account
from tenants.people.models import Account, AccountTenant
from tenants.people.principals import principal_of_session
from tenants.people.rights import Right
from tenants.people.signed_in import SessionUnknown, end_session, resume, sessions_of
from tenants.people.signing_in import SignInRefused
from tenants.sessions import platform_session, tenant_session
from tests.support.people import NOW, OTHER, PASSWORD, add_member, add_person, enrol, later, sign

pytestmark = pytest.mark.usefixtures("agencies")


def office(slug="a"):
    return tenant_session(slug, "office", "command")


def logins(slug):
    with office(slug) as session:
        return [(member.login, member.role) for member in members.list_members(session)]


def test_an_account_is_made_once_and_its_password_shown_once():
    with office() as session:
        first = members.invite(session, "Zhang", "张三", "office", None, NOW)
        second = members.invite(session, "zhang", "张三", "reviewer", None, NOW)
    assert sign("zhang", first.initial_password)
    assert second.initial_password is None
    assert first.initial_password not in repr(first)
    assert logins("a") == [("zhang", "office"), ("zhang", "reviewer")]


def test_an_agency_sees_its_own_members_by_the_names_it_gave_them():
    add_member("a", "zhang")
    with office("b") as session:
        members.invite(session, "zhang", "小张", "reviewer", None, NOW)
        assert [member.name for member in members.list_members(session)] == ["小张"]
    with office("a") as session:
        assert [member.name for member in members.list_members(session)] == ["zhang的姓名"]


def test_a_foreign_membership_is_one_that_does_not_exist():
    foreign = add_member("b", "zhang").id
    acts = (
        lambda session, number: members.find_member(session, number),
        lambda session, number: members.change_member(session, number, "reviewer", None, NOW),
        lambda session, number: members.end_member(session, number, NOW),
    )
    for act in acts:
        for number in (foreign, 10**12):
            with office("a") as session, pytest.raises(members.MemberUnknown, match=f"没有成员“{number}”，或已移出。"):
                act(session, number)
    assert logins("b") == [("zhang", "office")]


def test_two_roles_add_up():
    add_member("a", "zhang", "unit_contact", [7, 9])
    add_member("a", "zhang", "reviewer")
    principal = principal_of_session(sign("zhang").token, NOW)
    assert principal.units_of(Right.PLANS_READ) is None
    assert principal.units_of(Right.PROGRESS_REPORT) == {7, 9}
    assert principal.units_of(Right.PLANS_CHANGE) == frozenset()
    assert [principal.may(Right.PROGRESS_REPORT, unit) for unit in (7, 8)] == [True, False]
    assert (principal.may(Right.PROGRESS_REPORT), principal.may(Right.PLANS_CHANGE)) == (True, False)


def test_ending_takes_effect_at_the_next_request():
    member = add_member("a", "zhang")
    token = sign("zhang").token
    assert principal_of_session(token, NOW)
    with office() as session:
        members.end_member(session, member.id, NOW)
    assert principal_of_session(token, NOW) is None
    assert sign("zhang").tenants == ()
    with office() as session, pytest.raises(members.MemberUnknown):
        members.end_member(session, member.id, NOW)


def test_another_role_takes_effect_at_the_next_request():
    member = add_member("a", "zhang")
    token = sign("zhang").token
    with office() as session:
        members.change_member(session, member.id, "unit_contact", [7], NOW)
    assert principal_of_session(token, NOW).units_of(Right.PLANS_READ) == {7}


def test_who_becomes_an_administrator_signs_in_anew_with_a_second_factor():
    member = add_member("a", "zhang")
    token = sign("zhang").token
    with office() as session:
        members.change_member(session, member.id, "tenant_admin", None, NOW)
    assert resume(token, NOW) is None
    assert sign("zhang").must == {"enrol_second_factor"}
    add_member("a", "lisi")
    token = sign("lisi").token
    add_member("a", "lisi", "tenant_admin")
    assert resume(token, NOW) is None


@pytest.mark.parametrize("lose", ["change_member", "end_member"])
def test_who_is_an_administrator_no_longer_signs_in_anew(lose):
    """His password may be one that the agency takes of administrators only."""
    add_member("a", "lisi", "tenant_admin")
    member = add_member("a", "zhang", "tenant_admin")
    add_member("a", "zhang", "reviewer")
    token = sign("zhang").token
    with office() as session:
        getattr(members, lose)(session, member.id, *(("office", None) if lose == "change_member" else ()), NOW)
    assert resume(token, NOW) is None


def test_a_foreign_session_is_one_that_does_not_exist():
    zhang, lisi = (add_member("a", login).account_id for login in ("zhang", "lisi"))
    token = sign("zhang").token
    found = resume(token, NOW)
    number = found.id
    assert sessions_of(zhang, NOW, found.tenant.id) == []  # to whom the identity provider let in here
    for account_id, session_id, bound in (
        *((lisi, number, None), (zhang, number + 1, None), (0, number, None)),
        (zhang, number, found.tenant.id),
    ):
        with pytest.raises(SessionUnknown, match=f"没有编号为 {session_id} 的登录会话，或已结束。"):
            end_session(account_id, session_id, NOW, bound)
    end_session(zhang, number, NOW)
    assert resume(token, NOW) is None


def test_who_left_may_come_back():
    member = add_member("a", "zhang")
    with office() as session:
        members.end_member(session, member.id, NOW)
    assert add_member("a", "zhang").id != member.id
    assert logins("a") == [("zhang", "office")]


def test_the_last_administrator_stays():
    first, second = add_member("a", "zhang", "tenant_admin"), add_member("a", "lisi", "tenant_admin")
    add_member("b", "wang", "tenant_admin")
    with office() as session:
        members.end_member(session, first.id, NOW)
    for act in (
        lambda session: members.end_member(session, second.id, NOW),
        lambda session: members.change_member(session, second.id, "office", None, NOW),
    ):
        with office() as session, pytest.raises(members.LastAdmin, match="“lisi的姓名”是最后一位租户管理员"):
            act(session)
    assert logins("a") == [("lisi", "tenant_admin")]


@pytest.mark.parametrize(
    ("role", "units", "refusal"),
    [
        ("king", None, members.RoleUnknown),
        ("unit_contact", None, members.RoleUnits),
        ("guest", [], members.RoleUnits),
        ("office", [7], members.RoleUnits),
    ],
)
def test_a_role_that_there_is_not_or_without_its_units(role, units, refusal):
    with office() as session, pytest.raises(refusal):
        members.invite(session, "zhang", "张三", role, units, NOW)
    assert logins("a") == []


def test_the_same_role_twice_is_refused():
    add_member("a", "zhang")
    other = add_member("a", "zhang", "reviewer")
    with pytest.raises(members.MemberExists, match="“zhang”已是牵头办公室"), office() as session:
        members.invite(session, "zhang", "张三", "office", None, NOW)
    with pytest.raises(members.MemberExists), office() as session:
        members.change_member(session, other.id, "office", None, NOW)


@pytest.mark.parametrize(
    "login", ["", " ", "x", "张三", "a b", "-ab", "x" * 65, "x" * 10_000, "ab\x00", "ab\n", "\udc80ab"]
)
def test_odd_logins(login):
    with office() as session, pytest.raises(LoginInvalid):
        members.invite(session, login, "张三", "office", None, NOW)
    with office() as session, pytest.raises(members.MemberUnknown):
        members.members_by_login(session, login)
    with pytest.raises(accounts.AccountUnknown):
        accounts.find_account(login)


@pytest.mark.parametrize("name", ["", " ", "　", "x" * 51, "张\n三", "张\x00", "\udc80", "x" * 10_000])
def test_odd_names(name):
    with office() as session, pytest.raises(PersonNameInvalid):
        members.invite(session, "zhang", name, "office", None, NOW)


def test_a_disabled_account_is_out_at_once_and_back_when_it_is_enabled():
    add_member("a", "zhang")
    token = sign("zhang").token
    interventions.set_disabled("zhang", True, NOW)
    assert resume(token, NOW) is None
    interventions.set_disabled("zhang", False, NOW)
    assert resume(token, NOW) is None
    token = sign("zhang").token
    with platform_session() as session:  # by whatever way: no session of such an account lives
        session.execute(update(Account).values(disabled=True))
    assert resume(token, NOW) is None


def test_what_the_operator_hands_out_lets_in_once_to_begin_anew():
    add_member("a", "zhang", "tenant_admin")
    enrolled, _ = enrol(sign("zhang").token, NOW)
    interventions.set_password("zhang", OTHER, NOW)
    assert resume(enrolled.signed_in.token, NOW) is None
    waiting = sign("zhang", OTHER)
    assert waiting.must == {"second_factor", "change_password"}
    with pytest.raises(SignInRefused):
        sign("zhang", OTHER, now=later(days=7))
    interventions.reset_second_factor("zhang", NOW)
    assert resume(waiting.token, NOW) is None
    assert sign("zhang", OTHER, enrolled.recovery_codes[0]).must == {"change_password", "enrol_second_factor"}


@pytest.mark.parametrize("reset", ["set_password", "reset_second_factor"])
def test_whoever_was_reset_needs_a_second_factor_though_he_needed_none_before(reset):
    add_member("a", "zhang", "reviewer")
    assert sign("zhang").must == frozenset()
    getattr(interventions, reset)("zhang", *((OTHER,) if reset == "set_password" else ()), NOW)
    assert "enrol_second_factor" in sign("zhang", OTHER if reset == "set_password" else PASSWORD).must


def test_every_agency_of_a_person_sees_what_the_platform_did_to_his_account():
    add_member("a", "zhang")
    gone = add_member("b", "zhang")
    by = ("account:7", "api", "192.0.2.9")
    interventions.set_password("zhang", OTHER, NOW, by)
    with office("b") as session:
        members.end_member(session, gone.id, NOW)
    interventions.reset_second_factor("zhang", NOW, by)
    interventions.set_disabled("zhang", True, NOW, by)
    for slug, acts in (("a", ["password_reset", "second_factor_reset", "account_disabled"]), ("b", ["password_reset"])):
        with office(slug) as session:
            rows = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
            assert [row.action for row in rows] == acts
            assert {(row.actor, row.via, row.address, row.entity_id) for row in rows} == {(*by, gone.account_id)}


def test_nobody_is_of_the_platform_and_of_an_agency():
    root = add_person("root1", "audit_admin")
    with office() as session, pytest.raises(members.PlatformAccount, match="“root1”是平台管理员的账号"):
        members.invite(session, "root1", "某人", "reviewer", None, NOW)
    add_member("a", "zhang")
    with pytest.raises(AccountExists):
        add_account("zhang", "张三", "audit_admin", NOW)
    # and what forgets to ask is stopped by the database
    with pytest.raises(IntegrityError, match="account_separate"), platform_session() as session:
        session.execute(update(Account).where(Account.login == "zhang").values(platform_role="audit_admin"))
    with office() as session, pytest.raises(IntegrityError, match="account_separate"):
        session.execute(insert(AccountTenant).values(in_tenant_id=session.scope.tenant_id, account_id=root))
