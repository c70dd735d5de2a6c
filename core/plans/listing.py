"""The rows of a plan as a long list: filtered, sorted and cut into pages by the database."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Date, Select, any_, bindparam, func, literal, or_
from sqlalchemy.dialects.postgresql import ARRAY

from core.api.paging import Page, cut, in_order, run_with
from core.plans.models import Assignment, Occurrence, Section, Task
from core.plans.reading import of_rows
from core.plans.rollup import SETTLED
from core.units.models import Unit
from tenants.people.rights import Units
from tenants.sessions import ScopedSession

o, a, t = Occurrence, Assignment, Task
_NEVER = literal(date.max, Date)  # rows without a due day come last, and a cursor holds no NULL
SORTS: Mapping[str, tuple[ColumnElement[Any], ...]] = {
    "position": (t.position, a.id, o.id),
    "due": (func.coalesce(o.due_on, _NEVER, type_=Date), t.position, o.id),
}
# as literals: a list would be laid out anew each time that the query is run
_SETTLED = [literal(status) for status in sorted(SETTLED)]
_overdue = func.coalesce((o.due_on < bindparam("today", type_=Date)) & o.status.not_in(_SETTLED), False)
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "units": a.unit_id == any_(bindparam("units", type_=ARRAY(BigInteger))),
    "unit": Unit.name == bindparam("unit"),
    "status": o.status == bindparam("status"),
    "overdue": _overdue == bindparam("overdue"),
    "due_from": o.due_on >= bindparam("due_from"),
    "due_until": o.due_on <= bindparam("due_until"),
    "text": or_(func.strpos(t.title, bindparam("text")) > 0, func.strpos(t.text, bindparam("text")) > 0),
}
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
    "overdue": _overdue,
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
def _query(sort: str, conditions: frozenset[str], further: bool) -> Select[Any]:
    """Built once for each kind of question: to build it costs more than to run it."""
    shown = (column.label(name) for name, column in _SHOWN.items())
    query = of_rows(*shown, *SORTS[sort]).where(t.plan_id == bindparam("plan"), ~a.closed, ~o.past)
    return in_order(query.where(*(_CONDITIONS[name] for name in sorted(conditions))), SORTS[sort], further=further)


def listed(session: ScopedSession, plan_id: int, wanted: Mapping[str, Any], units: Units, today: date) -> Page:
    """A page of the rows of a plan: `NAMES`, then what they are sorted by.

    `wanted`: what a page is asked by, `sort`, and values of conditions by name; `units`: only rows of these, None: all.
    Raises `CursorInvalid`.
    """
    given = {**wanted, "units": None if units is None else list(units)}
    conditions = {name: given[name] for name in _CONDITIONS if given.get(name) is not None}
    by = SORTS[wanted["sort"]]
    query = _query(wanted["sort"], frozenset(conditions), bool(wanted["cursor"]))
    return cut(session.rows(query, {"plan": plan_id, "today": today, **conditions, **run_with(wanted, by)}), by, wanted)
