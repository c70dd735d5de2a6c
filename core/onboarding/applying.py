"""Asking for a tenant, without an account: what is asked, how often, and how it stands.

Nothing here looks at tenants, accounts or plugins: whoever asks is told nothing of what there is.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest

from sqlalchemy import delete, func, select

from core.addresses import caller_at
from core.agencies import AGENCY_KINDS
from core.onboarding.models import Application
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.models import TENANT_NAME
from tenants.people.accounts import LoginInvalid, checked_name, folded
from tenants.people.secret import digest, new_secret
from tenants.people.tracing import By
from tenants.services import TenantNameInvalid
from tenants.sessions import ScopedSession, platform_session

KINDS = tuple(kind for kind in AGENCY_KINDS if kind != "shared")
KEPT = timedelta(days=90)
"""After so long an application is gone, whatever came of it."""
MOST_WAITING, MOST_OF_ADDRESS = 200, 5
"""How many may wait, in all, and how many one network address (`caller_at`) may send in within `OF_ADDRESS`."""
OF_ADDRESS = timedelta(days=1)
LONGEST = 100
# read aloud on the telephone: no 0 and O, no 1 and I
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
# that nobody slips in while it is counted; any fixed number does
_LOCK = 0x61706C79


class ApplicationInvalid(ZwgkError):
    """A field that is blank, too long, or of several lines."""

    code = "application_invalid"
    sentence = "{what}不合要求：须写在一行，1 到 {most} 个字。"


class AgencyKindUnknown(ZwgkError):
    """No such kind of agency."""

    code = "agency_kind_invalid"
    sentence = "机关类别“{kind}”不合要求，可用：department（部门）、district（区县）。"


class ApplicationsFull(ZwgkError):
    """Too many wait, or too many came from one address."""

    code = "applications_full"
    sentence = "目前申请过多，暂不受理，请明天再试，或直接联系平台运维人员。"


class ApplicationUnknown(ZwgkError):
    """No such application, one that is past its time, or another secret than its own: all answer alike."""

    code = "application_unknown"
    sentence = "没有编号为“{reference}”的申请，或已过 90 天；凭口令查询的，也可能口令不符。"


@dataclass(frozen=True)
class Wish:
    """What an agency asks for. `kind`: one of `KINDS`; `plugin`: wished, in words or as a key, may be blank."""

    name: str
    kind: str
    plugin: str
    contact: str
    login: str
    reach: str

    def checked(self) -> "Wish":
        """With every field in its form. Raises what `apply` does."""
        name = self.name.strip()
        if not (TENANT_NAME.fullmatch(name) and name.isprintable()):
            raise TenantNameInvalid(name=name)
        if self.kind not in KINDS:
            raise AgencyKindUnknown(kind=self.kind)
        login = folded(self.login)
        if login is None:
            raise LoginInvalid(login=self.login)
        plugin = _line("希望使用的插件", self.plugin) if self.plugin.strip() else ""
        return Wish(name, self.kind, plugin, checked_name(self.contact), login, _line("联系方式", self.reach))


@dataclass(frozen=True)
class Applied:
    """The number of an application, and the secret to look at it later, shown this once."""

    reference: str
    secret: str = field(repr=False)


def apply(wish: Wish, now: datetime, by: By) -> Applied:
    """Ask for a tenant; `by`: nobody, and from which network address.

    Raises `TenantNameInvalid`, `AgencyKindUnknown`, `LoginInvalid`, `PersonNameInvalid`, `ApplicationInvalid`,
    `ApplicationsFull`.
    """
    wish, address = wish.checked(), caller_at(by[2])
    applied = Applied("".join(secrets.choice(_LETTERS) for _ in range(10)), new_secret())
    with platform_session(*by) as session:
        _refuse_too_many(session, address, now)
        told = {"reference": applied.reference, "digest": digest(applied.secret), "address": address, "at": now}
        session.add(Application(**vars(wish), **told))
        record_act(session, Action.TENANT_APPLIED, detail={"reference": applied.reference, "name": wish.name})
    return applied


def look(reference: str, secret: str, now: datetime) -> Application:
    """How an application stands, for who asked (detached). Raises `ApplicationUnknown`."""
    with platform_session() as session:
        found = find(session, reference, now)
        if not compare_digest(found.digest, digest(secret)):
            raise ApplicationUnknown(reference=reference)
        session.expunge(found)
        return found


def find(session: ScopedSession, reference: str, now: datetime, *, lock: bool = False) -> Application:
    """An application that is not past its time. Raises `ApplicationUnknown`."""
    known = reference.strip().upper()
    query = select(Application).where(Application.reference == known, Application.at > now - KEPT)
    found = None
    if known and set(known) <= set(_LETTERS):
        found = session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if found is None:
        raise ApplicationUnknown(reference=reference)
    return found


def list_applications(now: datetime, state: str | None = None) -> list[Application]:
    """The applications, detached, the oldest first; in one state, or all."""
    query = select(Application).where(Application.at > now - KEPT).order_by(Application.at, Application.id)
    with platform_session() as session:
        rows = list(session.scalars(query if state is None else query.where(Application.state == state)))
        session.expunge_all()
        return rows


def forget_applications(now: datetime) -> int:
    """Remove what is past its time; returns how many."""
    with platform_session("worker", "upkeep") as session:
        return session.execute(delete(Application).where(Application.at <= now - KEPT)).rowcount


def _refuse_too_many(session: ScopedSession, address: str, now: datetime) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    count = select(func.count()).select_from(Application)
    waiting = session.scalar(count.where(Application.state == "waiting", Application.at > now - KEPT))
    of_address = session.scalar(count.where(Application.address == address, Application.at > now - OF_ADDRESS))
    if waiting >= MOST_WAITING or (address and of_address >= MOST_OF_ADDRESS):
        raise ApplicationsFull


def _line(what: str, text: str) -> str:
    text = text.strip()
    if not (0 < len(text) <= LONGEST and text.isprintable()):
        raise ApplicationInvalid(what=what, most=LONGEST)
    return text
