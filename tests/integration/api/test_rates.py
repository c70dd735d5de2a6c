"""Who asks too often waits; the others do not."""

from datetime import UTC, datetime

import pytest
from werkzeug.exceptions import TooManyRequests

from core.addresses import caller_at
from core.api.rates import RateInvalid, Rates
from tenants.people.rights import TENANT_RIGHTS
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.support.http import Caller

pytestmark = pytest.mark.usefixtures("served")


@pytest.fixture
def clock():
    """Seconds, which a test may let pass."""
    return [610.0]


@pytest.fixture
def callers(app, add_tenant, clock):
    """Two programs of one tenant, each of which may ask three times a minute; ten seconds of it are over."""
    app.extensions["zwgk_rates"] = Rates(3, lambda: clock[0])
    with tenant_session(add_tenant("t"), "office", "command") as session:
        made = [issue_token(session, OPERATOR, name, TENANT_RIGHTS, datetime.now(UTC), 1) for name in "甲乙"]
    return [Caller(app, one.secret) for one in made]


def test_who_asks_too_often_is_told_when_to_come_again(callers, clock):
    one, other = callers
    assert [one.ask("GET", "/plans").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = one.ask("GET", "/units")
    assert (refused.status_code, refused.get_json()["code"]) == (429, "too_many_requests")
    assert refused.headers["Retry-After"] == "51"
    assert other.ask("GET", "/plans").status_code == 200
    clock[0] += 51
    assert one.ask("GET", "/plans").status_code == 200


def test_strangers_are_counted_by_their_address(app, callers):
    guesser = Caller(app, "zwgk_t_" + "x" * 43)
    answers = [guesser.ask("GET", "/plans").status_code for _ in range(61)]
    assert answers == [401] * 60 + [429]
    assert guesser.ask("POST", "/session", json={"login": "a", "password": "b"}).status_code == 429
    assert callers[0].ask("GET", "/plans").status_code == 200


def test_what_cannot_be_read_is_counted_too(app):
    stranger = Caller(app)
    answers = [stranger.ask("POST", path, json={}).status_code for path in ("/session", "/applications") * 31]
    assert answers == [422] * 60 + [429] * 2


def test_one_machine_is_one_stranger_whichever_of_its_addresses_it_takes():
    rates = Rates(clock=lambda: 0.0)
    for number in range(60):
        rates.count(f"2001:db8:0:1::{number:x}", stranger=True)
    with pytest.raises(TooManyRequests):
        rates.count("2001:db8:0:1:ffff::1", stranger=True)
    rates.count("2001:db8:0:2::1", stranger=True)


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:DB8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("nowhere", "nowhere"),
    ],
)
def test_who_asks_from_an_address(address, caller):
    assert caller_at(address) == caller


def test_a_rate_that_is_none_is_refused():
    with pytest.raises(RateInvalid):
        Rates.from_environ({"ZWGK_RATE": "0"})
    Rates.from_environ({"ZWGK_RATE": "off"}).count("anybody", stranger=True)
