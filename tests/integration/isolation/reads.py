"""Every way we know of to read a table: what criteria added to ORM statements leaked on, and more.

A way gives the tenant ids of the rows it saw or, where the statement can name no column, how many it saw. With one row
per tenant, "our own row and no other" is `[own]` or 1.
"""

from collections.abc import Callable

from sqlalchemy import delete, exists, func, insert, literal, literal_column, select, text, true, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from tenants.models import Change
from tenants.policies import APPEND_ONLY
from tenants.sessions import ScopedSession

Seen = int | list[int]
Read = Callable[[ScopedSession, type], Seen]


def _aliased(s, m):
    other = aliased(m)
    return list(s.scalars(select(other.tenant_id)))


def _cte(s, m):
    rows = select(m.tenant_id).cte()
    return list(s.scalars(select(rows.c.tenant_id)))


def _recursive(s, m):
    rows = select(m.tenant_id, literal(1).label("depth")).cte(recursive=True)
    rows = rows.union_all(select(m.tenant_id, rows.c.depth + 1).join(rows, rows.c.depth < 1))
    return list(s.scalars(select(rows.c.tenant_id)))


def _union(s, m):
    return list(s.scalars(union_all(select(m.tenant_id), select(m.tenant_id).where(~true()))))


def _exists(s, m):
    """Of all tenants, those that have a row here."""
    tenants = select(func.generate_series(0, 20).label("n")).subquery()
    return list(s.scalars(select(tenants.c.n).where(exists().where(m.tenant_id == tenants.c.n))))


def _join(s, m):
    left, right = aliased(m), aliased(m)
    return list(s.scalars(select(right.tenant_id).select_from(left).join(right, true())))


def _outer_join(s, m):
    one = select(literal(1).label("n")).subquery()
    return [t for t in s.scalars(select(m.tenant_id).select_from(one).outerjoin(m, true())) if t is not None]


def _lateral(s, m):
    rows = select(m.tenant_id).lateral()
    return list(s.scalars(select(rows.c.tenant_id).select_from(select(literal(1)).subquery()).join(rows, true())))


def _copy(s, m):
    cursor = s.connection().connection.cursor()
    with cursor.copy(f"COPY {m.__tablename__} (tenant_id) TO STDOUT") as lines:
        return [int(line[0]) for line in lines.rows()]


def _insert_from_select(s, m):
    columns = ["tenant_id", "actor", "via", "entity", "entity_id", "field", "old", "new", "revision"]
    word, null = literal("x"), literal("null").cast(JSONB)
    rows = select(literal(s.scope.tenant_id or 0), word, word, word, m.tenant_id, word, null, null, literal(0))
    into = insert(Change).from_select(columns, rows, include_defaults=False).returning(Change.entity_id)
    return list(s.scalars(into))


def _update_returning(s, m):
    if m.__tablename__ in APPEND_ONLY:
        return _for_each(s, m)
    return list(s.scalars(text(f"UPDATE {m.__tablename__} SET id = id RETURNING tenant_id")))


def _delete_returning(s, m):
    if m.__tablename__ in APPEND_ONLY:
        return _for_each(s, m)
    return list(s.scalars(delete(m).returning(m.tenant_id)))


def _for_each(s, m):
    return [row.tenant_id for row in s.scalars(select(m).execution_options(yield_per=1))]


def _statistics(s, m):
    """Values that ANALYZE kept; every reader of the catalog may ask for them."""
    leaked = s.scalar(text("SELECT count(*) FROM pg_stats WHERE tablename = :t"), {"t": m.__tablename__})
    return -leaked if leaked else s.scalar(select(func.count()).select_from(m))


READS: dict[str, Read] = {
    "entity": lambda s, m: [row.tenant_id for row in s.scalars(select(m))],
    "columns": lambda s, m: [row.tenant_id for row in s.execute(select(m.tenant_id, m.id))],
    "count(*) select_from": lambda s, m: s.scalar(select(func.count()).select_from(m)),
    "count(*) by literal column": lambda s, m: s.scalar(select(literal_column("count(*)")).select_from(m)),
    "legacy query": lambda s, m: [row.tenant_id for row in s.query(m)],
    "legacy query count": lambda s, m: s.query(m).count(),
    "rows one by one": _for_each,
    "locked rows": lambda s, m: (
        _for_each(s, m) if m.__tablename__ in APPEND_ONLY else list(s.scalars(select(m.tenant_id).with_for_update()))
    ),
    "aliased": _aliased,
    "cte": _cte,
    "recursive cte": _recursive,
    "union all": _union,
    "subquery": lambda s, m: s.scalar(select(func.count()).select_from(select(m).subquery())),
    "scalar subquery": lambda s, m: s.scalar(select(select(func.count()).select_from(m).scalar_subquery())),
    "exists": _exists,
    "join with itself": _join,
    "outer join": _outer_join,
    "lateral": _lateral,
    "window": lambda s, m: s.scalar(select(func.count().over()).select_from(m).limit(1)) or 0,
    "__table__": lambda s, m: list(s.scalars(select(m.__table__.c.tenant_id))),
    "text": lambda s, m: list(s.scalars(text(f"SELECT tenant_id FROM {m.__tablename__}"))),
    "from_statement": lambda s, m: [
        row.tenant_id for row in s.scalars(select(m).from_statement(text(f"SELECT * FROM {m.__tablename__}")))
    ],
    "connection": lambda s, m: list(s.connection().scalars(select(m.tenant_id))),
    "driver sql": lambda s, m: list(
        s.connection().exec_driver_sql(f"SELECT tenant_id FROM {m.__tablename__}").scalars()
    ),
    "tablesample": lambda s, m: list(
        s.scalars(text(f"SELECT tenant_id FROM {m.__tablename__} TABLESAMPLE BERNOULLI (100)"))
    ),
    "COPY TO": _copy,
    "INSERT FROM SELECT": _insert_from_select,
    "UPDATE RETURNING": _update_returning,
    "DELETE RETURNING": _delete_returning,
    "statistics": _statistics,
}
