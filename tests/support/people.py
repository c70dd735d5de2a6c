"""People for tests: accounts whose password is `PASSWORD`, and signing them in. Times are given: `NOW`, and `later`."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from tenants.people import passwords
from tenants.people.accounts import keep_password
from tenants.people.enrolling import Enrolled, confirm_second_factor, offer_second_factor
from tenants.people.members import Member, invite
from tenants.people.models import Account
from tenants.people.passwords import hashed
from tenants.people.principals import Principal, asking
from tenants.people.signing_in import sign_in
from tenants.people.steps import SignedIn
from tenants.sessions import platform_session, tenant_session

NOW = datetime(2024, 7, 1, 1, 0, tzinfo=UTC)
PASSWORD = "Tulip-9-garden"
OTHER = "Maple-7-forest"


def later(**time: float) -> datetime:
    """So long after `NOW`."""
    return NOW + timedelta(**time)


@functools.cache
def _hash() -> str:
    return hashed(PASSWORD)


def add_person(login: str, platform_role: str | None = None) -> int:
    """An account with `PASSWORD`, set just now; returns its id."""
    with platform_session() as session:
        account = Account(login=login, name=f"{login}的姓名", platform_role=platform_role, created_at=NOW)
        session.add(account)
        session.flush()
        keep_password(session, account, _hash(), NOW)
        return account.id


def add_member(slug: str, login: str, role: str = "office", units: list[int] | None = None) -> Member:
    """An account with `PASSWORD`, made where there is none, in this role."""
    with platform_session() as session:
        known = session.scalar(select(Account.id).where(Account.login == login))
    if known is None:
        add_person(login)
    with tenant_session(slug, "setup", "setup") as session:
        return invite(session, login, f"{login}的姓名", role, units, NOW).member


def sign(login: str, password: str = PASSWORD, code: str | None = None, now: datetime = NOW) -> SignedIn:
    """Sign somebody in from a documentation address."""
    return sign_in(login, password, code, address="192.0.2.1", agent="test", now=now)


def enrol(token: str, now: datetime) -> tuple[Enrolled, str]:
    """Set up the second factor of a session; returns the outcome and the secret."""
    secret = offer_second_factor(token, now).secret
    return confirm_second_factor(token, code_at(secret, now), now), secret


def code_at(secret: str, now: datetime) -> str:
    """What the authenticator shows."""
    return pyotp.TOTP(secret).at(now)


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Hashes that cost next to nothing: argon2id all the same, with the smallest parameters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


def holder(secret: str, now: datetime, purpose: str | None = None) -> Principal | None:
    """Whoever has this API token, or this link of a purpose, if it holds."""
    with asking(secret, "link" if purpose else "token", now, "sign_in", "", purpose) as found:
        return found and found[1]
