"""Signatures against the standard's own example, and when a delivery is tried again."""

from datetime import UTC, datetime, timedelta

from core.webhooks.attempts import GIVEN_UP_AFTER, PAUSES, is_given_up, next_attempt
from core.webhooks.signing import new_secret, signature

NOW = datetime(2024, 7, 1, tzinfo=UTC)
# the example of the standard's reference libraries
SECRET, EVENT, TIMESTAMP = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY, EXPECTED = '{"test": 2432232314}', "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_example_of_the_standard():
    assert signature([SECRET], EVENT, TIMESTAMP, BODY) == EXPECTED


def test_two_secrets_sign_side_by_side():
    both = signature([new_secret(), SECRET], EVENT, TIMESTAMP, BODY).split(" ")
    assert len(set(both)) == 2
    assert both[1] == EXPECTED


def test_pauses_grow_and_end():
    moments = [next_attempt(pauses, NOW, 0.0) for pauses in range(len(PAUSES) + 1)]
    assert moments[0] == NOW + timedelta(seconds=5)
    assert moments[:-1] == sorted(set(moments[:-1]))
    assert moments[-1] is None
    assert timedelta(days=1) < sum(PAUSES, timedelta()) < GIVEN_UP_AFTER


def test_chance_prolongs_a_pause_by_a_fifth_at_most():
    assert next_attempt(1, NOW, 1.0) - NOW == timedelta(seconds=72)


def test_three_days_of_failures_are_enough():
    assert not is_given_up(NOW, NOW + timedelta(days=3) - timedelta(seconds=1))
    assert is_given_up(NOW, NOW + timedelta(days=3))
