"""Adding many rows at once, past the unit of work, and reading them: for imports and passes of thousands of rows.

Columns that are not named get the database's default, not the model's: name them all. A None is NULL.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from sqlalchemy import insert, text

from tenants.db import TenantOwned
from tenants.sessions import ScopedSession

Rows = Sequence[Mapping[str, Any]]
_ALIKE = {"render_nulls": True}  # else a None is left out, and where other columns are, another statement begins


def _owned(session: ScopedSession, rows: Rows) -> list[dict[str, Any]]:
    return [{**row, "tenant_id": session.scope.tenant_id} for row in rows]


def add_rows(session: ScopedSession, model: type[TenantOwned], rows: Rows) -> None:
    """Insert rows of the session's tenant."""
    if rows:
        session.execute(insert(model), _owned(session, rows), execution_options=_ALIKE)


def add_rows_with_ids(session: ScopedSession, model: type[TenantOwned], rows: Rows) -> list[int]:
    """Insert rows of the session's tenant; returns their ids, in order. Dearer than `add_rows`."""
    if not rows:
        return []
    statement = insert(model).returning(model.id, sort_by_parameter_order=True)
    return list(session.scalars(statement, _owned(session, rows), execution_options=_ALIKE))


@contextmanager
def avoiding(session: ScopedSession, way: Literal["nestloop", "seqscan"]) -> Iterator[None]:
    """Around a query for which this way of the planner is known to be unfit. Of tables that were just filled it has no
    statistics: it expects one row where there are thousands, and looks each of them up by an index."""
    session.execute(text(f"SET LOCAL enable_{way} TO off"))
    yield
    session.execute(text(f"SET LOCAL enable_{way} TO DEFAULT"))
