"""One tenant as a file and back: every table, every byte, nobody else's; and that it goes on where it stopped."""

import re
import zipfile
from datetime import UTC, datetime

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from core.backup.tables import LEFT_OUT, carried
from core.units.services import add_unit
from tenants.audit.services import seal_audit, verify_audit
from tenants.db import tenant_tables
from tenants.sessions import tenant_session
from tests.integration.backup.conftest import NOW
from tests.support.database import contents, plain

# what is written into the new tenant beside its rows: its name, and that it was restored
ADDED = {"change": 1, "audit_entry": 1}


def test_every_table_of_the_registry_is_carried_but_those_listed():
    assert {table.name for table in carried()} | LEFT_OUT == set(tenant_tables())
    assert set(tenant_tables()) >= LEFT_OUT


def test_every_row_comes_back_as_it_was(site, backup):
    before, others = site.rows("a"), contents(site.urls, "b")
    assert all(len(rows) >= 2 for rows in before.values())
    site.restore(backup, "c")
    after = site.rows("c")
    for table, rows in before.items():
        kept = {number: row for number, row in after[table].items() if number in rows}
        if table == "token":
            rows, kept = (
                {n: re.sub(r'"revoked_at": [^,]*, |(?s:\n.*)', "", r) for n, r in of.items()} for of in (rows, kept)
            )
        assert kept == rows, table
        assert len(after[table]) - len(rows) == ADDED.get(table, 0), table
    assert (site.rows("a"), contents(site.urls, "b")) == (before, others)


def test_tokens_come_back_revoked(site, backup):
    site.restore(backup, "c")
    (count,) = site.ask(
        "SELECT count(*) FROM token WHERE revoked_at IS NULL AND tenant_id = (SELECT id FROM tenant WHERE slug = 'c')"
    )
    assert count == (0,)
    assert site.ask("SELECT count(*) FROM token WHERE revoked_at IS NULL")[0][0] > 0


def test_work_that_was_waiting_is_taken_back(site, tmp_path):
    with psycopg.connect(plain(site.urls.need_maint())) as maint:
        maint.execute("UPDATE job SET state = 'waiting'")
    site.restore(site.export("a", tmp_path / "a.zip"), "c")
    states = "SELECT DISTINCT state FROM job WHERE tenant_id = (SELECT id FROM tenant WHERE slug = 'c')"
    assert site.ask(states) == [("cancelled",)]


def test_of_what_people_sign_in_by_nothing_leaves(backup):
    with zipfile.ZipFile(backup) as packed:
        everything = b"".join(packed.read(name) for name in packed.namelist())
    assert b"person" in everything
    assert b"HASH" not in everything
    assert b"TOTP" not in everything


def test_elsewhere_people_are_found_by_login_or_made_without_password(site, elsewhere, tmp_path):
    (person,) = [login for (login,) in site.ask("SELECT login FROM account ORDER BY id LIMIT 1")]
    with psycopg.connect(plain(site.urls.need_maint())) as maint:
        maint.execute("UPDATE stored_file SET actor = 'account:' || (SELECT min(id) FROM account)")
        maint.execute("UPDATE job SET actor = 'account:999'")
    with psycopg.connect(plain(elsewhere.urls.need_owner())) as owner:
        owner.execute(
            "INSERT INTO account (login, name, created_at, must_change, totp_step, failures, disabled)"
            " SELECT 'filler' || n, 'x', now(), false, 0, 0, false FROM generate_series(1, 40) n"
        )
    backup = site.export("a", tmp_path / "a.zip")
    restored = elsewhere.restore(backup)
    assert (restored.slug, restored.added, restored.matched) == ("a", (person,), ())
    assert elsewhere.restore(backup, "again").matched == (person,)
    ((number, password),) = elsewhere.ask(f"SELECT id, password_hash FROM account WHERE login = '{person}'")
    assert number > 40
    assert password is None
    assert set(elsewhere.ask("SELECT account_id FROM membership")) == {(number,)}
    assert set(elsewhere.ask("SELECT actor FROM stored_file")) == {(f"account:{number}",)}
    assert set(elsewhere.ask("SELECT actor FROM job")) == {("account:0",)}  # nobody: not whoever has that number here


def test_elsewhere_new_rows_get_new_ids(site, elsewhere, backup):
    elsewhere.restore(backup)
    highest = {table: max(rows) for table, rows in elsewhere.rows("a").items()}
    with psycopg.connect(plain(elsewhere.urls.need_owner())) as owner:
        for table, number in highest.items():
            query = SQL("SELECT nextval(pg_get_serial_sequence({}, 'id'))").format(table)
            assert owner.execute(query).fetchone()[0] > number, table


def test_a_row_of_another_tenant_cannot_come_with_it(site, backup):
    """Whatever the file says: the rows are those of the session."""
    with zipfile.ZipFile(backup) as packed:
        assert not any(b"tenant_id" in packed.read(name) for name in packed.namelist())


@pytest.fixture
def worked(site):
    """Tenant `b` without the world's invented seals, with some work of its own under real ones."""
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        owner.execute("SELECT set_config('app.tenant_id', (SELECT id FROM tenant WHERE slug = 'b')::text, false)")
        for table in ("seal", "change", "audit_entry"):
            owner.execute(SQL("DELETE FROM {}").format(Identifier(table)))
    for name in ("一处", "二处"):
        with site.app.app_context(), tenant_session("b", "office", "command") as session:
            add_unit(session, name)
        with site.app.app_context(), tenant_session("b", "office", "command") as session:
            seal_audit(session)
    return site


FAR = (
    "CREATE OR REPLACE FUNCTION audit_number(xid8) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $1::text::bigint + {}'"
)


def test_the_audit_goes_on_behind_its_seals(worked, elsewhere, tmp_path):
    with psycopg.connect(plain(worked.urls.need_owner())) as owner:  # as a cluster that has seen more
        owner.execute(FAR.format(1_000_000_000))
    with worked.app.app_context(), tenant_session("b", "office", "command") as session:
        add_unit(session, "三处")
    restored = elsewhere.restore(worked.export("b", tmp_path / "b.zip"))
    assert restored.faults == ()
    with elsewhere.app.app_context(), tenant_session("b", "office", "command") as session:
        add_unit(session, "四处")
    with elsewhere.app.app_context(), tenant_session("b", "office", "command") as session:
        made = seal_audit(session)
    assert made.number == restored.source.seals + 1
    with elsewhere.app.app_context(), tenant_session("b", "office", "command") as session:
        verdict = verify_audit(session, datetime.now(UTC), head=restored.source.head)
    assert (verdict.faults, verdict.seals) == ((), made.number)
    told = "SELECT detail->>'head' FROM audit_entry WHERE action = 'tenant_restored'"
    assert elsewhere.ask(told) == [(restored.source.head,)]
    total = "SELECT (SELECT count(*) FROM change) + (SELECT count(*) FROM audit_entry WHERE action <> 'audit_verified')"
    assert elsewhere.ask(total)[0][0] == verdict.rows  # no row is missed


def test_an_audit_that_was_tampered_with_says_so(worked, tmp_path):
    with psycopg.connect(plain(worked.urls.need_owner())) as owner:
        owner.execute("SELECT set_config('app.tenant_id', (SELECT id FROM tenant WHERE slug = 'b')::text, false)")
        owner.execute("UPDATE change SET actor = 'nobody' WHERE id = (SELECT min(id) FROM change)")
    restored = worked.restore(worked.export("b", tmp_path / "b.zip"), "c")
    assert [fault.code for fault in restored.faults] == ["rows_changed"]


def test_it_is_as_of_one_moment(site, tmp_path):
    """Somebody writes while it is read: neither half of it is in the file."""
    written = []

    def write(_table, _rows):
        if not written:
            with site.app.app_context(), tenant_session("a", "office", "command") as session:
                written.append(add_unit(session, "后来的处室"))

    site.export("a", tmp_path / "a.zip", write)
    assert written
    with zipfile.ZipFile(tmp_path / "a.zip") as packed:
        assert "后来的处室" not in packed.read("unit.jsonl").decode()
    assert NOW.isoformat() in zipfile.ZipFile(tmp_path / "a.zip").read("manifest.json").decode()


def test_somebody_writes_while_room_is_made(site, elsewhere, backup):
    """Who has a table for longer than the patience of one attempt is waited for, again and again."""
    writer = psycopg.connect(plain(elsewhere.urls.need_maint()))
    writer.execute("INSERT INTO tenant (slug, name, plugins) VALUES ('w', 'w', '[]')")
    writer.execute(
        "INSERT INTO unit (tenant_id, name, kind, aliases, settled)"
        " SELECT id, '甲', 'unit', '[]', true FROM tenant WHERE slug = 'w'"
    )
    writer.execute("SET idle_in_transaction_session_timeout = '1500ms'")  # the server lets it go
    elsewhere.restore(backup)
    with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
        writer.commit()
    writer.close()
    assert elsewhere.tenants() == ["a"]
