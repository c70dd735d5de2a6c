"""Rounds and upload links over HTTP: packets edited as people do, returned by the office, by contacts, by links."""

import zipfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import BytesIO

import pytest
from sqlalchemy import delete, select, update

from bridges.rounds.models import Packet, Return, Round
from bridges.web import round_jobs
from core.files.models import StoredFile
from core.files.services import LARGEST, Made, find_file
from core.jobs.work import Work
from core.jobs.worker import work
from tenants.audit.models import AuditEntry
from tenants.people.models import Token
from tenants.people.rights import Right
from tenants.people.tokens import OPERATOR, PURPOSES, issue_link
from tenants.sessions import tenant_session
from tests.support.agency import Program, begun, column, stamp_of, typed, units_of
from tests.support.http import Caller

pytestmark = pytest.mark.usefixtures("served")

TEXT = "2024年要点\n一、公开\n" + "\n".join(f"({n})做好第{n}项。(责任单位:甲处、乙处)" for n in "一二三")
DRAFT = {(0, "备注"): "见附件", (0, "完成情况"): "推进中"}
EVERY = OPERATOR.grants
WHOLE = DRAFT | {(0, "完成情况"): "已完成", (1, "进展情况"): "已报送", (2, "完成情况"): "看不懂"}


@pytest.fixture
def units(confirmed, app) -> dict[str, int]:
    confirmed(TEXT)
    return units_of(app, "t")


@pytest.fixture
def office(app, units) -> Program:
    return Program(app, "t", "office")


@pytest.fixture
def contact(app, units) -> Program:
    return Program(app, "t", "unit_contact", [units["甲处"]])


@pytest.fixture
def plan(office) -> str:
    return f"/plans/{office.get('/plans')[0]['id']}"


@pytest.fixture
def sent(office, plan) -> dict:
    return office.done(f"{plan}/rounds", due="2024-06-30", title="上半年填报")


@pytest.fixture
def here(sent) -> str:
    return f"/rounds/{sent['round']}"


@pytest.fixture
def packets(office, sent) -> dict[str, bytes]:
    return {one["unit"]: office.fetch(one) for one in sent["packets"]}


def progress(office, plan) -> list[str]:
    return [row["progress"] for row in office.get(f"{plan}/rows")["items"] if row["progress"]]


def test_each_unit_gets_its_rows(office, plan, sent, here, packets):
    assert [(one["unit"], one["rows"]) for one in sent["packets"]] == [("乙处", 3), ("甲处", 3)]
    assert set(column(packets["甲处"], "责任单位")) == {"甲处"}
    with zipfile.ZipFile(BytesIO(office.fetch(sent["zip"]))) as archive:
        assert archive.namelist() == ["下发清单.xlsx", *(one["name"] for one in sent["packets"])]
    (listed,) = office.get(f"{plan}/rounds")
    assert (listed["id"], listed["packets"], listed["returned"], listed["due"]) == (sent["round"], 2, 0, "2024-06-30")
    status = office.get(here)
    assert (status["chase"], [one["owes"] for one in status["units"]]) == (["乙处", "甲处"], [True, True])


def test_what_comes_back_is_merged_and_answered(office, plan, here, packets):
    draft = office.bring("甲处.xlsx", typed(packets["甲处"], DRAFT))
    whole = office.bring("甲处(2).xlsx", typed(packets["甲处"], WHOLE))
    rehearsed = office.done(f"{here}/returns", files=[draft, whole], dry_run=True)
    assert ([one["state"] for one in rehearsed["files"]], rehearsed["files_made"]) == (["merged", "merged"], [])
    assert (progress(office, plan), office.get(here)["chase"]) == ([], ["乙处", "甲处"])
    result = office.done(f"{here}/returns", files=[draft, whole])
    assert ([one["state"] for one in result["files"]], result["not_returned"]) == (["merged", "merged"], ["乙处"])
    assert progress(office, plan) == ["已报送"]
    assert office.get(here)["chase"] == ["乙处"]
    assert result["files_made"][0]["name"].startswith("甲处_答复_甲处")
    assert column(office.fetch(result["files_made"][0]), "完成情况")[0] == "已完成"
    again = office.done(f"{here}/returns", files=[draft, whole])
    assert {one["state"] for one in again["files"]} == {"double"}
    (corrected,) = [one for file in result["files"] for one in file.get("corrected", ())]
    restored = office.ask("POST", f"/corrections/{corrected['row']}/restore", json={"field": "status"})
    assert restored.status_code == 200, restored.get_json()
    assert office.get(f"/rows/{corrected['row']}")["status_word"] == "推进中"


def test_a_contact_sees_and_returns_his_packets_only(app, office, contact, plan, here, packets, units):
    assert [one["unit"] for one in contact.get(here)["units"]] == ["甲处"]
    (listed,) = contact.get(f"{plan}/rounds")
    assert (listed["packets"], listed["returned"]) == (1, 0)
    theirs = contact.bring("乙处.xlsx", typed(packets["乙处"], WHOLE))
    mine = contact.bring("甲处.xlsx", typed(packets["甲处"], WHOLE))
    result = contact.done(f"{here}/returns", files=[theirs, mine])
    states = {one["file"]: (one["state"], one["code"], one["unit"]) for one in result["files"]}
    assert states == {"乙处.xlsx": ("unknown", "unknown_stamp", ""), "甲处.xlsx": ("merged", "", "甲处")}
    assert [one["unit"] for one in result["units"]] == ["甲处"]
    assert result["not_returned"] == []
    assert [row["unit"] for row in office.get(f"{plan}/rows")["items"] if row["progress"]] == ["甲处"]
    refused = contact.job(f"{here}/divisions", file=theirs, into={"一科": []})
    assert refused["error"]["code"] == "not_a_packet"
    # of a round in which his unit got nothing, there is nothing
    only = office.done(f"{plan}/rounds", units=[units["乙处"]])
    for path in (f"/rounds/{only['round']}", "/rounds/987654321"):
        answer = contact.ask("GET", path)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "round_unknown")
    assert contact.ask("POST", f"/rounds/{only['round']}/returns", json={"files": [mine]}).status_code == 404
    assert [one["id"] for one in contact.get(f"{plan}/rounds")] == [int(here.rpartition("/")[2])]
    for path in (f"{plan}/rounds", f"{here}/links"):
        assert contact.ask("POST", path, json={"unit_id": units["甲处"]}).status_code == 403


def test_a_contact_fetches_his_own_packet(app, office, contact, here, packets, units):
    assert contact.get(here)["units"][0]["unit_id"] == units["甲处"]
    found = contact.ask("GET", f"{here}/packets/{units['甲处']}")
    assert (found.status_code, found.get_data()) == (200, packets["甲处"])
    assert "filename" in found.headers["Content-Disposition"]
    guest = Program(app, "t", "guest", [units["甲处"]])
    assert guest.ask("GET", f"{here}/packets/{units['甲处']}").get_data() == packets["甲处"]
    assert office.ask("GET", f"{here}/packets/{units['乙处']}").get_data() == packets["乙处"]


def test_a_packet_that_is_not_ones_own_or_gone_is_as_good_as_none(office, contact, here, packets, units):
    def asked(caller, unit):
        answer = caller.ask("GET", f"{here}/packets/{unit}")
        return answer.status_code, answer.get_data(as_text=True).replace(str(unit), "#")

    none = asked(contact, 987654321)
    assert none[0] == 404
    assert asked(contact, units["乙处"]) == none
    with tenant_session("t", "office", "command") as session:
        session.execute(delete(StoredFile).where(StoredFile.digest == sha256(packets["乙处"]).hexdigest()))
    assert asked(office, units["乙处"]) == none


def test_a_contact_is_not_told_whose_a_row_is(office, contact, here, packets):
    """The id of a row of another unit, typed into one's own packet: for him it is as good as any."""
    theirs = column(packets["乙处"], stamp_of(packets["乙处"]))[0]
    told = []
    for caller, id_ in ((contact, theirs), (contact, "f" * len(theirs)), (office, theirs)):
        cells = {(3, stamp_of(packets["甲处"])): id_, (3, "任务"): "别处的任务"}
        file = caller.bring("甲处.xlsx", typed(packets["甲处"], cells))
        (report,) = caller.done(f"{here}/returns", files=[file], dry_run=True)["files"]
        told.append(str(report).replace(id_, "#"))
    assert told[0] == told[1]
    assert ("乙处" in told[0], "乙处" in told[2]) == (False, True)


def test_a_packet_is_divided_among_divisions(office, contact, here, packets):
    packet = contact.bring("甲处.xlsx", packets["甲处"])
    result = contact.done(f"{here}/divisions", file=packet, into={"一科": [4], "二科": []})
    assert ([(one["part"], one["rows"]) for one in result["parts"]], result["left"]) == ([("一科", 1), ("二科", 3)], 0)
    assert contact.get(here)["chase"] == ["甲处（一科）", "甲处（二科）"]
    part = contact.bring("一科.xlsx", typed(contact.fetch(result["parts"][0]), {(0, "进展情况"): "一科写的"}))
    collected = contact.done(f"{here}/returns", files=[part])
    assert (collected["files"][0]["state"], collected["divisions_not_returned"]) == ("merged", ["甲处（二科）"])


def test_work_on_rounds_that_was_begun_twice(office, plan, here, packets, sent, units):
    """A worker that dies just before the job's end: the job is begun again."""
    number = int(plan.rpartition("/")[2])
    order = {"plan": number, "title": "", "due": None, "units": []}
    returned = office.bring("甲处.xlsx", typed(packets["甲处"], WHOLE))
    asked = {"accepted": {}, "confirmed": {}, "replies": True, "dry_run": False}
    asked |= {"round": sent["round"], "files": [returned]}
    made_by = Made(Right.ROUNDS_SEND, None)
    for name, kind, detail in (("send", round_jobs.send, order), ("collect", round_jobs.collect, asked)):
        job = begun("t", f"round.{name}", detail)
        with tenant_session("t", "token:1", "api") as session:
            kind(Work(job, session, detail, made_by))
            session.rollback()
        with tenant_session("t", "token:1", "api") as session:
            result = kind(Work(job, session, detail, made_by))
            if kind is round_jobs.send:
                made = {one["unit"]: find_file(session, one["file"], EVERY).content for one in result["packets"]}
    assert [one["key"] for one in office.get(f"{plan}/rounds")] == ["2", "1"]
    assert ([one["state"] for one in result["files"]], len(result["files_made"])) == (["double"], 1)
    assert progress(office, plan) == ["已报送"]
    with tenant_session("t", "office", "command") as session:
        assert len(session.scalars(select(Return)).all()) == 1
        assert session.scalars(select(Round.state)).all() == ["sent", "sent"]
        assert len(session.scalars(select(Packet).where(Packet.part == "")).all()) == 4
        assert len(session.scalars(select(AuditEntry).where(AuditEntry.action == "round_sent")).all()) == 2
    # the packets that somebody has got are those that count
    second = office.get("/rounds/" + str(office.get(f"{plan}/rounds")[0]["id"]))
    late = office.bring("乙处.xlsx", typed(made["乙处"], {(2, "进展情况"): "第二批"}))
    assert office.done(f"/rounds/{second['id']}/returns", files=[late])["files"][0]["state"] == "merged"


def test_a_division_that_was_begun_twice(contact, here, packets):
    packet = contact.bring("甲处.xlsx", packets["甲处"])
    detail = {"round": int(here.rpartition("/")[2]), "file": packet, "by": "", "into": {"一科": [4], "二科": []}}
    job = begun("t", "round.divide", detail)

    def divide(session):
        return round_jobs.divide(Work(job, session, detail, Made(Right.ROUNDS_RETURN, None)))

    with tenant_session("t", "token:1", "api") as session:
        divide(session)
        session.rollback()
    assert contact.get(here)["chase"] == ["甲处"]  # nobody has got those
    with tenant_session("t", "token:1", "api") as session:
        made = {one["part"]: find_file(session, one["file"], EVERY).content for one in divide(session)["parts"]}
    with tenant_session("t", "office", "command") as session:
        parts = session.scalars(select(Packet.part).where(Packet.part != "").order_by(Packet.id)).all()
    assert parts == ["一科", "二科"]
    assert contact.get(here)["chase"] == ["甲处（一科）", "甲处（二科）"]
    part = contact.bring("一科.xlsx", typed(made["一科"], {(0, "进展情况"): "一科写的"}))
    assert contact.done(f"{here}/returns", files=[part])["files"][0]["state"] == "merged"


def test_files_of_one_name_are_told_apart(office, here, packets):
    """Without a stamp a person says whose each is, by its name: never one for two files."""
    bare = {one: typed(packets[one], {(-1, stamp_of(packets[one])): "编号", (0, "进展情况"): one}) for one in packets}
    files = [office.bring("回收.xlsx", bare[unit]) for unit in ("甲处", "乙处")]
    answer = office.ask("POST", f"{here}/returns", json={"files": [files[0], *files]})
    assert (answer.status_code, answer.get_json()["fields"]) == (
        422,
        [{"path": "files", "message": f"同一文件写了多次：{files[0]}。"}],
    )
    asked = office.done(f"{here}/returns", files=files)
    names = [one["file"] for one in asked["files"]]
    assert (names, {one["code"] for one in asked["files"]}) == (
        ["回收（同名 1）.xlsx", "回收（同名 2）.xlsx"],
        {"no_stamp"},
    )
    unclear = office.job(f"{here}/returns", files=files, accepted={"回收.xlsx": "甲处"})
    assert unclear["error"]["code"] == "no_such_file"
    result = office.done(f"{here}/returns", files=files, accepted=dict(zip(names, ("甲处", "乙处"), strict=True)))
    assert [(one["state"], one["unit"]) for one in result["files"]] == [("merged", "甲处"), ("merged", "乙处")]


# ------------------------------------------------------------ links


def issued(office, here, unit) -> tuple[int, str]:
    answer = office.ask("POST", f"{here}/links", json={"unit_id": unit, "days": 3})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["link"]["id"], answer.get_json()["secret"]


def upload(app, secret, content, name="甲处.xlsx"):
    return Caller(app, secret).ask("POST", "/returns", data={"file": (BytesIO(content), name)})


def test_a_unit_without_an_account_returns_its_packet(app, office, plan, here, packets, units):
    number, secret = issued(office, here, units["甲处"])
    accepted = upload(app, secret, typed(packets["甲处"], WHOLE))
    assert accepted.status_code == 202, accepted.get_data(as_text=True)
    work(app, wait=False)
    link = Caller(app, secret)
    job = link.get(accepted.headers["Location"].removeprefix("/api/v1"))
    assert (job["state"], job["result"]["files"][0]["state"]) == ("done", "merged")
    assert progress(office, plan) == ["已报送"]
    (reply,) = job["result"]["files_made"]
    address = f"/returns/{job['id']}/replies"
    answered = link.ask("GET", f"{address}/{reply['file']}")
    assert (answered.status_code, column(answered.get_data(), "完成情况")[0]) == (200, "已完成")
    # of another's return there is no answer, and what is no answer is fetched by nobody so
    with tenant_session("t", "office", "command") as session:
        brought = session.scalar(select(StoredFile.id).where(StoredFile.actor == f"link:{number}").order_by("id"))
    others = Caller(app, issued(office, here, units["乙处"])[1])
    for caller, one, code in ((others, reply["file"], "job"), (link, 987654321, "file"), (link, brought, "file")):
        refused = caller.ask("GET", f"{address}/{one}")
        assert (refused.status_code, refused.get_json()["code"]) == (404, f"{code}_unknown")
    # another unit's packet is one that nobody knows; and the link opens nothing else
    other = upload(app, secret, typed(packets["乙处"], WHOLE), "乙处.xlsx").get_json()["id"]
    work(app, wait=False)
    assert link.get(f"/returns/{other}")["result"]["files"][0]["code"] == "unknown_stamp"
    for method, path in (("GET", "/plans"), ("GET", here), ("GET", "/jobs"), ("POST", "/files")):
        assert link.ask(method, path).status_code == 401
    _, listed = office.get(f"{here}/links")
    assert (listed["id"], listed["unit_id"], "secret" in listed) == (number, units["甲处"], False)


def test_a_link_that_does_not_hold_is_like_one_that_never_was(app, office, here, packets, units, monkeypatch):
    never = upload(app, f"zwgk_t_{'x' * 43}", packets["甲处"])
    assert (never.status_code, never.get_json()["code"]) == (401, "not_signed_in")
    number, revoked = issued(office, here, units["甲处"])
    assert office.ask("DELETE", f"{here}/links/{number}").status_code == 204
    assert office.ask("DELETE", f"{here}/links/{number}").status_code == 404
    ended_id, ended = issued(office, here, units["甲处"])
    monkeypatch.setitem(PURPOSES, "other", PURPOSES["upload"])
    with tenant_session("t", "office", "command") as session:
        now = datetime.now(UTC)
        past = update(Token).where(Token.id == ended_id).values(expires_at=now - timedelta(seconds=1))
        session.execute(past)
        other = issue_link(session, OPERATOR, "other", units["甲处"], {"round": 1}, "别的", now, 1).secret
    for secret in (revoked, ended, other, "", "nix", office.headers["Authorization"].removeprefix("Bearer ")):
        answer = upload(app, secret, packets["甲处"])
        assert (answer.status_code, answer.get_data()) == (401, never.get_data())


def test_links_end_only_links_and_bound_what_comes(app, office, here, packets, units):
    _, secret = issued(office, here, units["甲处"])
    large = {"data": b"x" * (LARGEST + 65 * 1024), "content_type": "multipart/form-data; boundary=x"}
    answer = Caller(app, secret).ask("POST", "/returns", **large)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    with tenant_session("t", "office", "command") as session:
        api = session.scalar(select(Token.id).where(Token.kind == "api"))
    assert office.ask("DELETE", f"{here}/links/{api}").status_code == 404
    assert office.ask("POST", f"{here}/links", json={"unit_id": 987654321}).get_json()["code"] == "unit_unknown"
    assert office.get("/plans")
