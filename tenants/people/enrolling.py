"""Setting up the second factor: a secret for the authenticator, and a first code that shows that it has it."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from tenants.audit.actions import Action
from tenants.errors import ZwgkError
from tenants.people import second_factor
from tenants.people.models import Account, AccountTenant, RecoveryCode, SignIn
from tenants.people.sealing import sealed, unsealed
from tenants.people.secret import digest
from tenants.people.signed_in import in_turn
from tenants.people.steps import Factor, Must, PasswordNeeded, SignedIn, locked, renewed
from tenants.people.tracing import SELF, trace
from tenants.sessions import ScopedSession, platform_session

_BEFORE = set(Must) - {Must.SECOND_FACTOR}


class CodeWrong(ZwgkError):
    """The first code of an authenticator is not the one that its secret gives."""

    code = "code_wrong"
    sentence = "验证码不正确，请核对手机时间后输入最新的 6 位数字。"


@dataclass(frozen=True)
class Offer:
    """For the authenticator: the secret to type, and the same as the address that a QR code holds."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class Enrolled:
    """The session after it, and the codes for a lost telephone, shown this once."""

    signed_in: SignedIn
    recovery_codes: tuple[str, ...] = field(repr=False)


def offer_second_factor(token: str, now: datetime) -> Offer:
    """A new secret, which counts for nothing until `confirm_second_factor`; one that is in use stays so until then.

    Raises `SessionOver`, `StepMissing`, `PasswordNeeded`.
    """
    in_turn(token, now, _BEFORE)
    with platform_session() as session:
        row, account = locked(session, token, now)
        _refuse_elsewhere(session, row, account)
        secret = second_factor.new_secret()
        row.offered_secret = sealed(secret)
        return Offer(secret, second_factor.enrolment_uri(secret, account.login))


def confirm_second_factor(token: str, code: str, now: datetime) -> Enrolled:
    """The offered secret is the account's from here on; recovery codes that it had are void.

    Raises `SessionOver`, `StepMissing`, `CodeWrong` (also where nothing was offered), `PasswordNeeded`.
    """
    standing = in_turn(token, now, _BEFORE)
    with platform_session(*SELF) as session:
        row, account = locked(session, token, now)
        _refuse_elsewhere(session, row, account)
        offered = row.offered_secret and unsealed(row.offered_secret)
        used = offered and second_factor.used_step(offered, code, now, 0)
        if not used:
            raise CodeWrong
        account.totp_secret, account.totp_step = row.offered_secret, used
        row.offered_secret, row.second_factor = None, Factor.GIVEN
        codes = second_factor.new_recovery_codes()
        drop_recovery_codes(session, account, now)
        session.add_all(RecoveryCode(account_id=account.id, digest=digest(second_factor.bare(one))) for one in codes)
        trace(session, Action.SECOND_FACTOR_SET, account.id, address=row.address)
        return Enrolled(renewed(row, account, standing), tuple(codes))


def _refuse_elsewhere(session: ScopedSession, row: SignIn, account: Account) -> None:
    if row.bound_tenant_id is None:
        return
    known_in = session.scalars(select(AccountTenant.in_tenant_id).where(AccountTenant.account_id == account.id)).all()
    if account.totp_secret is not None or account.platform_role is not None or len(known_in) > 1:
        raise PasswordNeeded


def drop_recovery_codes(session: ScopedSession, account: Account, now: datetime) -> None:
    """None of the codes that the account has is taken any more."""
    for row in session.scalars(select(RecoveryCode).where(RecoveryCode.account_id == account.id)):
        row.ended_at = row.ended_at or now
