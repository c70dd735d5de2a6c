"""Getting in: who is refused learns nothing by it, and what has to be done first has to be done first."""

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from core.settings import change_setting
from tenants.people import accounts, passwords
from tenants.people.enrolling import CodeWrong, confirm_second_factor, offer_second_factor
from tenants.people.models import Account
from tenants.people.passwords import PasswordWeak
from tenants.people.principals import principal_of_session
from tenants.people.signed_in import choose_tenant, resume
from tenants.people.signing_in import SignInRefused, change_password, give_code
from tenants.people.steps import Must, SessionOver, StepMissing
from tenants.sessions import TenantUnknown, platform_session, tenant_session
from tests.support.people import NOW, OTHER, PASSWORD, add_member, add_person, code_at, enrol, later, sign

pytestmark = pytest.mark.usefixtures("agencies")


def refusal(login, password=PASSWORD, code=None, now=NOW):
    with pytest.raises(SignInRefused) as refused:
        sign(login, password, code, now)
    return refused.value.code, refused.value.message, refused.value.fields


def set_up(login, **values):
    with platform_session() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        for name, value in values.items():
            setattr(account, name, value)


def test_somebody_of_one_agency_is_in_it_at_once():
    member = add_member("a", "zhang", "reviewer")
    signed = sign(" Ｚｈａｎｇ ")
    assert (signed.must, [tenant.slug for tenant in signed.tenants]) == (frozenset(), ["a"])
    principal = principal_of_session(signed.token, NOW)
    assert (principal.actor, principal.slug, principal.means) == (f"account:{member.account_id}", "a", "session")
    assert signed.token not in repr(signed)


def test_every_refusal_is_the_same():
    for login in ("wrong", "disabled", "locked", "without", "handed", "coded"):
        add_member("a", login)
    set_up("disabled", disabled=True)
    set_up("without", password_hash=None)
    set_up("handed", must_change=True, initial_until=NOW)
    enrol(sign("coded").token, NOW)
    for _ in range(5):
        refusal("locked", "guess")
    odd = ("", " ", "-", "ｘ", "a" * 10_000, "x\x00", "\udc80", "'; --", "nobody")
    answers = [
        *(refusal(login) for login in (*odd, "disabled", "locked", "without", "handed")),
        *(refusal("wrong", password) for password in ("", "x", OTHER, "\x00")),
        refusal("coded", code="000000"),
    ]
    assert answers == [answers[0]] * len(answers)


@pytest.mark.parametrize("password", ["x" * 10_000, "\udc80", "Tulip-9-garden" + " " * 300])
def test_odd_passwords_are_wrong_passwords(password):
    add_member("a", "zhang")
    refusal("zhang", password)


def test_after_five_failures_the_right_password_is_wrong_for_a_quarter_of_an_hour():
    add_member("a", "zhang")
    for _ in range(5):
        refusal("zhang", "guess")
    refusal("zhang")
    refusal("zhang", "guess", now=later(minutes=14))
    refusal("zhang", now=later(minutes=14, seconds=59))
    assert sign("zhang", now=later(minutes=15))


def test_failures_are_counted_in_a_row():
    add_member("a", "zhang")
    for _ in range(3):
        for _ in range(4):
            refusal("zhang", "guess")
        assert sign("zhang")


def test_after_a_lock_it_takes_as_many_failures_again():
    add_member("a", "zhang")
    for _ in range(5):
        refusal("zhang", "guess")
    for _ in range(4):
        refusal("zhang", "guess", now=later(minutes=16))
    assert sign("zhang", now=later(minutes=16))


def test_the_strictest_of_ones_agencies_holds():
    add_member("a", "zhang")
    add_member("b", "zhang")
    with tenant_session("b", "office", "command") as session:
        change_setting(session, "security.failures", "3")
    for _ in range(3):
        refusal("zhang", "guess")
    refusal("zhang")


def test_a_second_factor_comes_before_anything_else():
    add_member("a", "zhang")
    enrolled, secret = enrol(sign("zhang").token, NOW)
    assert enrolled.signed_in.must == frozenset()
    waiting = sign("zhang", now=later(minutes=1)).token
    assert resume(waiting, later(minutes=1)).must == {Must.SECOND_FACTOR}
    assert principal_of_session(waiting, later(minutes=1)) is None
    for step in (
        lambda: change_password(waiting, PASSWORD, OTHER, later(minutes=1)),
        lambda: offer_second_factor(waiting, later(minutes=1)),
        lambda: confirm_second_factor(waiting, "000000", later(minutes=1)),
        lambda: choose_tenant(waiting, "a", later(minutes=1)),
    ):
        with pytest.raises(StepMissing, match="输入验证码"):
            step()
    signed = give_code(waiting, code_at(secret, later(minutes=1)), later(minutes=1))
    assert signed.must == frozenset()
    assert principal_of_session(signed.token, later(minutes=1))


def test_a_code_signs_in_once():
    add_member("a", "zhang")
    _, secret = enrol(sign("zhang").token, NOW)
    refusal("zhang", code=code_at(secret, NOW))
    code = code_at(secret, later(minutes=1))
    assert sign("zhang", code=code, now=later(minutes=1)).must == frozenset()
    refusal("zhang", code=code, now=later(minutes=1))
    with pytest.raises(SignInRefused):
        give_code(sign("zhang", now=later(minutes=1)).token, code, later(minutes=1))


def test_a_recovery_code_signs_in_once_and_newer_ones_take_their_place():
    add_member("a", "zhang")
    enrolled, _ = enrol(sign("zhang").token, NOW)
    first, second, *_ = enrolled.recovery_codes
    assert sign("zhang", code=first.upper()).must == frozenset()
    refusal("zhang", code=first)
    again, _ = enrol(sign("zhang", code=second).token, later(minutes=1))
    refusal("zhang", code=enrolled.recovery_codes[2])
    assert sign("zhang", code=again.recovery_codes[0]).must == frozenset()


def test_guessing_codes_locks_the_account():
    add_member("a", "zhang")
    _, secret = enrol(sign("zhang").token, NOW)
    for _ in range(5):
        token = sign("zhang").token
        with pytest.raises(SignInRefused):
            give_code(token, "000000", NOW)
    with pytest.raises(SignInRefused):
        give_code(token, code_at(secret, later(minutes=1)), later(minutes=1))
    refusal("zhang", now=later(minutes=1))


def test_an_administrator_sets_up_a_second_factor_first():
    add_member("a", "zhang", "tenant_admin")
    token = sign("zhang").token
    assert resume(token, NOW).must == {Must.ENROL_SECOND_FACTOR}
    assert principal_of_session(token, NOW) is None
    enrolled, _ = enrol(token, NOW)
    assert principal_of_session(enrolled.signed_in.token, NOW)
    assert resume(token, NOW) is None


def test_an_agency_may_want_it_of_everybody():
    add_member("a", "zhang")
    with tenant_session("a", "office", "command") as session:
        change_setting(session, "security.second_factor", "是")
    assert sign("zhang").must == {Must.ENROL_SECOND_FACTOR}


def test_the_first_code_has_to_be_right():
    add_member("a", "zhang")
    token = sign("zhang").token
    with pytest.raises(CodeWrong):
        confirm_second_factor(token, "000000", NOW)
    offer_second_factor(token, NOW)
    with pytest.raises(CodeWrong):
        confirm_second_factor(token, "000000", NOW)
    assert sign("zhang").must == frozenset()


def test_an_initial_password_is_for_changing_it():
    _, initial = accounts.add_account("zhang", "张三", None, NOW)
    add_member("a", "zhang")
    token = sign("zhang", initial).token
    assert resume(token, NOW).must == {Must.CHANGE_PASSWORD}
    with pytest.raises(StepMissing, match="修改密码"):
        choose_tenant(token, "a", NOW)
    with pytest.raises(PasswordWeak, match="不得与最近"):
        change_password(token, initial, initial, NOW)
    with pytest.raises(SignInRefused):
        change_password(token, "guess", OTHER, NOW)
    assert change_password(token, initial, OTHER, NOW).must == frozenset()
    refusal("zhang", initial)
    assert sign("zhang", OTHER)


def test_an_initial_password_holds_for_a_week():
    _, initial = accounts.add_account("zhang", "张三", None, NOW)
    assert sign("zhang", initial, now=later(days=6, hours=23))
    refusal("zhang", initial, now=later(days=7))


def test_a_password_of_ninety_days_is_changed():
    add_member("a", "zhang")
    assert sign("zhang", now=later(days=89)).must == frozenset()
    token = sign("zhang", now=later(days=90)).token
    changed = change_password(token, PASSWORD, OTHER, later(days=90))
    assert changed.must == frozenset()
    assert sign("zhang", OTHER, now=later(days=91)).must == frozenset()


def test_a_new_password_ends_the_other_sessions():
    add_member("a", "zhang")
    here, there = sign("zhang").token, sign("zhang").token
    changed = change_password(here, PASSWORD, OTHER, NOW)
    assert [resume(token, NOW) for token in (here, there)] == [None, None]
    assert resume(changed.token, NOW).must == frozenset()


def test_the_last_passwords_are_not_taken_again():
    add_member("a", "zhang")
    token, old = sign("zhang").token, PASSWORD
    for number in range(4):
        new = f"{OTHER}-{number}"
        token, old = change_password(token, old, new, NOW).token, new
    for former in (PASSWORD, f"{OTHER}-0", old):
        with pytest.raises(PasswordWeak, match="最近 5 个"):
            change_password(token, old, former, NOW)
    token = change_password(token, old, f"{OTHER}-4", NOW).token
    assert change_password(token, f"{OTHER}-4", PASSWORD, NOW)


def test_somebody_of_two_agencies_chooses_one_and_may_choose_again():
    add_member("a", "zhang", "office")
    add_member("b", "zhang", "reviewer")
    signed = sign("zhang")
    assert (signed.must, [tenant.slug for tenant in signed.tenants]) == ({Must.CHOOSE_TENANT}, ["a", "b"])
    assert principal_of_session(signed.token, NOW) is None
    in_a = choose_tenant(signed.token, "a", NOW)
    in_b = choose_tenant(in_a.token, "b", NOW)
    assert [resume(token, NOW) for token in (signed.token, in_a.token)] == [None, None]
    assert principal_of_session(in_b.token, NOW).slug == "b"


def test_a_foreign_agency_is_one_that_does_not_exist():
    add_member("a", "zhang")
    token = sign("zhang").token
    answers = []
    for slug in ("b", "nobody", "", "\x00"):
        with pytest.raises(TenantUnknown) as refused:
            choose_tenant(token, slug, NOW)
        answers.append(refused.value.message.replace(f"“{slug}”", ""))
    assert len(set(answers)) == 1


def test_an_administrator_of_the_platform_acts_in_no_agency():
    add_person("root1", "security_admin")
    enrolled, _ = enrol(sign("root1").token, NOW)
    principal = principal_of_session(enrolled.signed_in.token, NOW)
    assert (principal.slug, principal.tenant_id, principal.platform_role) == (None, None, "security_admin")
    assert principal.rights == {"platform.accounts"}


def test_a_hash_of_other_parameters_is_made_anew(monkeypatch):
    add_member("a", "zhang")
    dearer = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", dearer)
    for _ in range(2):
        sign("zhang")
        with platform_session() as session:
            stored = session.scalars(select(Account.password_hash)).one()
            assert not dearer.check_needs_rehash(stored)


def test_a_secret_that_nobody_has():
    for token in ("", "x", "\x00", "\udc80", "x" * 10_000):
        assert resume(token, NOW) is None
        with pytest.raises(SessionOver):
            give_code(token, "000000", NOW)
