"""A row in every table of a tenant, and all are gone; of another tenant none is touched."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import insert

from core.jobs.services import ask_for
from core.leaving.asking import preview
from core.leaving.erasing import erase
from core.leaving.pruning import prune_erased
from core.leaving.verifying import prove
from core.units.models import Unit
from tenants.db import tenant_tables
from tenants.people.models import AccountTenant, SignIn
from tenants.people.tracing import BY_COMMAND
from tenants.policies import APPEND_ONLY
from tenants.services import SlugKept, adding_tenant, list_tenants
from tenants.sessions import TenantUnknown, cross_tenant, platform_session, tenant_session
from tests.integration.leaving.conftest import LATER
from tests.support.database import plain


def planted(site, slug):
    """What no registry of tenant tables has: a session, a job in the queue."""
    account, number = site.world.rows["account_tenant"][slug], site.world.tenants[slug]
    times = dict.fromkeys(("created_at", "seen_at", "expires_at"), LATER)
    texts = dict.fromkeys(("address", "agent", "second_factor"), "none")
    with platform_session() as session:
        row = {"digest": slug, "account_id": account, "in_tenant_id": number, "idle_minutes": 9}
        session.execute(insert(SignIn).values(row | times | texts))
    with tenant_session(slug, "t", "t") as session:
        ask_for(session, "audit.verify", {})


def test_everything_is_gone_and_nothing_else(site):
    number = site.world.tenants["a"]
    planted(site, "b")
    before = site.others(number)
    planted(site, "a")
    foreseen = site.rows(number)
    assert set(foreseen) == set(tenant_tables())
    assert {name for name, rows in foreseen.items() if not rows} == {"seal"}
    site.leaves("a")
    stone = erase("a", LATER, BY_COMMAND)
    kept = {name for name, rows in site.rows(number).items() if rows}
    assert kept == set(APPEND_ONLY)
    assert site.others(number) == before
    assert {name: stone.rows[name] for name in foreseen.keys() - APPEND_ONLY} == {
        name: rows for name, rows in foreseen.items() if name not in APPEND_ONLY
    }
    assert (stone.rows["account"], stone.rows["sign_in"], stone.rows["procrastinate_jobs"]) == (1, 1, 1)
    assert site.ask("SELECT slug, name, plugins FROM tenant WHERE id = %s", number) == [
        (f"_{number}", "（已注销）", [])
    ]
    (proof,) = prove(LATER)
    assert (proof.holds, dict(proof.left)) == (True, {})
    assert proof.looked_at > len(tenant_tables())


def test_the_proof_finds_what_is_left(site):
    number = site.leaves("a")
    erase("a", LATER, BY_COMMAND)
    with cross_tenant("test") as session:
        session.execute(insert(Unit).values(tenant_id=number, name="留下", kind="unit", aliases=[], settled=True))
    (proof,) = prove(LATER)
    assert (proof.holds, dict(proof.left)) == (False, {"unit.tenant_id": 1})
    outcome = site.cli("tenant", "erased", "--verify")
    assert outcome.status == 1
    assert "unit.tenant_id 残留 1 行" in outcome.out


def test_the_proof_finds_an_audit_that_was_changed(site):
    number = site.leaves("a")
    erase("a", LATER, BY_COMMAND)
    assert prove(LATER)[0].holds
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        owner.execute("SELECT set_config('app.tenant_id', %s, false)", [str(number)])
        owner.execute("UPDATE audit_entry SET actor = 'nobody' WHERE action = 'tenant_erasing'")
    assert [fault.code for fault in prove(LATER)[0].faults] == ["rows_changed"]


def test_an_account_that_is_of_another_tenant_too_stays(site):
    ours, theirs = (site.world.rows["account_tenant"][slug] for slug in "ab")
    with platform_session() as session:
        session.add(AccountTenant(in_tenant_id=site.world.tenants["b"], account_id=ours))
    site.leaves("a")
    assert erase("a", LATER, BY_COMMAND).rows["account"] == 0
    assert {number for (number,) in site.ask("SELECT id FROM account")} == {ours, theirs}


def test_nobody_finds_it_or_gets_its_name_before_the_audit_is_over(site):
    number = site.leaves("a")
    stone = erase("a", LATER, BY_COMMAND)
    assert [one.slug for one in list_tenants()] == ["b"]
    for slug in ("a", f"_{number}"):
        with pytest.raises(TenantUnknown), tenant_session(slug, "t", "t"):
            pass
    with pytest.raises(SlugKept), adding_tenant("a", "另一个", []):
        pass
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        owner.execute("UPDATE tombstone SET audit_until = now()")
    with adding_tenant("a", "另一个", []) as (tenant, _session):
        assert tenant.id > number
    assert stone.slug_digest not in ("a", "")


def test_the_audit_goes_when_its_term_is_over_and_only_once(site):
    site.leaves("a")
    stone = erase("a", LATER, BY_COMMAND)
    over = stone.audit_until + timedelta(days=1)
    assert prune_erased(stone.audit_until - timedelta(days=1), "worker") == 0
    assert prune_erased(over, "worker") > 0
    assert prune_erased(over + timedelta(days=400), "worker") == 0
    (proof,) = prove(over)
    assert (proof.holds, proof.kept["change"]) == (True, 0)


def test_the_preview_is_what_goes(site):
    with tenant_session("a", "t", "t") as session:
        told = preview(session)
    number = site.leaves("a")
    stone = erase("a", LATER, BY_COMMAND)
    assert {name: stone.rows[name] for name in told.erased} == dict(told.erased)
    assert (len(told.accounts), told.others) == (1, ())
    assert site.ask("SELECT count(*) FROM account_tenant WHERE in_tenant_id = %s", number) == [(0,)]
