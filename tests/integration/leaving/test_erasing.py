"""A row in every table of a tenant, and all are gone; of another tenant none is touched."""

import csv
import io
import json
import threading
import zipfile
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import insert, select, update

from core.backup.archive import LONGEST_LINE
from core.files.models import StoredFile
from core.files.services import Made, keep, remove_file
from core.jobs.services import ask_for, cancel_job
from core.leaving.asking import AlreadyLeaving, NothingToTakeBack, NotLeaving, ask_to_leave, preview, take_back
from core.leaving.erasing import ErasingAlone, ErasingTooEarly, erase, list_tombstones
from core.leaving.jobs import LARGEST
from core.leaving.pruning import prune_erased
from core.leaving.verifying import prove
from core.units.models import Unit
from core.units.services import add_unit
from tenants.audit.services import seal_audit
from tenants.db import tenant_tables
from tenants.people.models import AccountTenant, SignIn
from tenants.people.rights import Right
from tenants.people.secret import digest
from tenants.people.tracing import BY_COMMAND
from tenants.policies import APPEND_ONLY
from tenants.services import SlugKept, adding_tenant, list_tenants
from tenants.sessions import TenantLeaving, TenantUnknown, cross_tenant, platform_session, tenant_session
from tests.support.database import plain

LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(autouse=True)
def _context(site):
    with site.runtime.app.app_context():
        yield


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


def test_who_writes_while_it_is_erased_is_waited_for_or_refused(site):
    """An act of looking, which a leaving tenant may still do, begun before and after."""
    site.leaves("a")
    begun, go_on, refused = threading.Event(), threading.Event(), []

    def look(held):
        with site.runtime.app.app_context():
            try:
                with tenant_session(site.world.tenants["a"], "t", "t") as session:
                    ask_for(session, "audit.export", {})
                    begun.set()
                    held.wait(9)
            except TenantLeaving:
                refused.append(True)

    first = threading.Thread(target=look, args=(go_on,))
    first.start()
    begun.wait(9)
    erasing = threading.Thread(target=lambda: _erased(site))
    erasing.start()
    while not site.ask("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%%tenant%%'"):
        assert erasing.is_alive()
    go_on.set()
    first.join()
    erasing.join()
    assert refused == []
    look(go_on)
    assert refused == [True]
    assert prove(LATER)[0].holds


def test_who_wrote_before_it_was_asked_for_is_waited_for(site):
    number = site.world.tenants["a"]
    with site.held("SELECT 1 FROM unit WHERE tenant_id = %s FOR UPDATE", number) as go_on:
        writing = site.begin(lambda: _units(number))
        site.waits()
        asking = site.begin(lambda: _asked(number))
        site.waits(2)
        go_on()
        assert (writing(), asking()) == (None, None)
    erase("a", LATER, BY_COMMAND)
    assert prove(LATER)[0].holds


def _units(number):
    with tenant_session(number, "t", "t") as session:
        add_unit(session, "先写的处")
        session.flush()
        session.execute(update(Unit).values(settled=True))


def _asked(number):
    with tenant_session(number, "account:5", "api") as session:
        ask_to_leave(session, LATER - timedelta(days=30))


def test_of_two_who_erase_one_does(site):
    number = site.leaves("a")
    with site.held("SELECT 1 FROM tenant WHERE id = %s FOR KEY SHARE", number) as go_on:
        both = [site.begin(lambda: _erased(site)) for _ in range(2)]
        site.waits(2)
        go_on()
        assert {type(one()) for one in both} == {type(None), TenantUnknown}
    with pytest.raises(TenantUnknown):
        erase("a", LATER, BY_COMMAND)
    assert site.ask("SELECT count(*) FROM platform_entry WHERE action = 'tenant_erased'") == [(1,)]
    assert prove(LATER)[0].holds


def test_who_takes_it_back_before_it_is_erased_stays(site):
    number = site.leaves("a")
    with site.held(
        "DELETE FROM leaving WHERE in_tenant_id = %s", number, then="SELECT id FROM tenant FOR UPDATE"
    ) as on:
        erasing = site.begin(lambda: _erased(site))
        site.waits()
        on()
        assert isinstance(erasing(), NotLeaving | TenantUnknown)
    assert site.ask("SELECT count(*) FROM audit_entry WHERE action = 'tenant_erased'") == [(0,)]
    assert site.rows(number)["unit"] > 0


def test_whoever_is_invited_elsewhere_meanwhile_stays(site):
    account, number, other = (site.world.rows["account_tenant"]["a"], *(site.world.tenants[slug] for slug in "ab"))
    site.leaves("a")
    invited = f"INSERT INTO account_tenant (in_tenant_id, account_id) VALUES ({other}, %s)"
    with site.held(invited, account) as go_on:
        erasing = site.begin(lambda: _erased(site))
        site.waits()
        go_on()
        assert erasing() is None
    assert site.ask("SELECT in_tenant_id FROM account_tenant WHERE account_id = %s", account) == [(other,)]
    assert site.ask("SELECT count(*) FROM account WHERE id = %s", account) == [(1,)]
    assert site.rows(number)["unit"] == 0


@pytest.mark.parametrize(
    "said", [{"seals": 0}, {"head": "f" * 64}, {"erased_at": "2024-01-01T00:00:00+00:00", "seals": 99}]
)
def test_no_tenant_that_lives_is_erased_by_a_file(site, tmp_path, said):
    with tenant_session("a", "t", "t") as session:
        add_unit(session, "在用的处")
    with tenant_session("a", "t", "t") as session:
        seal_audit(session)
    seals, head = site.ask("SELECT number, digest FROM seal ORDER BY number DESC LIMIT 1")[0]
    of = {"in_tenant_id": site.world.tenants["a"], "slug_digest": digest("a"), "asked_by": "account:1"}
    times = dict.fromkeys(("asked_at", "erased_at"), LATER.isoformat())
    stones = tmp_path / "stones.json"
    stones.write_text(json.dumps([of | times | {"seals": seals, "head": head} | said]), "utf-8")
    outcome = site.cli("tenant", "erase", "--again", stones)
    assert (outcome.status, outcome.err.startswith("错误（tenant_went_on）")) == (2, True), outcome
    assert site.ask("SELECT count(*) FROM leaving") == [(0,)]


@pytest.mark.parametrize(
    "said", [{"asked_at": "b"}, {"erased_at": "2024-01-01"}, {"in_tenant_id": "x"}, {"seals": 2**64}]
)
def test_what_is_no_tombstone_is_said_in_a_sentence(site, tmp_path, said):
    times = dict.fromkeys(("asked_at", "erased_at"), LATER.isoformat())
    stone = {"in_tenant_id": 1, "slug_digest": "a", "asked_by": "c", "seals": 1, "head": ""} | times
    stones = tmp_path / "stones.json"
    stones.write_text(json.dumps([stone | said]), "utf-8")
    outcome = site.cli("tenant", "erase", "--again", stones)
    assert (outcome.status, "不是凭据文件" in outcome.err) == (2, True), outcome


def _erased(site):
    with site.runtime.app.app_context():
        erase("a", LATER, BY_COMMAND)


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


def test_a_backup_from_before_does_not_bring_it_back(site, tmp_path):
    """The tombstones, kept beside it, say whom to erase again."""
    number = site.leaves("a")
    with psycopg.connect(plain(site.urls.need_owner())) as owner:
        dumped = owner.execute("SELECT slug, name FROM tenant WHERE id = %s", [number]).fetchone()
    erase("a", LATER, BY_COMMAND)
    stones = tmp_path / "stones.json"
    site.cli.ok("tenant", "erased", "--out", stones)
    assert json.loads(stones.read_text("utf-8"))[0]["in_tenant_id"] == number
    assert site.cli.json("tenant", "erase", "--again", stones) == []
    with psycopg.connect(plain(site.urls.need_owner())) as owner:  # as after a restore
        owner.execute("DELETE FROM tombstone")
        owner.execute("DELETE FROM leaving")
        owner.execute("UPDATE tenant SET slug = %s, name = %s WHERE id = %s", [*dumped, number])
    with tenant_session("a", "t", "t") as session:
        add_unit(session, "回来了")
    (done,) = site.cli.json("tenant", "erase", "--again", stones)
    assert (done["in_tenant_id"], done["rows"]["unit"]) == (number, 1)
    assert site.cli.json("tenant", "erased", "--verify")[0]["verified"]["holds"] is True
    assert list_tombstones()[0].asked_by == "account:1"


def test_a_backup_is_not_brought_back_by_its_name(site, tmp_path):
    backup = tmp_path / "a.zip"
    site.cli.ok("backup", "tenant", backup, "--tenant", "a")
    site.leaves("a")
    erase("a", LATER, BY_COMMAND)
    for more in ((), ("--dry-run",)):
        outcome = site.cli("restore", "tenant", backup, *more)
        assert (outcome.status, outcome.err.startswith("错误（slug_kept）")) == (2, True), outcome


def test_an_export_has_no_export_in_it_and_no_formula(site, tmp_path):
    with tenant_session("a", "t", "t") as session:
        session.execute(update(StoredFile).values(made_right=None))
        keep(session, "全部数据.zip", b"x", Made(Right.TENANT_LEAVE, None, private=True))
        session.execute(insert(Unit).values(name="\n=1+1", kind="unit", aliases=["＝1"], settled=True, tenant_id=1))
        session.execute(insert(Unit).values(name="＝1+1", kind="unit", aliases=[], settled=True, tenant_id=1))
    site.cli.ok("tenant", "export", "a", "--out", tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        names = [name for name in archive.namelist() if name.startswith("files/")]
        rows = csv.DictReader(io.StringIO(archive.read("tables/unit.csv").decode("utf-8-sig"), newline=""))
        assert {"'\n=1+1", "'＝1+1"} < {row["name"] for row in rows}
    assert len(names) == 1
    assert LARGEST * 4 // 3 < LONGEST_LINE


def test_the_preview_is_what_goes(site):
    with tenant_session("a", "t", "t") as session:
        told = preview(session)
    number = site.leaves("a")
    stone = erase("a", LATER, BY_COMMAND)
    assert {name: stone.rows[name] for name in told.erased} == dict(told.erased)
    assert (len(told.accounts), told.others) == (1, ())
    assert site.ask("SELECT count(*) FROM account_tenant WHERE in_tenant_id = %s", number) == [(0,)]
