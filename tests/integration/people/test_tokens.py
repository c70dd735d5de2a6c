"""API tokens and upload links: no more than who made them, no longer than they hold, and one refusal for all else."""

import pytest
from sqlalchemy import select

from tenants.models import Change
from tenants.people import members, tokens
from tenants.people.interventions import set_disabled
from tenants.people.models import Token
from tenants.people.principals import grants_now
from tenants.people.rights import ROLES, Right, given
from tenants.people.tokens import OPERATOR, Maker
from tenants.sessions import tenant_session
from tests.support.people import NOW, add_member, holder, later

pytestmark = pytest.mark.usefixtures("agencies")
READ, CHANGE, RETURN = Right.PLANS_READ, Right.PLANS_CHANGE, Right.ROUNDS_RETURN


def office(slug="a"):
    return tenant_session(slug, "office", "command")


def issue(slug="a", maker=OPERATOR, rights=(READ,), days=30, units=None, name="报表"):
    with office(slug) as session:
        return tokens.issue_token(session, maker, name, rights, NOW, days, units)


def link(slug="a", maker=OPERATOR, unit=7, days=7):
    with office(slug) as session:
        return tokens.issue_link(session, maker, "upload", unit, {"round": 4}, "回收", NOW, days)


def test_a_token_does_what_it_is_for():
    issued = issue(rights=[READ, CHANGE], units=[7])
    principal = holder(issued.secret, NOW)
    assert (principal.actor, principal.slug, principal.means) == (f"token:{issued.token.id}", "a", "token")
    assert principal.grants == {READ: {7}, CHANGE: {7}}


def test_the_secret_names_its_agency_and_is_kept_nowhere():
    issued = issue()
    assert issued.secret.startswith("zwgk_a_")
    assert len(issued.secret) == len("zwgk_a_") + 43
    assert issued.secret not in repr(issued)
    with office() as session:
        kept = session.execute(select(Token.__table__)).one()
        changes = session.execute(select(Change.new)).all()
    assert issued.secret[7:] not in f"{kept}{changes}"


def test_whatever_does_not_hold_is_refused_alike():
    issued, other, revoked, short = issue(), issue("b"), issue(), issue(days=1)
    with office() as session:
        tokens.revoke_token(session, revoked.token.id, NOW)
    tail = other.secret.removeprefix("zwgk_b_")
    secrets = (
        *("", "x", "\x00", "\udc80", "zwgk_a_", f"zwgk_a_{tail}", f"zwgk_nobody_{tail}", f"zwgk_A_{issued.secret[7:]}"),
        *(
            issued.secret[:-1],
            issued.secret + "x",
            issued.secret.upper(),
            f" {issued.secret}",
            "zwgk_a_" + "x" * 10_000,
        ),
        *(revoked.secret, link().secret),
    )
    assert [holder(secret, NOW) for secret in secrets] == [None] * len(secrets)
    assert holder(short.secret, later(hours=23))
    assert holder(short.secret, later(days=1)) is None
    assert holder(other.secret, NOW).slug == "b"


def test_a_link_is_for_one_thing():
    issued = link()
    principal = holder(issued.secret, NOW, "upload")
    assert principal.grants == {RETURN: {7}}
    assert (principal.means, principal.actor, principal.subject) == ("link", f"link:{issued.token.id}", {"round": 4})
    for secret, purpose in ((issued.secret, "download"), (issue().secret, "upload"), (issued.secret, None)):
        assert holder(secret, NOW, purpose) is None
    assert holder(issued.secret, later(days=7), "upload") is None


def test_nobody_makes_a_token_that_may_more_than_he():
    member = add_member("a", "zhang", "unit_contact", [7])
    contact = Maker(member.account_id, given([(ROLES["unit_contact"].rights, frozenset({7}))]))
    too_much = (([CHANGE], [7]), ([READ], None), ([READ], [7, 8]), ([READ, CHANGE], [7]))
    for rights, units in (*too_much, ([], [7]), ([READ], [])):
        with pytest.raises(tokens.TokenRights):
            issue(maker=contact, rights=rights, units=units)
    with pytest.raises(tokens.TokenRights):
        link(maker=contact, unit=8)
    assert issue(maker=contact, units=[7]).token.units == (7,)
    with pytest.raises(tokens.TokenRights):
        issue(rights=[Right.PLATFORM_ACCOUNTS])


def test_what_a_token_makes_ends_with_it():
    maker = Maker(None, OPERATOR.grants, until=later(days=2))
    assert link(maker=maker, days=7).token.expires_at == later(days=2)
    assert link(maker=maker, days=1).token.expires_at == later(days=1)


def test_links_that_a_token_made_are_revoked_with_it():
    first, second = (
        issue(rights=[Right.LINKS_ISSUE, Right.ROUNDS_RETURN]),
        issue(rights=[Right.LINKS_ISSUE, Right.ROUNDS_RETURN]),
    )

    def made_by(issued):
        maker = holder(issued.secret, NOW)
        with tenant_session("a", maker.actor, "api") as session:
            by = Maker(maker.account_id, maker.grants, maker.until)
            return tokens.issue_link(session, by, "upload", 7, {"round": 4}, "回收", NOW, 7).secret

    links = [made_by(issued) for issued in (first, second)] + [link().secret]
    with office() as session:
        tokens.revoke_token(session, first.token.id, NOW)
    assert [holder(secret, NOW, "upload") is not None for secret in links] == [False, True, True]
    with office() as session:
        revoked = select(Change.entity_id).where(Change.field == "revoked").order_by(Change.entity_id)
        assert session.scalars(revoked).all() == [first.token.id, second.token.id + 1]


def test_a_token_may_no_more_than_its_maker_still_may():
    member = add_member("a", "zhang")
    issued = issue(maker=Maker(member.account_id, given([(ROLES["office"].rights, None)])), rights=[READ, CHANGE])
    assert holder(issued.secret, NOW).rights == {READ, CHANGE}
    with office() as session:
        members.change_member(session, member.id, "unit_contact", [7], NOW)
    assert holder(issued.secret, NOW).grants == {READ: {7}}
    with office() as session:
        members.end_member(session, member.id, NOW)
    assert holder(issued.secret, NOW) is None


def test_a_token_of_a_disabled_account_does_nothing():
    member = add_member("a", "zhang")
    issued = issue(maker=Maker(member.account_id, given([(ROLES["office"].rights, None)])))
    actors = (f"token:{issued.token.id}", f"account:{member.account_id}")
    for disabled in (False, True):
        set_disabled("zhang", disabled, NOW)
        assert (holder(issued.secret, NOW) is None) == disabled
        with office() as session:
            assert [not grants_now(session, actor, NOW) for actor in actors] == [disabled] * 2


@pytest.mark.parametrize("days", [-1, 0, 367, 10**9])
def test_how_long_it_holds(days):
    with pytest.raises(tokens.TokenDays, match="1 到 366 天"):
        issue(days=days)
    with pytest.raises(tokens.TokenDays, match="1 到 31 天"):
        link(days=days)


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb", "\x00", "\udc80"])
def test_odd_names(name):
    with pytest.raises(tokens.TokenNameInvalid):
        issue(name=name)


def test_a_foreign_token_is_one_that_does_not_exist():
    foreign = issue("b").token.id
    for number in (foreign, 10**12):
        with office("a") as session, pytest.raises(tokens.TokenUnknown, match=f"没有编号为 {number} 的令牌"):
            tokens.revoke_token(session, number, NOW)
    with office("a") as session:
        assert tokens.list_tokens(session, "api", NOW) == []


def test_the_list_holds_what_holds():
    first, second = issue(days=1), issue()
    handed_out = link()
    with office() as session:
        assert [token.id for token in tokens.list_tokens(session, "api", NOW)] == [second.token.id, first.token.id]
        assert [token.id for token in tokens.list_tokens(session, "api", later(days=1))] == [second.token.id]
        assert [token.id for token in tokens.list_tokens(session, "link", NOW)] == [handed_out.token.id]


def test_its_use_is_noted_once_a_minute():
    secret = issue().secret
    noted = []
    for seconds in (0, 59, 60, 61, 130):
        assert holder(secret, later(seconds=seconds))
        with office() as session:
            noted.append(int((session.scalars(select(Token.last_used_at)).one() - NOW).total_seconds()))
    assert noted == [0, 0, 60, 60, 130]


def test_a_link_is_no_token_to_who_may_revoke_tokens_only():
    issued, made = issue(), link()
    with tenant_session("a", "office", "command") as session:
        for number, kind in ((made.token.id, "api"), (issued.token.id, "link")):
            with pytest.raises(tokens.TokenUnknown):
                tokens.revoke_token(session, number, NOW, kind)
    assert holder(made.secret, NOW, "upload")
    assert holder(issued.secret, NOW)
