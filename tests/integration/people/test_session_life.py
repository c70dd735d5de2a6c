"""The life of sessions, step by step at random, against a model that knows nothing of how it is kept.

The model: the account's password, second factor and failures, and of each session its secret, its times and what it
lacks. Whatever is done, the service must answer as the model does, and secrets that were replaced open nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from tenants.people.interventions import set_disabled
from tenants.people.passwords import PasswordWeak
from tenants.people.signed_in import end_sessions, resume, sessions_of, sign_out
from tenants.people.signing_in import SignInRefused, change_password, give_code
from tenants.people.steps import Must, SessionOver, StepMissing
from tests.support.people import NOW, PASSWORD, add_member, code_at, enrol, later, sign

MINUTES = st.sampled_from([1, 14, 15, 29, 30, 31, 12 * 60, 91 * 24 * 60])
IDLE, WHOLE, LOCK, OLD, MINUTE = (timedelta(minutes=m) for m in (30, 12 * 60, 15, 90 * 24 * 60, 1))
MOST, TRIES, REMEMBERED = 5, 5, 5
WORDS = [f"Maple-7-forest-{number}" for number in range(8)]
_logins = (f"person{number}" for number in count())


@dataclass(eq=False)
class Sitting:
    """What the model knows of a session. `factor`: none, asked or given."""

    token: str
    since: datetime
    seen: datetime
    factor: str
    ended: bool = False


class Life(RuleBasedStateMachine):
    """One person of one agency."""

    sittings = Bundle("sittings")

    def __init__(self):
        super().__init__()
        self.login, self.now = next(_logins), NOW
        self.account_id = add_member("a", self.login).account_id
        self.passwords, self.changed, self.must_change = [PASSWORD], NOW, False
        self.secret, self.step = None, 0
        self.failures, self.locked_until, self.disabled = 0, None, False
        self.all, self.void = [], []

    def lives(self, sitting):
        return not sitting.ended and self.now < min(sitting.seen + IDLE, sitting.since + WHOLE)

    def living(self):
        return [sitting for sitting in self.all if self.lives(sitting)]

    def must(self, sitting):
        found = {Must.SECOND_FACTOR: sitting.factor == "asked", Must.CHANGE_PASSWORD: self.must_change}
        return {step for step, lacking in found.items() if lacking}

    def locked(self):
        return self.locked_until is not None and self.now < self.locked_until

    def failed(self):
        if self.locked_until is not None and not self.locked():
            self.failures, self.locked_until = 0, None
        self.failures += 1
        if self.failures >= TRIES and self.locked_until is None:
            self.locked_until = self.now + LOCK

    def entered(self):
        self.failures, self.locked_until = 0, None

    def takes_code(self, right):
        """Whether a code of this moment is taken, which uses it up."""
        present = int(self.now.timestamp()) // 30
        taken = self.secret is not None and right and present > self.step
        self.step = present if taken else self.step
        return taken

    def code(self, right):
        return code_at(self.secret, self.now) if right and self.secret else "000000"

    def attempt(self, act, expected):
        """Do it; it must be refused as expected (None: it is not)."""
        if expected is None:
            return act()
        with pytest.raises(expected):
            act()
        return None

    def seen(self, sitting):
        if self.now - sitting.seen >= MINUTE:
            sitting.seen = self.now

    def stepped(self, sitting, signed):
        self.void.append(sitting.token)
        sitting.token = signed.token
        assert signed.must == self.must(sitting)

    @rule(target=sittings, right=st.booleans(), code=st.sampled_from([None, None, True, False]))
    def sign_in(self, right, code):
        given = None if code is None else self.code(code)
        passes = right and not self.disabled and not self.locked()
        if passes and given and self.secret:
            passes = self.takes_code(code)
        word = self.passwords[-1] if right else "guess"
        signed = self.attempt(lambda: sign(self.login, word, given, self.now), None if passes else SignInRefused)
        if not passes:
            self.failed()
            return multiple()
        self.must_change |= self.now >= self.changed + OLD
        factor = "none" if self.secret is None else "given" if given else "asked"
        if factor != "asked":
            self.entered()
        for oldest in self.living()[: max(0, len(self.living()) - MOST + 1)]:
            oldest.ended = True
        sitting = Sitting(signed.token, self.now, self.now, factor)
        assert signed.must == self.must(sitting)
        self.all.append(sitting)
        return sitting

    @rule(sitting=sittings, right=st.booleans())
    def give_code(self, sitting, right):
        expected, code = SessionOver, self.code(right)
        if self.lives(sitting):
            self.seen(sitting)
            expected = None if not self.locked() and self.takes_code(right) else SignInRefused
        signed = self.attempt(lambda: give_code(sitting.token, code, self.now), expected)
        if signed:
            sitting.factor = "given"
            self.entered()
            self.stepped(sitting, signed)
        elif expected is SignInRefused:
            self.failed()

    @rule(sitting=sittings, right=st.booleans(), new=st.sampled_from(WORDS))
    def change_password(self, sitting, right, new):
        expected = SessionOver
        if self.lives(sitting):
            self.seen(sitting)
            expected = SignInRefused if not right or self.locked() else None
            if right and new in self.passwords[-REMEMBERED:]:
                expected = PasswordWeak
            if Must.SECOND_FACTOR in self.must(sitting):
                expected = StepMissing
        old = self.passwords[-1] if right else "guess"
        signed = self.attempt(lambda: change_password(sitting.token, old, new, self.now), expected)
        if signed:
            self.passwords.append(new)
            self.changed, self.must_change = self.now, False
            for other in self.living():
                other.ended = other is not sitting
            self.stepped(sitting, signed)
        elif expected is SignInRefused:
            self.failed()

    @rule(sitting=sittings)
    def enrol(self, sitting):
        expected = SessionOver
        if self.lives(sitting):
            self.seen(sitting)
            expected = StepMissing if Must.SECOND_FACTOR in self.must(sitting) else None
        done = self.attempt(lambda: enrol(sitting.token, self.now), expected)
        if done:
            self.secret, self.step = done[1], int(self.now.timestamp()) // 30
            sitting.factor = "given"
            self.stepped(sitting, done[0].signed_in)

    @rule(sitting=sittings)
    def look(self, sitting):
        found = resume(sitting.token, self.now)
        assert (found is not None) == self.lives(sitting)
        if found:
            self.seen(sitting)
            assert found.must == self.must(sitting)

    @rule(sitting=sittings)
    def sign_out(self, sitting):
        sign_out(sitting.token, self.now)
        sitting.ended = True

    @rule()
    def sign_out_everywhere(self):
        assert end_sessions(self.account_id, self.now) == len(self.living())
        for sitting in self.all:
            sitting.ended = True

    @rule()
    def disable_or_enable(self):
        self.disabled = not self.disabled
        set_disabled(self.login, self.disabled, self.now)
        self.entered()
        for sitting in self.living():
            sitting.ended = self.disabled

    @rule(minutes=MINUTES)
    def wait(self, minutes):
        self.now += timedelta(minutes=minutes)

    @invariant()
    def as_many_live_as_the_model_says(self):
        assert len(sessions_of(self.account_id, self.now)) == len(self.living())

    @invariant()
    def a_replaced_secret_opens_nothing(self):
        assert [resume(token, self.now) for token in self.void[-2:]] == [None] * len(self.void[-2:])


@pytest.mark.usefixtures("agencies")
def test_sessions_live_as_the_model_says():
    run_state_machine_as_test(
        Life, settings=settings(max_examples=10, stateful_step_count=18, deadline=None, database=None)
    )


@pytest.mark.usefixtures("agencies")
def test_a_session_that_is_used_all_day_ends_after_twelve_hours():
    add_member("a", "zhang")
    token = sign("zhang").token
    used = [resume(token, later(minutes=minutes)) is not None for minutes in range(0, 12 * 60 + 30, 29)]
    assert used == [True] * 25 + [False]
    assert resume(token, later(hours=11, minutes=59, seconds=59))
    assert resume(token, later(hours=12)) is None


@pytest.mark.usefixtures("agencies")
def test_a_session_that_is_not_used_ends_after_half_an_hour():
    add_member("a", "zhang")
    token = sign("zhang").token
    assert resume(token, later(minutes=29, seconds=59))
    assert resume(token, later(minutes=59, seconds=58))
    assert resume(token, later(minutes=89, seconds=58)) is None
