"""Whoever owns the tables can do everything; what he did is found."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tenants.audit.chain import START, chain_of, tenant_chain
from tenants.audit.pruning import prune
from tenants.audit.services import export_audit, seal_audit, verify_audit
from tenants.models import Tenant
from tenants.sessions import tenant_session
from tests.integration.audit.conftest import as_owner, sealed

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LATER = datetime.now(UTC) + timedelta(days=400)
SEALS = 4
IN = "txn >= (SELECT first FROM seal WHERE number = 2) AND txn < (SELECT until FROM seal WHERE number = 2)"
ONE_ACT = f"SELECT min(id) FROM audit_entry WHERE {IN}"
COPY = "actor, via, address, action, outcome, entity, entity_id, detail, at, txn"


@pytest.fixture
def chain(site):
    """Four seals over the work of `t`."""
    sealed(*(f"单位{number}" for number in range(SEALS)))
    return site


def found(now=NOW, **of):
    """What verifying finds: (code, seal, table)."""
    with tenant_session("t", "auditor", "test") as session:
        return [tuple(fault) for fault in verify_audit(session, now, **of).faults]


TAMPERED = {
    "an act changed": (
        f"UPDATE audit_entry SET actor = 'x' WHERE id = ({ONE_ACT})",
        [("rows_changed", 2, "audit_entry")],
    ),
    "a value in it changed": (
        f"UPDATE audit_entry SET detail = '{{\"applied\": 9}}' WHERE id = ({ONE_ACT})",
        [("rows_changed", 2, "audit_entry")],
    ),
    "its time moved by a microsecond": (
        f"UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE id = ({ONE_ACT})",
        [("rows_changed", 2, "audit_entry")],
    ),
    "an act removed": (f"DELETE FROM audit_entry WHERE id = ({ONE_ACT})", [("rows_missing", 2, "audit_entry")]),
    "an act added": (
        f"INSERT INTO audit_entry (tenant_id, {COPY}) SELECT tenant_id, {COPY} FROM audit_entry WHERE id = ({ONE_ACT})",
        [("rows_added", 2, "audit_entry")],
    ),
    "acts moved into another seal": (
        f"UPDATE audit_entry SET txn = (SELECT first FROM seal WHERE number = 3) WHERE {IN}",
        [("rows_missing", 2, "audit_entry"), ("rows_added", 3, "audit_entry")],
    ),
    "two acts swapped": (
        f"""UPDATE audit_entry SET id = -id WHERE {IN};
            UPDATE audit_entry SET id = (SELECT sum(-id) FROM audit_entry WHERE id < 0) + id WHERE id < 0""",
        [("rows_changed", 2, "audit_entry")],
    ),
    "a change of a field changed": (
        f"UPDATE change SET new = '\"别的\"' WHERE {IN}",
        [("rows_changed", 2, "change")],
    ),
    "a change of a field removed": (f"DELETE FROM change WHERE {IN}", [("rows_missing", 2, "change")]),
    "a seal removed": ("DELETE FROM seal WHERE number = 2", [("seal_missing", 2, "")]),
    "the first seal removed": ("DELETE FROM seal WHERE number = 1", [("seal_missing", 1, "")]),
    "a seal removed, its rows with it": (
        f"DELETE FROM change WHERE {IN}; DELETE FROM audit_entry WHERE {IN}; DELETE FROM seal WHERE number = 2",
        [("seal_missing", 2, "")],
    ),
    "a seal said anew": (
        "UPDATE seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 2",
        [("seal_changed", 2, "")],
    ),
    "a digest changed": (
        "UPDATE seal SET digest = repeat('0', 64) WHERE number = 2",
        [("seal_changed", 2, ""), ("seal_changed", 2, "")],
    ),
    "two seals swapped": (
        "UPDATE seal SET number = -number WHERE number IN (2, 3); UPDATE seal SET number = 5 + number WHERE number < 0",
        [
            ("seal_changed", 2, ""),
            ("seal_changed", 1, ""),
            ("seal_changed", 3, ""),
            ("seal_changed", 2, ""),
            ("seal_changed", 3, ""),
        ],
    ),
    "a seal that is none": ("UPDATE seal SET parts = '[7]' WHERE number = 4", [("seal_changed", 4, "")]),
    "a pruning that is none": (
        f"UPDATE audit_entry SET action = 'audit_pruned', detail = '{{\"through\": \"x\"}}' WHERE id = ({ONE_ACT})",
        [("rows_changed", 2, "audit_entry")],
    ),
    "said to be pruned": (
        """INSERT INTO audit_entry (tenant_id, actor, via, address, action, outcome, entity, detail)
            SELECT tenant_id, 'x', 'x', '', 'audit_pruned', 'done', '', '{"through": 2}' FROM seal WHERE number = 1;
            DELETE FROM change WHERE txn < (SELECT until FROM seal WHERE number = 2);
            DELETE FROM audit_entry WHERE txn < (SELECT until FROM seal WHERE number = 2)""",
        [("pruned_early", 1, ""), ("pruned_early", 2, "")],
    ),
}


def test_what_nobody_touched_verifies(chain):
    assert found() == []
    assert found(first=2, last=3) == []


@pytest.mark.parametrize("how", TAMPERED)
def test_tampering_is_found(chain, urls, how):
    statements, wanted = TAMPERED[how]
    with as_owner(urls) as owner:
        owner.execute(statements)
    assert found() == wanted


def test_a_seal_made_whole_again_breaks_the_chain(chain, urls):
    """Who computes the digest of a changed seal has to do so with all that follow, and cannot with one told outside."""
    with tenant_session("t", "x", "x") as session:
        seals = session.scalars(chain_of(session).sealed()).all()
        session.expunge_all()
    head = seals[-1].digest
    with as_owner(urls) as owner:
        owner.execute(f"DELETE FROM audit_entry WHERE {IN}")
        empty = ["audit_entry", 0, hashlib.sha256().hexdigest()]
        _forge(owner, seals[1], [empty, seals[1].parts[1]], seals[0].digest)
    assert found() == [("seal_changed", 2, "")]  # the third names another one before it
    with as_owner(urls) as owner:
        previous = owner.execute("SELECT digest FROM seal WHERE number = 2").fetchone()[0]
        for seal in seals[2:]:
            previous = _forge(owner, seal, seal.parts, previous)
    assert found() == []
    assert found(head=head) == [("head_unknown", SEALS, "")]


def _forge(owner, seal, parts, previous):
    """A seal as `docs/audit.md` says it is made."""
    at = seal.sealed_at.astimezone(UTC).isoformat(timespec="microseconds")
    lines = [previous, f"{seal.number} {seal.first} {seal.until} {at}", *(f"{n} {r} {d}" for n, r, d in parts)]
    digest = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    values = {"parts": json.dumps(parts), "previous": previous, "digest": digest, "number": seal.number}
    owner.execute(
        "UPDATE seal SET parts = %(parts)s, previous = %(previous)s, digest = %(digest)s WHERE number = %(number)s",
        values,
    )
    return digest


def test_a_tail_that_was_cut_off_is_missed_by_its_head_only(chain, urls):
    with tenant_session("t", "x", "x") as session:
        head = verify_audit(session, NOW).head
    assert found(head=head) == []
    with as_owner(urls) as owner:
        owner.execute("DELETE FROM seal WHERE number = 4")
    assert found() == []
    assert found(head=head) == [("head_unknown", 3, "")]


def test_an_older_head_is_still_in_the_chain(chain):
    with tenant_session("t", "x", "x") as session:
        head = verify_audit(session, NOW).head
    sealed("后来")
    assert found(head=head) == []


@pytest.mark.parametrize("statement", ["UPDATE {} SET txn = txn", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["change", "audit_entry", "seal"])
def test_the_application_and_the_maintenance_role_change_nothing(chain, urls, statement, table):
    """The maintenance role may remove what is past its term, and no seal."""
    allowed = {("maint", "DELETE FROM {}"): {"change", "audit_entry"}}
    for role in ("app", "maint"):
        url = getattr(urls, role).set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            may = table in allowed.get((role, statement), ())
            column = "number" if table == "seal" else "txn"
            if may:
                connection.execute(statement.format(table))
                connection.rollback()
            else:
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(statement.format(table).replace("txn", column))


# ---------------------------------------------------------------- what is past its term


def pruned(urls, now, days=180):
    """Prune `t` as the maintenance role does."""
    engine = create_engine(urls.need_maint())
    with Session(engine) as session:
        number = session.scalar(select(Tenant.id).where(Tenant.slug == "t"))
        removed = prune(session, tenant_chain(number), now, days, "ops")
        session.commit()
    engine.dispose()
    return removed


def test_pruning_leaves_a_chain_that_verifies(chain, urls, maint):
    counted = "SELECT (SELECT count(*) FROM audit_entry) + (SELECT count(*) FROM change WHERE tenant_id = 1)"
    before = maint.execute(counted).fetchone()[0]
    assert pruned(urls, LATER) == before
    sealed("后来")
    assert found(LATER) == []
    assert maint.execute("SELECT count(*) FROM seal").fetchone()[0] == SEALS + 1
    assert pruned(urls, NOW) == 0


def test_nothing_younger_than_180_days_is_pruned_whatever_is_asked_for(chain, urls, maint):
    before = maint.execute("SELECT count(*) FROM audit_entry").fetchone()[0]
    assert pruned(urls, datetime.now(UTC) + timedelta(days=179), days=1) == 0
    assert maint.execute("SELECT count(*) FROM audit_entry").fetchone()[0] == before


def test_the_other_tenants_rows_stay(chain, urls, maint):
    before = maint.execute("SELECT count(*) FROM change WHERE tenant_id = 2").fetchone()[0]
    pruned(urls, LATER)
    assert maint.execute("SELECT count(*) FROM change WHERE tenant_id = 2").fetchone()[0] == before == 1


# ---------------------------------------------------------------- the canonical form


def test_the_canonical_form_to_the_byte(site, maint):
    """What docs/audit.md says; the same on every version of the server."""
    maint.execute("""
        INSERT INTO audit_entry (tenant_id, id, at, actor, via, address, action, outcome, entity, detail, txn)
        VALUES (2, 7, '2026-03-01 08:00:00.5+08', '甲"乙', 'api', '::1', 'sign_in', 'refused',
                '', '{"z": 1.50, "y": "行\\n"}', 1)
    """)
    maint.execute("DELETE FROM change WHERE tenant_id = 2")
    with tenant_session("u", "x", "x") as session:
        row, sealed_line, *_rest = export_audit(session)
    assert row == (
        '{"at": "2026-03-01T00:00:00.500000+00:00", "id": 7, "txn": 1, "via": "api", "kind": "audit_entry", '
        '"actor": "甲\\"乙", "action": "sign_in", "detail": {"y": "行\\n", "z": 1.50}, "entity": "", '
        '"address": "::1", "outcome": "refused", "entity_id": null}'
    )
    seal = json.loads(sealed_line)
    assert seal["parts"] == [
        ["audit_entry", 1, hashlib.sha256(f"{row}\n".encode()).hexdigest()],
        ["change", 0, hashlib.sha256().hexdigest()],
    ]
    told = f"{START}\n1 0 {seal['until']} {seal['sealed_at']}\n" + "".join(
        f"{n} {r} {d}\n" for n, r, d in seal["parts"]
    )
    assert seal["digest"] == hashlib.sha256(told.encode()).hexdigest()


def test_a_seal_in_the_export_is_that_of_the_database(chain):
    with tenant_session("t", "x", "x") as session:
        lines = [json.loads(line) for line in export_audit(session)]
        assert seal_audit(session) is None  # the export sealed what there was but itself
    seals = [line for line in lines if line["kind"] == "seal"]
    assert [seal["number"] for seal in seals] == [1, 2, 3, 4]
    assert len(lines) - SEALS == sum(rows for seal in seals for _n, rows, _d in seal["parts"])
