"""Rounds while others write without pause, divide the same packet by command, or fill the store of files."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bridges.runner import PlanMoving
from bridges.web import round_jobs, sheet_jobs
from core.files.services import Made
from core.jobs.work import Work
from core.limits import EXTENSION
from core.plans.models import Plan
from core.runtime import china_now
from tenants.audit.models import AuditEntry
from tenants.people.rights import Right
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.integration.api.test_rounds import contact, here, office, packets, plan, sent, units
from tests.support.agency import Program, begun, typed
from tests.support.http import Caller

__all__ = ["contact", "here", "office", "packets", "plan", "sent", "units"]
pytestmark = pytest.mark.usefixtures("served")
MEGABYTE = 2**20


@pytest.fixture
def busy(monkeypatch):
    """`busy(jobs)`: whenever these look at the clock, somebody else has just written, if he was let."""

    def clock():
        with suppress(OperationalError), tenant_session("t", "office", "api") as session:
            session.execute(text("SET LOCAL lock_timeout = '20ms'"))
            session.scalars(select(Plan).with_for_update()).one().revision += 1
        return china_now()

    return lambda jobs: monkeypatch.setattr(jobs, "china_now", clock)


def worked(kind, job, detail, right):
    """What a job gives that is done once, as the worker does it."""
    with tenant_session("t", "token:1", "api") as session:
        return kind(Work(job, session, detail, Made(right, None)))


def written(office, action):
    with tenant_session("t", "office", "command") as session:
        return len(session.scalars(select(AuditEntry).where(AuditEntry.action == action)).all())


def test_a_round_that_others_keep_from_being_made_is_made_once_they_let_it(office, plan, busy, monkeypatch):
    detail = {"plan": int(plan.rpartition("/")[2]), "title": "", "due": None, "units": []}
    job = begun("t", "round.send", detail)
    with monkeypatch.context():
        busy(round_jobs)
        with pytest.raises(PlanMoving):
            worked(round_jobs.send, job, detail, Right.ROUNDS_SEND)
    assert ([one["state"] for one in office.get(f"{plan}/rounds")], written(office, "round_sent")) == (["sending"], 0)
    monkeypatch.undo()
    assert len(worked(round_jobs.send, job, detail, Right.ROUNDS_SEND)["packets"]) == 2
    assert ([one["state"] for one in office.get(f"{plan}/rounds")], written(office, "round_sent")) == (["sent"], 1)


def test_a_division_that_others_keep_from_being_made_is_begun_again(contact, here, packets, busy):
    packet = contact.bring("甲处.xlsx", packets["甲处"])
    detail = {"round": int(here.rpartition("/")[2]), "file": packet, "by": "", "into": {"一科": [4]}}
    busy(round_jobs)
    with pytest.raises(PlanMoving):
        worked(round_jobs.divide, begun("t", "round.divide", detail), detail, Right.ROUNDS_RETURN)
    assert [one["part"] for one in contact.get(here)["units"]] == [""]


def test_a_sync_that_others_keep_from_being_done_is_begun_again(office, plan, busy):
    sheet = office.fetch(office.done(f"{plan}/exports")["files"][0])
    brought = office.bring("表.xlsx", typed(sheet, {(0, "备注"): "表中写的"}))
    detail = {"plan": int(plan.rpartition("/")[2]), "file": brought, "dry_run": False, "confirmed": []}
    busy(sheet_jobs)
    with pytest.raises(PlanMoving):
        worked(sheet_jobs.sync, begun("t", "sheet.sync", detail), detail, Right.SHEETS_SYNC)


def test_a_return_is_taken_however_fast_others_write(office, here, packets, busy):
    busy(round_jobs)
    returned = office.bring("甲处.xlsx", typed(packets["甲处"], {(0, "进展情况"): "已报送"}))
    assert office.done(f"{here}/returns", files=[returned])["files"][0]["state"] == "merged"


def test_a_round_whose_files_find_no_room_is_not_handed_out(app, office, plan, contact):
    for _ in range(4):
        office.bring("大.bin", b"x" * (MEGABYTE // 4 - 2**10))
    limits = app.extensions[EXTENSION]
    app.extensions[EXTENSION] = replace(limits, files_mb=1)
    failed = office.job(f"{plan}/rounds")
    assert (failed["state"], failed["error"]["code"]) == ("failed", "files_full")
    assert ([one["state"] for one in office.get(f"{plan}/rounds")], written(office, "round_sent")) == (["sending"], 0)
    app.extensions[EXTENSION] = limits
    assert len(office.done(f"{plan}/rounds")["packets"]) == 2
    assert written(office, "round_sent") == 1


def test_a_division_by_command_in_the_middle_of_one_over_http(
    cli, contact, office, here, packets, tmp_path, monkeypatch
):
    packet, folder = contact.bring("甲处.xlsx", packets["甲处"]), tmp_path / "划分"
    (tmp_path / "甲处.xlsx").write_bytes(packets["甲处"])
    folder.mkdir()
    kept = round_jobs.kept

    def in_between(work, paths):
        by_command = ("--tenant", "t", "--out", folder, "--into", "一科=4")
        cli.ok("round", "divide", tmp_path / "甲处.xlsx", *by_command)
        return kept(work, paths)

    monkeypatch.setattr(round_jobs, "kept", in_between)
    result = contact.done(f"{here}/divisions", file=packet, into={"一科": [4]})
    (by_command,) = folder.glob("*.xlsx")
    contents = contact.fetch(result["parts"][0]), by_command.read_bytes()
    for number, content in enumerate(contents):
        brought = office.bring(f"{number}.xlsx", typed(content, {(0, "进展情况"): f"第{number}次"}))
        assert office.done(f"{here}/returns", files=[brought])["files"][0]["state"] == "merged"


def test_who_hands_out_fetches_all_that_he_handed_out(app, office, plan, contact, units):
    sender = Program(app, "t", "office")
    rights = {Right.PLANS_READ, Right.ROUNDS_READ, Right.ROUNDS_SEND}
    with tenant_session("t", "office", "command") as session:
        secret = issue_token(session, OPERATOR, "下发", rights, datetime.now(UTC), 1).secret
    sender.headers = Caller(app, secret).headers
    made = sender.done(f"{plan}/rounds")
    for file in (made["zip"], made["list"], *made["packets"]):
        assert sender.ask("GET", f"/files/{file['file']}/content").status_code == 200
        assert contact.ask("GET", f"/files/{file['file']}/content").status_code == 404
    assert contact.ask("GET", f"/rounds/{made['round']}/packets/{units['甲处']}").status_code == 200
