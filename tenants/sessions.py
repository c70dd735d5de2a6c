"""The three ways to the data; there is no fourth.

* `tenant_session(slug, actor, via)`: one tenant, for the whole life of the session.
* `platform_session()`: no tenant; row-level security shows no row of any tenant table.
* `cross_tenant(reason, actor)`: the maintenance role, over all tenants; every use is written down first.

A session that was given no scope raises `NoTenant` at every statement.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, Row, Select, event, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from tenants.db import TenantOwned
from tenants.errors import ZwgkError
from tenants.leaving import refuse_leaving
from tenants.models import SLUG, CrossTenantUse, Tenant
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
    sentence = "没有名为“{slug}”的租户。"
    by_command = "可用 zwgk tenant list 查看已有租户。"


@dataclass(frozen=True)
class Scope:
    """Whose session it is: `tenant_id` (None: no tenant at all), who acts, by which way, and from which network address
    (empty on the machine itself)."""

    tenant_id: int | None
    actor: str
    via: str
    address: str = ""


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

    def become(self, tenant: Tenant) -> None:
        """For a session that has just added or found a tenant: from here on it is that one's, in the same transaction.

        Raises `TenantSwitch` for a session that has a tenant.
        """
        if self.scope.tenant_id is not None:
            raise TenantSwitch
        self.info["scope"] = replace(self.scope, tenant_id=tenant.id)
        self.execute(text(_set_local(tenant.id)))

    def freeze(self) -> None:
        """For a session that has read nothing yet: all that it reads is as of one moment, whoever writes meanwhile."""
        self.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))

    def acting(self, actor: str) -> None:
        """For a session that was opened to find out who acts in it: it is that one's from here on.

        Raises `TenantSwitch` for a session of somebody.
        """
        if self.scope.actor:
            raise TenantSwitch
        self.info["scope"] = replace(self.scope, actor=actor)

    def rows(self, query: Select[Any], values: Mapping[str, Any]) -> Sequence[Row[Any]]:
        """What a query of columns gives, past the objects that the session holds and has not written yet: to look after
        those costs as much again. Raises `ValueError` for what is no query: a leaving tenant must be asked for first.
        """
        if not query.is_select:
            raise ValueError(query)
        return self.connection().execute(query, values).all()

    def get_bind(self, *args: Any, **options: Any) -> Engine | Connection:
        """Asked before each statement: nothing runs in a session that belongs to nobody."""
        if self.info.get("scope") is None:
            raise NoTenant
        return super().get_bind(*args, **options)


# Models stay on the plain base of `tenants.db`: of Flask-SQLAlchemy we use engines and sessions only
db = SQLAlchemy(session_options={"class_": ScopedSession})


def _set_local(tenant_id: int | None) -> str:
    # A literal, and SET LOCAL rather than set_config(): Citus forwards only this form to its workers.
    return f"SET LOCAL app.tenant_id = '{'' if tenant_id is None else int(tenant_id)}'"


@event.listens_for(ScopedSession, "after_begin")
def _set_tenant(session: ScopedSession, _transaction: SessionTransaction, connection: Connection) -> None:
    # Said without a tenant too: somebody's plain SET may have outlived its session in the pool.
    connection.exec_driver_sql(_set_local(session.scope.tenant_id))


@event.listens_for(ScopedSession, "before_flush")
def _own_rows(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    tenant_id = session.scope.tenant_id
    for row in (*session.new, *session.dirty):
        if isinstance(row, TenantOwned):
            if tenant_id is None:
                raise NoTenant
            if row.tenant_id is None:
                row.tenant_id = tenant_id
            elif row.tenant_id != tenant_id:
                raise TenantSwitch


@event.listens_for(ScopedSession, "before_attach")
def _own_objects(session: ScopedSession, row: object) -> None:
    """A row kept from another tenant's session would be found by `get()` without a look at the database."""
    key = inspect(row).identity
    if key is not None and isinstance(row, TenantOwned) and key[0] != session.scope.tenant_id:
        raise TenantSwitch


@event.listens_for(ScopedSession, "after_soft_rollback")
def _ask_again(session: ScopedSession, _transaction: SessionTransaction) -> None:
    """The lock that `refuse_leaving` took is gone with what was rolled back."""
    session.info.pop("leaving", None)


@event.listens_for(ScopedSession, "before_flush")
def _no_row_while_leaving(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    rows = (*session.new, *filter(session.is_modified, session.dirty), *session.deleted)
    if tables := {row.__tablename__ for row in rows if isinstance(row, TenantOwned)}:
        refuse_leaving(session, tables)


@event.listens_for(ScopedSession, "do_orm_execute")
def _no_statement_while_leaving(state: ORMExecuteState) -> None:
    if (state.is_insert or state.is_update or state.is_delete) and "tenant_id" in state.statement.table.c:
        refuse_leaving(state.session, {state.statement.table.name})


@contextmanager
def _scoped(scope: Scope) -> Iterator[ScopedSession]:
    # One of its own, not `db.session`: a caller's session (another request, another tenant) is never shared
    with ScopedSession(db) as session:
        session.scope = scope
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise


@contextmanager
def platform_session(actor: str = "platform", via: str = "command", address: str = "") -> Iterator[ScopedSession]:
    """A session without tenant, for the global tables; commits at the end, rolls back on any error."""
    with _scoped(Scope(None, actor, via, address)) as session:
        yield session


@contextmanager
def beside(session: ScopedSession, via: str = "") -> Iterator[ScopedSession]:
    """A second session with the scope of one that there is, by another way where `via` names one: what it writes stays
    when the other one is rolled back."""
    with _scoped(replace(session.scope, via=via) if via else session.scope) as own:
        yield own


@contextmanager
def tenant_session(tenant: str | int, actor: str, via: str, address: str = "") -> Iterator[ScopedSession]:
    """A session of a tenant, by its short name, or by its id where it was found already; commits at the end, rolls
    back on any error.

    `actor` is who acts (`office`, `unit:法规处`, …), `via` by which way (`command`, `page`, `sheet:<copy>`):
    both go into the history of every field that is changed. `address`: where a request came from, for the audit.
    Raises `TenantUnknown` for a short name.
    """
    tenant_id = tenant
    if isinstance(tenant, str):
        with platform_session(actor, via) as session:
            tenant_id = tenant_by_slug(session, tenant).id
    with _scoped(Scope(tenant_id, actor, via, address)) as session:
        yield session


def tenant_by_slug(session: ScopedSession, slug: str) -> Tenant:
    """The tenant of a short name, whatever was typed for it. Raises `TenantUnknown`."""
    # PostgreSQL takes no NUL, and its driver no lone surrogate: what can be no short name is not asked for
    found = session.scalar(select(Tenant).where(Tenant.slug == slug)) if SLUG.fullmatch(slug) else None
    if found is None:
        raise TenantUnknown(slug=slug)
    return found


@contextmanager
def cross_tenant(reason: str, actor: str = "platform") -> Iterator[Session]:
    """A session of the maintenance role, which row-level security does not bind; read `reason` aloud before use.

    The use is committed to `cross_tenant_use` before the first statement. Raises `MaintUrlMissing`.
    """
    with Session(maint_engine()) as session:
        session.add(CrossTenantUse(actor=actor, reason=reason))
        session.commit()
        yield session
        session.commit()


def maint_engine() -> Engine:
    """That of the maintenance role. Raises `MaintUrlMissing`: asked for before what cannot be finished without it."""
    engine = current_app.extensions["zwgk_maint_engine"]
    if engine is None:
        raise MaintUrlMissing
    return engine
