"""A tenant that wants to leave: asking for it, taking it back, and what would be erased.

From the asking on, nothing in it can be changed (`tenants.leaving.refuse_leaving`). Who asks and who erases are two
people: the tenant's administrator, and the system administrator of the platform.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Select, func, select

from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.db import Base, tenant_tables
from tenants.errors import ZwgkError
from tenants.models import Leaving, Tenant
from tenants.people.models import Account, AccountTenant
from tenants.people.tracing import By
from tenants.policies import APPEND_ONLY
from tenants.sessions import ScopedSession, TenantUnknown, platform_session

SETTING, USUAL_DAYS, MOST_DAYS = "ZWGK_LEAVING_DAYS", 14, 365
DAYS = "zwgk_leaving_days"
"""Where in `app.extensions` stands how many days there are to take it back."""


class LeavingDaysInvalid(ZwgkError):
    """The environment names no number of days."""

    code = "leaving_days_invalid"
    sentence = "环境变量 ZWGK_LEAVING_DAYS=“{text}”不合要求，请写天数，0 到 365 的整数。"


class AlreadyLeaving(ZwgkError):
    """Asked for twice."""

    code = "already_leaving"
    sentence = "本机关已申请注销，{not_before:%Y-%m-%d} 起可由平台清除；在此之前可以撤回。"


class NotLeaving(ZwgkError):
    """The tenant did not ask for it, or took it back."""

    code = "not_leaving"
    sentence = "该租户没有申请注销。须先由其租户管理员提出申请。"


class NothingToTakeBack(NotLeaving):
    """Said to whoever takes it back."""

    sentence = "本机关没有申请注销，或已经撤回，数据照常使用，不需要再办理。"


@dataclass(frozen=True)
class Preview:
    """What erasing removes, and what stays for the term of the audit: table → rows. `accounts`: logins that no other
    tenant knows, and that go as well; `others`: those that stay, as they are of another tenant or the platform's."""

    leaving: Leaving | None
    erased: Mapping[str, int]
    kept: Mapping[str, int]
    accounts: tuple[str, ...]
    others: tuple[str, ...]


def days_from(environ: Mapping[str, str]) -> int:
    """By ZWGK_LEAVING_DAYS. Raises `LeavingDaysInvalid`."""
    text = environ.get(SETTING, "").strip() or str(USUAL_DAYS)
    if not (text.isascii() and text.isdigit() and len(text) < 4 and int(text) <= MOST_DAYS):
        raise LeavingDaysInvalid(text=text)
    return int(text)


def ask_to_leave(session: ScopedSession, now: datetime) -> Leaving:
    """The session's tenant wants to leave: it can be looked at and exported from here on, and no more.

    Raises `AlreadyLeaving`, `TenantUnknown`.
    """
    if found := _alone(session):
        raise AlreadyLeaving(not_before=found.not_before)
    days = current_app.extensions.get(DAYS, USUAL_DAYS)
    scope = session.scope
    told = {"asked_at": now, "asked_by": scope.actor, "not_before": now + timedelta(days=days)}
    leaving = Leaving(in_tenant_id=scope.tenant_id, **told)
    session.add(leaving)
    session.flush()
    record_act(session, Action.TENANT_LEAVING, detail={"not_before": leaving.not_before.isoformat()})
    _tell_platform(session, Action.TENANT_LEAVING)
    return leaving


def take_back(session: ScopedSession) -> None:
    """The session's tenant stays after all. Raises `NothingToTakeBack`."""
    found = _alone(session)
    if found is None:
        raise NothingToTakeBack
    session.delete(found)
    session.flush()
    record_act(session, Action.TENANT_STAYING)
    _tell_platform(session, Action.TENANT_STAYING)


def leaving_of(session: ScopedSession) -> Leaving | None:
    """What the session's tenant asked for, if it did."""
    return session.get(Leaving, session.scope.tenant_id)


def _alone(session: ScopedSession) -> Leaving | None:
    """As `leaving_of`, with nobody else writing in the tenant until the end of this transaction. Raises
    `TenantUnknown` for one that was erased meanwhile."""
    tenant_id = session.scope.tenant_id
    slug = session.scalar(select(Tenant.slug).where(Tenant.id == tenant_id).with_for_update())
    found = session.get(Leaving, tenant_id, populate_existing=True)
    if found is not None and found.state == "erased":
        raise TenantUnknown(slug=slug)
    return found


def preview(session: ScopedSession) -> Preview:
    """What erasing the session's tenant would remove, counted now."""
    tenant_id = session.scope.tenant_id
    counts = {}
    for name in tenant_tables():
        table = Base.metadata.tables[name]
        own = select(func.count()).select_from(table).where(table.c.tenant_id == tenant_id)
        counts[name] = session.scalar(own)
    erased = {name: rows for name, rows in counts.items() if name not in APPEND_ONLY}
    kept = {name: rows for name, rows in counts.items() if name in APPEND_ONLY}
    known = select(Account.login).join(AccountTenant, AccountTenant.account_id == Account.id)
    logins = set(session.scalars(known.where(AccountTenant.in_tenant_id == tenant_id)))
    own = set(session.scalars(select(Account.login).where(Account.id.in_(only_of(tenant_id)))))
    leaving = leaving_of(session)
    if leaving is not None:
        session.expunge(leaving)  # it is shown when the session is over
    return Preview(leaving, erased, kept, tuple(sorted(own)), tuple(sorted(logins - own)))


def only_of(tenant_id: int) -> Select[tuple[int]]:
    """The accounts that this tenant knows, no other one, and that have no role on the platform."""
    known = select(AccountTenant.account_id).where(AccountTenant.in_tenant_id == tenant_id)
    elsewhere = select(AccountTenant.account_id).where(AccountTenant.in_tenant_id != tenant_id)
    return select(Account.id).where(
        Account.id.in_(known), Account.id.not_in(elsewhere), Account.platform_role.is_(None)
    )


def _tell_platform(session: ScopedSession, action: Action) -> None:
    """The platform's own audit has it as well; it stays when the tenant is gone."""
    scope = session.scope
    by: By = (scope.actor, scope.via, scope.address)
    with platform_session(*by) as platform:
        record_act(platform, action, subject=("tenant", scope.tenant_id))
