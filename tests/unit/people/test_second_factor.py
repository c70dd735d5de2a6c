"""The codes of an authenticator: RFC 6238, one interval to either side, each once."""

from datetime import UTC, datetime, timedelta

import pytest

from tenants.people.second_factor import bare, enrolment_uri, new_recovery_codes, new_secret, used_step
from tenants.people.secret import digest, slug_in, tagged

# RFC 6238, appendix B: the secret "12345678901234567890", and the last six digits of its SHA-1 codes
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
VECTORS = [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924")]
AT = datetime.fromtimestamp(1234567890, UTC)
CODE, STEP = "005924", 1234567890 // 30


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_the_codes_are_those_of_the_standard(seconds, code):
    assert used_step(SECRET, code, datetime.fromtimestamp(seconds, UTC), 0) == seconds // 30


@pytest.mark.parametrize(("off", "right"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_clock_may_be_half_a_minute_off(off, right):
    assert (used_step(SECRET, CODE, AT + timedelta(seconds=off), 0) == STEP) == right


def test_a_code_is_used_once_and_none_before_it():
    assert used_step(SECRET, CODE, AT, STEP - 1) == STEP
    assert used_step(SECRET, CODE, AT, STEP) is None
    assert used_step(SECRET, CODE, AT, STEP + 1) is None


@pytest.mark.parametrize("typed", ["005 924", "００５９２４", " 005-924\n"])
def test_however_it_is_typed(typed):
    assert used_step(SECRET, typed, AT, 0) == STEP


@pytest.mark.parametrize("typed", ["", "005925", "5924", "0059240", "abcdef", "\x00", "\udc80", "9" * 10_000])
def test_what_is_no_code(typed):
    assert used_step(SECRET, typed, AT, 0) is None


def test_recovery_codes_are_told_apart_from_codes():
    codes = new_recovery_codes()
    assert len(set(codes)) == len(codes) == 10
    assert {len(bare(code)) for code in codes} == {16}
    assert bare(codes[0].upper().replace("-", " ")) == bare(codes[0])


def test_what_the_telephone_reads():
    assert enrolment_uri(SECRET, "zhang@x.cn") == f"otpauth://totp/zwgk:zhang%40x.cn?secret={SECRET}&issuer=zwgk"
    assert new_secret() != new_secret()


@pytest.mark.parametrize("slug", ["t", "a_b", "a-_b", "x" * 40])
def test_a_secret_says_whose_it_is(slug):
    for _ in range(20):
        assert slug_in(tagged(slug)) == slug


@pytest.mark.parametrize(
    "secret", ["", "zwgk_t_", "zwgk_" + "x" * 43, "zwgk_t_" + "x" * 42 + "\n", "zwgk__" + "x" * 43]
)
def test_what_is_no_secret(secret):
    assert slug_in(secret) is None
    assert len(digest(secret + "\udc80")) == 64
