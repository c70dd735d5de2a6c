"""Secrets of second factors lie encrypted in the database; those from before are, once they are used."""

import stat

import pytest
from flask import current_app
from sqlalchemy import select, update

from tenants.people.models import Account
from tenants.people.sealing import FILE, SETTING, Keys, SecretsKeyInvalid
from tenants.people.signing_in import SignInRefused
from tenants.sessions import platform_session
from tests.support.people import NOW, add_member, code_at, enrol, later, sign

pytestmark = pytest.mark.usefixtures("agencies")


def kept():
    with platform_session() as session:
        return session.scalars(select(Account.totp_secret)).one()


@pytest.fixture
def person():
    add_member("a", "zhang")
    return enrol(sign("zhang").token, NOW)


def signed(secret, **after):
    return sign("zhang", code=code_at(secret, later(**after)), now=later(**after))


def test_the_database_alone_gives_no_second_factor(person):
    _, secret = person
    assert secret not in kept()
    assert signed(secret, minutes=2)


def test_a_secret_from_before_is_read_and_encrypted_when_it_is_used(person):
    _, secret = person
    with platform_session() as session:
        session.execute(update(Account).values(totp_secret=secret))
    with pytest.raises(SignInRefused):
        sign("zhang", code="000000", now=later(minutes=1))
    assert kept() == secret
    assert signed(secret, minutes=2)
    assert secret not in kept()
    assert signed(secret, minutes=4)


def test_by_another_key_no_code_is_right_and_recovery_codes_are(person, caplog):
    enrolled, secret = person
    current_app.extensions["zwgk_keys"] = Keys.passing()
    with pytest.raises(SignInRefused):
        signed(secret, minutes=2)
    assert "another key" in caplog.text
    assert sign("zhang", code=enrolled.recovery_codes[0], now=later(minutes=3))


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    home = tmp_path / "home"
    first, second = (Keys.from_environ({}, home).fernet for _ in range(2))
    assert second.decrypt(first.encrypt(b"x")) == b"x"
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    assert [path.name for path in home.iterdir()] == [FILE]


def test_a_key_that_is_none(tmp_path):
    (tmp_path / FILE).write_text("nix")
    for environ, where in (({SETTING: "short"}, SETTING), ({}, str(tmp_path / FILE))):
        with pytest.raises(SecretsKeyInvalid) as refused:
            _ = Keys.from_environ(environ, tmp_path).fernet
        assert where in refused.value.told
        assert where not in refused.value.message  # to a stranger over HTTP
