"""Somebody whose role or units were narrowed: what he had made before is out of his reach, with what he lost."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from core.files.models import StoredFile
from tenants.people.models import Token
from tenants.people.rights import ROLES
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.support.agency import Program, units_of

pytestmark = pytest.mark.usefixtures("served")

TEXT = "2024年要点\n一、公开\n" + "\n".join(f"({n})做好第{n}项。(责任单位:甲处、乙处)" for n in "一二三")


@pytest.fixture
def units(confirmed, app: Flask) -> list[int]:
    confirmed(TEXT)
    return list(units_of(app, "t").values())


def narrow(program: Program, **values) -> None:
    """Change what a program may do, as is done to a person by his membership."""
    number = int(program.get("/jobs")["items"][0]["result"]["files"][0]["file"])
    with tenant_session("t", "office", "command") as session:
        actor = session.scalar(select(StoredFile.actor).where(StoredFile.id == number))
        session.execute(update(Token).where(Token.id == int(actor.partition(":")[2])).values(**values))


def is_there(program: Program, job: int, file: int) -> list[bool]:
    """The job, the job in the list, the file, its content; what is not there answers like what never was."""
    found = []
    for path, number in (("/jobs/{}", job), ("/files/{}", file), ("/files/{}/content", file)):
        answer, nobodys = (program.ask("GET", path.format(one)) for one in (number, 987654321))
        found.append(answer.status_code == 200)
        if not found[-1]:
            same = answer.get_data(as_text=True).replace(str(number), "#")
            assert (answer.status_code, same) == (404, nobodys.get_data(as_text=True).replace("987654321", "#"))
    return [*found, job in {one["id"] for one in program.get("/jobs")["items"]}]


def exported(program: Program) -> tuple[int, int]:
    plan = program.get("/plans")[0]["id"]
    job = program.job(f"/plans/{plan}/exports")
    return job["id"], job["result"]["files"][0]["file"]


THERE, GONE = [True] * 4, [False] * 4


def test_a_file_and_a_result_are_there_as_long_as_the_right_is(app, units):
    contact = Program(app, "t", "unit_contact", units)
    made = exported(contact)
    assert is_there(contact, *made) == THERE
    narrow(contact, units=units[:1])
    assert is_there(contact, *made) == GONE
    assert contact.ask("DELETE", f"/files/{made[1]}").status_code == 404
    own = exported(contact)
    assert is_there(contact, *own) == THERE
    narrow(contact, rights=sorted(right.value for right in ROLES["guest"].rights))
    assert is_there(contact, *own) == GONE


def test_the_office_sees_everybodys_as_far_as_it_has_the_right(app, units):
    contact, office = Program(app, "t", "unit_contact", units[:1]), Program(app, "t", "office")
    made, own = exported(contact), exported(office)
    assert (is_there(office, *made), is_there(office, *own)) == (THERE, THERE)
    assert is_there(contact, *own) == GONE
    with tenant_session("t", "office", "command") as session:
        rights = ROLES["office"].rights - {"sheets.export"}
        secret = issue_token(session, OPERATOR, "程序", rights, datetime.now(UTC), 1).secret
    office.headers = {"Authorization": f"Bearer {secret}"}
    assert (is_there(office, *made), is_there(office, *own)) == (GONE, GONE)


def test_what_one_brought_oneself_stays(app, units):
    contact = Program(app, "t", "unit_contact", units)
    file = contact.bring("表.xlsx", b"1")
    exported(contact)
    narrow(contact, units=units[:1])
    assert contact.fetch(file) == b"1"
