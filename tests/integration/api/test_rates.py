"""Who asks too often waits; the others do not."""

from datetime import UTC, datetime

import pytest

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


def test_a_rate_that_is_none_is_refused():
    with pytest.raises(RateInvalid):
        Rates.from_environ({"ZWGK_RATE": "0"})
    Rates.from_environ({"ZWGK_RATE": "off"}).count("anybody", stranger=True)
