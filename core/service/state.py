"""What the database says of the service: whether it can be relied on now, and its figures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Integer, TableClause, cast, column, func, select, table
from sqlalchemy.exc import SQLAlchemyError

from core import migrate
from core.service.recent import Recent
from core.service.seals import SealWatch
from tenants.models import Tenant
from tenants.people.models import SignIn
from tenants.sessions import ScopedSession, platform_session

UNSEALED = timedelta(hours=24)
"""A row that waits longer has been forgotten: sealing is a matter of minutes."""
SILENT = timedelta(seconds=60)
"""A worker says every few seconds that it is there."""
Oldest = Callable[[], datetime | None]
_VERSION = table("alembic_version", column("version_num"))
_CLASS = table("pg_class", *map(column, ("oid", "relname", "relnamespace")), schema="pg_catalog")
_NAMESPACE = table("pg_namespace", *map(column, ("oid", "nspname")), schema="pg_catalog")


@dataclass(frozen=True)
class Figures:
    """`jobs`: how many in each state of the queue; empty where there is no queue."""

    tenants: int
    sessions: int
    jobs: Mapping[str, int]
    unsealed_seconds: float


class Watch:
    """What is asked about the service by whoever likes, and of the database at most so often."""

    def __init__(self) -> None:
        oldest = Recent(SealWatch().oldest, seconds=10)
        self.problems = Recent(partial(problems, oldest), seconds=1)
        self.figures = Recent(partial(figures, oldest), seconds=1)


def problems(oldest: Oldest) -> list[str]:
    """Codes of what is wrong, none for a service that is well: `database_down`, `schema_outdated`, `worker_silent`,
    `seals_late`."""
    try:
        with platform_session() as session:
            wrong = {"schema_outdated": _is_behind(session), "worker_silent": _is_silent(session)}
        if not wrong["schema_outdated"]:
            wrong["seals_late"] = _waiting(oldest) >= UNSEALED
    except SQLAlchemyError:
        return ["database_down"]
    return [code for code, found in wrong.items() if found]


def figures(oldest: Oldest) -> Figures | None:
    """The figures of this moment; None where the database does not answer."""
    try:
        with platform_session() as session:
            tenants = session.scalar(select(func.count()).select_from(Tenant))
            sessions, jobs = _open_sessions(session), _jobs(session)
        return Figures(tenants, sessions, jobs, _waiting(oldest).total_seconds())
    except SQLAlchemyError:
        return None


def _is_behind(session: ScopedSession) -> bool:
    """At a revision that this version knows as a former one, or at none. A later version's is not behind: while a new
    version is brought in, the processes of the old one go on."""
    found = session.scalar(select(_VERSION.c.version_num))
    return found is None or found in migrate.former()


def _waiting(oldest: Oldest) -> timedelta:
    at = oldest()
    return datetime.now(UTC) - at if at else timedelta(0)


def _queue(session: ScopedSession, name: str, *columns: str) -> TableClause | None:
    """A table of the queue, in whichever schema it is, if it is there and may be read."""
    query = select(_NAMESPACE.c.nspname).join(_CLASS, _CLASS.c.relnamespace == _NAMESPACE.c.oid)
    readable = func.has_table_privilege(_CLASS.c.oid, "SELECT")
    schema = session.scalar(query.where(_CLASS.c.relname == name, readable))
    return table(name, *map(column, columns), schema=schema) if schema else None


def _is_silent(session: ScopedSession) -> bool:
    workers = _queue(session, "procrastinate_workers", "last_heartbeat")
    if workers is None:
        return False
    ago = session.scalar(select(func.clock_timestamp() - func.max(workers.c.last_heartbeat)))
    return ago is None or ago >= SILENT


def _jobs(session: ScopedSession) -> dict[str, int]:
    jobs = _queue(session, "procrastinate_jobs", "status")
    if jobs is None:
        return {}
    return dict(map(tuple, session.execute(select(jobs.c.status, func.count()).group_by(jobs.c.status))))


def _open_sessions(session: ScopedSession) -> int:
    idle = func.make_interval(0, 0, 0, 0, 0, cast(SignIn.idle_minutes, Integer))
    living = (SignIn.ended_at.is_(None), SignIn.expires_at > func.now(), SignIn.seen_at + idle > func.now())
    return session.scalar(select(func.count()).select_from(SignIn).where(*living))
