"""People sign in by their agency's identity provider, over real HTTP: its form, its redirect, its token."""

import pyotp
import pytest

from tests.support.http import PASSWORD
from tests.support.provider import PEOPLE, SECRET


def test_from_the_form_to_the_session(site):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    browser = site.browser()
    begun = browser.ask("POST", "/session/oidc", json={"slug": "a"})
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=600"} <= set(begun.headers["Set-Cookie"].split("; "))
    back = browser.back(site.provider.authorize(begun.json()["address"], "王五", PEOPLE["王五"][0]))
    assert back.status_code == 200, back.text
    assert (back.json()["must"], [one["slug"] for one in back.json()["tenants"]]) == ([], ["a"])
    assert set(browser.http.cookies.keys()) == {"zwgk"}  # what it began by is gone
    assert "SameSite=Strict" in back.headers["Set-Cookie"]
    present = browser.ask("GET", "/session").json()
    assert (present["account"]["login"], present["tenant"]["slug"]) == ("wang", "a")
    assert browser.ask("POST", "/units", json={"name": "法规处"}).status_code == 201
    assert site.ask("SELECT password_hash, failures FROM account WHERE login = 'wang'") == [(None, 0)]
    ((actor, detail),) = site.ask("SELECT actor, detail FROM audit_entry WHERE action = 'sign_in'")
    ((number,),) = site.ask("SELECT id FROM account WHERE login = 'wang'")
    assert (actor, detail["by"], detail["subject"]) == (f"account:{number}", "oidc", "sub-wang")
    assert site.ask("SELECT count(*) FROM identity_flow") == [(0,)]


def test_linking_by_oneself_and_taking_it_away(site):
    initial = site.member("wang")
    own, elsewhere = site.browser(), site.browser()
    own.sign_in("wang", initial)
    assert elsewhere.sign_in_elsewhere(site.provider).json()["code"] == "identity_not_linked"
    address = own.ask("POST", "/session/oidc/link").json()["address"]
    linked = own.back(site.provider.authorize(address, "王五", PEOPLE["王五"][0]))
    assert linked.status_code == 200, linked.text
    assert own.ask("GET", "/session").json()["tenant"]["slug"] == "a"  # the same session, with another secret
    assert elsewhere.sign_in_elsewhere(site.provider).status_code == 200
    (identity,) = site.cli.json("idp", "links", "--tenant", "a")
    assert (identity["login"], identity["subject"]) == ("wang", "sub-wang")
    again = own.back(site.provider.authorize(own.ask("POST", "/session/oidc/link").json()["address"], "赵六", "口令二"))
    assert (again.status_code, again.json()["code"]) == (409, "identity_exists")
    assert own.ask("DELETE", "/session/oidc/link").status_code == 204
    assert own.ask("GET", "/session").status_code == 200
    assert elsewhere.ask("GET", "/session").status_code == 401
    assert elsewhere.sign_in_elsewhere(site.provider).json()["code"] == "identity_not_linked"
    fields = site.ask("SELECT field, old, new FROM change WHERE entity = 'identity' ORDER BY id")
    assert fields[-2:] == [("subject", None, "sub-wang"), ("subject", "sub-wang", None)]


def test_only_a_fresh_session_that_a_password_began_links(site):
    initial = site.member("wang", "office", "a")
    site.cli.ok("idp", "link", "wang", "--subject", "sub-wang", "--tenant", "a")
    by_provider, by_password = site.browser(), site.browser()
    by_provider.sign_in_elsewhere(site.provider)
    assert by_provider.ask("POST", "/session/oidc/link").json()["code"] == "not_fresh"
    by_password.sign_in("wang", initial)
    assert by_password.ask("POST", "/session/oidc/link").status_code == 200
    site.change("UPDATE sign_in SET created_at = created_at - interval '11 minutes'")
    assert by_password.ask("POST", "/session/oidc/link").json()["code"] == "not_fresh"


def test_a_session_that_ended_meanwhile_links_nothing(site):
    own = site.browser()
    own.sign_in("wang", site.member("wang"))
    address = own.ask("POST", "/session/oidc/link").json()["address"]
    sent = site.provider.authorize(address, "王五", PEOPLE["王五"][0])
    site.cli.ok("account", "sign-out", "wang")
    assert own.back(sent).json()["code"] == "session_over"
    assert site.cli.json("idp", "links", "--tenant", "a") == []


def test_our_own_second_factor_holds_unless_the_providers_counts(site):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    site.cli.ok("tenant", "set", "a", "security.second_factor=是")
    browser = site.browser()
    assert browser.sign_in_elsewhere(site.provider).json()["must"] == ["enrol_second_factor"]
    secret = browser.ask("POST", "/session/second-factor").json()["secret"]
    enrolled = browser.ask("PUT", "/session/second-factor", json={"code": pyotp.TOTP(secret).now()})
    assert enrolled.json()["must"] == []
    # what is there is not replaced on one provider's word
    assert browser.ask("POST", "/session/second-factor").json()["code"] == "password_needed"
    site.provider.faults["amr"] = ["pwd", "mfa"]
    browser = site.browser()
    assert browser.sign_in_elsewhere(site.provider).json()["must"] == ["second_factor"]
    assert browser.ask("GET", "/units").status_code == 403
    site.change("UPDATE account SET totp_step = 0")
    given = browser.ask("PUT", "/session/code", json={"code": pyotp.TOTP(secret).now()})
    assert (given.status_code, given.json()["must"]) == (200, [])
    site.cli.ok("idp", "set", "--tenant", "a", "--second-factor", "mfa")
    assert site.browser().sign_in_elsewhere(site.provider).json()["must"] == []
    site.provider.faults["amr"] = ["pwd"]
    assert site.browser().sign_in_elsewhere(site.provider).json()["must"] == ["second_factor"]


def test_what_one_agency_vouches_for_holds_in_that_agency_only(site):
    """Else the administrator of one, by a provider of his own, would be anybody anywhere."""
    initial = site.member("wang", "office", "b")
    site.member("wang", "office", "a")
    site.cli.ok("idp", "link", "wang", "--subject", "sub-wang", "--tenant", "a")
    at_b, browser = site.browser(), site.browser()
    at_b.ask("POST", "/session", json={"login": "wang", "password": initial})
    at_b.ask("PUT", "/session/password", json={"old": initial, "new": PASSWORD})
    assert at_b.ask("PUT", "/session/tenant", json={"slug": "b"}).status_code == 200
    step = browser.sign_in_elsewhere(site.provider).json()
    assert [one["slug"] for one in step["tenants"]] == ["a"]
    assert browser.ask("PUT", "/session/tenant", json={"slug": "b"}).status_code == 404
    assert browser.ask("GET", "/session").json()["tenant"]["slug"] == "a"
    (listed,) = browser.ask("GET", "/sessions").json()
    assert listed["tenant"] == "a局"
    ((other,),) = site.ask("SELECT id FROM sign_in WHERE bound_tenant_id IS NULL AND ended_at IS NULL")
    assert browser.ask("DELETE", f"/sessions/{other}").status_code == 404
    changed = browser.ask("PUT", "/session/password", json={"old": PASSWORD, "new": "Maple-7-forest"})
    assert changed.json()["code"] == "password_needed"
    assert browser.ask("POST", "/session/second-factor").json()["code"] == "password_needed"
    for _ in range(6):  # more than a person may have: it ends none that a password began
        site.browser().sign_in_elsewhere(site.provider)
    assert at_b.ask("GET", "/units").status_code == 200


def test_passwords_can_be_switched_off_for_all_but_administrators(site):
    admin, initial = site.member("admin", "tenant_admin"), site.member("wang")
    site.cli.ok("idp", "link", "wang", "--subject", "sub-wang", "--tenant", "a")
    inside, keeper = site.browser(), site.browser()
    inside.sign_in("wang", initial)
    keeper.sign_in("admin", admin)
    site.cli.ok("idp", "set", "--tenant", "a", "--passwords", "否")
    assert inside.ask("GET", "/units").status_code == 401
    assert keeper.ask("GET", "/units").status_code == 200
    refused = site.browser().ask("POST", "/session", json={"login": "wang", "password": PASSWORD})
    assert (refused.status_code, refused.json()["code"]) == (401, "passwords_off")
    wrong = site.browser().ask("POST", "/session", json={"login": "wang", "password": "x"})
    assert wrong.json()["code"] == "sign_in_refused"
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200
    # in another agency the password is as good as before
    site.member("wang", "office", "b")
    step = site.browser().ask("POST", "/session", json={"login": "wang", "password": PASSWORD})
    assert [one["slug"] for one in step.json()["tenants"]] == ["b"]
    site.cli.ok("idp", "off", "--tenant", "a")
    step = site.browser().ask("POST", "/session", json={"login": "wang", "password": PASSWORD})
    assert [one["slug"] for one in step.json()["tenants"]] == ["a", "b"]


def test_the_keys_may_change_at_any_time(site):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200
    site.provider.rotate()
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200


def test_who_may_not_come_in_does_not_come_in_so(site):
    initial = site.member("wang")
    assert initial
    site.cli.ok("idp", "link", "wang", "--subject", "sub-wang", "--tenant", "a")

    def code():
        return site.browser().sign_in_elsewhere(site.provider).json().get("code")

    assert code() is None
    # of a database that is older than the rule that no account is the platform's and an agency's
    site.change("ALTER TABLE account DISABLE TRIGGER USER")
    for shut, open_again in (
        ("disabled = true", "disabled = false"),
        ("locked_until = now() + interval '1 minute', failures = 5", "locked_until = NULL"),
        ("initial_until = now()", "initial_until = NULL, failures = 3"),
        ("platform_role = 'system_admin'", "platform_role = NULL"),
    ):
        site.change(f"UPDATE account SET {shut}")
        assert code() == "account_shut", shut
        site.change(f"UPDATE account SET {open_again}")
    assert code() is None
    assert site.ask("SELECT failures FROM account") == [(3,)]
    site.cli.ok("member", "remove", "wang", "--tenant", "a")
    assert code() == "identity_not_linked"


@pytest.mark.parametrize("switch", ["off", "remove"])
def test_switched_off_while_somebody_is_under_way(site, switch):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    browser = site.browser()
    sent = site.provider.authorize(browser.begin(), "王五", PEOPLE["王五"][0])
    site.provider.faults["/keys"] = lambda _: site.cli.ok("idp", switch, "--tenant", "a") and None
    back = browser.back(sent)
    assert (back.status_code, back.json()["code"]) == (404, "provider_off")
    assert site.ask("SELECT count(*) FROM sign_in") == [(0,)]


def test_who_signs_in_by_the_provider_alone_sees_his_agency_leave(site):
    site.member("wang", "office", "a", "--subject", "sub-wang")
    site.change(
        "INSERT INTO leaving (in_tenant_id, state, asked_at, asked_by, not_before)"
        " SELECT id, 'leaving', now(), 'office', now() + interval '14 days' FROM tenant WHERE slug = 'a'"
    )
    browser = site.browser()
    assert browser.sign_in_elsewhere(site.provider).status_code == 200
    assert browser.ask("GET", "/units").status_code == 200


def test_the_secret_lies_sealed(site):
    ((kept,),) = site.ask("SELECT client_secret FROM identity_provider")
    assert SECRET not in kept
    site.member("wang", "office", "a", "--subject", "sub-wang")
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200
    # one from before is readable, and good
    site.maintain(f"UPDATE identity_provider SET client_secret = '{SECRET}'")
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200


@pytest.mark.parametrize("factor", ["", "mfa"])
def test_an_administrator_without_a_password_is_set_up_once_he_has_come_in(site, factor):
    site.cli.ok("idp", "set", "--tenant", "a", "--second-factor", factor)
    site.provider.faults["amr"] = ["mfa"]
    site.member("wang", "tenant_admin", "a", "--subject", "sub-wang")

    def steps():
        return {step["key"]: step for step in site.cli.json("tenant", "steps", "a")}

    first = steps()["password"]
    assert (first["done"], first["operation"]) == (False, "POST /session/oidc")
    assert site.browser().sign_in_elsewhere(site.provider).status_code == 200
    assert (steps()["password"]["done"], steps()["second_factor"]["done"]) == (True, bool(factor))
