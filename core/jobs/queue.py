"""The queue (procrastinate): which job is next, who is doing it, and that it is done again where that one died.

It holds two numbers a job, those of the tenant and of the job; a worker opens a session of that tenant and reads there
what is to be done.
"""

from collections.abc import Mapping
from datetime import datetime

from procrastinate import App, RetryStrategy, SyncPsycopgConnector
from sqlalchemy import text

from tenants.sessions import ScopedSession

# the database was away for a moment: 2, 4, 8… seconds later again
AGAIN = RetryStrategy(max_attempts=6, exponential_wait=2)
LINE = "default"

# who does what: a worker imports these, which need the queue themselves
_TASKS = ("core.jobs.running", "core.jobs.upkeep", "core.webhooks.delivering")

_LEAST = text("SELECT min(priority) FROM procrastinate_jobs WHERE lock = :lock AND status = 'todo'")

queue = App(connector=SyncPsycopgConnector(), import_paths=_TASKS)
# a worker gives `queue` connections of another kind; what is asked for goes by the session's, in its jobs as well
_asking = App(connector=SyncPsycopgConnector())


def put(
    session: ScopedSession,
    task: str,
    numbers: Mapping[str, int],
    lock: str = "",
    line: str = LINE,
    at: datetime | None = None,
    priority: int = 0,
) -> None:
    """Put a job of the session's tenant into the queue, in the transaction of this session.

    `task`: its name; `line`: whose workers do it; `at`: not before. Those with the same `lock` are done one after the
    other, in the order they came; else a higher `priority` comes first.
    """
    tenant = session.scope.tenant_id
    locked = f"{tenant}/{lock}" if lock else None
    if locked and (least := session.scalar(_LEAST, {"lock": locked})) is not None:
        priority = min(priority, least)
    connection = session.connection().connection.driver_connection
    put_so = {"queue": line, "lock": locked, "schedule_at": at, "priority": priority, "connection": connection}
    _asking.configure_task(task, **put_so).defer(tenant=tenant, **numbers)
