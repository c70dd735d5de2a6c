"""Who is who at the identity provider: by issuer and subject, in one tenant, and for accounts that are members there.

An address of mail says nothing here: whoever keeps it at the provider may write another one.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.identity.models import Identity
from tenants.identity.providers import find_terms
from tenants.identity.terms import is_subject
from tenants.people.accounts import account_of
from tenants.people.members import Member, invite, members_by_login
from tenants.people.models import Account
from tenants.people.signed_in import Resumed
from tenants.people.steps import end_bound, refuse_early
from tenants.sessions import ScopedSession, tenant_session


class IdentityExists(ZwgkError):
    """The subject, or the account, is linked already."""

    code = "identity_exists"
    sentence = "此身份，或“{login}”的账号，在本机关已有关联，未作任何更改。"


class IdentityUnknown(ZwgkError):
    """No such link in this tenant."""

    code = "identity_unknown"
    sentence = "没有编号为 {id} 的身份关联，或已解除。"


class SubjectInvalid(ZwgkError):
    """What cannot be anybody's subject."""

    code = "subject_invalid"
    sentence = "身份标识（sub）须是 1 到 255 个可显示的字符。"


@dataclass(frozen=True)
class Linked:
    """An account and its subject at an issuer."""

    id: int
    account_id: int
    login: str
    issuer: str
    subject: str
    linked_at: datetime


def list_identities(session: ScopedSession) -> list[Linked]:
    """All of the session's tenant, by login; those at a provider that it had before included."""
    return [_shown(*found) for found in session.execute(_all().order_by(Account.login, Identity.id))]


def bind(session: ScopedSession, login: str, subject: str, now: datetime) -> Linked:
    """The member of this login is this subject at the tenant's provider.

    Raises `MemberUnknown`, `ProviderUnknown`, `SubjectInvalid`, `IdentityExists`.
    """
    return link(session, members_by_login(session, login)[0].account_id, find_terms(session).issuer, subject, now)


def invite_bound(
    session: ScopedSession,
    login: str,
    name: str,
    role: str,
    units: list[int] | None,
    subject: str,
    now: datetime,
) -> Member:
    """A new member who signs in by the provider from the first time on: an account that has to be made gets no
    password. Raises as `members.invite` and `bind`."""
    account_of(session, login, name, now)
    member = invite(session, login, name, role, units, now).member
    bind(session, member.login, subject, now)
    return member


def link(session: ScopedSession, account_id: int, issuer: str, subject: str, now: datetime) -> Linked:
    """The account is this subject at this issuer. Raises `SubjectInvalid`, `IdentityExists`."""
    if not is_subject(subject):
        raise SubjectInvalid
    account = session.get_one(Account, account_id)
    row = Identity(issuer=issuer, subject=subject, account_id=account_id, linked_at=now)
    session.add(row)
    login = account.login
    try:
        session.flush()
    except IntegrityError:
        raise IdentityExists(login=login) from None
    made = [("login", login), ("issuer", issuer), ("subject", subject)]
    record(session, [FieldChange("identity", row.id, name, None, value) for name, value in made])
    return _shown(row, login)


def unlink(session: ScopedSession, identity_id: int, now: datetime) -> None:
    """Nobody is this subject any more, and who signed in as it is out. Raises `IdentityUnknown`."""
    found = session.execute(_all().where(Identity.id == identity_id)).one_or_none()
    if found is None:
        raise IdentityUnknown(id=identity_id)
    row, _login = found
    # who is just being let in has the account locked, and looks for the link once more (`flows`)
    session.get_one(Account, row.account_id, with_for_update=True)
    end_bound(session, row.tenant_id, now, row.account_id)
    record(session, [FieldChange("identity", row.id, "subject", row.subject, None)])
    session.delete(row)
    session.flush()


def unlink_own(resumed: Resumed, now: datetime) -> None:
    """Somebody takes away his own link in the tenant that he acts in; nothing happens where there is none.

    Raises `StepMissing`.
    """
    refuse_early(resumed.must)
    if resumed.tenant is None:
        return
    with tenant_session(resumed.tenant.id, f"account:{resumed.account.id}", "session") as session:
        for number in session.scalars(select(Identity.id).where(Identity.account_id == resumed.account.id)).all():
            unlink(session, number, now)


def account_linked(session: ScopedSession, issuer: str, subject: str) -> int | None:
    """The account that is this subject at this issuer."""
    known = (Identity.issuer == issuer, Identity.subject == subject)
    return session.scalar(select(Identity.account_id).where(*known))


def _all():
    return select(Identity, Account.login).join(Account, Account.id == Identity.account_id)


def _shown(row: Identity, login: str) -> Linked:
    return Linked(row.id, row.account_id, login, row.issuer, row.subject, row.linked_at)
