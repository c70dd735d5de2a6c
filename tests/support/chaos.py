"""kill -9 at random under load: `python -m tests.support.chaos --kills 100 --seed 1` (`make chaos`). Ends by itself.

A service of two processes, two workers and the embedded database, in a home of their own. Programs write and ask for
long work with idempotency keys, and ask again until they are answered; meanwhile a process of the web server, a worker,
a process of the database or the whole database is killed. Then: every write that was accepted is there, once; every job
is done; nobody holds a lock. Only what was started here is killed.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg

from core.jobs.worker import work
from core.runtime import Runtime
from tenants.postgres.cluster import Cluster
from tenants.postgres.place import settle
from tests.support.agency import Program
from tests.support.cli import Cli
from tests.support.database import plain, temporary_home
from tests.support.serving import Served, served
from tests.support.wire import Answer, Wire

WRITERS, WORKERS = 4, 2
BETWEEN = 6
"""Writes that are accepted between two kills: each kill is got over before the next."""
PATIENCE = 60
"""Seconds within which a write has to be accepted again, and after which no lock may be held."""
DEAD_AFTER = 3.0
AGAIN = 0.05
"""Seconds after which a program asks again."""
TOO_MANY = 429
"""So many jobs wait for workers that keep being killed: asked again later, as after a fault."""
VICTIMS = ("web", "web", "worker", "worker", "backend", "database")
WORKER = f"""
import os
from pathlib import Path
from core.jobs.worker import work
from core.runtime import Runtime
work(Runtime(os.environ, Path(os.environ["ZWGK_HOME"])).app, dead_after={DEAD_AFTER})
"""


class Lost(AssertionError):
    """What must not happen."""


@dataclass
class Kept:
    """What the service accepted: the last note of each row, names of units, numbers of jobs; and what it answered."""

    notes: dict[str, int] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    jobs: list[int] = field(default_factory=list)
    answers: Counter[int | str] = field(default_factory=Counter)
    accepted: int = 0
    failures: list[BaseException] = field(default_factory=list)
    more: threading.Condition = field(default_factory=threading.Condition)
    over: threading.Event = field(default_factory=threading.Event)

    def count(self) -> None:
        """One more was accepted."""
        with self.more:
            self.accepted += 1
            self.more.notify_all()

    def fail(self, error: BaseException) -> None:
        """A writer cannot go on."""
        with self.more:
            self.failures.append(error)
            self.more.notify_all()

    def wait_for(self, number: int) -> None:
        """Until so many were. Raises `Lost` where nothing is accepted any more."""
        with self.more:
            going_on = self.more.wait_for(lambda: self.accepted >= number or self.failures, PATIENCE)
            if self.failures:
                raise self.failures[0]
            if not going_on:
                raise Lost(f"nothing was accepted for {PATIENCE} s, after {self.accepted} writes: {self.answers}")


class Writer(threading.Thread):
    """Writes by turns a note, a unit and a wish for an export, each with a key, again until it is answered."""

    def __init__(self, number: int, service: Served, headers: dict[str, str], plan: int, row: str, kept: Kept) -> None:
        super().__init__(name=f"writer {number}")
        self._number, self._plan, self._row, self._kept = number, plan, row, kept
        self._wire = Wire(service.port, headers)
        self._chance = random.Random(number)

    def run(self) -> None:
        """Until it is over."""
        try:
            turn = 0
            while not self._kept.over.is_set():
                turn += 1
                self._once(turn)
                self._kept.count()
        except BaseException as error:  # noqa: BLE001 told by whoever waits for the thread
            self._kept.fail(error)
        finally:
            self._wire.close()

    def _once(self, turn: int) -> None:
        kept = self._kept
        if turn % 4 == 0:
            kept.jobs.append(self._sent("POST", f"/plans/{self._plan}/exports", {"by": "unit"}).content["id"])
        elif turn % 4 == 2:
            name = f"第{self._number}-{turn}处"
            self._sent("POST", "/units", {"name": name})
            kept.units.append(name)
        else:
            tag = self._sent("GET", f"/rows/{self._row}").headers["ETag"]
            self._sent("PATCH", f"/rows/{self._row}", {"note": str(turn)}, If_Match=tag)
            kept.notes[self._row] = turn

    def _sent(self, method: str, path: str, content: dict | None = None, **headers: str) -> Answer:
        """The answer to a request that was accepted, asked until it is."""
        key, until = str(UUID(int=self._chance.getrandbits(128))), time.monotonic() + PATIENCE
        last: object = None
        while time.monotonic() < until:
            try:
                answer = self._wire.ask(method, path, content, Idempotency_Key=key, **headers)
            except (OSError, HTTPException, ValueError) as error:
                self._kept.answers[type(error).__name__] += 1
                last = error
            else:
                self._kept.answers[answer.status] += 1
                last = answer.content
                if answer.status < 300:
                    return answer
                if answer.status < 500 and answer.status != TOO_MANY:
                    raise Lost(f"{method} {path} is answered {answer}")
            self._kept.over.wait(AGAIN)
        raise Lost(f"{method} {path} is not accepted for {PATIENCE} s: {last!r}; {self._kept.answers}")


@dataclass
class Site:
    """What runs: each kind of process is found anew before it is killed, and started again by whoever looks after it:
    the server its own processes, and this page the workers and the database."""

    home: Path
    service: Served
    cluster: Cluster
    stack: ExitStack
    workers: list[subprocess.Popen]

    def kill(self, kind: str, chance: random.Random) -> None:
        """One of this kind; gone is who goes by himself at that moment."""
        if kind == "worker":
            one = chance.randrange(len(self.workers))
            self.workers[one].kill()
            self.workers[one].wait()
            self.workers[one] = start_worker(self.home)
            return
        processes = self.service.workers if kind == "web" else self._of_database(kind)
        if processes:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(processes), signal.SIGKILL)
        if kind == "database":
            self._revive(*processes)

    def _revive(self, dead: int) -> None:
        """Who asks for the database before its socket is gone would take it for alive."""
        place = settle(self.home)
        for _ in pauses():
            if place.server_pid() != dead or not place.is_ready():
                break
        self.stack.enter_context(self.cluster.lease())

    def _of_database(self, kind: str) -> list[int]:
        server = settle(self.home).server_pid()
        if kind == "database":
            return [server]
        children = Path(f"/proc/{server}/task/{server}/children")
        return [int(number) for number in children.read_text().split()] if children.exists() else []


def pauses() -> Iterator[None]:
    """Again and again, for as long as there is patience."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        yield
        time.sleep(AGAIN)


def start_worker(home: Path, **options: Any) -> subprocess.Popen:
    """A worker as `zwgk worker` is, that takes others for dead sooner; what it says goes into a log."""
    environ = os.environ | {"ZWGK_HOME": str(home)}
    with (home / "worker.log").open("a") as log:
        options = {"stdout": log, "stderr": log} | options
        return subprocess.Popen([sys.executable, "-c", WORKER], env=environ, **options)


@contextmanager
def running(home: Path) -> Iterator[Site]:
    """The service, its workers and its database; all ended at the end."""
    with ExitStack() as stack:
        cluster = Cluster(home)
        stack.enter_context(cluster.lease())
        service = stack.enter_context(served({"ZWGK_RATE": "off"}, home, "--processes", "2"))
        workers = [start_worker(home) for _ in range(WORKERS)]
        try:
            yield Site(home, service, cluster, stack, workers)
        finally:
            for one in workers:
                one.kill()
                one.wait()


def agency(runtime: Runtime, folder: Path) -> Program:
    """An agency with a confirmed plan, and a program of its administrator."""
    cli, paper = Cli(runtime), folder / "要点.txt"
    tasks = "\n".join(f"({n})编制第{n}号目录,于6月底前完成。(责任单位:办公室)" for n in range(1, WRITERS + 1))
    paper.write_text(f"2024年政务公开工作要点\n一、信息公开\n{tasks}\n", encoding="utf-8")
    cli.ok("tenant", "add", "t", "--name", "示例机关", "--plugin", "openness")
    cli.ok("plan", "import", paper, "--tenant", "t")
    cli.ok("plan", "confirm", "--tenant", "t")
    return Program(runtime.served, "t", "tenant_admin")


def shoot(kills: int, seed: int, seconds: float) -> str:
    """So many kills, or as many as the time allows; what was seen. Raises `Lost`."""
    chance, kept, killed, until = random.Random(seed), Kept(), Counter(), time.monotonic() + seconds
    with temporary_home() as home, running(home) as site:
        runtime = Runtime(os.environ | {"ZWGK_HOME": str(home), "ZWGK_RATE": "off"}, home)
        try:
            program = agency(runtime, home)
            plan = program.get("/plans")[0]["id"]
            rows = [one["row"] for one in program.get(f"/plans/{plan}/rows")["items"]]
            sent = (site.service, program.headers, plan)
            writers = [Writer(number, *sent, row, kept) for number, row in enumerate(rows)]
            for writer in writers:
                writer.start()
            try:
                for kind in chance.choices(VICTIMS, k=kills):
                    kept.wait_for(kept.accepted + BETWEEN)
                    if time.monotonic() > until:
                        break
                    site.kill(kind, chance)
                    killed[kind] += 1
                kept.wait_for(kept.accepted + BETWEEN)
            finally:
                kept.over.set()
                for writer in writers:
                    writer.join()
            kept.wait_for(kept.accepted)
            if ended := [one.returncode for one in site.workers if one.poll() is not None]:
                raise Lost(
                    f"workers that nobody killed ended, with status {ended}: {(home / 'worker.log').read_text()}"
                )
            _check(runtime, site, program, kept)
        finally:
            runtime.close()
    tally = f"{kept.accepted} writes accepted, {len(kept.jobs)} jobs, {dict(killed)} killed, seed {seed}"
    return f"{tally}; lost: none; answers {dict(kept.answers)}"


def _check(runtime: Runtime, site: Site, program: Program, kept: Kept) -> None:
    for row, note in kept.notes.items():
        if (seen := program.get(f"/rows/{row}")["note"]) != str(note):
            raise Lost(f"row {row}: {note} was accepted last, and {seen} is there")
    there = Counter(one["name"] for one in program.get("/units"))
    if lost := [name for name in kept.units if there[name] != 1]:
        raise Lost(f"units not there once: {lost}")
    for one in site.workers:
        one.kill()
        one.wait()
    work(runtime.app, wait=False, dead_after=0.0)
    jobs = [program.get(f"/jobs/{number}") for number in kept.jobs]
    if undone := [(job["id"], job["state"], job["error"]) for job in jobs if job["state"] != "done"]:
        raise Lost(f"jobs that are not done: {undone}")
    if len(set(kept.jobs)) != len(kept.jobs):
        raise Lost("a job was given to two wishes")
    with psycopg.connect(plain(site.cluster.superuser_url("zwgk"))) as database:
        held = database.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND xact_start < now() - interval '60 seconds'"
        ).fetchone()[0]
        doing = database.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'").fetchone()[0]
    if held or doing:
        raise Lost(f"{held} transactions are open for a minute, {doing} jobs are still held by a worker")


def main(arguments: list[str]) -> int:
    """The command; 1 when anything was lost."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=1800)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    try:
        print(shoot(options.kills, options.seed, options.seconds), f"{time.monotonic() - began:.0f} s", sep="; ")
    except Lost as lost:
        print(f"seed {options.seed}: {lost}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
