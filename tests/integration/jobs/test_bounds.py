"""What one tenant may take: how many jobs wait, how long one lasts, how much is kept; and what the queue has lost."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text, update

from bridges.runner import PlanMoving
from core.jobs.kinds import kinds
from core.jobs.models import Job
from core.jobs.running import WHILE_BUSY, run
from core.jobs.services import JobsFull, ask_for
from core.jobs.upkeep import mend, tidy
from core.jobs.work import Superseded
from core.jobs.worker import LEFT, work
from core.limits import EXTENSION, LimitInvalid, Limits
from tenants.sessions import platform_session, tenant_session
from tests.integration.jobs.test_jobs import asked, job, program
from tests.support.agency import Program
from tests.support.database import plain
from tests.support.http import Caller

SLEEPER = """
import os, sys, time
from pathlib import Path
from core.jobs.kinds import kinds
from core.jobs.worker import work
from core.runtime import Runtime
from dataclasses import replace

def sleep(work):
    print("begun", flush=True)
    time.sleep(120)

kinds()["plan.import"] = replace(kinds()["plan.import"], run=sleep)
work(Runtime(os.environ, Path(os.environ["ZWGK_HOME"])).app, concurrency=1, patience=0.2)
"""


@pytest.fixture
def tenant(app: Flask, add_tenant) -> str:
    return add_tenant("t")


@pytest.fixture
def limited(app: Flask):
    def limit(**most: float) -> None:
        app.extensions[EXTENSION] = Limits(**most)

    return limit


@pytest.fixture
def doing(monkeypatch):
    """What jobs that import do instead."""

    def do(run) -> None:
        monkeypatch.setitem(kinds(), "plan.import", replace(kinds()["plan.import"], run=run))

    return do


def queue(app: Flask) -> list[tuple]:
    with platform_session() as session:
        rows = text("SELECT (args ->> 'job')::bigint, status::text, priority FROM procrastinate_jobs ORDER BY id")
        return [tuple(row) for row in session.execute(rows) if row[0] is not None]


def test_no_more_wait_than_one_tenant_and_one_person_may_have(app, tenant, limited):
    limited(jobs_waiting=3, jobs_waiting_each=2)
    one, other = program(tenant), program(tenant)
    asked(tenant, token=one), asked(tenant, token=one)
    with pytest.raises(JobsFull, match="您等待处理的后台任务已有 2 个，达到上限 2 个"):
        asked(tenant, token=one)
    asked(tenant, token=other)
    with pytest.raises(JobsFull, match="本机关等待处理的后台任务已有 3 个"):
        asked(tenant, token=other)
    work(app, wait=False)
    asked(tenant, token=other)


def test_too_many_is_said_by_429(served, tenant, limited):
    office = Program(served, tenant, "office")
    limited(jobs_waiting_each=1)
    file = office.bring("要点.txt", b"1")
    assert office.ask("POST", "/drafts", json={"file": file}).status_code == 202
    refused = office.ask("POST", "/drafts", json={"file": file})
    assert (refused.status_code, refused.get_json()["code"]) == (429, "jobs_full")


def test_of_whom_few_wait_comes_first(app, add_tenant, doing):
    done = []
    doing(lambda work: done.append(work.session.scope.tenant_id) or {})
    tokens = {slug: program(add_tenant(slug)) for slug in ("many", "few")}
    for slug in ("many",) * 4 + ("few",):
        asked(slug, token=tokens[slug])
    work(app, concurrency=1, wait=False)
    many, few = done[0], done[1]
    assert (many != few, done[2:]) == (True, [many] * 3)


def test_those_of_one_lock_stay_in_order(app, tenant, doing):
    done, token = [], program(tenant)
    doing(lambda work: done.append(work.number) or {})
    with tenant_session(tenant, f"token:{token}", "api") as session:
        before = [ask_for(session, "plan.import", {}).id for _ in range(3)]
        first = ask_for(session, "plan.import", {}, lock="plans").id
        session.execute(update(Job).where(Job.id.in_(before)).values(state="cancelled"))
        second = ask_for(session, "plan.import", {}, lock="plans").id
    work(app, concurrency=1, wait=False)
    assert done == [first, second]


def test_a_job_that_takes_too_long_is_ended_and_says_so(app, tenant, limited, doing):
    limited(job_minutes=0.005)
    doing(lambda work: work.session.execute(text("SELECT pg_sleep(60)")))
    slow = asked(tenant)
    work(app, wait=False)
    assert (job(tenant, slow).state, job(tenant, slow).error_code) == ("failed", "job_too_long")

    def forever(work):
        while True:
            work.progress("正在处理")

    doing(forever)
    endless = asked(tenant)
    work(app, wait=False)
    assert job(tenant, endless).error_code == "job_too_long"


def test_one_that_does_not_notice_is_ended_for_it_and_what_it_did_is_taken_back(app, tenant, doing):
    met = []

    def oblivious(work):
        mend(datetime.now(UTC) + timedelta(hours=2))
        work._told = 0.0
        try:
            work.progress("还在处理")
        except Superseded as error:
            met.append(error)
        return {"plan": 1}

    doing(oblivious)
    number = asked(tenant)
    work(app, wait=False)
    ended = job(tenant, number)
    assert (ended.state, ended.error_code, ended.result, len(met)) == ("failed", "job_too_long", None, 1)


def test_two_workers_never_do_one_job_at_once(app, tenant, doing):
    """The second begins it where the first was thought dead: the first gets out of it, the second does it."""
    attempts, others = [], ThreadPoolExecutor(1)

    def do(work):
        attempts.append(work.attempt)
        if work.attempt > 1:
            return {"by": work.attempt}
        others.submit(in_context, app, work.session.scope.tenant_id, work.number)
        while attempts == [1]:
            work._told = 0.0
            work.progress("正在处理")
        return {"by": 1}

    doing(do)
    number = asked(tenant)
    work(app, wait=False)
    others.shutdown()
    assert (job(tenant, number).state, job(tenant, number).result, attempts) == ("done", {"by": 2}, [1, 2])


def in_context(app: Flask, tenant_id: int, number: int) -> None:
    with app.app_context():
        run(tenant_id, number)


def test_a_worker_that_is_told_to_stop_leaves_after_a_while_what_is_not_done(runtime, app, tenant):
    number = asked(tenant)
    environ = os.environ | dict(runtime.environ) | {"ZWGK_HOME": str(runtime.home)}
    command = [sys.executable, "-c", SLEEPER]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as worker:
        assert worker.stdout.readline() == b"begun\n"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == LEFT
    assert job(tenant, number).state == "running"
    work(app, wait=False, dead_after=0.0)
    assert (job(tenant, number).state, job(tenant, number).attempts) == ("done", 2)


def test_what_the_queue_has_lost_is_put_into_it_again(app, tenant, database):
    number, ended = asked(tenant), asked(tenant)
    with tenant_session(tenant, "office", "command") as session:
        session.execute(update(Job).where(Job.id == ended).values(state="done"))
        session.execute(update(Job).where(Job.id == number).values(lock="plans"))
    with psycopg.connect(plain(database.need_owner())) as owner:
        owner.execute("DELETE FROM procrastinate_jobs")
    mend(datetime.now(UTC))
    assert queue(app) == []
    late = datetime.now(UTC) + timedelta(minutes=6)
    mend(late), mend(late)
    assert [(one, status) for one, status, _ in queue(app)] == [(number, "todo")]
    work(app, wait=False)
    assert job(tenant, number).state == "done"


def test_what_failed_in_the_queue_is_removed_after_a_week(app, tenant, database):
    number, waiting = asked(tenant), asked(tenant)
    with psycopg.connect(plain(database.need_owner())) as owner:
        owner.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE args ->> 'job' = %s", [str(number)])
        owner.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE args ->> 'job' = %s", [str(number)])
    tidy(datetime.now(UTC) + timedelta(days=6))
    assert [(one, status) for one, status, _ in queue(app)] == [(number, "failed"), (waiting, "todo")]
    tidy(datetime.now(UTC) + timedelta(days=8))
    assert [(one, status) for one, status, _ in queue(app)] == [(waiting, "todo")]


def test_files_of_a_tenant_are_bounded_however_many_come_at_once(served, tenant, limited):
    office = Program(served, tenant, "office")
    limited(files_mb=1)
    content = b"x" * (400 * 1024)

    def upload(number: int) -> tuple[int, str]:
        caller = Caller(served)
        caller.headers = office.headers
        answer = caller.ask("POST", "/files", data={"file": (BytesIO(content), f"{number}.bin")})
        return answer.status_code, answer.get_json().get("message", "")

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(upload, range(6)))
    assert sorted(status for status, _ in answers) == [201, 201, 422, 422, 422, 422]
    assert all("已有 0.8 MB" in message and "上限 1 MB" in message for status, message in answers if status == 422)


def test_what_a_job_makes_counts_too(served, tenant, limited):
    office = Program(served, tenant, "office")
    limited(files_mb=1)
    text_ = "2024年示例政务公开工作要点\n一、公开\n(一)做好第一项。(责任单位:办公室)\n"
    file = office.bring("要点.txt", text_.encode())
    for size in (2**18, 2**18, 2**18, 2**18 - 2**10):
        office.bring("大.bin", b"x" * size)
    failed = office.job("/drafts", file=file)
    assert (failed["state"], failed["error"]["code"]) == ("failed", "files_full")
    assert "1.0 MB" in failed["error"]["message"]
    assert "上限 1 MB" in failed["error"]["message"]


def test_limits_are_whole_numbers():
    environ = {"ZWGK_FILES_MB": "5", "ZWGK_JOB_MINUTES": " 7 ", "ZWGK_JOBS_WAITING": ""}
    assert Limits.from_environ(environ) == Limits(files_mb=5, job_minutes=7)
    for text_ in ("0", "-1", "1.5", "无", "12345678"):
        with pytest.raises(LimitInvalid, match="ZWGK_JOBS_WAITING_EACH"):
            Limits.from_environ({"ZWGK_JOBS_WAITING_EACH": text_})


def test_what_others_keep_from_being_done_is_begun_again_and_ends_at_last(app, tenant, doing):
    begun = []

    def moving(work):
        begun.append(work)
        raise PlanMoving(why="正在被别人修改")

    doing(moving)
    number = asked(tenant)
    with tenant_session(tenant, "office", "command") as session:
        key = session.scope.tenant_id
    for _ in range(WHILE_BUSY - 1):
        with pytest.raises(PlanMoving):
            run(key, number)
        assert job(tenant, number).state == "running"
    run(key, number)
    failed = job(tenant, number)
    assert (len(begun), failed.state, failed.error_code) == (WHILE_BUSY, "failed", "busy")
