"""Whether what we rely on holds at a PostgreSQL, or at a database that speaks its protocol: tried, not believed.

Some of them know row-level security for reading and not for adding; a version number says nothing about that. Each net
is tried in a schema of its own, which the owner makes and removes again, by the role that the application has.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString, NamedTuple

import psycopg
from psycopg import Connection, Cursor, sql

from tenants.policies import DATA, TENANT
from tenants.postgres.urls import DatabaseUrls, driver_options

PATIENCE = 3  # seconds
WORDS = ("安全科", "办公室", "财务科", "李四", "王五", "信息中心", "张三")
"""In the order of their sounds."""
_TABLES: tuple[LiteralString, ...] = (
    "CREATE SCHEMA {s}",
    "CREATE TABLE {s}.parent (tenant_id bigint, id bigint, PRIMARY KEY (tenant_id, id))",
    "CREATE TABLE {s}.child (tenant_id bigint, id bigint, parent_id bigint, PRIMARY KEY (tenant_id, id),"
    " FOREIGN KEY (tenant_id, parent_id) REFERENCES {s}.parent (tenant_id, id))",
    "CREATE TABLE {s}.queue (id bigint, state text)",
    "INSERT INTO {s}.parent VALUES (1, 1), (2, 2)",
    "INSERT INTO {s}.child VALUES (1, 1, 1), (2, 2, 2)",
    "INSERT INTO {s}.queue VALUES (1, 'todo'), (2, 'done')",
    "GRANT USAGE ON SCHEMA {s} TO {app}",
    "GRANT {data} ON {s}.parent, {s}.child, {s}.queue TO {app}",
)
_SECURED: LiteralString = "ALTER TABLE {s}.{t} ENABLE ROW LEVEL SECURITY"
# where WITH CHECK is not even understood, what USING does is tried all the same
_POLICIES: tuple[LiteralString, ...] = (
    "CREATE POLICY tenant_only ON {s}.{t} USING (tenant_id = {tenant}) WITH CHECK (tenant_id = {tenant})",
    "CREATE POLICY tenant_only ON {s}.{t} USING (tenant_id = {tenant})",
)


@dataclass(frozen=True)
class Ground:
    """Connections of the owner and, twice, of the application's role. Tenants 1 and 2 have a row of `parent` (with the
    number of the tenant) and one of `child` each; `queue` has the rows 1 and 2, and is nobody's."""

    names: dict[str, sql.Composable]
    owner: Connection
    app: Connection
    other: Connection

    def run(self, connection: Connection, statement: LiteralString) -> Cursor:
        """Run a statement; names of the schema are filled in. Nothing is set for the session: a pooler would hand it
        on to somebody else."""
        return connection.execute(sql.SQL(statement).format(**self.names))

    def as_tenant(self, tenant: int | None, statement: LiteralString) -> Cursor:
        """Run a statement of the application as that tenant, or as none."""
        self.app.rollback()
        if tenant is not None:
            self.app.execute(sql.SQL("SET LOCAL app.tenant_id = {}").format(str(tenant)))
        return self.run(self.app, statement)

    def refuses(self, statement: LiteralString) -> bool:
        """Whether tenant 1 is refused this."""
        try:
            self.as_tenant(1, statement)
        except psycopg.Error:
            return True
        return False

    def takes(self, statement: LiteralString) -> bool:
        """Whether it is not; else a refusal would prove nothing."""
        return not self.refuses(statement)


class Net(NamedTuple):
    """`code`: stable. `needed`: without it the product must not be used there; else `without` says what is lost."""

    code: str
    what: str
    holds: Callable[[Ground], bool]
    needed: bool = True
    without: str = ""


class Probed(NamedTuple):
    """A net, and whether it held; `error`: of what was raised on the way, if anything, the SQLSTATE."""

    net: Net
    held: bool
    error: str = ""


def probe(urls: DatabaseUrls) -> list[Probed]:
    """Try all nets. Raises psycopg.Error where there is no trying: no connection, no right to make a schema;
    `OwnerUrlMissing`."""
    with _ground(urls) as ground:
        return [_tried(net, ground) for net in NETS]


def _tried(net: Net, ground: Ground) -> Probed:
    try:
        return Probed(net, net.holds(ground))
    except psycopg.Error as error:
        return Probed(net, False, error.sqlstate or type(error).__name__)
    finally:
        for connection in (ground.owner, ground.app, ground.other):
            if not connection.closed:
                connection.rollback()


@contextmanager
def _ground(urls: DatabaseUrls) -> Iterator[Ground]:
    names = {
        "s": sql.Identifier(f"zwgk_probe_{secrets.token_hex(6)}"),
        "app": sql.Identifier(urls.app.username or ""),
        "tenant": sql.SQL(TENANT),
        "data": sql.SQL(DATA),
    }
    connections = [_connect(url) for url in (urls.need_owner(), urls.app, urls.app)]
    with connections[0], connections[1], connections[2]:
        ground = Ground(names, *connections)
        try:
            for statement in _TABLES:
                ground.run(ground.owner, statement)
            ground.owner.commit()
            _lay_policies(ground)
            yield ground
        finally:
            ground.owner.rollback()
            ground.run(ground.owner, "DROP SCHEMA IF EXISTS {s} CASCADE")


def _connect(url) -> Connection:
    # prepared statements off, as in the application
    return psycopg.connect(**driver_options(url) | {"connect_timeout": PATIENCE}, prepare_threshold=None)


def _lay_policies(ground: Ground) -> None:
    """As far as they are understood; that nothing holds without them, the probes find."""
    for name in ("parent", "child"):
        ground.names["t"] = sql.Identifier(name)
        for statement in _POLICIES:
            try:
                ground.run(ground.owner, _SECURED)
                ground.run(ground.owner, statement)
                ground.owner.commit()
                break
            except psycopg.Error:
                ground.owner.rollback()


def _composite_key(ground: Ground) -> bool:
    fits, points_elsewhere = "INSERT INTO {s}.child VALUES (1, 8, 1)", "INSERT INTO {s}.child VALUES (1, 9, 2)"
    return ground.takes(fits) and ground.refuses(points_elsewhere)


def _select(ground: Ground) -> bool:
    rows = [ground.as_tenant(tenant, "SELECT tenant_id FROM {s}.parent").fetchall() for tenant in (1, 2, None)]
    return rows == [[(1,)], [(2,)], []]


def _update(ground: Ground) -> bool:
    changed = ground.as_tenant(1, "UPDATE {s}.child SET id = 7").rowcount
    return changed == 1 and ground.refuses("UPDATE {s}.child SET tenant_id = 2, parent_id = 2")


def _delete(ground: Ground) -> bool:
    return ground.as_tenant(1, "DELETE FROM {s}.child").rowcount == 1


def _insert(ground: Ground) -> bool:
    own, foreign = "INSERT INTO {s}.parent VALUES (1, 3)", "INSERT INTO {s}.parent VALUES (2, 3)"
    return ground.takes(own) and ground.refuses(foreign)


def _set_local(ground: Ground) -> bool:
    said: LiteralString = "SELECT nullif(current_setting('app.tenant_id', true), '')"
    within = ground.as_tenant(1, said).fetchone(), ground.run(ground.app, said).fetchone()
    ground.app.commit()
    return within == (("1",), ("1",)) and ground.run(ground.app, said).fetchone() == (None,)


def _skip_locked(ground: Ground) -> bool:
    take: LiteralString = "SELECT id FROM {s}.queue ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED"
    return (ground.run(ground.app, take).fetchone(), ground.run(ground.other, take).fetchone()) == ((1,), (2,))


def _partial_index(ground: Ground) -> bool:
    ground.run(ground.owner, "CREATE UNIQUE INDEX ON {s}.queue (state) WHERE state = 'todo'")
    ground.owner.commit()
    done, todo = "INSERT INTO {s}.queue VALUES (3, 'done')", "INSERT INTO {s}.queue VALUES (3, 'todo')"
    return ground.takes(done) and ground.refuses(todo)


def _pinyin(ground: Ground) -> bool:
    query = "SELECT word FROM unnest(%s::text[]) AS word ORDER BY convert_to(word, 'GB18030')"
    return [word for (word,) in ground.app.execute(query, [sorted(WORDS)])] == list(WORDS)


def _notify(ground: Ground) -> bool:
    ground.run(ground.other, "LISTEN zwgk_probe")
    ground.other.commit()
    ground.run(ground.app, "NOTIFY zwgk_probe")
    ground.app.commit()
    return bool(list(ground.other.notifies(timeout=PATIENCE, stop_after=1)))


def _prepared(ground: Ground) -> bool:
    for connection in (ground.app, ground.other) * 2:
        connection.prepare_threshold = 0
        connection.execute("SELECT %s::int", [1])
        connection.commit()
    return True


NETS = (
    Net("composite_key", "组合外键", _composite_key),
    Net("rls_select", "行级隔离（查询）", _select),
    Net("rls_update", "行级隔离（修改）", _update),
    Net("rls_delete", "行级隔离（删除）", _delete),
    Net("rls_insert", "行级隔离（新增，WITH CHECK）", _insert),
    Net("set_local", "租户设置止于事务（SET LOCAL）", _set_local),
    Net("skip_locked", "跳过已锁定的行（SKIP LOCKED）", _skip_locked),
    Net("partial_index", "部分唯一索引", _partial_index),
    Net("gb18030", "按拼音排序（convert_to GB18030）", _pinyin),
    Net("listen_notify", "通知（LISTEN/NOTIFY）", _notify, needed=False, without="后台任务会晚几秒开始"),
    Net("prepared", "预备语句", _prepared, needed=False, without="本程序不使用，无影响"),
)
