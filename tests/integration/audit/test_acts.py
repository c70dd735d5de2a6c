"""What is written when something is done, refused or fails; and what is not."""

import logging

import psycopg
import pytest
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError

from core.units.models import Unit
from core.units.services import add_unit
from tenants.audit.actions import Action
from tenants.audit.acts import LONGEST, record_act, record_refusal
from tenants.errors import ZwgkError
from tenants.sessions import platform_session, tenant_session
from tests.support.cli import Cli
from tests.support.database import plain

MARK = "别家的事项"


def entries(maint, table="audit_entry"):
    return maint.execute(
        f"SELECT actor, via, address, action, outcome, entity, entity_id, detail FROM {table} ORDER BY id"
    ).fetchall()


def test_an_act_comes_with_what_it_does_or_not_at_all(office, maint):
    def fail():
        with office() as session:
            record_act(session, Action.SIGN_IN)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert entries(maint) == []


def test_a_refusal_stays_when_what_was_refused_is_taken_back(office, maint):
    def refused():
        with tenant_session("t", "account:1", "api", "192.0.2.7") as session:
            unit = add_unit(session, "甲处")
            record_refusal(session, Action.ACCESS, "no_right", subject=("unit", unit.id))
            raise ZwgkError

    with pytest.raises(ZwgkError):
        refused()
    found = ("account:1", "api", "192.0.2.7", "access", "refused", "unit")
    assert [entry[:6] for entry in entries(maint)] == [found]
    assert entries(maint)[0][7] == {"code": "no_right"}
    assert maint.execute("SELECT count(*) FROM unit").fetchone()[0] == 0


def test_what_a_stranger_types_is_cut_and_made_storable(site, maint):
    with platform_session() as session:
        record_act(
            session, Action.SIGN_IN, detail={"login": "a\x00\udc80" + "x" * 9999}, outcome="refused", address="::1"
        )
    found = entries(maint, "platform_entry")[-1]
    assert found[2:5] == ("::1", "sign_in", "refused")
    assert found[7]["login"] == "a\ufffd?" + "x" * (LONGEST - 3)


def test_the_application_adds_to_the_platforms_audit_and_reads_none_of_it(urls):
    with psycopg.connect(plain(urls.app)) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT actor FROM platform_entry")


def test_adding_a_tenant_is_an_act_on_the_platform(site, maint):
    added = [(action, entity, detail) for *_, action, _outcome, entity, _id, detail in entries(maint, "platform_entry")]
    assert added == [("tenant_added", "tenant", {"slug": "t"}), ("tenant_added", "tenant", {"slug": "u"})]


def test_an_error_of_the_database_tells_no_values(app, add_tenant):
    add_tenant("t")
    with tenant_session("t", "office", "command") as session:
        with pytest.raises(DBAPIError) as caught:
            session.execute(insert(Unit), [{"tenant_id": session.scope.tenant_id + 1, "name": MARK, "kind": "unit"}])
        session.rollback()
    assert MARK not in str(caught.value)


def test_a_failure_tells_nothing_of_another_tenant(cli: Cli, add_tenant, database, tmp_path, caplog):
    """The sheet and the ids of one tenant, tried in another one."""
    caplog.set_level(logging.DEBUG)
    for slug in ("t", "u"):
        add_tenant(slug)
        document = tmp_path / f"{slug}.txt"
        word = MARK if slug == "u" else "本机关"
        document.write_text(
            f"2024年{word}政务公开工作要点\n一、{word}\n(一)做好{word}。做好{word}。(责任单位:{word}处)\n", "utf-8"
        )
        cli.ok("plan", "import", document, "--tenant", slug)
        cli.ok("plan", "confirm", "--tenant", slug)
        cli.ok("sheet", "export", "--tenant", slug, tmp_path / f"{slug}.xlsx")
    caplog.clear()
    [row] = cli.json("plan", "show", "--tenant", "u")["rows"]
    tried = (
        ("sheet", "sync", "--tenant", "t", tmp_path / "u.xlsx"),
        ("task", "show", "--tenant", "t", row["row"]),
        ("plan", "show", "--tenant", "t", "--plan", "2"),
        ("plan", "import", tmp_path / "absent.txt", "--tenant", "t"),
    )
    for command in tried:
        outcome = cli(*command)
        assert outcome.status == 2
        assert MARK not in outcome.out + outcome.err
    shown = str(cli.json("audit", "list", "--tenant", "t", "--limit", "1000"))
    assert "bad_stamp" in shown
    assert MARK not in shown + caplog.text
    with psycopg.connect(plain(database.need_maint())) as connection:
        platform = str(connection.execute("SELECT * FROM platform_entry, cross_tenant_use").fetchall())
    assert MARK not in platform
