"""The identity provider of a tenant: setting it up, trying it, and who has to sign in anew when it changes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.identity.models import IdentityProvider
from tenants.identity.terms import Registration, Terms
from tenants.identity.trust import trust_here
from tenants.models import Tenant
from tenants.people.accounts import hold_known
from tenants.people.models import Membership, SignIn
from tenants.people.rights import TENANT_ADMIN
from tenants.people.sealing import sealed, unsealed
from tenants.people.steps import end, end_bound
from tenants.sessions import ScopedSession


class ProviderUnknown(ZwgkError):
    """The tenant has no identity provider."""

    code = "provider_unknown"
    sentence = "本机关没有设置统一身份认证。"


class ProviderNotTrusted(ZwgkError):
    """The operator did not name this server, or not our own address."""

    code = "provider_not_trusted"
    sentence = (
        "平台未允许使用“{issuer}”：须由运维设置 ZWGK_PUBLIC_URL，并在 ZWGK_IDENTITY_ORIGINS 中写明认证服务器的地址。"
    )


def find_terms(session: ScopedSession) -> Terms:
    """What the session's tenant has set; of the secret only whether there is one. Raises `ProviderUnknown`."""
    return _terms(_get(session))


def registration(session: ScopedSession, *, hold: bool = False) -> Registration | None:
    """As what the tenant is known to its provider, the secret included; None where nobody signs in by one. `hold`: it
    stays so until the transaction ends."""
    query = select(IdentityProvider).where(IdentityProvider.enabled)
    row = session.scalar(query.with_for_update(read=True) if hold else query)
    return row and _registration(session, row)


def registration_to_try(session: ScopedSession) -> Registration:
    """The same, whether it is in use already or not. Raises `ProviderUnknown`."""
    return _registration(session, _get(session))


def callback_of(session: ScopedSession) -> str:
    """Where the provider of the session's tenant sends people back to."""
    return trust_here().callback(session.get_one(Tenant, session.scope.tenant_id).slug)


def set_terms(session: ScopedSession, terms: Terms, secret: str | None, now: datetime) -> Terms:
    """Set the provider up, or otherwise. `secret` None: it stays as it is, but for another issuer, which must not be
    told the secret of the one before. Whose way in this closes has to sign in anew. Raises `ProviderNotTrusted`."""
    trust = trust_here()
    if not trust.public_url or not trust.allows(terms.issuer):
        raise ProviderNotTrusted(issuer=terms.issuer)
    own = {"tenant_id": session.scope.tenant_id}
    nothing = {"issuer": "", "client_id": "", "client_secret": "", "second_factor": ""}
    new = insert(IdentityProvider).values(own | nothing | {"enabled": False, "passwords": True})
    session.execute(new.on_conflict_do_nothing())
    row = _get(session)
    before, kept = _terms(row), row.client_secret if row.issuer == terms.issuer else ""
    replaced = secret is not None and secret != unsealed(kept)
    row.issuer, row.client_id, row.second_factor = terms.issuer, terms.client_id, terms.second_factor
    row.enabled, row.passwords = terms.enabled, terms.passwords
    row.client_secret = (secret and sealed(secret)) if replaced else kept
    session.flush()
    after = _terms(row)
    changes = [(name, getattr(before, name), getattr(after, name)) for name in Terms.__dataclass_fields__]
    changes += [("client_secret", None, "replaced")] if replaced else []
    _record(session, row.id, changes)
    if not after.enabled or after.issuer != before.issuer:
        end_bound(session, row.tenant_id, now)
    if after.only and not before.only:
        _end_by_password(session, now)
    return after


def remove_provider(session: ScopedSession, now: datetime) -> None:
    """Nobody signs in by it any more; who is who there is kept, for the day it comes back. Raises `ProviderUnknown`."""
    row = _get(session)
    end_bound(session, row.tenant_id, now)
    _record(session, row.id, [("issuer", row.issuer, None), ("enabled", row.enabled, False)])
    session.delete(row)
    session.flush()


def _get(session: ScopedSession) -> IdentityProvider:
    row = session.scalar(select(IdentityProvider).with_for_update())
    if row is None:
        raise ProviderUnknown
    return row


def _terms(row: IdentityProvider) -> Terms:
    switches = (row.enabled, row.passwords, bool(row.client_secret))
    return Terms(row.issuer, row.client_id, row.second_factor, *switches)


def _registration(session: ScopedSession, row: IdentityProvider) -> Registration:
    # sealed by a key that is lost, it is as if none was given, and the provider says no
    secret = unsealed(row.client_secret) or ""
    return Registration(row.issuer, row.client_id, secret, row.second_factor, callback_of(session))


def _end_by_password(session: ScopedSession, now: datetime) -> None:
    """Those of administrators go on: somebody has to be able to mend it. Who is just signing in is in before, and out
    by this, or finds that passwords are off."""
    hold_known(session, session.scope.tenant_id)
    admins = select(Membership.account_id).where(Membership.role == TENANT_ADMIN, Membership.ended_at.is_(None))
    by_password = (SignIn.in_tenant_id == session.scope.tenant_id, SignIn.bound_tenant_id.is_(None))
    living = (SignIn.ended_at.is_(None), SignIn.account_id.not_in(admins))
    for row in session.scalars(select(SignIn).where(*by_password, *living)):
        end(row, now, "passwords_off")


def _record(session: ScopedSession, row_id: int, changes: list[tuple[str, object, object]]) -> None:
    told = [FieldChange("identity_provider", row_id, name, old, new) for name, old, new in changes if old != new]
    record(session, told)
