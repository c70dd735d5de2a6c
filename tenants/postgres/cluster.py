"""The embedded database: `with Cluster(home).lease() as urls:`; or, by `resolve`, the operator's own server."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.engine import URL

from tenants.postgres import furnish, watchdog
from tenants.postgres.binaries import find, reachable
from tenants.postgres.errors import ClusterInUse, ServerFailed
from tenants.postgres.locks import held, share, try_lock
from tenants.postgres.place import Place, settle
from tenants.postgres.urls import DRIVER, DatabaseUrls, from_environ

PACKAGES = Path(__file__).parents[2]
PATIENCE = 60.0  # seconds for a server that somebody else is starting or stopping
LEAVING = 5.0  # seconds for users and server to be gone before a cluster is discarded
TICK = 0.01


def default_home(environ: Mapping[str, str] = os.environ) -> Path:
    """ZWGK_HOME, or `.zwgk` in the current directory."""
    return Path(environ.get("ZWGK_HOME") or ".zwgk").absolute()


@contextmanager
def resolve(environ: Mapping[str, str] = os.environ, home: Path | None = None) -> Iterator[DatabaseUrls]:
    """The database to work on: DATABASE_URL (with ZWGK_OWNER_URL, ZWGK_MAINT_URL), or else the embedded cluster.

    An operator's server is not contacted here: see `urls.check_reachable`. Raises what `Cluster.lease` raises, and
    `UrlNotPostgres`.
    """
    if urls := from_environ(environ):
        yield urls
        return
    with Cluster(home or default_home(environ), environ=environ).lease() as urls:
        yield urls


@dataclass(frozen=True)
class Cluster:
    """An embedded PostgreSQL whose files live in `home` (for root possibly under /var/lib/zwgk, see `place.settle`).

    `durable=False` is for tests: what is committed may be lost when the machine crashes. `environ` says where the
    programs are (ZWGK_PG_BINDIR, PATH).
    """

    home: Path
    durable: bool = True
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False)

    @contextmanager
    def lease(self) -> Iterator[DatabaseUrls]:
        """Use the server, which is started if need be and stopped after the last holder has left, even by kill -9.

        Any number of processes and threads may hold leases. Each process takes its own: a web worker or another
        child opens one itself when it starts (a forked child keeps its parent's alive as long as it runs, a
        spawned one does not), so that no one depends on who ends first.

        Raises `NoServerFound`, `ServerTooOld`, `DataVersionMismatch`, `ServerFailed`, `PlaceNotOurs`,
        `NoServerAccount`; nothing is changed then.
        """
        place = settle(self.home)
        lease = place.open_lock("lease")
        try:
            share(lease)  # waits while a watchdog stops the server; from then on nobody stops it
            with held(place.open_lock("start")) as start:
                self._ensure_server(place, start)
            yield self._urls(place)
        finally:
            # Only closed, not unlocked: a forked child may go on with it.
            os.close(lease)

    def discard(self) -> None:
        """Delete the cluster with all its data once its server has ended; `ClusterInUse` while others use it."""
        place = settle(self.home)
        # The watchdog's first: who took the lease alone while it lives would keep it from stopping the server.
        locks = [place.open_lock(name) for name in ("watchdog", "lease", "server")]
        try:
            deadline = time.monotonic() + LEAVING
            while not all(try_lock(lock) for lock in locks):
                if time.monotonic() > deadline:
                    raise ClusterInUse(path=self.home)
                time.sleep(TICK)
            shutil.rmtree(place.root)
        finally:
            for lock in locks:
                os.close(lock)
        (self.home / "postgres").unlink(missing_ok=True)  # a link, for root

    def superuser_url(self, database: str) -> URL:
        """For the supervisor and the support of tests; the product itself never connects with it."""
        return self._url(settle(self.home), furnish.SUPERVISOR, database)

    def _ensure_server(self, place: Place, start: int) -> None:
        """Called with a share of lease.lock and with start.lock held."""
        deadline = time.monotonic() + PATIENCE
        guard = place.open_lock("watchdog")
        try:
            while not try_lock(guard):  # a watchdog lives, and with it a server, or it is about to end
                if place.is_ready():
                    return
                if time.monotonic() > deadline:
                    raise ServerFailed(step="就绪", detail="timeout", log=place.log)
                time.sleep(TICK)
            binaries = reachable(find(self.environ), place.account)
            furnish.furnish(place, binaries, durable=self.durable, hold=start)
            _start_watchdog(place, furnish.server_command(place, binaries, durable=self.durable), guard)
        finally:
            os.close(guard)

    def _urls(self, place: Place) -> DatabaseUrls:
        roles = (furnish.APP, furnish.OWNER, furnish.MAINT)
        return DatabaseUrls(*(self._url(place, role, furnish.DATABASE) for role in roles))

    def _url(self, place: Place, role: str, database: str) -> URL:
        password = place.read_passwords()[role]
        return URL.create(DRIVER, role, password, database=database, query={"host": str(place.sockets)})


def _start_watchdog(place: Place, command: list[str], guard: int) -> None:
    """Returns when the server answers; the watchdog inherits `guard`, the lock that says that it lives."""
    log = place.open_log()
    try:
        ended = subprocess.run(  # noqa: S603
            [sys.executable, "-S", "-m", watchdog.__name__, watchdog.order(place, command)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            check=False,
            cwd="/",
            env=furnish.clean_environ() | {"PYTHONPATH": str(PACKAGES)},
            pass_fds=[guard],
            start_new_session=True,
        )
    finally:
        os.close(log)
    if ended.stdout != watchdog.READY:
        raise ServerFailed(step="启动", detail=ended.stdout or f"exit status {ended.returncode}", log=place.log)
