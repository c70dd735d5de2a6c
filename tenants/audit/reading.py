"""The audit, to look at: acts and changes of fields of a tenant, acts and crossings of the platform, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import eq, ge, lt
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Select, Text, cast, func, literal, null, select, union_all
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from tenants.audit.actions import Action
from tenants.audit.acts import DONE
from tenants.audit.chain import Chain
from tenants.models import Change, CrossTenantUse


@dataclass(frozen=True)
class Wanted:
    """Which entries; what is empty or None is not asked for. `since` and `until`: times, the second one excluded."""

    since: datetime | None = None
    until: datetime | None = None
    actor: str = ""
    action: str = ""
    limit: int = 100


class Seen(NamedTuple):
    """An act; with the action `changed` a field that changed (`detail`: field, old, new), with `cross_tenant` a use of
    the maintenance role (`detail`: reason)."""

    at: datetime
    actor: str
    via: str
    address: str
    action: str
    outcome: str
    entity: str
    entity_id: int | None
    detail: dict[str, Any]


def entries(session: Session, chain: Chain, wanted: Wanted) -> list[Seen]:
    """The entries of a chain's tables."""
    query, by = asked_for(chain, wanted)
    query = query.order_by(*(column.desc() for column in by)).limit(wanted.limit)
    return [seen(row) for row in session.execute(query)]


def seen(row: Sequence[Any]) -> Seen:
    """An entry from a row of `asked_for`."""
    return Seen(*row[: len(Seen._fields)])


def asked_for(chain: Chain, wanted: Wanted) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """The query of a chain's entries (`wanted.limit` left out), and the columns that it is to be sorted by, falling; it
    selects these last."""
    both = union_all(*(_acts(table).where(chain.own(table)) for table in chain.tables)).subquery()
    asked = (
        (ge, "at", wanted.since),
        (lt, "at", wanted.until),
        (eq, "actor", wanted.actor),
        (eq, "action", wanted.action),
    )
    # by the transaction rather than the time: the tables have an index in this order
    by = (both.c.txn, both.c.id, both.c.kept_in)
    query = select(*(both.c[name] for name in Seen._fields), *by)
    return query.where(*(is_so(both.c[name], value) for is_so, name, value in asked if value)), by


def _said(action: Action, detail: ColumnElement[Any]) -> Mapping[str, ColumnElement[Any]]:
    words = {"address": "", "action": action.value, "outcome": DONE}
    return {name: literal(word, Text) for name, word in words.items()} | {"detail": detail}


def _object(**values: Any) -> ColumnElement[Any]:
    return func.jsonb_build_object(*(part for name, value in values.items() for part in (name, value)), type_=JSONB)


# what a row that was not written as an act says as one
_AS_ACT: Mapping[Any, Mapping[str, ColumnElement[Any]]] = {
    Change: _said(Action.CHANGED, _object(field=Change.field, old=Change.old, new=Change.new)),
    CrossTenantUse: {
        **_said(Action.CROSS_TENANT, _object(reason=CrossTenantUse.reason)),
        "via": literal("", Text),
        "entity": literal("", Text),
        "entity_id": cast(null(), BigInteger),
    },
}


def _acts(table: Any) -> Select[Any]:
    told = _AS_ACT.get(table, {})
    columns = (told.get(name, getattr(table, name, None)).label(name) for name in (*Seen._fields, "txn", "id"))
    return select(*columns, literal(table.__tablename__, Text).label("kept_in"))
