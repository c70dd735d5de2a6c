"""Asking for long work, looking at it, taking it back."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true

from core.files.services import sees_everybodys
from core.jobs.kinds import kinds
from core.jobs.models import Job
from core.jobs.queue import put
from core.jobs.running import TASK
from core.limits import limits, one_by_one
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.leaving import refuse_leaving
from tenants.people.rights import Grants, Units
from tenants.sessions import ScopedSession


class JobUnknown(ZwgkError):
    """No such job, or somebody else's."""

    code = "job_unknown"
    sentence = "没有编号为 {id} 的后台任务。"


class JobsFull(ZwgkError):
    """So many wait that no more are taken."""

    code = "jobs_full"
    sentence = (
        "{who}等待处理的后台任务已有 {waiting} 个，达到上限 {most} 个，未提交；请等其中一些完成，或取消一些后再试。"
    )


class JobUnderWay(ZwgkError):
    """Too late to take it back."""

    code = "already_begun"
    sentence = "任务已开始或已结束，不能取消。"


def ask_for(session: ScopedSession, kind: str, detail: Mapping[str, Any], units: Units = None, lock: str = "") -> Job:
    """Ask for a piece of work, in the transaction of this session: it is asked for when that commits.

    Works of one tenant with the same `lock` (as `plan:5`) are done one after the other, in the order they came.
    A tenant of which few wait comes before one of which many do. Raises `TenantLeaving`, `JobsFull`.
    """
    if kinds()[kind].changes:
        refuse_leaving(session)
    waiting = _refuse_too_many(session)
    job = Job(
        kind=kind,
        lock=lock,
        detail=dict(detail),
        actor=session.scope.actor,
        address=session.scope.address,
        units=None if units is None else sorted(units),
    )
    session.add(job)
    session.flush()
    put(session, TASK, {"job": job.id}, lock, priority=-waiting)
    return job


def _refuse_too_many(session: ScopedSession) -> int:
    """How many wait already. Raises `JobsFull`."""
    one_by_one(session, "jobs")
    of_one = func.count().filter(Job.actor == session.scope.actor)
    all_, own = session.execute(select(func.count(), of_one).where(Job.state == "waiting")).one()
    most = limits()
    for who, waiting, limit in (("本机关", all_, most.jobs_waiting), ("您", own, most.jobs_waiting_each)):
        if waiting >= limit:
            raise JobsFull(who=who, waiting=waiting, most=limit)
    return all_


def jobs_query(session: ScopedSession, grants: Grants, state: str | None = None) -> Select[tuple[Job]]:
    """The jobs that are there for whoever acts in this session, with the rights that he has now: his own, or
    everybody's but for private ones, if he has the right that a job takes, for all units that it is about. In one
    state, or in all."""
    query = select(Job).where(or_(false(), *_of_kinds(session.scope.actor, grants)))
    return query if state is None else query.where(Job.state == state)


def _of_kinds(actor: str, grants: Grants) -> Iterator[ColumnElement[bool]]:
    for kind in kinds().values():
        if kind.right in grants:
            units, shared = grants[kind.right], sees_everybodys(grants) and not kind.private
            of_these = true() if units is None else Job.units.contained_by(sorted(units))
            yield and_(Job.kind == kind.name, of_these, true() if shared else Job.actor == actor)


def find_job(session: ScopedSession, number: int, grants: Grants) -> Job:
    """One job. Raises `JobUnknown`."""
    found = session.scalar(jobs_query(session, grants).where(Job.id == number))
    if found is None:
        raise JobUnknown(id=number)
    return found


def cancel_job(session: ScopedSession, number: int, now: datetime, grants: Grants) -> None:
    """Take a job back that was not begun. Raises `JobUnknown`, `JobUnderWay`, `TenantLeaving`."""
    refuse_leaving(session)
    found = session.scalar(jobs_query(session, grants).where(Job.id == number).with_for_update())
    if found is None:
        raise JobUnknown(id=number)
    if found.state != "waiting":
        raise JobUnderWay
    found.state, found.finished_at = "cancelled", now
    record_act(session, Action.JOB_CANCELLED, subject=("job", found.id), detail={"kind": found.kind})
