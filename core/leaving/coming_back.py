"""An old backup brings erased tenants back: the tombstones that were kept beside it say which to erase again.

Such a file could be written by anybody who knows a tenant and the head of its audit. So what is written out of the
database is marked by a key that is not in it (`tenants.people.sealing`), and nothing else is believed.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from core.leaving.erasing import Asked, carry_out
from tenants.audit.chain import chain_of
from tenants.errors import ZwgkError
from tenants.models import Leaving, Tenant, Tombstone
from tenants.people.sealing import mark_of
from tenants.people.secret import digest
from tenants.people.tracing import By
from tenants.sessions import platform_session, tenant_session


class NotOurTombstone(ZwgkError):
    """A tombstone that this installation did not write out, or that was changed since."""

    code = "not_our_tombstone"
    sentence = (
        "凭据文件不是以本系统现用的密钥写出的，或写出后被改动过，没有清除任何租户；请用原件和原来的密钥，"
        "没有原件的，请由租户管理员申请注销。"
    )


class TenantWentOn(ZwgkError):
    """The tombstone is of no tenant that was erased: this one has lived on, or is another."""

    code = "tenant_went_on"
    sentence = (
        "租户“{slug}”的审计与凭据不符，或在凭据所记的清除时间之后还有记录，不是旧备份带回来的，没有清除任何租户；"
        "确要清除的，请由其租户管理员申请注销。"
    )


def signed(told: Mapping[str, Any]) -> dict[str, Any]:
    """A tombstone (`written`) with the mark of this installation. Raises `SecretsKeyInvalid`."""
    said = {name: value for name, value in told.items() if name != "mark"}
    return said | {"mark": mark_of("tombstone", json.dumps(said, sort_keys=True))}


def written(tombstone: Tombstone) -> dict[str, Any]:
    """A tombstone as JSON values."""
    told = {one.key: getattr(tombstone, one.key) for one in Tombstone.__mapper__.columns}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


def erase_again(tombstones: list[Mapping[str, Any]], now: datetime, by: By) -> list[Tombstone]:
    """Erase the tenants that a backup brought back: `tombstones` as they were written out (`signed`). Those that are
    not here, or are erased, are passed over; a tenant that has the id by chance has another short name.

    Raises `NotOurTombstone`, `TenantWentOn`, before anything is erased.
    """
    for told in tombstones:
        if signed(told)["mark"] != told.get("mark"):
            raise NotOurTombstone
    # each once, though a file may hold it twice
    back = {told["in_tenant_id"]: (told, slug) for told in tombstones if (slug := _back(told, by))}
    done = []
    for tenant_id, (told, slug) in back.items():
        asked = Asked(datetime.fromisoformat(told["asked_at"]), told["asked_by"])
        with platform_session(*by) as session:
            if session.get(Leaving, tenant_id) is None:
                said = {"asked_at": asked.at, "asked_by": asked.by, "not_before": asked.at}
                session.add(Leaving(in_tenant_id=tenant_id, **said))
        done.append(carry_out(tenant_id, slug, asked, now, by))
    return done


def _back(told: Mapping[str, Any], by: By) -> str:
    """The short name of the tenant that is here again; empty for none. Raises `TenantWentOn`."""
    tenant_id = told["in_tenant_id"]
    with platform_session(*by) as session:
        slug = session.scalar(select(Tenant.slug).where(Tenant.id == tenant_id))
    if slug is None or digest(slug) != told["slug_digest"]:
        return ""
    with tenant_session(tenant_id, *by) as session:
        newest = chain_of(session).newest(session)
        sealed = newest is not None and newest.number >= told["seals"]
        other = sealed and (newest.number, newest.digest) != (told["seals"], told["head"])
        times = [session.scalar(select(func.max(table.at))) for table in chain_of(session).tables]
    erased_at = datetime.fromisoformat(told["erased_at"])
    if other or any(at is not None and at > erased_at for at in times):
        raise TenantWentOn(slug=slug)
    return slug
