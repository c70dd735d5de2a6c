"""Asking to leave: it takes two people and time, and nothing changes meanwhile."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from core.files.services import remove_file
from core.jobs.services import ask_for, cancel_job
from core.leaving.asking import AlreadyLeaving, NothingToTakeBack, NotLeaving, ask_to_leave, take_back
from core.leaving.erasing import ErasingAlone, ErasingTooEarly, erase
from core.units.models import Unit
from core.units.services import add_unit
from tenants.leaving import TenantLeaving
from tenants.people.rights import Right
from tenants.people.tokens import OPERATOR, issue_token
from tenants.people.tracing import BY_COMMAND
from tenants.sessions import tenant_session
from tests.integration.leaving.conftest import LATER
from tests.support.http import Caller


def test_it_takes_two_people_and_time(site):
    with pytest.raises(NotLeaving):
        erase("a", LATER, BY_COMMAND)
    with tenant_session("a", "account:5", "api") as session:
        leaving = ask_to_leave(session, LATER)
        assert leaving.not_before == LATER + timedelta(days=14)
    with pytest.raises(ErasingTooEarly):
        erase("a", LATER + timedelta(days=13), BY_COMMAND)
    with pytest.raises(ErasingAlone):
        erase("a", LATER + timedelta(days=15), ("account:5", "api", ""))
    acts = [one["action"] for one in site.cli.json("audit", "list", "--platform")]
    assert "tenant_leaving" in acts
    erase("a", LATER + timedelta(days=15), BY_COMMAND)
    assert "tenant_erased" in [one["action"] for one in site.cli.json("audit", "list", "--platform")]


def test_meanwhile_nothing_changes_and_it_can_be_taken_back(site):
    with tenant_session("a", "account:5", "api") as session:
        ask_to_leave(session, LATER)
    before = site.rows(site.world.tenants["a"])

    def adding_a_row():
        with tenant_session("a", "t", "t") as session:
            add_unit(session, "新处")

    def changing_rows():
        with tenant_session("a", "t", "t") as session:
            session.execute(update(Unit).values(name="x"))

    def removing_a_row():
        with tenant_session("a", "t", "t") as session:
            session.delete(session.scalars(select(Unit)).first())

    def asking_for_work():
        with tenant_session("a", "t", "t") as session:
            ask_for(session, "plan.import", {})

    def removing_a_file():
        with tenant_session("a", "t", "t") as session:
            remove_file(session, site.world.rows["stored_file"]["a"], {})

    def taking_work_back():
        with tenant_session("a", "t", "t") as session:
            cancel_job(session, site.world.rows["job"]["a"], LATER, {})

    acts = (adding_a_row, changing_rows, removing_a_row, asking_for_work, removing_a_file, taking_work_back)
    for attempt in acts:
        with pytest.raises(TenantLeaving):
            attempt()
    after = site.rows(site.world.tenants["a"])
    assert after == before
    with tenant_session("b", "t", "t") as session:
        add_unit(session, "新处")
    with tenant_session("a", "t", "t") as session:
        ask_for(session, "audit.export", {})
        with pytest.raises(AlreadyLeaving):
            ask_to_leave(session, LATER)
    with tenant_session("a", "account:5", "api") as session:
        take_back(session)
    adding_a_row()
    with pytest.raises(NothingToTakeBack, match="不需要"), tenant_session("a", "account:5", "api") as session:
        take_back(session)
    with pytest.raises(NotLeaving):
        erase("a", LATER + timedelta(days=99), BY_COMMAND)


def test_a_program_neither_asks_nor_takes_it_back(site):
    with tenant_session("a", "t", "t") as session:
        issued = issue_token(session, OPERATOR, "程序", {Right.TENANT_LEAVE}, datetime.now(UTC), 1)
    program = Caller(site.runtime.served, issued.secret)
    asked = program.ask("POST", "/tenant/leaving", json={"password": "x", "code": "000000"})
    assert (asked.status_code, asked.get_json()["code"]) == (403, "person_needed")
    site.leaves("a")
    taken_back = program.ask("DELETE", "/tenant/leaving")
    assert (taken_back.status_code, taken_back.get_json()["code"]) == (403, "person_needed")
    assert site.ask("SELECT state FROM leaving") == [("leaving",)]
