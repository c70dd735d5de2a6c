"""The link of a tenant's first administrator: with it he sets his first password, once, and is signed in.

What he has to do then (the second factor) are the steps of every session. The link holds as long as the account has no
password and is this tenant's alone: whoever has it would else come into another one by it.
"""

from datetime import datetime

from sqlalchemy import select

from core.onboarding.models import Application
from tenants.audit.actions import Action
from tenants.errors import ZwgkError
from tenants.people import passwords
from tenants.people.accounts import keep_password
from tenants.people.models import Account, AccountTenant
from tenants.people.secret import digest
from tenants.people.signing_in import forget_failures, sign_in
from tenants.people.standing import standing_of
from tenants.people.steps import SignedIn
from tenants.people.tracing import SELF, trace
from tenants.sessions import ScopedSession, platform_session


class LinkUnknown(ZwgkError):
    """No such link, one that is over, was used or was given out anew: all answer alike."""

    code = "link_unknown"
    sentence = "链接无效、已用过或已过期，请联系平台运维人员重新发放。"


def open_link(secret: str, password: str, *, address: str, agent: str, now: datetime) -> SignedIn:
    """Set the first password, by the rules of the tenant, and sign in with it.

    Raises `LinkUnknown`, and `PasswordWeak`, after which the link holds still.
    """
    with platform_session() as session:
        _row, account = _find(session, secret, now)
        login, account_id = account.login, account.id
    accepted = passwords.accepted(password, login, standing_of(account_id).policy)
    with platform_session(*SELF) as session:
        row, account = _find(session, secret, now, lock=True)
        row.link_digest = row.link_until = None
        keep_password(session, account, accepted, now)
        forget_failures(account)  # somebody else's: there was no password to know
        trace(session, Action.APPLICATION_OPENED, account.id, address=address, reference=row.reference)
    return sign_in(login, password, address=address, agent=agent, now=now)


def _find(session: ScopedSession, secret: str, now: datetime, *, lock: bool = False) -> tuple[Application, Account]:
    query = select(Application, Account).join(Account, Account.id == Application.account_id)
    query = query.where(
        *(Application.link_digest == digest(secret), Application.link_until > now),
        *(Account.password_hash.is_(None), ~Account.disabled),
    )
    found = session.execute(query.with_for_update() if lock else query).one_or_none()
    if found is None or not is_his_alone(session, found[0]):
        raise LinkUnknown
    return found[0], found[1]


def is_his_alone(session: ScopedSession, row: Application) -> bool:
    """Whether the approval of this application made the account, and no other tenant knows it since. It stays so
    while the account is locked: who lets it in elsewhere waits."""
    known = select(AccountTenant.in_tenant_id).where(AccountTenant.account_id == row.account_id)
    return bool(row.granted["made"]) and session.scalars(known).all() == [row.in_tenant_id]
