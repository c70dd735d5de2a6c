"""A provider that misbehaves, and browsers that do: each is refused, with everything as it was."""

import time

import pytest
from flask import Response
from joserfc.jwk import KeySet
from werkzeug.utils import redirect

from tests.integration.identity.conftest import HURRY, PATIENCE
from tests.support.provider import (
    PEOPLE,
    by_public_key,
    dripping,
    huge,
    new_key,
    silent,
    state_in,
    unsigned,
)

HERE = "http://127.0.0.1:1"
ABOUT, KEYS, TOKEN = "/.well-known/openid-configuration", "/keys", "/token"


def _later(seconds):
    return int(time.time()) + seconds


# what the provider does from the moment on that somebody comes back with a code
TOKENS = {
    "another issuer": lambda p: {"iss": HERE},
    "another audience": lambda p: {"aud": ["somebody"]},
    "for others as well, and not said for whom": lambda p: {"aud": ["zwgk", "somebody"]},
    "issued to somebody else": lambda p: {"azp": "somebody"},
    "another nonce": lambda p: {"nonce": "x"},
    "no nonce": lambda p: {"nonce": None},
    "expired": lambda p: {"exp": _later(-61), "iat": _later(-600)},
    "of the future": lambda p: {"iat": _later(600)},
    "no signature": unsigned,
    "signed by the public key": by_public_key,
    "a key that is not there": lambda p: {"kid": "other"},
    "signed by somebody else": lambda p: {"key": new_key("first")},
    "nobody": lambda p: {"sub": ""},
    "no name but a list": lambda p: {"sub": ["sub-wang"]},
    "a name that no line holds": lambda p: {"sub": "sub-wang\n"},
    "no token": lambda p: {TOKEN: lambda _: ({"access_token": "x", "token_type": "Bearer"}, 200)},
    "no object": lambda p: {TOKEN: lambda _: ("[]", 200, {"Content-Type": "application/json"})},
    "an error": lambda p: {TOKEN: lambda _: ({"error": "invalid_grant"}, 400)},
    "no keys": lambda p: {KEYS: lambda _: {"keys": 1}},
}
DEEP, ENDLESS = "[" * 200_000, '{"access_token": "x", "token_type": "Bearer", "expires_in": 1e999}'
AWAY = {
    "brackets for a token": lambda p: {TOKEN: lambda _: Response(DEEP, mimetype="application/json")},
    "brackets for all it says": lambda p: {ABOUT: lambda _: Response(DEEP, mimetype="application/json")},
    "brackets for keys": lambda p: {KEYS: lambda _: Response(f'{{"keys": {DEEP}', mimetype="application/json")},
    "a token for ever": lambda p: {TOKEN: lambda _: Response(ENDLESS, mimetype="application/json")},
    "down": lambda p: {TOKEN: lambda _: ("", 500)},
    "silent": lambda p: {TOKEN: silent},
    "dripping": lambda p: {KEYS: dripping},
    "huge": lambda p: {KEYS: huge},
    "elsewhere": lambda p: {TOKEN: lambda _: redirect(f"{p.issuer}/authorize", 307)},
    "no JSON": lambda p: {ABOUT: lambda _: "<html>"},
    "packed": lambda p: {KEYS: lambda _: (b"\x1f\x8b", 200, {"Content-Encoding": "gzip"})},
}
SLOW = {"silent", "dripping"}
WRONG = {
    "another provider": lambda p: {"about": {"issuer": "http://127.0.0.1:2"}},
    "a token endpoint that nobody named": lambda p: {"about": {"token_endpoint": HERE}},
    "keys from elsewhere": lambda p: {"about": {"jwks_uri": "https://keys.example/"}},
    "a form elsewhere": lambda p: {"about": {"authorization_endpoint": "https://form.example/"}},
    "no address": lambda p: {"about": {"token_endpoint": ["x"]}},
    "no PKCE": lambda p: {"about": {"code_challenge_methods_supported": ["plain"]}},
    "shared secrets only": lambda p: {"about": {"id_token_signing_alg_values_supported": ["HS256", "none"]}},
}


@pytest.fixture(autouse=True)
def _behaves_again(shared):
    yield
    shared.provider.faults.clear()


def _sent(site):
    browser = site.browser()
    return browser, site.provider.authorize(browser.begin(), "王五", PEOPLE["王五"][0])


@pytest.mark.parametrize("fault", [*TOKENS, *AWAY, *WRONG])
def test_a_provider_that_misbehaves(shared, fault):
    browser, sent = _sent(shared)
    before, told = shared.everything(), len(shared.refusals())
    shared.provider.faults |= (TOKENS | AWAY | WRONG)[fault](shared.provider)
    begun = time.monotonic()
    with shared.patience(HURRY if fault in SLOW else PATIENCE):
        back = browser.back(sent)
    assert time.monotonic() - begun < PATIENCE
    wanted = (503, "provider_down") if fault in AWAY or fault == "no object" else (401, "provider_refused")
    assert (back.status_code, back.json()["code"]) == wanted, back.text
    assert back.json()["message"].isprintable()
    assert "zwgk" not in browser.http.cookies
    assert shared.everything() == before
    (refusal,) = shared.refusals()[told:]
    assert refusal["code"] == wanted[1]
    assert refusal["why"]
    # once, whatever came of it: and from the beginning it goes
    shared.provider.faults.clear()
    assert browser.back(sent).json()["code"] == "flow_over"
    assert browser.sign_in_elsewhere(shared.provider).status_code == 200


@pytest.mark.parametrize("fault", WRONG)
def test_nobody_is_sent_to_a_provider_that_is_not_as_it_should_be(shared, fault):
    shared.provider.faults |= WRONG[fault](shared.provider)
    begun = shared.browser().ask("POST", "/session/oidc", json={"slug": "a"})
    assert (begun.status_code, begun.json()["code"]) == (401, "provider_refused")
    tried = shared.cli.json("idp", "try", "--tenant", "a", status=1)
    assert (tried["keys"], tried["code"]) == ([], "provider_refused")


def test_without_the_provider_passwords_go_on(shared):
    shared.provider.faults[ABOUT] = silent
    with shared.patience(HURRY):
        begun = shared.browser().ask("POST", "/session/oidc", json={"slug": "a"})
    assert (begun.status_code, begun.json()["code"]) == (503, "provider_down")
    login, initial = "by.password", shared.member("by.password")
    assert shared.browser().sign_in(login, initial)["must"] == []


def _replayed(shared):
    browser, sent = _sent(shared)
    assert browser.back(sent).status_code == 200
    return browser, sent, {}


def _other_browser(shared):
    _, sent = _sent(shared)
    return shared.browser(), sent, {}


def _other_browser_that_began_too(shared):
    _, sent = _sent(shared)
    other = shared.browser()
    other.begin()
    return other, sent, {}


def _other_state(shared):
    browser, sent = _sent(shared)
    return browser, sent, {"state": state_in(sent)[:-1] + "_"}


def _state_of_another_agency(shared):
    """Mix-up: what another agency's provider was asked comes back to this one's address, or the other way round."""
    browser, sent = _sent(shared)
    return browser, sent.replace("/callback/a?", "/callback/b?"), {}


def _state_of_no_agency(shared):
    browser, sent = _sent(shared)
    return browser, sent.replace("/callback/a?", "/callback/nobody?"), {}


def _no_state(shared):
    browser, sent = _sent(shared)
    return browser, sent, {"state": "x"}


MISUSED = (
    _replayed,
    _other_browser,
    _other_browser_that_began_too,
    _other_state,
    _state_of_another_agency,
    _state_of_no_agency,
    _no_state,
)


@pytest.mark.parametrize("misuse", MISUSED)
def test_a_browser_that_did_not_begin_this(shared, misuse):
    browser, sent, otherwise = misuse(shared)
    before, asked = shared.everything(), len(shared.provider.asked)
    session = browser.http.cookies.get("zwgk")
    back = browser.back(sent, **otherwise)
    assert (back.status_code, back.json()["code"]) == (401, "flow_over")
    assert shared.everything() == before
    assert browser.http.cookies.get("zwgk") == session
    assert len(shared.provider.asked) == asked  # the provider hears nothing of it


def test_who_began_goes_on_though_another_browser_tried(shared):
    browser, sent = _sent(shared)
    assert shared.browser().back(sent).status_code == 401
    assert browser.back(sent).status_code == 200


def test_after_ten_minutes_it_is_over(shared):
    browser, sent = _sent(shared)
    shared.maintain("UPDATE identity_flow SET begun_at = begun_at - interval '10 minutes'")
    assert browser.back(sent).json()["code"] == "flow_over"
    shared.browser().begin()  # takes away what is late
    assert shared.ask("SELECT count(*) FROM identity_flow WHERE begun_at < now() - interval '10 minutes'") == [(0,)]


def test_a_code_of_another_flow_is_worth_nothing(shared):
    """PKCE: whoever steals a code cannot put it into a flow of his own."""
    _, stolen = _sent(shared)
    thief, sent = _sent(shared)
    code = stolen.split("code=")[1].split("&")[0]
    assert thief.back(sent, code=code).json()["code"] == "provider_refused"


def test_the_provider_says_no(shared):
    browser = shared.browser()
    sent = shared.provider.authorize(browser.begin(), "王五", "错")
    assert "error=access_denied" in sent
    assert browser.back(sent).json()["code"] == "provider_refused"


def test_the_answer_of_another_provider(shared):
    """Mix-up (RFC 9207)."""
    browser, sent = _sent(shared)
    assert browser.back(sent, iss=HERE).json()["code"] == "provider_refused"


def test_a_provider_that_says_who_it_is_does_so_always(shared):
    browser, sent = _sent(shared)
    shared.provider.faults["about"] = {"authorization_response_iss_parameter_supported": True}
    assert browser.back(sent).json()["code"] == "provider_refused"
    browser, sent = _sent(shared)
    assert browser.back(sent, iss=shared.provider.issuer).status_code == 200


def test_somebody_unknown_is_told_so_and_no_account_is_made(shared):
    before = shared.everything()
    back = shared.browser().sign_in_elsewhere(shared.provider, "赵六")
    assert (back.status_code, back.json()["code"]) == (401, "identity_not_linked")
    assert shared.everything() == before
    assert shared.refusals()[-1]["subject"] == "sub-zhao"


@pytest.mark.parametrize("slug", ["b", "nobody", "不是", "a/b", "\x00"])
def test_where_there_is_none_it_is_told_alike(shared, slug):
    begun = shared.browser().ask("POST", "/session/oidc", json={"slug": slug})
    assert (begun.status_code, begun.json()["code"]) == (404, "provider_off")


def test_keys_that_we_cannot_read_do_no_harm(shared):
    keys = KeySet(shared.provider.keys).as_dict(private=False)["keys"]
    strange = {"kty": "EC", "crv": "SM2", "kid": "sm", "x": "AA", "y": "AA"}
    shared.provider.faults[KEYS] = lambda _: {"keys": [strange, {"kty": "?"}, "x", *keys]}
    assert shared.browser().sign_in_elsewhere(shared.provider).status_code == 200
