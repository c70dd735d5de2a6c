"""What many do at the same moment: no failure is lost, no session too many, nobody is gone who had to stay."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier
from time import monotonic

import pytest
from sqlalchemy import select, text

from tenants.errors import ZwgkError
from tenants.identity.models import IdentityProvider
from tenants.identity.providers import set_terms
from tenants.identity.terms import Terms
from tenants.identity.trust import Trust
from tenants.people import members
from tenants.people.models import Account
from tenants.people.signed_in import choose_tenant, resume, sessions_of
from tenants.people.signing_in import PasswordsOff, SignInRefused, give_code
from tenants.sessions import TenantUnknown, platform_session, tenant_session
from tests.support.people import NOW, PASSWORD, add_member, code_at, enrol, later, sign

MANY = 8


@pytest.fixture
def all_at_once(agencies):
    """Run the same act with each of several arguments, all from the same moment on; what each gave, or its refusal."""

    def run(act, arguments):
        together = Barrier(len(arguments), timeout=20)

        def one(argument):
            with agencies.app_context():
                together.wait()
                try:
                    return act(argument)
                except ZwgkError as refused:
                    return type(refused)

        with ThreadPoolExecutor(len(arguments)) as pool:
            return list(pool.map(one, arguments))

    return run


@pytest.fixture
def both_wait(agencies):
    """Begin two acts, the second when the first waits to write into a table; then let go. What each gave, or its
    refusal."""
    agencies.extensions["zwgk_trust"] = Trust("https://zwgk.example", frozenset({"https://sso.example"}))

    def begun(act):
        with agencies.app_context():
            try:
                return act()
            except ZwgkError as refused:
                return type(refused)

    def run(table, *acts):
        end = monotonic() + 9
        with ThreadPoolExecutor(len(acts)) as pool:
            with platform_session() as session:
                session.execute(text(f"LOCK TABLE {table} IN SHARE MODE"))
                doing = []
                for act in acts:
                    doing.append(pool.submit(begun, act))
                    while not doing[-1].done() and _waiting() < len(doing):
                        assert monotonic() < end
            return [one.result(9) for one in doing]

    return run


def _waiting():
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with platform_session() as session:
        return session.scalar(text(here))


def _passwords_off():
    with tenant_session("a", "office", "command") as session:
        set_terms(session, Terms("https://sso.example", "zwgk", enabled=True, passwords=False), None, NOW)


def account(login):
    with platform_session() as session:
        found = session.scalars(select(Account).where(Account.login == login)).one()
        session.expunge(found)
        return found


def test_every_failure_counts(all_at_once):
    add_member("a", "zhang")
    assert (
        all_at_once(lambda guess: sign("zhang", guess), [f"guess {n}" for n in range(MANY)]) == [SignInRefused] * MANY
    )
    assert (account("zhang").failures, account("zhang").locked_until) == (MANY, later(minutes=15))


def test_the_right_password_among_many_guesses_comes_too_late_or_in_time_and_never_unlocks(all_at_once):
    add_member("a", "zhang")
    for _ in range(4):
        with pytest.raises(SignInRefused):
            sign("zhang", "guess")
    ended = all_at_once(lambda word: sign("zhang", word), ["guess", PASSWORD])
    assert ended[0] is SignInRefused
    assert (ended[1] is SignInRefused) == (account("zhang").locked_until is not None)


def test_no_session_too_many(all_at_once):
    member = add_member("a", "zhang")
    signed = all_at_once(lambda _: sign("zhang"), range(MANY))
    assert len(sessions_of(member.account_id, NOW)) == 5
    assert sum(resume(one.token, NOW) is not None for one in signed) == 5


def test_a_code_lets_in_one(all_at_once):
    add_member("a", "zhang")
    _, secret = enrol(sign("zhang").token, NOW)
    now = later(minutes=1)
    tokens = [sign("zhang", now=now).token for _ in range(4)]
    ended = all_at_once(lambda token: give_code(token, code_at(secret, now), now), tokens)
    assert sum(one is not SignInRefused for one in ended) == 1


def test_a_session_steps_up_once(all_at_once):
    add_member("a", "zhang")
    enrolled, _ = enrol(sign("zhang").token, NOW)
    token = sign("zhang").token
    ended = all_at_once(lambda code: give_code(token, code, NOW), enrolled.recovery_codes[:4])
    assert sum(not isinstance(one, type) for one in ended) == 1


def test_two_administrators_who_let_each_other_go(agencies):
    """The second one has to wait for what becomes of the first."""
    ids = [add_member("a", login, "tenant_admin").id for login in ("zhang", "lisi")]

    def end(member_id):
        with agencies.app_context(), tenant_session("a", "office", "command") as session:
            members.end_member(session, member_id, NOW)

    with ThreadPoolExecutor(1) as pool:
        with tenant_session("a", "office", "command") as session:
            members.end_member(session, ids[0], NOW)
            second = pool.submit(end, ids[1])
            assert wait([second], timeout=0.5).not_done
        with pytest.raises(members.LastAdmin):
            second.result()


def test_who_waits_to_sign_in_while_passwords_are_switched_off_is_too_late(agencies):
    member = add_member("a", "zhang")

    def come_in():
        with agencies.app_context():
            return sign("zhang")

    with ThreadPoolExecutor(1) as pool:
        with platform_session() as session:
            session.get_one(Account, member.account_id, with_for_update=True)
            waiting = pool.submit(come_in)
            assert wait([waiting], timeout=0.5).not_done
            with tenant_session("a", "office", "command") as own:
                named = {"issuer": "https://sso", "client_id": "x", "client_secret": "", "second_factor": ""}
                own.add(IdentityProvider(**named, enabled=True, passwords=False))
        with pytest.raises(PasswordsOff):
            waiting.result()


def test_who_signs_in_at_the_moment_at_which_passwords_are_switched_off_is_out(both_wait):
    add_member("a", "zhang")
    signing, _ = both_wait("sign_in", lambda: sign("zhang"), _passwords_off)
    assert resume(signing.token, NOW) is None


def test_who_chooses_his_agency_while_passwords_are_switched_off_is_too_late(both_wait):
    for slug, login in (("a", "zhang"), ("b", "zhang"), ("a", "lisi")):
        add_member(slug, login)
    sign("lisi")  # whose session is to be ended
    token = sign("zhang").token
    _, choosing = both_wait("sign_in", _passwords_off, lambda: choose_tenant(token, "a", NOW))
    assert choosing is TenantUnknown


def test_two_agencies_make_somebody_their_administrator(agencies):
    """Each has said that it knows him, and wants his sessions ended: they do not wait for each other."""
    member = add_member("a", "zhang")

    def invite():
        with agencies.app_context():
            return add_member("b", "zhang", "tenant_admin")

    with ThreadPoolExecutor(1) as pool, platform_session() as session:
        known = select(Account.id).where(Account.id == member.account_id)
        session.execute(known.with_for_update(read=True, key_share=True))
        assert pool.submit(invite).result(5).account_id == member.account_id


def test_one_account_for_one_login(all_at_once):
    def invite(slug):
        with tenant_session(slug, "office", "command") as session:
            return members.invite(session, "zhang", "张三", "office", None, NOW)

    first, second = all_at_once(invite, ["a", "b"])
    assert first.member.account_id == second.member.account_id
    assert [first.initial_password, second.initial_password].count(None) == 1
