"""One row of a plan for somebody who may see some units only, and changing it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from core.agencies import COLUMNS
from core.plans.cells import RowUnknown, edit_cell, find_row, history_of_row, norm_of
from core.plans.models import Assignment, Occurrence, Task
from core.plans.opening import open_changed
from core.plans.reading import rows_of_keys
from core.plans.rows import PlanRow
from core.plans.writing import writing
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.models import Change
from tenants.people.rights import Units
from tenants.sessions import ScopedSession

REPORTED = frozenset({"status", "percent", "count", "completed_on", "progress", "evidence", "note"})
"""The fields that the units fill in; the others are the office's."""


class FieldNotYours(ZwgkError):
    """A field of the office, and somebody who only reports."""

    code = "field_not_yours"
    sentence = "“{field}”由牵头办公室填写，未作任何更改。"


def _plan_of(session: ScopedSession, key: str, units: Units) -> int:
    """The plan of a row. Raises `RowUnknown` for one of other units, as for one that is not there."""
    query = (
        select(Task.plan_id)
        .join(Assignment, tenant_join(Assignment.task_id, Task))
        .join(Occurrence, tenant_join(Occurrence.assignment_id, Assignment))
        .where(Occurrence.key == key, ~Assignment.closed)
    )
    if units is not None:
        query = query.where(Assignment.unit_id.in_(units))
    found = session.scalar(query)
    if found is None:
        raise RowUnknown(row=key)
    return found


def row_shown(session: ScopedSession, key: str, units: Units) -> PlanRow:
    """The row with this key, if it is of one of these units (None: of all). Raises `RowUnknown`."""
    _plan_of(session, key, units)
    return rows_of_keys(session, [key])[0]


def history_shown(session: ScopedSession, key: str, units: Units) -> list[Change]:
    """What happened to the row with this key, oldest first. Raises `RowUnknown`."""
    return history_of_row(session, find_row(session, _plan_of(session, key, units), key))


def change_row(
    session: ScopedSession,
    key: str,
    edits: Mapping[str, Any],
    units: Units,
    may_all: bool,
    today: date,
    check: Callable[[PlanRow], None],
) -> PlanRow:
    """Change fields of a row, and give it as it is then. `may_all`: the office's fields, too.

    `check` is shown the row as nobody can change it any more, and may refuse by raising. Raises `RowUnknown`,
    `FieldNotYours`.
    """
    plan_id = _plan_of(session, key, units)
    if not may_all and (theirs := sorted(edits.keys() - REPORTED)):
        raise FieldNotYours(field=COLUMNS.get(theirs[0], theirs[0]))
    with writing(session, plan_id, today) as work:
        check(row_shown(session, key, units))  # locked now: what is read here stays so
        row = find_row(session, plan_id, key)
        for field, value in edits.items():
            edit_cell(work, row, field, norm_of(field, value), value)
        open_changed(work)
    return row_shown(session, key, units)
