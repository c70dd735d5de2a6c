"""No row is missed and none is sealed twice, whatever commits when."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime

import psycopg
import pytest

from core.migrate import upgrade
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.audit.services import seal_audit, verify_audit
from tenants.services import adding_tenant
from tenants.sessions import tenant_session
from tests.integration.audit.conftest import two_tenants, work
from tests.integration.isolation.world import visitor
from tests.support.database import plain

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROWS = {
    "act": """INSERT INTO audit_entry (tenant_id, actor, via, address, action, outcome, entity, detail)
              VALUES (%(tenant)s, 'w', 'test', '', 'sign_in', 'done', '', '{}')""",
    "change": """INSERT INTO change (tenant_id, actor, via, entity, entity_id, field, old, new, revision)
                 VALUES (%(tenant)s, 'w', 'test', 'unit', 1, 'name', 'null', 'null', 0)""",
}


def seal(slug):
    """Seal in a transaction of its own; gives how many rows."""
    with tenant_session(slug, "sealer", "test") as session:
        made = seal_audit(session)
        return made.rows if made else 0


def verdict(slug):
    with tenant_session(slug, "sealer", "test") as session:
        return verify_audit(session, NOW)


class Model:
    """Some writers, and what a seal has to take: all that is committed by transactions older than any that is open."""

    def __init__(self, writers, tenant):
        self.writers, self.tenant = writers, tenant
        self.open: dict[int, list[int]] = {}  # writer → [transaction number, rows]
        self.waiting: list[list[int]] = []  # committed, not sealed
        self.committed = 0

    def write(self, writer, table):
        connection = self.writers[writer]
        connection.execute("SELECT set_config('app.tenant_id', %s, true)", [str(self.tenant)])
        connection.execute(ROWS[table], {"tenant": self.tenant})
        number = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()[0]
        self.open.setdefault(writer, [number, 0])[1] += 1

    def end(self, writer, how):
        ended = self.open.pop(writer, None)
        getattr(self.writers[writer], how)()
        if ended and how == "commit":
            self.waiting.append(ended)
            self.committed += ended[1]

    def due(self):
        """How many rows a seal takes now."""
        oldest = min((number for number, _rows in self.open.values()), default=1 << 62)
        ready = [one for one in self.waiting if one[0] < oldest]
        self.waiting = [one for one in self.waiting if one[0] >= oldest]
        return sum(rows for _number, rows in ready)


@pytest.fixture(scope="module")
def writers(database_server):
    """Three connections of the application's role, on a database with its application."""
    with database_server.clone(upgrade) as urls, visitor(urls.app), ExitStack() as stack:
        yield [stack.enter_context(psycopg.connect(plain(urls.app))) for _ in range(3)]


def steps_of(seed):
    """A random history of three writers and a sealer; at its end all writers have ended."""
    chance = random.Random(seed)
    for _ in range(60):
        match chance.choices(["write", "end", "seal"], [5, 3, 2]):
            case ["write"]:
                yield "write", chance.randrange(3), chance.choice(sorted(ROWS))
            case ["end"]:
                yield "end", chance.randrange(3), chance.choice(["commit", "commit", "rollback"])
            case _:
                yield ("seal",)
    yield from (("end", writer, "commit") for writer in range(3))
    yield ("seal",)


@pytest.mark.parametrize("seed", range(12))
def test_a_seal_takes_exactly_what_the_model_says(writers, seed):
    slug = f"p{seed}"
    with adding_tenant(slug, "示例机关", []) as (tenant, _session):
        number = tenant.id
    model, taken = Model(writers, number), seal(slug)
    for step in steps_of(seed):
        match step:
            case ("write", writer, table):
                model.write(writer, table)
            case ("end", writer, how):
                model.end(writer, how)
            case _:
                due = model.due()
                assert seal(slug) == due
                taken += due
    found = verdict(slug)
    assert (found.faults, found.rows) == ((), taken)
    assert taken == model.committed + 1  # and the change that added the tenant


class Tries:
    """How often it was tried to seal; who writes may wait for further tries, and the sealers for the end of writing."""

    def __init__(self):
        self._changed, self._tries, self.over = threading.Condition(), 0, False

    def tried(self):
        with self._changed:
            self._tries += 1
            self._changed.notify_all()

    def wait(self, further):
        with self._changed:
            wanted = self._tries + further
            assert self._changed.wait_for(lambda: self._tries >= wanted, 30)


def test_eight_writers_two_sealers_and_transactions_that_end_late(site, office, maint):
    tries = Tries()

    def write(writer):
        with site.app_context():
            for number in range(12):
                with tenant_session("t", f"writer:{writer}", "test") as session:
                    work(session, f"单位{writer}之{number}", acts=number % 4)
                    if number % 8 == writer:
                        tries.wait(4)  # meanwhile others begin and end, and what is older is sealed
                    if writer % 4 == 3 and number % 5 == 0:
                        session.rollback()

    def sealing():
        made = []
        with site.app_context():
            while not tries.over:
                made.append(seal("t"))
                tries.tried()
        return made

    with ThreadPoolExecutor(10) as pool:
        sealers = [pool.submit(sealing) for _ in range(2)]
        try:
            for done in [pool.submit(write, writer) for writer in range(8)]:
                done.result()
        finally:
            tries.over = True
        rows = [*sealers[0].result(), *sealers[1].result(), seal("t")]
    written = "SELECT (SELECT count(*) FROM audit_entry) + (SELECT count(*) FROM change WHERE tenant_id = 1)"
    assert sum(rows) == maint.execute(written).fetchone()[0]
    with office() as session:
        found = verify_audit(session, NOW)
    assert (found.faults, found.rows, found.seals) == ((), sum(rows), sum(map(bool, rows)))
    assert found.seals > 8


def test_a_long_transaction_of_another_database_only_delays(database_server, office, maint):
    with database_server.clone() as other, psycopg.connect(plain(other.need_maint())) as connection:
        connection.execute("SELECT pg_current_xact_id()")
        with office() as session:
            record_act(session, Action.SIGN_IN)
        assert seal("t") <= 1  # what was before
        connection.rollback()
        assert seal("t") >= 1


def test_what_was_there_before_the_audit_is_sealed_too(database_server):
    """The history of an older database gets the number of the migration."""
    with database_server.clone(two_tenants) as urls, visitor(urls.app):
        with psycopg.connect(plain(urls.need_maint())) as connection:
            before = connection.execute("SELECT count(*) FROM change WHERE tenant_id = 1").fetchone()[0]
        assert seal("t") == before


def test_sealing_with_nothing_new_makes_no_seal(site):
    assert seal("t") == 1
    assert seal("t") == 0
    assert verdict("t").seals == 1


def test_every_action_has_its_chinese_name():
    assert all(action.shown and action.shown != action.value for action in Action)
    assert len({action.shown for action in Action}) == len(Action)
