"""What the worker does by the clock: it takes up again what died, seals the audit, and removes what is past its time.

Each is put into the queue once, however many workers there are.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import current_app
from procrastinate.exceptions import ConnectorException
from sqlalchemy import delete

from core.api.replay import forget_old
from core.files.services import remove_old
from core.jobs.models import Job
from core.jobs.queue import queue
from tenants.audit.chain import PLATFORM
from tenants.audit.sealing import seal
from tenants.audit.services import seal_audit
from tenants.services import list_tenants
from tenants.sessions import ScopedSession, cross_tenant, tenant_session

DEAD_AFTER = 30.0
"""Seconds without a heartbeat, after which a worker's jobs are given to others."""
JOBS_KEPT = timedelta(days=180)
_log = logging.getLogger(__name__)


async def take_up(dead_after: float) -> int:
    """Put the jobs of dead workers into the queue again; returns how many."""
    stalled = list(await queue.job_manager.get_stalled_jobs(seconds_since_heartbeat=dead_after))
    for job in stalled:
        with suppress(ConnectorException):  # somebody else did so a moment before
            await queue.job_manager.retry_job(job)
    return len(stalled)


@queue.periodic(cron="*/10 * * * * *")
@queue.task(name="zwgk.take_up", queueing_lock="zwgk.take_up")
async def _take_up(timestamp: int) -> None:
    await take_up(DEAD_AFTER)


@queue.periodic(cron="*/5 * * * *")
@queue.task(name="zwgk.seal", queueing_lock="zwgk.seal", lock="zwgk.seal")
def _seal(timestamp: int) -> None:
    _in_each_tenant(seal_audit)


@queue.periodic(cron="0 * * * *")  # each time is itself an entry of that audit
@queue.task(name="zwgk.seal_platform", queueing_lock="zwgk.seal_platform")
def _seal_platform(timestamp: int) -> None:
    if current_app.extensions["zwgk_maint_engine"] is not None:
        with cross_tenant("封存平台自身的审计", "worker") as session:
            seal(session, PLATFORM)


@queue.periodic(cron="17 19 * * *")  # 3:17 in China
@queue.task(name="zwgk.tidy", queueing_lock="zwgk.tidy")
def _tidy(timestamp: int) -> None:
    tidy(datetime.now(UTC))


def tidy(now: datetime) -> None:
    """Remove files, answers and ended jobs that are past their time."""

    def remove(session: ScopedSession) -> None:
        remove_old(session, now)
        forget_old(session, now)
        session.execute(delete(Job).where(Job.finished_at < now - JOBS_KEPT))

    _in_each_tenant(remove)


def _in_each_tenant(do: Callable[[ScopedSession], Any]) -> None:
    """One after the other, each by itself: where one breaks, the others are done all the same."""
    for tenant in list_tenants():
        try:
            with tenant_session(tenant.id, "worker", "upkeep") as session:
                do(session)
        except Exception:  # noqa: BLE001 the next tenant has nothing to do with it
            _log.exception("upkeep of tenant %s broke", tenant.id)
