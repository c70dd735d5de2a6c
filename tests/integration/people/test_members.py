"""Who belongs to an agency: inviting, changing, ending, and what of it is seen elsewhere."""

import pytest
from sqlalchemy import update

from tenants.people import accounts, members
from tenants.people.accounts import LoginInvalid, PersonNameInvalid
from tenants.people.models import Account
from tenants.people.principals import principal_of_session
from tenants.people.rights import Right
from tenants.people.signed_in import SessionUnknown, choose_tenant, end_session, resume
from tenants.sessions import platform_session, tenant_session
from tests.support.people import NOW, OTHER, add_member, add_person, enrol, sign

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
        lambda session, number: members.reissue_password(session, number, NOW),
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


def test_a_foreign_session_is_one_that_does_not_exist():
    zhang, lisi = (add_member("a", login).account_id for login in ("zhang", "lisi"))
    token = sign("zhang").token
    number = resume(token, NOW).id
    for account_id, session_id in ((lisi, number), (zhang, number + 1), (0, number)):
        with pytest.raises(SessionUnknown, match=f"没有编号为 {session_id} 的登录会话，或已结束。"):
            end_session(account_id, session_id, NOW)
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


def test_a_forgotten_password_is_the_agencys_matter_while_the_account_is_its_own():
    member = add_member("a", "zhang")
    token = sign("zhang").token
    with office() as session:
        initial = members.reissue_password(session, member.id, NOW)
    assert resume(token, NOW) is None
    assert sign("zhang", initial).must == {"change_password"}
    add_member("b", "zhang")
    with office() as session, pytest.raises(members.PasswordElsewhere):
        members.reissue_password(session, member.id, NOW)
    add_person("root1", "system_admin")
    theirs = add_member("a", "root1")
    with office() as session, pytest.raises(members.PasswordElsewhere):
        members.reissue_password(session, theirs.id, NOW)


def test_a_disabled_account_is_out_at_once_and_back_when_it_is_enabled():
    add_member("a", "zhang")
    token = sign("zhang").token
    accounts.set_disabled("zhang", True, NOW)
    assert resume(token, NOW) is None
    accounts.set_disabled("zhang", False, NOW)
    assert resume(token, NOW) is None
    token = sign("zhang").token
    with platform_session() as session:  # by whatever way: no session of such an account lives
        session.execute(update(Account).values(disabled=True))
    assert resume(token, NOW) is None


def test_the_operator_sets_a_password_and_takes_a_lost_telephone_away():
    add_member("a", "zhang", "tenant_admin")
    enrolled, _ = enrol(sign("zhang").token, NOW)
    accounts.set_password("zhang", OTHER, NOW)
    assert resume(enrolled.signed_in.token, NOW) is None
    waiting = sign("zhang", OTHER).token
    accounts.reset_second_factor("zhang", NOW)
    assert resume(waiting, NOW) is None
    assert sign("zhang", OTHER).must == {"enrol_second_factor"}
    assert sign("zhang", OTHER, enrolled.recovery_codes[0]).must == {"enrol_second_factor"}


def test_an_administrator_of_the_platform_who_is_also_a_member_chooses():
    add_person("root1", "audit_admin")
    add_member("a", "root1", "reviewer")
    enrolled, _ = enrol(sign("root1").token, NOW)
    assert principal_of_session(enrolled.signed_in.token, NOW).rights == {"platform.audit"}
    chosen = principal_of_session(choose_tenant(enrolled.signed_in.token, "a", NOW).token, NOW)
    assert chosen.slug == "a"
    assert "platform.audit" not in chosen.rights
