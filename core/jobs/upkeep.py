"""What the worker does by the clock: it takes up again what died or was lost, seals the audit, and removes what is past
its time.

Each is put into the queue once, however many workers there are, in a line of its own: it never waits behind jobs.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from procrastinate.exceptions import ConnectorException
from sqlalchemy import delete, func, select, text

from core.api.replay import forget_old
from core.files.services import remove_old
from core.jobs.models import Job
from core.jobs.queue import put, queue
from core.jobs.running import TASK, end_overdue
from core.leaving.pruning import prune_erased
from core.onboarding.applying import forget_applications
from core.webhooks.services import tidy_deliveries
from tenants.audit.chain import PLATFORM
from tenants.audit.sealing import seal
from tenants.audit.services import seal_audit
from tenants.people.signed_in import forget_sessions
from tenants.services import list_tenants
from tenants.sessions import ScopedSession, cross_tenant, platform_session, tenant_session

DEAD_AFTER = 30.0
"""Seconds without a heartbeat, after which a worker's jobs are given to others."""
LINE, AT_ONCE = "upkeep", 6
"""The line of the queue, and how many of its tasks at once: all of them, so that none waits for another."""
LOST_AFTER = timedelta(minutes=5)
"""A job that has begun, or is waiting, for so long stands in the queue; if not, that has lost it."""
JOBS_KEPT = timedelta(days=180)
ENDED_KEPT = timedelta(days=7)
"""In the queue: what failed in it, was given up or taken back."""
_QUEUED = text("""
    SELECT (args ->> 'job')::bigint FROM procrastinate_jobs
    WHERE task_name = :task AND status IN ('todo', 'doing') AND (args ->> 'tenant')::bigint = :tenant
""")
_ENDED = text("""
    DELETE FROM procrastinate_jobs AS job WHERE status NOT IN ('todo', 'doing')
    AND NOT EXISTS (SELECT FROM procrastinate_events WHERE job_id = job.id AND at > :since)
""")
_log = logging.getLogger(__name__)


async def take_up(dead_after: float) -> int:
    """Put the jobs of dead workers into the queue again; returns how many."""
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after))
    for job in stalled:
        with suppress(ConnectorException):  # somebody else did so a moment before
            await queue.job_manager.retry_job(job)
    return len(stalled)


@queue.periodic(cron="* * * * * */10")  # the sixth are seconds
@queue.task(name="zwgk.take_up", queueing_lock="zwgk.take_up", queue=LINE)
async def _take_up(timestamp: int) -> None:
    await take_up(DEAD_AFTER)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="zwgk.mend", queueing_lock="zwgk.mend", lock="zwgk.mend", queue=LINE)
def _mend(timestamp: int) -> None:
    mend(datetime.now(UTC))


def mend(now: datetime) -> None:
    """Put jobs into the queue again that it has lost, and end those that take too long."""

    def each(session: ScopedSession) -> None:
        end_overdue(session, now)
        put_again(session, now)

    _in_each_tenant(each)


def put_again(session: ScopedSession, now: datetime) -> None:
    """Put those jobs of a tenant into the queue that are not ended and not in it: it gave up where the database was
    away for long, or somebody cleaned it."""
    queued = set(session.scalars(_QUEUED, {"task": TASK, "tenant": session.scope.tenant_id}))
    since = func.coalesce(Job.started_at, Job.created_at)
    going = select(Job.id, Job.lock).where(Job.state.in_(("waiting", "running")), since < now - LOST_AFTER)
    for number, lock in session.execute(going.order_by(Job.id)).all():
        if number not in queued:
            put(session, TASK, {"job": number}, lock)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="zwgk.seal", queueing_lock="zwgk.seal", lock="zwgk.seal", queue=LINE)
def _seal(timestamp: int) -> None:
    _in_each_tenant(seal_audit, erased=True)  # of those the audit is all that there is


@queue.periodic(cron="0 * * * *")  # each time is itself an entry of that audit
@queue.task(name="zwgk.seal_platform", queueing_lock="zwgk.seal_platform", queue=LINE)
def _seal_platform(timestamp: int) -> None:
    if current_app.extensions["zwgk_maint_engine"] is not None:
        with cross_tenant("封存平台自身的审计", "worker") as session:
            seal(session, PLATFORM)


@queue.periodic(cron="17 19 * * *")  # 3:17 in China
@queue.task(name="zwgk.tidy", queueing_lock="zwgk.tidy", queue=LINE)
def _tidy(timestamp: int) -> None:
    tidy(datetime.now(UTC))


def tidy(now: datetime) -> None:
    """Remove what is past its time: files, answers, jobs, what ended in the queue, deliveries, applications, sessions
    of people, the audit of erased tenants."""

    def remove(session: ScopedSession) -> None:
        remove_old(session, now)
        forget_old(session, now)
        tidy_deliveries(session, now)
        session.execute(delete(Job).where(Job.finished_at < now - JOBS_KEPT))

    _in_each_tenant(remove)
    forget_applications(now)
    with platform_session("worker", "upkeep") as session:
        session.execute(_ENDED, {"since": now - ENDED_KEPT})
    if current_app.extensions["zwgk_maint_engine"] is not None:
        prune_erased(now, "worker")
        with cross_tenant("清理早已结束的登录会话", "worker") as session:
            forget_sessions(session, now)


def _in_each_tenant(do: Callable[[ScopedSession], Any], erased: bool = False) -> None:
    """One after the other, each by itself: where one breaks, the others are done all the same."""
    for tenant in list_tenants(erased):
        try:
            with tenant_session(tenant.id, "worker", "upkeep") as session:
                do(session)
        except Exception:  # noqa: BLE001 the next tenant has nothing to do with it
            _log.exception("upkeep of tenant %s broke", tenant.id)
