"""Plans as a whole: finding one, confirming it, and what in it needs a person."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, exists, func, select

from core.plans.asking import NEW_UNITS, unit_questions
from core.plans.assigning import expand_groups
from core.plans.missing import TaskMissing, who_is_missing
from core.plans.models import Assignment, Deadline, Plan, Task
from core.plans.opening import mixed_tasks, open_periods
from core.plans.reading import live_rows, quota_rows
from core.plans.rollup import quotas_by_task
from core.plans.rows import Question
from core.plans.writing import PlanUnknown, writing
from core.webhooks.events import tell
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession


class NoPlan(ZwgkError):
    """The tenant has no plan yet."""

    code = "no_plan"
    sentence = "还没有年度工作要点，请先导入。"
    by_command = "可运行 zwgk plan import。"


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
    """All plans, newest first, with the number of their tasks: those of which all rows are closed are none."""
    open_row = exists().where(tenant_join(Assignment.task_id, Task), ~Assignment.closed)
    count = select(func.count()).where(tenant_join(Task.plan_id, Plan), open_row).scalar_subquery()
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


_PLAN_ID = select(Plan.id).where(Plan.id == bindparam("plan"))


def check_plan(session: ScopedSession, plan_id: int) -> None:
    """Raises `PlanUnknown`."""
    if session.scalar(_PLAN_ID, {"plan": plan_id}) is None:
        raise PlanUnknown(plan=plan_id)


def confirm_plan(session: ScopedSession, plan_id: int, today: date) -> int:
    """Confirm a draft: groups are laid on their members, and what recurs begins. Returns how many assignments were
    added.

    Raises `PlanUnknown`, `AlreadyConfirmed`.
    """
    with writing(session, plan_id, today) as work:
        if work.plan.status == "confirmed":
            raise AlreadyConfirmed(plan=plan_id)
        work.plan.status = "confirmed"
        work.note(work.plan, "status", "draft", "confirmed")
        added = expand_groups(work)
        open_periods(work)
        record_act(session, Action.PLAN_CONFIRMED, subject=("plan", plan_id), detail={"added": added})
        tell(session, "plan.confirmed", lambda: {"plan": plan_id})
        return added


def questions(session: ScopedSession, plan: Plan) -> list[Question]:
    """What a person has to look at before (or after) the plan is confirmed, what most tasks hang on first; last of
    these, new names that most likely are just new."""
    of_tasks = [*_without_units(session, plan), *unit_questions(session, plan)]
    of_tasks.sort(key=lambda question: (question.code == NEW_UNITS, -question.tasks))
    return [*of_tasks, *_unclear_deadlines(session, plan), *_mixed(session, plan), *_leftovers(plan)]


def missing(session: ScopedSession, plan: Plan) -> list[TaskMissing]:
    """Who has reported nothing, or not enough, in each task of a plan."""
    return who_is_missing(live_rows(session, plan.id), quotas_by_task(quota_rows(session, plan.id)))


def _without_units(session: ScopedSession, plan: Plan) -> list[Question]:
    query = (
        select(Task.no, Task.title)
        .join(Assignment, tenant_join(Assignment.task_id, Task))
        .where(Task.plan_id == plan.id, Assignment.unit_id.is_(None), ~Assignment.closed)
        .order_by(Task.position)
    )
    found = [f"{no} {title}" for no, title in session.execute(query)]
    text = "没有写明责任单位，请在任务分解表的“责任单位”列中填写，或修改该行任务。"
    return _as_one("no_unit", found, text, "项任务", by_command="（zwgk task set 行编号 unit=…）")


def _unclear_deadlines(session: ScopedSession, plan: Plan) -> list[Question]:
    query = (
        select(Task.no, Deadline.text)
        .join(Deadline, tenant_join(Deadline.task_id, Task))
        .where(Task.plan_id == plan.id, Deadline.kind == "unclear")
        .order_by(Task.position)
    )
    found = [f"{no} {written}" for no, written in session.execute(query)]
    text = "完成时限无法换算为日期，请改写，例如“9月30日前”。"
    return _as_one("deadline_unclear", found, text, "处", by_command="（zwgk task set 行编号 deadline=9月30日前）")


def _mixed(session: ScopedSession, plan: Plan) -> list[Question]:
    text = (
        "既有周期又有别的时限或周期，全年只列一行，不按周期生成；如需按周期填报，请拆分任务，"
        "或改写完成时限，例如“每月25日前”。"
    )
    how = "（zwgk task split，或 zwgk task set 行编号 deadline=每月25日前）"
    return _as_one("rhythm_mixed", mixed_tasks(session, plan.id), text, "项任务", by_command=how)


def _leftovers(plan: Plan) -> list[Question]:
    """What was not understood, one question for all that was not for the same reason."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for x in plan.leftovers:
        by_reason.setdefault((x["code"], x["reason"]), []).append(f"第 {x['line']} 行：{x['text'][:40]}")
    return [
        question
        for (code, reason), found in by_reason.items()
        for question in _as_one(
            f"text_{code}", found, f"{reason}，请对照原文。", "处", by_command="（zwgk plan draft）"
        )
    ]


def _as_one(code: str, found: Sequence[str], text: str, counted: str, *, by_command: str) -> list[Question]:
    """One question on all that was found; none where nothing was."""
    if not found:
        return []
    where = found[0] if len(found) == 1 else f"{found[0]}等 {len(found)} {counted}"
    return [Question(code, where, text, len(found), by_command=by_command)]
