"""The rows of a plan as a long list: filtered, sorted and cut into pages by the database."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, bindparam, func, literal, or_

from core.plans.models import Assignment, Occurrence, Section, Task
from core.plans.reading import of_rows
from core.plans.rollup import SETTLED
from core.units.models import Unit
from tenants.people.rights import Units

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


_overdue = (o.due_on < bindparam("today", type_=Date)) & o.status.not_in(SETTLED)
_SHOWN: Mapping[str, ColumnElement[Any]] = {
    "row": o.key,
    "no": t.no,
    "section": func.coalesce(Section.title, ""),
    "title": t.title,
    "unit": func.coalesce(Unit.name, ""),
    "role": a.role,
    "deadline": t.deadline_text,
    "period": o.period,
    "due_on": o.due_on,
    "overdue": func.coalesce(_overdue, False),
    "quota": t.quota_text,
    "status": o.status,
    "status_word": o.status_word,
    "behind": o.behind,
    "percent": o.percent,
    "count": o.count,
    "completed_on": o.completed_on,
    "progress": o.progress,
}
NAMES = tuple(_SHOWN)
"""The columns of the list, in the order in which a query selects them."""


@cache
def _all_rows(sort: str) -> Select[Any]:
    """Built once: to build it costs more than to run it."""
    shown = (column.label(name) for name, column in _SHOWN.items())
    return of_rows(*shown, *SORTS[sort]).where(t.plan_id == bindparam("plan"), ~a.closed, ~o.past)


class Listed(NamedTuple):
    """A query of rows, what it is to be sorted by, which it selects last, and the values that it is run with."""

    query: Select[Any]
    by: tuple[ColumnElement[Any], ...]
    values: Mapping[str, Any]


def listed(plan_id: int, wanted: Mapping[str, Any], units: Units, today: date) -> Listed:
    """The rows of a plan: `NAMES`, then what they are sorted by.

    `wanted`: filters by name (those of `_FILTERS`, `overdue`, and `sort`); `units`: only rows of these, None: all.
    """
    query = _all_rows(wanted["sort"])
    if units is not None:
        query = query.where(a.unit_id.in_(units))
    if wanted.get("overdue") is not None:
        query = query.where(_overdue if wanted["overdue"] else ~func.coalesce(_overdue, False))
    for name, condition in _FILTERS.items():
        if wanted.get(name) is not None:
            query = query.where(condition(wanted[name]))
    return Listed(query, SORTS[wanted["sort"]], {"plan": plan_id, "today": today})
