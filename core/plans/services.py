"""Plans as a whole: finding one, confirming it, and what in it needs a person."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select

from core.plans.asking import NEW_UNITS, unit_questions
from core.plans.assigning import expand_groups
from core.plans.models import Assignment, Deadline, Plan, Task
from core.plans.rows import Question
from core.plans.writing import PlanUnknown, writing
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession


class NoPlan(ZwgkError):
    """The tenant has no plan yet."""

    code = "no_plan"
    sentence = "还没有年度工作要点，请先运行 zwgk plan import。"


class AlreadyConfirmed(ZwgkError):
    """The plan was confirmed before."""

    code = "already_confirmed"
    sentence = "要点 {plan} 已确认过，未作更改。"


class PlanSummary(NamedTuple):
    """A plan in a list."""

    id: int
    year: int
    title: str
    status: str
    tasks: int


def list_plans(session: ScopedSession) -> list[PlanSummary]:
    """All plans, newest first."""
    count = select(func.count()).where(tenant_join(Task.plan_id, Plan)).scalar_subquery()
    query = select(Plan.id, Plan.year, Plan.title, Plan.status, count).order_by(Plan.year.desc(), Plan.id.desc())
    return [PlanSummary(*row) for row in session.execute(query)]


def find_plan(session: ScopedSession, plan_id: int | None = None) -> Plan:
    """The plan, or the newest one. Raises `PlanUnknown`, `NoPlan`."""
    query = select(Plan).order_by(Plan.year.desc(), Plan.id.desc())
    if plan_id is not None:
        query = query.where(Plan.id == plan_id)
    plan = session.scalars(query.limit(1)).one_or_none()
    if plan is None:
        raise NoPlan if plan_id is None else PlanUnknown(plan=plan_id)
    return plan


def confirm_plan(session: ScopedSession, plan_id: int, today: date) -> int:
    """Confirm a draft: groups are laid on their members. Returns how many assignments that added.

    Raises `PlanUnknown`, `AlreadyConfirmed`.
    """
    with writing(session, plan_id, today) as work:
        if work.plan.status == "confirmed":
            raise AlreadyConfirmed(plan=plan_id)
        work.plan.status = "confirmed"
        work.note(work.plan, "status", "draft", "confirmed")
        return expand_groups(work)


def questions(session: ScopedSession, plan: Plan) -> list[Question]:
    """What a person has to look at before (or after) the plan is confirmed, what most tasks hang on first; last of
    these, new names that most likely are just new."""
    of_tasks = [*_without_units(session, plan), *unit_questions(session, plan)]
    of_tasks.sort(key=lambda question: (question.code == NEW_UNITS, -question.tasks))
    return [*of_tasks, *_unclear_deadlines(session, plan), *_leftovers(plan)]


def _without_units(session: ScopedSession, plan: Plan) -> list[Question]:
    query = (
        select(Task.no, Task.title)
        .join(Assignment, tenant_join(Assignment.task_id, Task))
        .where(Task.plan_id == plan.id, Assignment.unit_id.is_(None), ~Assignment.closed)
        .order_by(Task.position)
    )
    found = [f"{no} {title}" for no, title in session.execute(query)]
    if not found:
        return []
    where = found[0] if len(found) == 1 else f"{found[0]}等 {len(found)} 项任务"
    return [Question("no_unit", where, "没有写明责任单位，请在任务分解表的“责任单位”列中填写。", len(found))]


def _unclear_deadlines(session: ScopedSession, plan: Plan) -> list[Question]:
    query = (
        select(Task.no, Deadline.text)
        .join(Deadline, tenant_join(Deadline.task_id, Task))
        .where(Task.plan_id == plan.id, Deadline.kind == "unclear")
        .order_by(Task.position)
    )
    text = "完成时限无法换算为日期，请改写，例如“9月30日前”。"
    return [Question("deadline_unclear", f"{no} {written}", text) for no, written in session.execute(query)]


def _leftovers(plan: Plan) -> list[Question]:
    return [Question(f"text_{x['code']}", f"第 {x['line']} 行：{x['text'][:40]}", x["reason"]) for x in plan.leftovers]
