"""Reading a plan as rows, each kind by one SQL query: 10,000 rows are read in well under a second."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Text, any_, func, literal, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from core.plans.limits import read_cadences
from core.plans.models import Assignment, Occurrence, Plan, Quota, Section, Task, TemplateMatch
from core.plans.periods import months_of
from core.plans.rows import MatchRow, PlanRow, QuotaRow, RowMark
from core.units.models import Unit
from core.units.services import read_directory
from tenants.bulk import avoiding
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


def of_rows(*columns: ColumnElement[Any]) -> Select[Any]:
    """These columns of occurrences, each with its assignment, task, section and unit."""
    o, a, t = Occurrence, Assignment, Task
    return (
        select(*columns)
        .select_from(o)
        .join(a, tenant_join(o.assignment_id, a))
        .join(t, tenant_join(a.task_id, t))
        .outerjoin(Section, tenant_join(t.section_id, Section))
        .outerjoin(Unit, tenant_join(a.unit_id, Unit))
    )


def _query(condition: ColumnElement[bool]) -> Select:
    o, a, t = Occurrence, Assignment, Task
    return (
        of_rows(
            o.key,
            o.id,
            a.id,
            t.id,
            t.no,
            t.position,
            Section.title,
            t.title,
            t.text,
            t.deadline_text,
            t.quota_text,
            Unit.name,
            a.role,
            a.closed,
            o.period,
            o.due_on,
            o.status,
            o.status_word,
            o.behind,
            o.percent,
            o.count,
            o.completed_on,
            o.reported_on,
            o.progress,
            o.evidence,
            o.note,
            o.past,
            t.revs,
            a.revs,
            o.revs,
        )
        .where(condition)
        .order_by(t.position, t.id, a.id, o.period, o.id)
    )


def plan_rows(session: ScopedSession, plan_id: int) -> list[PlanRow]:
    """All rows of the plan in the order of the document, closed assignments included."""
    return _plan_rows(session, Task.plan_id == plan_id)


def rows_of_keys(session: ScopedSession, keys: Iterable[str]) -> list[PlanRow]:
    """The rows with these keys, of whatever plan, in the order of the document, closed assignments included."""
    # a row is found by its key alone: said beside it, the plan leads the planner through all rows of the plan
    wanted = list(keys)
    return _plan_rows(session, Occurrence.key == any_(literal(wanted, ARRAY(Text)))) if wanted else []


def rows_of_tasks(session: ScopedSession, task_ids: Iterable[int]) -> list[PlanRow]:
    """All rows of these tasks, of whatever plan, in the order of the document, closed assignments included."""
    wanted = list(task_ids)
    return _plan_rows(session, Task.id == any_(literal(wanted, ARRAY(BigInteger)))) if wanted else []


def _plan_rows(session: ScopedSession, condition: ColumnElement[bool]) -> list[PlanRow]:
    rows = session.execute(_query(condition))
    return [PlanRow(*r[:6], r[6] or "", *r[7:11], r[11] or "", *r[12:]) for r in rows]


def row_marks(session: ScopedSession, plan_id: int, unit_id: int | None = None) -> Sequence[RowMark]:
    """The rows that people see, in no order, with what tells whether they moved, and no more.

    `unit_id`: only those of this unit.
    """
    o, a, t = Occurrence, Assignment, Task
    whose = true() if unit_id is None else a.unit_id == unit_id
    of_plan = (t.plan_id if unit_id is None else func.coalesce(t.plan_id, 0)) == plan_id
    query = (
        select(o.key, t.id, func.greatest(t.rev, a.rev, o.rev), o.past)
        .join(a, tenant_join(o.assignment_id, a))
        .join(t, tenant_join(a.task_id, t))
        .where(of_plan, ~a.closed, whose)
    )
    # of tables that were just filled the planner has no statistics: it expects one row, and looks each of 10,000 up;
    # of one unit's few among very many it would rather read them all, and for each of them all tasks of the plan, if
    # it could find these by an index
    with avoiding(session, "nestloop" if unit_id is None else "seqscan"):
        return [RowMark(*mark) for mark in session.execute(query)]


def live_rows(session: ScopedSession, plan_id: int) -> list[PlanRow]:
    """The rows that people see: those of closed assignments left out."""
    return [row for row in plan_rows(session, plan_id) if not row.closed]


def quota_rows(session: ScopedSession, plan_id: int) -> list[QuotaRow]:
    """All quotas of the plan's tasks, each with the units that it names by their groups."""
    query = (
        select(Quota.task_id, Quota.text, Quota.op, Quota.number, Quota.unit_word, Quota.scope, Quota.subject)
        .join(Task, tenant_join(Quota.task_id, Task))
        .where(Task.plan_id == plan_id)
        .order_by(Task.position, Quota.id)
    )
    rows = [QuotaRow(*r, months=_months(r.subject or r.text)) for r in session.execute(query)]
    if all(row.scope == "total" for row in rows):
        return rows
    directory, plan = read_directory(session), session.scalars(select(Plan).where(Plan.id == plan_id)).one()
    return [row._replace(binds=directory.bodies_before(row.subject, plan.year)) for row in rows]


def _months(clause: str) -> int:
    """The part of the year in which a quota is to be reached each time, by the clause that it stands in."""
    return next(filter(None, map(months_of, read_cadences([clause]))), 0)


def match_rows(session: ScopedSession, plan_id: int) -> list[MatchRow]:
    """The task templates that were recognised in the plan, in the order of its tasks."""
    query = (
        select(Task.id, Task.no, Task.title, TemplateMatch.template, TemplateMatch.reason)
        .join(TemplateMatch, tenant_join(TemplateMatch.task_id, Task))
        .where(Task.plan_id == plan_id)
        .order_by(Task.position, TemplateMatch.id)
    )
    return [MatchRow(*r) for r in session.execute(query)]
