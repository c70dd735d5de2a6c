"""Secrets that act without a person: API tokens of programs, and links by which a unit uploads without an account.

Each is shown once, kept as its digest, holds for a time, and can be revoked. None can do more than who made it: when
he may do less, so may his tokens.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import select, true

from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.models import Change, Tenant
from tenants.people.models import Token
from tenants.people.rights import TENANT_RIGHTS, Grants, Right, given, within
from tenants.people.secret import digest, tagged
from tenants.sessions import ScopedSession

Kind = Literal["api", "link"]
LONGEST_DAYS = 366
LINK_DAYS = 31
_NAME = re.compile(r"\S(?:.{0,98}\S)?")
# A link's purpose, and the one right that it takes
PURPOSES: Mapping[str, Right] = {"upload": Right.ROUNDS_RETURN}


class TokenNameInvalid(ZwgkError):
    """No name, or none that fits into one line."""

    code = "token_name_invalid"
    sentence = "名称“{name}”不合要求：须写在一行，1 到 100 个字。"


class TokenRights(ZwgkError):
    """A token that could do more than who makes it, or nothing at all."""

    code = "token_rights"
    sentence = "令牌的权限不能为空，也不能超出发放人自己的权限和责任单位。"


class TokenDays(ZwgkError):
    """A token that holds for too long, or not at all."""

    code = "token_days"
    sentence = "有效期须是 1 到 {most} 天。"


class TokenUnknown(ZwgkError):
    """No such token in this tenant, or one that was revoked."""

    code = "token_unknown"
    sentence = "没有编号为 {id} 的令牌，或已吊销。"


@dataclass(frozen=True)
class TokenShown:
    """A token in the list of its tenant. `link` tokens have a `purpose` and a `subject`."""

    id: int
    kind: Kind
    name: str
    rights: tuple[Right, ...]
    units: tuple[int, ...] | None
    purpose: str | None
    subject: Mapping[str, int]
    account_id: int | None
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True)
class Issued:
    """A new token, and its secret, shown this once."""

    token: TokenShown
    secret: str = field(repr=False)


@dataclass(frozen=True)
class Maker:
    """Who makes a token: his account (None: the operator by the command line), what he may do, and until when, where he
    is himself a token."""

    account_id: int | None
    grants: Grants
    until: datetime | None = None


OPERATOR = Maker(None, given([(TENANT_RIGHTS, None)]))


def issue_token(
    session: ScopedSession,
    maker: Maker,
    name: str,
    rights: Collection[Right],
    now: datetime,
    days: int,
    units: Collection[int] | None = None,
) -> Issued:
    """An API token with these rights, for all units or for some.

    Raises `TokenNameInvalid`, `TokenRights`, `TokenDays`.
    """
    _check(maker, given([(rights, None if units is None else frozenset(units))]), days, LONGEST_DAYS)
    return _issue(session, maker, Token(kind="api", name=name, rights=sorted(rights)), units, now, days)


def issue_link(
    session: ScopedSession,
    maker: Maker,
    purpose: str,
    unit: int,
    subject: Mapping[str, int],
    name: str,
    now: datetime,
    days: int,
) -> Issued:
    """A link by which one unit does one thing: `purpose` of `PURPOSES`, `subject` as `{"round": 4}`.

    Raises `TokenNameInvalid`, `TokenRights`, `TokenDays`.
    """
    right = PURPOSES[purpose]
    _check(maker, given([([right], frozenset({unit}))]), days, LINK_DAYS)
    link = Token(kind="link", name=name, rights=[right], purpose=purpose, subject=dict(subject))
    return _issue(session, maker, link, [unit], now, days)


def list_tokens(session: ScopedSession, kind: Kind, now: datetime) -> list[TokenShown]:
    """The tokens, or the links, of the session's tenant that hold, the newest first."""
    rows = session.scalars(select(Token).where(Token.kind == kind, *_holding(now)).order_by(Token.id.desc()))
    return [_shown(row) for row in rows]


def revoke_token(session: ScopedSession, token_id: int, now: datetime, kind: Kind | None = None) -> None:
    """A token or link holds no longer, from the next request on, nor does a link that was made by it. Raises
    `TokenUnknown`, also where only those of one `kind` are meant, and it is of the other."""
    of_kind = Token.kind == kind if kind else true()
    row = session.scalar(select(Token).where(Token.id == token_id, of_kind, *_holding(now)))
    if row is None:
        raise TokenUnknown(id=token_id)
    by_it = (Change.entity == "token", Change.field == "name", Change.actor == f"token:{row.id}")
    made = select(Change.entity_id).where(*by_it)
    ending = [row, *session.scalars(select(Token).where(Token.id.in_(made), *_holding(now)))]
    for one in ending:
        one.revoked_at = now
    session.flush()
    record(session, [FieldChange("token", one.id, "revoked", False, True) for one in ending])


def _check(maker: Maker, asked: Grants, days: int, most: int) -> None:
    if not asked or not within(asked, maker.grants):
        raise TokenRights
    if not 1 <= days <= most:
        raise TokenDays(most=most)


def _issue(
    session: ScopedSession, maker: Maker, row: Token, units: Collection[int] | None, now: datetime, days: int
) -> Issued:
    row.name = row.name.strip()
    if not (_NAME.fullmatch(row.name) and row.name.isprintable()):
        raise TokenNameInvalid(name=row.name)
    secret = tagged(session.get_one(Tenant, session.scope.tenant_id).slug)
    row.digest = digest(secret)
    row.units = None if units is None else sorted(set(units))
    row.account_id = maker.account_id
    until = now + timedelta(days=days)
    row.created_at, row.expires_at = now, min(until, maker.until or until)
    session.add(row)
    session.flush()
    made = [("name", row.name), ("rights", row.rights), ("units", row.units), ("subject", row.subject)]
    record(session, [FieldChange("token", row.id, field, None, value) for field, value in made if value])
    return Issued(_shown(row), secret)


def _holding(now: datetime):
    return Token.revoked_at.is_(None), Token.expires_at > now


def _shown(row: Token) -> TokenShown:
    return TokenShown(
        row.id,
        row.kind,
        row.name,
        tuple(Right(right) for right in row.rights),
        None if row.units is None else tuple(row.units),
        row.purpose,
        row.subject,
        row.account_id,
        row.created_at,
        row.expires_at,
        row.last_used_at,
    )
