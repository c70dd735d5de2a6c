"""What `zwgk doctor` looks at: whether this installation can be trusted with an agency's data."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import NamedTuple

import psycopg
from sqlalchemy import Connection, create_engine, select, text

from core import migrate
from core.database import load_plugins
from core.parts import load_models
from core.runtime import Runtime
from core.service.nets import Probed, probe
from core.service.state import UNSEALED
from tenants.audit.chain import chain_of
from tenants.audit.sealing import oldest_unsealed
from tenants.db import tenant_tables
from tenants.identity.models import IdentityProvider
from tenants.people.models import Account
from tenants.people.sealing import Keys, SecretsKeyInvalid, is_sealed
from tenants.postgres.cluster import resolve
from tenants.postgres.errors import OwnerUrlMissing, ServerTooOld
from tenants.postgres.role import examine_role
from tenants.postgres.urls import DatabaseUrls, check_reachable
from tenants.services import list_tenants
from tenants.sessions import platform_session, tenant_session

_TABLES = text("""
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relrowsecurity AND c.relforcerowsecurity
      AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polwithcheck IS NOT NULL)
""")


class Finding(NamedTuple):
    """One thing that was examined. `needed`: whether all is well only if this is. `net`: the code of what was tried at
    the database rather than read there."""

    what: str
    ok: bool
    detail: str
    needed: bool = True
    net: str = ""


def examine(runtime: Runtime) -> list[Finding]:
    """Examine the database that the environment names. Raises what opening it refuses."""
    load_models()
    with resolve(runtime.environ, runtime.home) as urls:
        try:
            check_reachable(urls.app)
        except ServerTooOld as error:  # or another make, whose version says nothing
            return [Finding("数据库", False, error.message), *_nets(urls)]
        engine = create_engine(urls.app)
        try:
            with engine.connect() as connection:
                findings = [*_look(connection), _plugins(runtime)]
        finally:
            engine.dispose()
        sound = all(finding.ok for finding in findings)  # else there may be no application to ask the tenants by
        return [*findings, *([_audit(runtime), _key(runtime)] if sound else []), *_nets(urls)]


def _nets(urls: DatabaseUrls) -> list[Finding]:
    """What isolation and the queue rely on, tried at this database. That it held here and now is no certificate."""
    try:
        return [_net(probed) for probed in probe(urls)]
    except OwnerUrlMissing:
        return [Finding("隔离能力", False, "未探测：没有设置 ZWGK_OWNER_URL", needed=False)]
    except psycopg.Error as error:
        why = error.sqlstate or type(error).__name__
        return [Finding("隔离能力", False, f"未探测：属主账户连不上，或无权建立临时模式（{why}）", needed=False)]


def _net(probed: Probed) -> Finding:
    net, held, error = probed
    consequence = net.without or "不能在此库上使用"
    detail = "成立" if held else f"不成立{f'（{error}）' if error else ''}，{consequence}"
    return Finding(net.what, held, detail, net.needed, net.code)


def _look(connection: Connection) -> Iterator[Finding]:
    version = connection.execute(text("SHOW server_version")).scalar_one()
    yield Finding("数据库", int(version.split(".")[0]) >= 15, f"PostgreSQL {version}")
    found, wanted = migrate.current(connection), migrate.head()
    yield Finding("结构", found == wanted, found if found == wanted else f"{found or '空库'}，请运行 zwgk db upgrade")
    role, why = examine_role(connection)
    yield Finding("角色", not why, f"{role}{why}，行级隔离对它无效" if why else role)
    open_tables = sorted(set(tenant_tables()) - set(connection.scalars(_TABLES)))
    detail = f"缺少行级隔离：{'、'.join(open_tables)}" if open_tables else f"{len(tenant_tables())} 张表均有行级隔离"
    yield Finding("隔离", not open_tables, detail)


def _audit(runtime: Runtime) -> Finding:
    """How long the oldest row of any tenant has been waiting for its seal."""
    oldest: dict[str, datetime] = {}
    with runtime.app.app_context():
        for tenant in list_tenants():
            with tenant_session(tenant.slug, "platform", "command") as session:
                if at := oldest_unsealed(session, chain_of(session)):
                    oldest[tenant.slug] = at
    if not oldest:
        return Finding("审计", True, "全部已封存")
    slug, at = min(oldest.items(), key=lambda item: item[1])
    waiting = datetime.now(UTC) - at
    wait = f"最早的未封存记录已等待 {waiting.total_seconds() / 3600:.1f} 小时（租户 {slug}）"
    return Finding("审计", waiting < UNSEALED, wait if waiting < UNSEALED else f"{wait}，请运行 zwgk audit seal")


def _key(runtime: Runtime) -> Finding:
    """Whether the key of the secrets is there, for its owner only, and opens those in the database."""
    keys = Keys.from_environ(runtime.environ, runtime.home)
    with runtime.app.app_context():
        kept = list(_encrypted())
    try:
        if not keys.exists:
            return Finding("密钥", not kept, f"没有钥匙，库中加密的内容有 {len(kept)} 项" if kept else "尚未生成")
        keys.check()
        shut = sum(not keys.opens(one) for one in kept)
        if keys.open_file:
            return Finding("密钥", False, f"{keys.open_file} 可被其他用户读取，权限须为 0600")
    except SecretsKeyInvalid as error:
        return Finding("密钥", False, error.told)
    wrong = f"库中 {len(kept)} 项加密的内容有 {shut} 项不能解开，请换回原来的钥匙"
    return Finding("密钥", not shut, wrong if shut else f"库中加密的内容有 {len(kept)} 项，均能解开")


def _encrypted() -> Iterator[str]:
    """The secrets in the database that are encrypted: second factors, and those of identity providers."""
    with platform_session() as session:
        yield from filter(is_sealed, session.scalars(select(Account.totp_secret).where(Account.totp_secret != "")))
    for tenant in list_tenants():
        with tenant_session(tenant.slug, "platform", "command") as session:
            yield from filter(is_sealed, session.scalars(select(IdentityProvider.client_secret)))


def _plugins(runtime: Runtime) -> Finding:
    manager = load_plugins(runtime.environ)
    failed = "；".join(f"{failure.plugin}（{failure.error}）" for failure in manager.failures)
    return Finding("插件", not failed, failed or "、".join(entry.key for entry in manager.catalogue()))
