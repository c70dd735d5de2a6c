"""Erasing a tenant: every row of every table that is its own, whatever tables there are, in one transaction.

The registry says which tables: those with `tenant_id`, and the global ones that point at a tenant or an account. The
audit stays, sealed, until its term, and with it the bare row of the tenant: its id is never used again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, Text, cast, column, delete, insert, or_, select, table, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core.leaving.asking import NotLeaving, leaving_of, only_of
from core.settings import AUDIT_DAYS, setting
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.chain import START, tenant_chain
from tenants.audit.models import AuditEntry, PlatformEntry
from tenants.audit.services import seal_audit
from tenants.db import Base, tenant_tables
from tenants.errors import ZwgkError
from tenants.leaving import TenantLeaving, erased_slug
from tenants.models import Leaving, Tenant, Tombstone
from tenants.people.accounts import hold_known
from tenants.people.models import Account, AccountTenant
from tenants.people.secret import digest
from tenants.people.tracing import By
from tenants.policies import APPEND_ONLY, pointing
from tenants.sessions import TenantUnknown, cross_tenant, maint_engine, platform_session, tenant_session

QUEUE = table("procrastinate_jobs", column("id"), column("args", JSONB))
ERASED_NAME = "（已注销）"


class ErasingTooEarly(ZwgkError):
    """The tenant may still take it back."""

    code = "erasing_too_early"
    sentence = "租户“{slug}”在 {not_before:%Y-%m-%d %H:%M} 之前可以撤回注销，到期后才能清除。"


class ErasingAlone(ZwgkError):
    """Whoever asked would also carry it out."""

    code = "erasing_alone"
    sentence = "申请注销的人不能自己清除，须由平台的系统管理员办理。"


class SlugDiffers(ZwgkError):
    """Another short name than that of the tenant."""

    code = "slug_differs"
    sentence = "请再写一次要清除的租户的短名“{slug}”，以免误清。"


@dataclass(frozen=True)
class Asked:
    """Who asked for it, and when; from the tombstone, where a tenant comes back with a backup."""

    at: datetime
    by: str


def erase(slug: str, now: datetime, by: By) -> Tombstone:
    """Erase a tenant that asked to leave and did not take it back in time; returns what remains (detached).

    Raises `TenantUnknown`, `NotLeaving`, `ErasingTooEarly`, `ErasingAlone`, `MaintUrlMissing`.
    """
    with tenant_session(slug, *by) as session:
        leaving, tenant_id = leaving_of(session), session.scope.tenant_id
        if leaving is None:
            raise NotLeaving
        if now < leaving.not_before:
            raise ErasingTooEarly(slug=slug, not_before=leaving.not_before)
        if leaving.asked_by == by[0]:
            raise ErasingAlone
        asked = Asked(leaving.asked_at, leaving.asked_by)
    return carry_out(tenant_id, slug, asked, now, by)


def list_tombstones() -> list[Tombstone]:
    """What remains of the tenants that were erased, detached, the oldest first."""
    with platform_session() as session:
        stones = list(session.scalars(select(Tombstone).order_by(Tombstone.erased_at, Tombstone.in_tenant_id)))
        session.expunge_all()
        return stones


def carry_out(tenant_id: int, slug: str, asked: Asked, now: datetime, by: By) -> Tombstone:
    """Erase a tenant that is certainly to go. Raises `NotLeaving`, `TenantUnknown`, `MaintUrlMissing`."""
    maint_engine()
    days = _begin(tenant_id, slug, by)
    with cross_tenant(f"清除租户 {tenant_id}", by[0]) as session:
        leaving = _alone(session, tenant_id, slug)
        tombstone = Tombstone(
            in_tenant_id=tenant_id,
            slug_digest=digest(slug),
            asked_at=asked.at,
            asked_by=asked.by,
            erased_at=now,
            erased_by=by[0],
            rows=_remove(session, tenant_id),
            manifest=_manifest(session, tenant_id),
            audit_until=now + timedelta(days=days),
            **_sealed(session, tenant_id),
        )
        leaving.state = "erased"
        bare = {"slug": erased_slug(tenant_id), "name": ERASED_NAME, "plugins": []}
        session.execute(update(Tenant).where(Tenant.id == tenant_id).values(bare))
        session.add(tombstone)
        session.execute(insert(PlatformEntry).values(_entry(tombstone, by)))
        session.flush()
        session.refresh(tombstone)
        session.expunge(tombstone)
    return tombstone


def _begin(tenant_id: int, slug: str, by: By) -> int:
    """What comes before: the audit is sealed, with the word that erasing begins (whether it ends so, the platform's
    audit says). Returns for how many days it stays. Raises `TenantUnknown` for a tenant that was erased meanwhile."""
    try:
        with tenant_session(tenant_id, *by) as session:
            days = setting(session, AUDIT_DAYS)
            record_act(session, Action.TENANT_ERASING)
        with tenant_session(tenant_id, *by) as session:
            seal_audit(session)
    except TenantLeaving:  # while it only leaves, acts and seals are written
        raise TenantUnknown(slug=slug) from None
    return days


def _alone(session: Session, tenant_id: int, slug: str) -> Leaving:
    """Whoever writes still is waited for; who comes later finds `erased` (`tenants.leaving.refuse_leaving`).

    The people first: who signs in holds the account, and then wants the tenant. Whoever invites one of them elsewhere
    is waited for, too. Raises `NotLeaving`, `TenantUnknown` for what another one did meanwhile.
    """
    hold_known(session, tenant_id)
    session.execute(select(Tenant.id).where(Tenant.id == tenant_id).with_for_update())
    leaving = session.get(Leaving, tenant_id)
    if leaving is None:
        raise NotLeaving
    if leaving.state == "erased":
        raise TenantUnknown(slug=slug)
    return leaving


def _remove(session: Session, tenant_id: int) -> dict[str, int]:
    """Everything but the audit; table → rows. What points at something goes before it."""
    accounts = list(session.scalars(only_of(tenant_id)))
    removed = _from_queue(session, tenant_id)
    owned, others = set(tenant_tables()) - set(APPEND_ONLY), pointing()
    for one in reversed(Base.metadata.sorted_tables):
        if one.name in owned:
            gone = one.c.tenant_id == tenant_id
        elif one.name == AccountTenant.__tablename__:  # what another tenant says of the same person is its own
            gone = one.c.in_tenant_id == tenant_id
        elif one.name in others:
            gone = or_(*_pointing(one, others[one.name], {"tenant": [tenant_id], "account": accounts}))
        elif one.name == Account.__tablename__:
            gone = one.c.id.in_(accounts)
        else:
            continue
        removed[one.name] = session.execute(delete(one).where(gone)).rowcount
    return removed


def _pointing(one: Table, columns: Mapping[str, list[str]], gone: Mapping[str, list[int]]) -> list[ColumnElement[bool]]:
    return [one.c[name].in_(gone[target]) for target, names in columns.items() for name in names]


def _from_queue(session: Session, tenant_id: int) -> dict[str, int]:
    """What happened to a job goes with it."""
    gone = cast(QUEUE.c.args["tenant"], Text) == str(tenant_id)
    return {QUEUE.name: session.execute(delete(QUEUE).where(gone)).rowcount}


def _manifest(session: Session, tenant_id: int) -> str:
    """Of the last full export, as the audit says."""
    of_tenant = (AuditEntry.tenant_id == tenant_id, AuditEntry.action == Action.TENANT_EXPORTED)
    query = select(AuditEntry.detail["manifest"].astext).where(*of_tenant).order_by(AuditEntry.id.desc())
    return session.scalar(query.limit(1)) or ""


def _sealed(session: Session, tenant_id: int) -> dict[str, Any]:
    newest = tenant_chain(tenant_id).newest(session)
    return {"seals": newest.number if newest else 0, "head": newest.digest if newest else START}


def _entry(tombstone: Tombstone, by: By) -> dict[str, Any]:
    """The act in the audit of the platform."""
    told = {"rows": sum(tombstone.rows.values()), "head": tombstone.head, "asked_by": tombstone.asked_by}
    who = {"actor": by[0], "via": by[1], "address": by[2], "outcome": "done"}
    return who | {
        "action": Action.TENANT_ERASED.value,
        "entity": "tenant",
        "entity_id": tombstone.in_tenant_id,
        "detail": told,
    }
