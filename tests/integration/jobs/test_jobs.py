"""Long work: asked for over HTTP, done by a real worker out of the real queue, looked at until it is done."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from core.files.services import keep
from core.jobs.services import ask_for, cancel_job, find_job
from core.jobs.upkeep import tidy
from core.jobs.worker import work
from tenants.people.models import SignIn
from tenants.people.rights import TENANT_RIGHTS
from tenants.people.signed_in import resume
from tenants.people.tokens import OPERATOR, issue_token, revoke_token
from tenants.sessions import platform_session, tenant_session
from tests.support.people import add_member, sign

PAPER = "2024年示例政务公开工作要点\n一、信息公开\n(一)编制目录。编制并公布目录,于6月底前完成。(责任单位:办公室)\n"


@pytest.fixture
def tenant(app: Flask, add_tenant) -> str:
    return add_tenant("t")


def program(slug: str) -> int:
    """A token of the tenant that may do whatever the operator may."""
    with tenant_session(slug, "office", "command") as session:
        return issue_token(session, OPERATOR, "程序", TENANT_RIGHTS, datetime.now(UTC), 1).token.id


def asked(slug: str, name: str = "要点.txt", content: str = PAPER, token: int | None = None) -> int:
    with tenant_session(slug, f"token:{token or program(slug)}", "api") as session:
        file = keep(session, name, content.encode())
        return ask_for(session, "plan.import", {"file": file.id, "attachments": [], "year": None}).id


def job(slug: str, number: int):
    with tenant_session(slug, "office", "command") as session:
        found = find_job(session, number, OPERATOR.grants)
        session.expunge(found)
        return found


def test_what_is_asked_for_is_done_and_says_what_came_of_it(app, cli, tenant):
    number = asked(tenant)
    assert job(tenant, number).state == "waiting"
    work(app, wait=False)
    done = job(tenant, number)
    assert (done.state, done.result["tasks"], done.error) == ("done", 1, None)
    assert cli.json("plan", "list", "--tenant", tenant)[0]["id"] == done.result["plan"]


def test_what_is_refused_is_the_end_of_the_job_in_words(app, cli, tenant):
    number = asked(tenant, content="没有任务的文字")
    work(app, wait=False)
    failed = job(tenant, number)
    assert (failed.state, failed.error_code) == ("failed", "no_tasks")
    (act,) = cli.json("audit", "list", "--tenant", tenant, "--action", "job_failed")
    assert (act["outcome"], act["entity_id"], act["detail"]) == (
        "refused",
        number,
        {"kind": "plan.import", "code": "no_tasks"},
    )
    assert "要点.txt" in failed.error
    assert cli.json("plan", "list", "--tenant", tenant) == []


def test_a_job_that_was_rolled_back_was_never_asked_for(app, tenant):
    with tenant_session(tenant, "token:1", "api") as session:
        ask_for(session, "plan.import", {"file": 1, "attachments": [], "year": None})
        session.rollback()
    with tenant_session(tenant, "office", "command") as session:
        assert session.connection().exec_driver_sql("SELECT count(*) FROM procrastinate_jobs").scalar() == 0


def test_a_job_that_was_taken_back_is_not_done(app, cli, tenant):
    token = program(tenant)
    number = asked(tenant, token=token)
    with tenant_session(tenant, f"token:{token}", "api") as session:
        cancel_job(session, number, datetime.now(UTC), OPERATOR.grants)
    work(app, wait=False)
    assert job(tenant, number).state == "cancelled"
    (act,) = cli.json("audit", "list", "--tenant", tenant, "--action", "job_cancelled")
    assert (act["actor"], act["entity_id"]) == (f"token:{token}", number)
    assert cli.json("plan", "list", "--tenant", tenant) == []


def test_sessions_that_ran_out_long_ago_are_forgotten(app, tenant):
    add_member(tenant, "zhang")
    present = datetime.now(UTC)
    sign("zhang")
    living = sign("zhang", now=present)
    tidy(present)
    with platform_session() as session:
        assert session.scalars(select(SignIn.created_at)).all() == [present]
    assert resume(living.token, present)


def test_a_job_of_somebody_who_may_not_any_more_is_not_done(app, cli, tenant):
    token = program(tenant)
    number = asked(tenant, token=token)
    with tenant_session(tenant, "office", "command") as session:
        revoke_token(session, token, datetime.now(UTC))
    work(app, wait=False)
    failed = job(tenant, number)
    assert (failed.state, failed.error_code) == ("failed", "right_gone")
    assert cli.json("plan", "list", "--tenant", tenant) == []
