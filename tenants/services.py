"""Tenants: adding one, listing them, finding one."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.history import FieldChange, record
from tenants.models import SLUG, TENANT_NAME, Tenant, Tombstone
from tenants.people.secret import digest
from tenants.sessions import ScopedSession, platform_session, tenant_by_slug


class SlugInvalid(ZwgkError):
    """The short name has a form that could not stand in an address."""

    code = "slug_invalid"
    sentence = "租户短名“{slug}”不合要求：以字母或数字开头，只用字母、数字、- 和 _，不超过 40 个字符。"


class TenantNameInvalid(ZwgkError):
    """No name, or none that fits into one line."""

    code = "tenant_name_invalid"
    sentence = "机关名称“{name}”不合要求：须写在一行，1 到 100 个字。"


class TenantExists(ZwgkError):
    """The short name is taken."""

    code = "tenant_exists"
    sentence = "租户“{slug}”已存在，未作任何更改。"


def check_slug(slug: str) -> None:
    """Raises `SlugInvalid`."""
    if not SLUG.fullmatch(slug):
        raise SlugInvalid(slug=slug)


class SlugKept(ZwgkError):
    """The short name of a tenant that was erased, and whose audit is kept still."""

    code = "slug_kept"
    sentence = "短名“{slug}”属于已注销的租户，在其审计保存期满（{until}）前不能再用，请另取短名。"


@contextmanager
def adding_tenant(
    slug: str, name: str, plugins: list[str], actor: str = "platform", via: str = "command", address: str = ""
) -> Iterator[tuple[Tenant, ScopedSession]]:
    """A new tenant (detached) and its session: what is put into it comes with the tenant in one transaction.

    Raises `SlugInvalid`, `TenantNameInvalid`, `TenantExists`, `SlugKept`. Whether the plugins exist is
    the caller's matter.
    """
    check_slug(slug)
    name = name.strip()
    if not TENANT_NAME.fullmatch(name):
        raise TenantNameInvalid(name=name)
    with platform_session(actor, via, address) as session:
        refuse_kept(session, slug)
        tenant = Tenant(slug=slug, name=name, plugins=plugins)
        session.add(tenant)
        try:
            session.flush()
        except IntegrityError:
            raise TenantExists(slug=slug) from None
        session.expunge(tenant)
        record_act(session, Action.TENANT_ADDED, subject=("tenant", tenant.id), detail={"slug": slug})
        session.become(tenant)
        record(session, [FieldChange("tenant", tenant.id, "name", None, tenant.name)])
        yield tenant, session


def list_tenants(erased: bool = False) -> list[Tenant]:
    """All tenants by short name, detached; with those of which nothing remains but the sealed audit, if `erased`."""
    query = select(Tenant).order_by(Tenant.slug)
    if not erased:
        query = query.where(Tenant.id.not_in(select(Tombstone.in_tenant_id)))
    with platform_session() as session:
        tenants = list(session.scalars(query))
        session.expunge_all()
        return tenants


def find_tenant(slug: str) -> Tenant:
    """The tenant, detached. Raises `TenantUnknown`."""
    with platform_session() as session:
        tenant = tenant_by_slug(session, slug)
        session.expunge(tenant)
        return tenant


def refuse_kept(session: ScopedSession, slug: str) -> None:
    """Raises `SlugKept`."""
    kept = select(func.max(Tombstone.audit_until)).where(
        Tombstone.slug_digest == digest(slug), Tombstone.audit_until > func.now()
    )
    if until := session.scalar(kept):
        raise SlugKept(slug=slug, until=until.date())
