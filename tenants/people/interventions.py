"""What the platform does to somebody's account, and how it is seen (docs/decisions/0009).

Whoever resets a password and a second factor could sign in as the person. So neither goes unseen: each tenant in which
the person is a member has it in its audit, he is told of it for a month, and what is handed out lets in once, to choose
another password and to set up a second factor.
"""

from datetime import datetime, timedelta

from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.people import passwords
from tenants.people.accounts import INITIAL_DAYS, find_account, former_hashes, keep_password, locked_account
from tenants.people.enrolling import drop_recovery_codes
from tenants.people.standing import known_in, memberships_of, standing_of
from tenants.people.steps import end_all
from tenants.people.tracing import BY_COMMAND, By, trace
from tenants.sessions import ScopedSession, platform_session, tenant_session


def set_disabled(login: str, disabled: bool, now: datetime, by: By = BY_COMMAND) -> None:
    """Nobody signs in by a disabled account, and who is signed in is so no longer; enabling it lifts a lock, too.

    Raises `AccountUnknown`.
    """
    with platform_session(*by) as session:
        account = locked_account(session, login)
        account.disabled = disabled
        account.failures, account.locked_until = 0, None
        if disabled:
            end_all(session, account.id, now, "disabled")
        _seen(session, account.id, Action.ACCOUNT_DISABLED if disabled else Action.ACCOUNT_ENABLED)


def set_password(login: str, password: str, now: datetime, by: By = BY_COMMAND) -> None:
    """A password to hand out, which holds for `INITIAL_DAYS` days and has to be changed; who is signed in is so no
    longer, a lock is lifted.

    Raises `AccountUnknown`, `PasswordWeak`.
    """
    policy = standing_of(find_account(login).id).policy
    with platform_session(*by) as session:
        account = locked_account(session, login)
        accepted = passwords.accepted(password, account.login, policy, former_hashes(session, account, policy))
        keep_password(session, account, accepted, now)
        account.must_change, account.initial_until = True, now + timedelta(days=INITIAL_DAYS)
        account.failures, account.locked_until, account.password_reset_at = 0, None, now
        end_all(session, account.id, now, "password_changed")
        _seen(session, account.id, Action.PASSWORD_RESET)


def reset_second_factor(login: str, now: datetime, by: By = BY_COMMAND) -> None:
    """For a lost telephone: the account has no second factor, and has to set one up.

    Raises `AccountUnknown`.
    """
    with platform_session(*by) as session:
        account = locked_account(session, login)
        account.totp_secret, account.second_factor_reset_at = None, now
        drop_recovery_codes(session, account, now)
        end_all(session, account.id, now, "second_factor_reset")
        _seen(session, account.id, Action.SECOND_FACTOR_RESET)


def _seen(session: ScopedSession, account_id: int, action: Action) -> None:
    """Written on the platform together with what is done, and in the tenants before that: better told of what was not
    done than not told."""
    trace(session, action, account_id)
    scope = session.scope
    for tenant in known_in(account_id):
        with tenant_session(tenant.id, scope.actor, scope.via, scope.address) as own:
            if memberships_of(own, account_id):
                record_act(own, action, subject=("account", account_id))
