"""The rows of a plan as a long list: filtered, sorted and cut into pages by the database."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, Select, func, literal, or_

from core.plans.models import Assignment, Occurrence, Section, Task
from core.plans.reading import of_rows
from core.plans.rollup import SETTLED
from core.units.models import Unit

o, a, t = Occurrence, Assignment, Task
_NEVER = literal(date.max, Date)  # rows without a due day come last, and a cursor holds no NULL
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "position": (t.position, a.id, o.id),
    "due": (func.coalesce(o.due_on, _NEVER, type_=Date), t.position, o.id),
}
_FILTERS: Mapping[str, Callable[[Any], ColumnElement[bool]]] = {
    "unit": lambda name: Unit.name == name,
    "status": lambda status: o.status == status,
    "due_from": lambda day: o.due_on >= day,
    "due_until": lambda day: o.due_on <= day,
    "text": lambda words: or_(t.title.contains(words, autoescape=True), t.text.contains(words, autoescape=True)),
}


def listed(
    plan_id: int, wanted: Mapping[str, Any], units: frozenset[int] | None, today: date
) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """The query of a plan's rows, and the columns that it is to be sorted by, which it selects last.

    `wanted`: filters by name (those of `_FILTERS`, `overdue`, and `sort`); `units`: only rows of these, None: all.
    """
    by = SORTS[wanted["sort"]]
    overdue = (o.due_on < today) & o.status.not_in(SETTLED)
    query = of_rows(
        o.key.label("row"),
        t.no,
        func.coalesce(Section.title, "").label("section"),
        t.title,
        func.coalesce(Unit.name, "").label("unit"),
        a.role,
        t.deadline_text.label("deadline"),
        o.period,
        o.due_on,
        func.coalesce(overdue, False).label("overdue"),
        t.quota_text.label("quota"),
        o.status,
        o.status_word,
        o.behind,
        o.percent,
        o.count,
        o.completed_on,
        o.progress,
        *by,
    ).where(t.plan_id == plan_id, ~a.closed, ~o.past)
    if units is not None:
        query = query.where(a.unit_id.in_(units))
    if wanted.get("overdue") is not None:
        query = query.where(overdue if wanted["overdue"] else ~func.coalesce(overdue, False))
    for name, condition in _FILTERS.items():
        if wanted.get(name) is not None:
            query = query.where(condition(wanted[name]))
    return query, by
