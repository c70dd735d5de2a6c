"""The trace of every change: one `Change` per field, written in the transaction that makes the change."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from tenants.bulk import add_rows
from tenants.models import Change
from tenants.sessions import ScopedSession


class FieldChange(NamedTuple):
    """A field of a row and its values before and after (JSON values; see `plain`)."""

    entity: str
    entity_id: int
    field: str
    old: Any
    new: Any


def plain(value: Any) -> Any:
    """A value as JSON holds it: dates in ISO form, decimals as numbers."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def record(
    session: ScopedSession, changes: Iterable[FieldChange], plan_id: int | None = None, revision: int = 0
) -> None:
    """Write changes into the history, by the session's actor and way; nothing for an empty list."""
    scope = session.scope
    rows = [
        {
            "actor": scope.actor,
            "via": scope.via,
            "plan_id": plan_id,
            "revision": revision,
            "entity": c.entity,
            "entity_id": c.entity_id,
            "field": c.field,
            "old": plain(c.old),
            "new": plain(c.new),
        }
        for c in changes
    ]
    add_rows(session, Change, rows)


def history_of(session: ScopedSession, entity: str, entity_id: int, field: str | None = None) -> list[Change]:
    """All changes of one row (or one field of it), oldest first."""
    query = select(Change).where(Change.entity == entity, Change.entity_id == entity_id).order_by(Change.id)
    if field is not None:
        query = query.where(Change.field == field)
    return list(session.scalars(query))
