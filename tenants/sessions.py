"""The three ways to the data; there is no fourth.

* `tenant_session(slug, actor, via)`: one tenant, for the whole life of the session.
* `platform_session()`: no tenant; row-level security shows no row of any tenant table.
* `cross_tenant(reason, actor)`: the maintenance role, over all tenants; every use is written down first.

A session that was given no scope raises `NoTenant` at its first statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session, SessionTransaction, UOWTransaction

from tenants.db import TenantOwned
from tenants.errors import ZwgkError
from tenants.models import CrossTenantUse, Tenant
from tenants.postgres.errors import MaintUrlMissing


class NoTenant(ZwgkError):
    """A statement was about to run in a session that belongs to nobody."""

    code = "no_tenant"
    sentence = "程序错误：未指明租户，已拒绝访问数据。"


class TenantSwitch(ZwgkError):
    """A session was about to be used for a second tenant, or to hold another tenant's row."""

    code = "tenant_switch"
    sentence = "程序错误：同一会话不得更换租户，已拒绝。"


class TenantUnknown(ZwgkError):
    """No such tenant, or none that may be seen: both answer alike."""

    code = "tenant_unknown"
    sentence = "没有名为“{slug}”的租户。可用 zwgk tenant list 查看已有租户。"


@dataclass(frozen=True)
class Scope:
    """Whose session it is: `tenant_id` (None: no tenant at all), who acts, and by which way."""

    tenant_id: int | None
    actor: str
    via: str


class ScopedSession(FlaskSession):
    """A session with one scope for its whole life."""

    @property
    def scope(self) -> Scope:
        """The scope; raises `NoTenant` where none was given."""
        scope = self.info.get("scope")
        if scope is None:
            raise NoTenant
        return scope

    @scope.setter
    def scope(self, scope: Scope) -> None:
        if self.info.get("scope") not in (None, scope):
            raise TenantSwitch
        self.info["scope"] = scope


# Models stay on the plain base of `tenants.db`: of Flask-SQLAlchemy we use engines and sessions only
db = SQLAlchemy(session_options={"class_": ScopedSession})


@event.listens_for(ScopedSession, "after_begin")
def _set_tenant(session: ScopedSession, _transaction: SessionTransaction, connection) -> None:
    tenant_id = session.scope.tenant_id
    if tenant_id is not None:
        # A literal, and SET LOCAL rather than set_config(): Citus forwards only this form to its workers
        connection.exec_driver_sql(f"SET LOCAL app.tenant_id = {int(tenant_id)}")


@event.listens_for(ScopedSession, "before_flush")
def _own_rows(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    tenant_id = session.scope.tenant_id
    for row in (*session.new, *session.dirty):
        if isinstance(row, TenantOwned):
            if row.tenant_id is None:
                row.tenant_id = tenant_id
            elif row.tenant_id != tenant_id:
                raise TenantSwitch


@contextmanager
def _scoped(scope: Scope) -> Iterator[ScopedSession]:
    # A context of its own, so that a caller's session (another request, another tenant) is never shared
    with current_app.app_context():
        session = db.session()
        session.scope = scope
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            db.session.remove()


@contextmanager
def platform_session(actor: str = "platform", via: str = "command") -> Iterator[ScopedSession]:
    """A session without tenant, for the global tables; commits at the end, rolls back on any error."""
    with _scoped(Scope(None, actor, via)) as session:
        yield session


@contextmanager
def tenant_session(slug: str, actor: str, via: str) -> Iterator[ScopedSession]:
    """A session of the tenant `slug`; commits at the end, rolls back on any error.

    `actor` is who acts (`office`, `unit:法规处`, …), `via` by which way (`command`, `page`, `sheet:<copy>`):
    both go into the history of every field that is changed. Raises `TenantUnknown`.
    """
    with platform_session(actor, via) as session:
        tenant_id = session.scalar(select(Tenant.id).where(Tenant.slug == slug))
    if tenant_id is None:
        raise TenantUnknown(slug=slug)
    with _scoped(Scope(tenant_id, actor, via)) as session:
        yield session


@contextmanager
def cross_tenant(reason: str, actor: str = "platform") -> Iterator[Session]:
    """A session of the maintenance role, which row-level security does not bind; read `reason` aloud before use.

    The use is committed to `cross_tenant_use` before the first statement. Raises `MaintUrlMissing`.
    """
    engine = current_app.extensions["zwgk_maint_engine"]
    if engine is None:
        raise MaintUrlMissing
    with Session(engine) as session:
        session.add(CrossTenantUse(actor=actor, reason=reason))
        session.commit()
        yield session
        session.commit()


class UnsafeRole(ZwgkError):
    """The application was given a database role that row-level security does not bind."""

    code = "unsafe_role"
    sentence = "数据库角色“{role}”{why}，行级隔离对它无效，拒绝启动。请在 DATABASE_URL 中改用普通角色。"


_ROLE = text("""
    SELECT r.rolname, r.rolsuper, r.rolbypassrls,
           EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                   WHERE n.nspname = 'public' AND pg_has_role(r.oid, c.relowner, 'MEMBER'))
    FROM pg_roles r WHERE r.rolname = current_user
""")


def refuse_unsafe_role(session: Session) -> None:
    """Raise `UnsafeRole` when the connected role is superuser, BYPASSRLS, or (a member of) the tables' owner."""
    role, superuser, bypass, owner = session.execute(_ROLE).one()
    found = ((superuser, "是超级用户"), (bypass, "可绕过行级安全"), (owner, "是表的属主"))
    reasons = [why for bad, why in found if bad]
    if reasons:
        raise UnsafeRole(role=role, why="、".join(reasons))
