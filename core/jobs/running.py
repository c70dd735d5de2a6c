"""Doing one job: begun, carried out and ended, each in a transaction; the end together with what it did."""

import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from core.files.services import Made
from core.jobs.kinds import kinds
from core.jobs.models import Job
from core.jobs.queue import AGAIN, queue
from core.jobs.work import VIA, JobTooLong, Superseded, Work
from core.limits import limits
from core.webhooks.events import tell
from tenants.audit.actions import Action
from tenants.audit.acts import REFUSED, record_act
from tenants.errors import ZwgkError
from tenants.people.principals import grants_now
from tenants.people.rights import Right, Units, given, narrowed
from tenants.sessions import ScopedSession, tenant_session

TASK = "zwgk.job"
TIMED_OUT = "57014"
"""What PostgreSQL says of a statement that took too long."""
UNNOTICED = timedelta(minutes=5)
"""How long a job that takes too long may itself take to notice."""
# a job in which workers die this often is given up: it is the job that kills them. More often than the queue tries
# again where the database is away
MOST_ATTEMPTS = 8
WHILE_BUSY = 4
"""How often a job is begun that others keep from being done."""
_log = logging.getLogger(__name__)


class JobAbandoned(ZwgkError):
    """Begun too often."""

    code = "job_abandoned"
    sentence = "任务多次中断，已停止重试。请重新提交；如再次发生，请联系运维人员。"


class RightGone(ZwgkError):
    """Who asked may not do it any more."""

    code = "right_gone"
    sentence = "提交此任务后，提交人已无办理此事的权限，未办理。"


class JobBroken(ZwgkError):
    """A fault of ours."""

    code = "job_broken"
    sentence = "处理时程序出错，请联系运维人员，并告知任务编号 {id}；重新办理前请先核对数据。"


@queue.task(name=TASK, retry=AGAIN)
def run(tenant: int, job: int) -> None:
    """Do a job of a tenant. What it refuses, and what breaks in it, is its end; only what may pass is raised, so that
    the queue tries again: a database that is away, others who change what it works on."""
    begun = _begin(tenant, job)
    if begun is None:
        return
    seconds = limits().job_minutes * 60
    try:
        with _session_of(begun) as session:
            _hold(session, begun, seconds)
            kind = kinds()[begun.kind]
            units = _units_now(session, begun, kind.right)
            made = Made(kind.right, units, kind.private)
            result = kind.run(Work(job, session, begun.detail, made, begun.attempts, monotonic() + seconds))
            _end(session, begun, "done", result, units=units)
    except OperationalError as error:
        if error.orig.sqlstate != TIMED_OUT:
            raise
        _fail(begun, JobTooLong())
    except Superseded:
        _log.warning("job %s was taken over by another worker", job)
    except ZwgkError as error:
        if error.passing and begun.attempts < WHILE_BUSY:
            raise
        _fail(begun, error)
    except Exception:  # noqa: BLE001 whatever it is, it is the end of this job, and of no other
        _log.exception("job %s of kind %s broke", job, begun.kind)
        _fail(begun, JobBroken(id=job))


def _begin(tenant: int, number: int) -> Job | None:
    """The job, begun; None where there is nothing to do (taken back, done, or gone with its tenant)."""
    with tenant_session(tenant, "worker", VIA) as session:
        job = session.get(Job, (tenant, number), with_for_update=True)
        if job is None or job.state not in ("waiting", "running"):
            return None
        if job.attempts >= MOST_ATTEMPTS:
            _end(session, job, "failed", error=JobAbandoned())
            return None
        job.state, job.attempts, job.started_at = "running", job.attempts + 1, _now()
        session.flush()
        session.refresh(job)
        session.expunge(job)
        return job


def _hold(session: ScopedSession, begun: Job, seconds: float) -> None:
    """No statement takes longer than the whole may, and a worker from whom the job was taken over is out of it before
    this one begins: he notices when he next tells how far he is."""
    session.execute(text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
    key = func.hashtextextended(f"zwgk.job.{begun.tenant_id}.{begun.id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))


def end_overdue(session: ScopedSession, now: datetime) -> None:
    """End the jobs of a tenant that take too long and have not noticed: nobody waits for them any more, and what they
    do yet is taken back."""
    since = now - timedelta(minutes=limits().job_minutes) - UNNOTICED
    for job in session.scalars(select(Job).where(Job.state == "running", Job.started_at < since)).all():
        with suppress(Superseded):
            _end(session, job, "failed", error=JobTooLong())


def _session_of(job: Job) -> AbstractContextManager[ScopedSession]:
    return tenant_session(job.tenant_id, job.actor, VIA, job.address)


def _units_now(session: ScopedSession, begun: Job, right: Right) -> Units:
    """The units for which who asked may do it, by now as well as when he asked. Raises `RightGone`."""
    then = given([([right], None if begun.units is None else frozenset(begun.units))])
    both = narrowed(then, grants_now(session, begun.actor, _now()))
    if right not in both:
        raise RightGone
    return both[right]


def _fail(job: Job, error: ZwgkError) -> None:
    with suppress(Superseded), _session_of(job) as session:
        _end(session, job, "failed", error=error)


def _end(
    session: ScopedSession,
    begun: Job,
    state: str,
    result: Mapping[str, Any] | None = None,
    error: ZwgkError | None = None,
    units: Units = None,
) -> None:
    """`units`: for which it was done. Raises `Superseded` where it is not as it was begun."""
    job = session.get_one(Job, (begun.tenant_id, begun.id), populate_existing=True, with_for_update=True)
    if (job.state, job.attempts) != (begun.state, begun.attempts):
        raise Superseded
    job.state, job.finished_at = state, _now()
    if result is not None:
        job.result, job.units = dict(result), None if units is None else sorted(units)
    if error is not None:
        job.error_code, job.error = error.code, error.message
        told = {"kind": job.kind, "code": error.code}
        record_act(session, Action.JOB_FAILED, subject=("job", job.id), detail=told, outcome=REFUSED)
    if not kinds()[job.kind].private:
        tell(session, "job.ended", lambda: {"job": job.id, "kind": job.kind, "state": state})


def _now() -> datetime:
    return datetime.now(UTC)
