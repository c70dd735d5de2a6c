"""Signing in: password, second factor, and the lock after too many failures.

Every refusal is the same sentence, whether the login is unknown, the account disabled, without password or locked, or
the password or code wrong; and a hash is computed each time, so that it takes as long.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from tenants.audit.actions import Action
from tenants.errors import ZwgkError
from tenants.people import passwords, second_factor
from tenants.people.accounts import folded, former_hashes, keep_password
from tenants.people.models import Account, RecoveryCode
from tenants.people.policy import Policy
from tenants.people.sealing import is_sealed, sealed, unsealed
from tenants.people.secret import digest
from tenants.people.signed_in import in_turn
from tenants.people.standing import Standing, standing_of
from tenants.people.steps import Factor, Must, PasswordNeeded, SignedIn, begin, end_all, locked, renewed
from tenants.people.tracing import SELF, trace
from tenants.sessions import ScopedSession, platform_session


class PasswordsOff(ZwgkError):
    """The password is right, and every tenant of the person takes its identity provider's word only."""

    code = "passwords_off"
    sentence = "本机关已停用密码登录，请用统一身份认证登录。"


class SignInRefused(ZwgkError):
    """Whatever the reason."""

    code = "sign_in_refused"
    sentence = "登录名、密码或验证码不正确，或账号已暂时锁定（连续失败数次后锁定一段时间）。"


def sign_in(login: str, password: str, code: str | None = None, *, address: str, agent: str, now: datetime) -> SignedIn:
    """A new session. `code`: of the second factor, or a recovery code; where it is wanted and not given, the session
    must give it first (`give_code`). Raises `SignInRefused`, `PasswordsOff`."""
    account_id, stored = _find(login)
    right = passwords.matches(stored, password)
    newer = passwords.hashed(password) if right and passwords.outdated(stored) else stored
    signed, refusal = None, SignInRefused
    with platform_session(*SELF) as session:
        account = _lock(session, account_id)
        # not before the lock: whoever had to wait for it may by now be one who takes no password
        standing = standing_of(account_id)
        lets_in = account is not None and right and _lets_in(session, account, stored, code, now)
        if lets_in and standing.barred and not standing.tenants and account.platform_role is None:
            refusal = PasswordsOff
        elif lets_in:
            account.password_hash = newer
            account.must_change |= _too_old(account, standing.policy, now)
            factor = factor_of(account, bool(code) and account.totp_secret is not None, standing)
            if factor != Factor.ASKED:
                forget_failures(account)
            signed = begin(session, account, standing, factor, address, agent, now)
        elif account is not None:
            count_failure(account, standing.policy, now)
        trace(session, Action.SIGN_IN, account_id, done=signed is not None, address=address, login=login)
    if signed is None:
        raise refusal
    return signed


def give_code(token: str, code: str, now: datetime) -> SignedIn:
    """The session's second factor, by code or recovery code. Raises `SessionOver`, `SignInRefused`."""
    standing = in_turn(token, now, Must)
    signed = None
    with platform_session(*SELF) as session:
        row, account = locked(session, token, now)
        if not is_locked(account, now) and _takes_code(session, account, code, now):
            row.second_factor = Factor.GIVEN
            forget_failures(account)
            signed = renewed(row, account, standing)
        else:
            count_failure(account, standing.policy, now)
        trace(session, Action.SECOND_FACTOR, account.id, done=signed is not None, address=row.address)
    if signed is None:
        raise SignInRefused
    return signed


def show_again(account_id: int, password: str, code: str, *, address: str, now: datetime) -> None:
    """For what cannot be undone: whoever is signed in shows once more that it is he, by password and second factor.

    Raises `SignInRefused`, also for an account without second factor; failures count as those of signing in do.
    """
    with platform_session() as session:
        stored = session.get_one(Account, account_id).password_hash
    right = passwords.matches(stored, password)
    with platform_session(*SELF) as session:
        account = session.get_one(Account, account_id, with_for_update=True)
        shown = right and _lets_in(session, account, stored, None, now) and _takes_code(session, account, code, now)
        if shown:
            forget_failures(account)
        else:
            count_failure(account, standing_of(account_id).policy, now)
        trace(session, Action.SECOND_FACTOR, account_id, done=shown, address=address)
    if not shown:
        raise SignInRefused


def change_password(token: str, old: str, new: str, now: datetime) -> SignedIn:
    """A new password; all other sessions of the account end.

    Raises `SessionOver`, `StepMissing`, `PasswordNeeded`, `SignInRefused` (the old one is wrong), `PasswordWeak`.
    """
    standing = in_turn(token, now, set(Must) - {Must.SECOND_FACTOR})
    with platform_session() as session:
        row, account = locked(session, token, now)
        if row.bound_tenant_id is not None:
            raise PasswordNeeded
        login, stored, former = account.login, account.password_hash, former_hashes(session, account, standing.policy)
    right = passwords.matches(stored, old)
    accepted = passwords.accepted(new, login, standing.policy, former) if right else ""
    signed = None
    with platform_session(*SELF) as session:
        row, account = locked(session, token, now)
        if right and account.password_hash == stored and not is_locked(account, now):
            keep_password(session, account, accepted, now)
            end_all(session, account.id, now, "password_changed", but=row.id)
            signed = renewed(row, account, standing)
        else:
            count_failure(account, standing.policy, now)
        trace(session, Action.PASSWORD_CHANGED, account.id, done=signed is not None, address=row.address)
    if signed is None:
        raise SignInRefused
    return signed


def is_locked(account: Account, now: datetime) -> bool:
    """Too many failures, not long ago."""
    return account.locked_until is not None and now < account.locked_until


def may_come_in(account: Account, now: datetime) -> bool:
    """Neither disabled nor locked, and no password was handed out for it that ran out unused."""
    late = account.initial_until is not None and now >= account.initial_until
    return not (account.disabled or late or is_locked(account, now))


def count_failure(account: Account, policy: Policy, now: datetime) -> None:
    """One more; the account is locked (as a row), so that none is lost. After a lock has passed it counts anew, and
    failures during a lock do not prolong it: nobody is kept out for ever by somebody else."""
    if account.locked_until is not None and account.locked_until <= now:
        forget_failures(account)
    account.failures += 1
    if account.failures >= policy.failures and account.locked_until is None:
        account.locked_until = now + timedelta(minutes=policy.lock_minutes)


def forget_failures(account: Account) -> None:
    """The person has shown who he is."""
    account.failures, account.locked_until = 0, None


def _find(login: str) -> tuple[int | None, str | None]:
    """The account of a login, and the hash that its password has to match: None where nothing may."""
    with platform_session() as session:
        known = folded(login)
        account = session.scalar(select(Account).where(Account.login == known)) if known else None
        if account is None:
            return None, None
        return account.id, None if account.disabled else account.password_hash


def _lock(session: ScopedSession, account_id: int | None) -> Account | None:
    return session.get(Account, account_id, with_for_update=True) if account_id is not None else None


def _lets_in(session: ScopedSession, account: Account, stored: str, code: str | None, now: datetime) -> bool:
    """Of an account whose password was `stored` a moment ago, and is known."""
    if account.password_hash != stored or not may_come_in(account, now):
        return False
    return not code or account.totp_secret is None or _takes_code(session, account, code, now)


def _takes_code(session: ScopedSession, account: Account, code: str, now: datetime) -> bool:
    """Whether the code is right; it is used up by this."""
    if account.totp_secret is None:
        return False
    secret = unsealed(account.totp_secret)
    used = secret and second_factor.used_step(secret, code, now, account.totp_step)
    if used:
        account.totp_step = used
        if not is_sealed(account.totp_secret):
            account.totp_secret = sealed(secret)
        return True
    kept = (RecoveryCode.account_id == account.id, RecoveryCode.ended_at.is_(None))
    row = session.scalar(select(RecoveryCode).where(*kept, RecoveryCode.digest == digest(second_factor.bare(code))))
    if row is not None:
        row.ended_at = now
    return row is not None


def factor_of(account: Account, given: bool, standing: Standing) -> Factor:
    """How far a new session is with the second factor, which was `given` or not."""
    if given:
        return Factor.GIVEN
    if account.totp_secret is not None:
        return Factor.ASKED
    reset = account.password_reset_at or account.second_factor_reset_at
    wanted = standing.policy.second_factor or standing.administers or account.platform_role or reset
    return Factor.ENROL if wanted else Factor.NONE


def _too_old(account: Account, policy: Policy, now: datetime) -> bool:
    return bool(policy.max_age_days) and now >= account.password_changed_at + timedelta(days=policy.max_age_days)
