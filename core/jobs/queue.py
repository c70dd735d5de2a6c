"""The queue (procrastinate): which job is next, who is doing it, and that it is done again where that one died.

It holds two numbers a job, those of the tenant and of the job; a worker opens a session of that tenant and reads there
what is to be done.
"""

from procrastinate import App, RetryStrategy, SyncPsycopgConnector

from core.jobs.running import run
from tenants.sessions import ScopedSession

TASK = "zwgk.job"
# the database was away for a moment: 2, 4, 8… seconds later again
AGAIN = RetryStrategy(max_attempts=6, exponential_wait=2)

queue = App(connector=SyncPsycopgConnector())
task = queue.task(name=TASK, retry=AGAIN)(run)


def put(session: ScopedSession, number: int, lock: str) -> None:
    """Put a job into the queue, in the transaction of this session."""
    tenant = session.scope.tenant_id
    connection = session.connection().connection.driver_connection
    locked = f"{tenant}/{lock}" if lock else None
    task.configure(lock=locked, connection=connection).defer(tenant=tenant, job=number)
