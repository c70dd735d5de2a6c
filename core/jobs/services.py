"""Asking for long work, looking at it, taking it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select

from core.jobs.kinds import kinds
from core.jobs.models import Job
from core.jobs.queue import put
from tenants.errors import ZwgkError
from tenants.people.rights import Units
from tenants.sessions import ScopedSession


class JobUnknown(ZwgkError):
    """No such job, or somebody else's."""

    code = "job_unknown"
    sentence = "没有编号为 {id} 的后台任务。"


class JobUnderWay(ZwgkError):
    """Too late to take it back."""

    code = "already_begun"
    sentence = "任务已开始或已结束，不能取消。"


def ask_for(session: ScopedSession, kind: str, detail: Mapping[str, Any], units: Units = None, lock: str = "") -> Job:
    """Ask for a piece of work, in the transaction of this session: it is asked for when that commits.

    Works of one tenant with the same `lock` (as `plan:5`) are done one after the other, in the order they came.
    """
    job = Job(
        kind=kinds()[kind].name,
        detail=dict(detail),
        actor=session.scope.actor,
        address=session.scope.address,
        units=None if units is None else sorted(units),
    )
    session.add(job)
    session.flush()
    put(session, job.id, lock)
    return job


def jobs_query(session: ScopedSession, everybodys: bool, state: str | None = None) -> Select[tuple[Job]]:
    """The jobs of whoever acts in this session, or of everybody but for private ones; in one state, or in all."""
    private = [kind.name for kind in kinds().values() if kind.private]
    own, shared = Job.actor == session.scope.actor, Job.kind.not_in(private)
    query = select(Job).where(own | shared if everybodys else own)
    return query if state is None else query.where(Job.state == state)


def find_job(session: ScopedSession, number: int, everybodys: bool = False) -> Job:
    """One job. Raises `JobUnknown`."""
    found = session.scalar(jobs_query(session, everybodys).where(Job.id == number))
    if found is None:
        raise JobUnknown(id=number)
    return found


def cancel_job(session: ScopedSession, number: int, now: datetime, everybodys: bool = False) -> None:
    """Take a job back that was not begun. Raises `JobUnknown`, `JobUnderWay`."""
    found = session.scalar(jobs_query(session, everybodys).where(Job.id == number).with_for_update())
    if found is None:
        raise JobUnknown(id=number)
    if found.state != "waiting":
        raise JobUnderWay
    found.state, found.finished_at = "cancelled", now
