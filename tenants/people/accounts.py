"""Accounts of people: adding and finding them; passwords that are handed out; the operator's three roles."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from tenants.audit.actions import Action
from tenants.errors import ZwgkError
from tenants.people import passwords
from tenants.people.models import Account, AccountTenant, PasswordHistory
from tenants.people.policy import Policy
from tenants.people.rights import PLATFORM_ROLES
from tenants.people.steps import end_all
from tenants.people.tracing import BY_COMMAND, By, trace
from tenants.sessions import ScopedSession, platform_session

INITIAL_DAYS = 7
_LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{2,63}")
_NAME = re.compile(r"\S(?:.{0,48}\S)?")


class LoginInvalid(ZwgkError):
    """A login that nobody could type twice alike."""

    code = "login_invalid"
    sentence = "登录名“{login}”不合要求：以字母或数字开头，只用字母、数字、点、@、- 和 _，3 到 64 个字符。"


class PersonNameInvalid(ZwgkError):
    """No name, or none that fits into one line."""

    code = "person_name_invalid"
    sentence = "姓名“{name}”不合要求：须写在一行，1 到 50 个字。"


class AccountExists(ZwgkError):
    """The login is taken."""

    code = "account_exists"
    sentence = "登录名“{login}”已有账号，未作任何更改。"


class AccountUnknown(ZwgkError):
    """No account of this login."""

    code = "account_unknown"
    sentence = "没有登录名为“{login}”的账号。"


class PlatformRoleUnknown(ZwgkError):
    """No such role of the operator."""

    code = "platform_role_unknown"
    sentence = "没有名为“{role}”的平台角色，可用：{known}。"


@dataclass(frozen=True)
class AccountListed:
    """An account in the operator's list."""

    id: int
    login: str
    name: str
    platform_role: str | None
    disabled: bool
    second_factor: bool
    locked_until: datetime | None


def folded(login: str) -> str | None:
    """A login as it is kept: half width, small letters. None for what can be none."""
    known = unicodedata.normalize("NFKC", login[:200]).strip().lower()
    return known if len(login) <= 200 and _LOGIN.fullmatch(known) else None


def add_account(
    login: str, name: str, platform_role: str | None, now: datetime, by: By = BY_COMMAND
) -> tuple[AccountListed, str]:
    """A new account, and the password to hand out: shown this once, it holds for `INITIAL_DAYS` days and has to be
    changed. Raises `LoginInvalid`, `PersonNameInvalid`, `PlatformRoleUnknown`, `AccountExists`."""
    if platform_role is not None and platform_role not in PLATFORM_ROLES:
        raise PlatformRoleUnknown(role=platform_role, known="、".join(PLATFORM_ROLES))
    with platform_session(*by) as session:
        account, initial = account_for(session, login, name, now)
        if initial is None:
            raise AccountExists(login=account.login)
        account.platform_role = platform_role
        trace(session, Action.ACCOUNT_ADDED, account.id, login=account.login, role=platform_role or "")
        return _listed(account), initial


def account_for(session: ScopedSession, login: str, name: str, now: datetime) -> tuple[Account, str | None]:
    """The account of a login, and the password to hand out where it had to be made.

    Raises `LoginInvalid`, `PersonNameInvalid`.
    """
    account, made = account_of(session, login, name, now)
    return account, hand_out(session, account, now) if made else None


def account_of(session: ScopedSession, login: str, name: str, now: datetime) -> tuple[Account, bool]:
    """The account of a login, and whether it had to be made: without password, so that nobody can sign in by it.

    Raises `LoginInvalid`, `PersonNameInvalid`.
    """
    known = folded(login)
    if known is None:
        raise LoginInvalid(login=login)
    values = {"login": known, "name": checked_name(name), "created_at": now}
    while True:
        # twice at once: the second one waits here, and finds the first one's
        made = session.scalar(insert(Account).values(values).on_conflict_do_nothing().returning(Account.id))
        # who erases it is waited for; where it is gone then, it is made anew
        held = select(Account).where(Account.login == known).with_for_update(read=True, key_share=True)
        if (account := session.scalar(held)) is not None:
            return account, made is not None


def checked_name(name: str) -> str:
    """A person's name, without the blanks round it. Raises `PersonNameInvalid`."""
    name = name.strip()
    if not (_NAME.fullmatch(name) and name.isprintable()):
        raise PersonNameInvalid(name=name)
    return name


def hand_out(session: ScopedSession, account: Account, now: datetime) -> str:
    """Give an account a new password that has to be changed; returns it. Who is signed in is so no longer."""
    initial = passwords.initial_password()
    keep_password(session, account, passwords.hashed(initial), now)
    account.must_change, account.initial_until = True, now + timedelta(days=INITIAL_DAYS)
    account.failures, account.locked_until = 0, None
    end_all(session, account.id, now, "password_changed")
    return initial


def keep_password(session: ScopedSession, account: Account, accepted: str, now: datetime) -> None:
    """The account has the password with this hash (`passwords.accepted`) from here on."""
    account.password_hash, account.password_changed_at = accepted, now
    account.must_change, account.initial_until = False, None
    session.add(PasswordHistory(account_id=account.id, hash=accepted, at=now))
    session.flush()


def former_hashes(session: ScopedSession, account: Account, policy: Policy) -> Sequence[str]:
    """Hashes of the passwords that a new one must not be, the present one first."""
    newest = select(PasswordHistory.hash).where(PasswordHistory.account_id == account.id)
    return session.scalars(newest.order_by(PasswordHistory.id.desc()).limit(policy.history)).all()


def list_accounts() -> list[AccountListed]:
    """All accounts by login."""
    with platform_session() as session:
        return [_listed(account) for account in session.scalars(select(Account).order_by(Account.login))]


def find_account(login: str) -> AccountListed:
    """The account of a login. Raises `AccountUnknown`."""
    with platform_session() as session:
        return _listed(locked_account(session, login))


def locked_account(session: ScopedSession, login: str) -> Account:
    """The account of a login; nobody else changes it meanwhile. Raises `AccountUnknown`."""
    known = folded(login)
    account = session.scalar(select(Account).where(Account.login == known).with_for_update()) if known else None
    if account is None:
        raise AccountUnknown(login=login)
    return account


def hold_known(session: Session, tenant_id: int) -> None:
    """Lock the accounts that a tenant knows, all in one order: who is just signing in is in before, or waits."""
    known = select(AccountTenant.account_id).where(AccountTenant.in_tenant_id == tenant_id)
    session.execute(select(Account.id).where(Account.id.in_(known)).order_by(Account.id).with_for_update())


def _listed(account: Account) -> AccountListed:
    return AccountListed(
        account.id,
        account.login,
        account.name,
        account.platform_role,
        account.disabled,
        account.totp_secret is not None,
        account.locked_until,
    )
