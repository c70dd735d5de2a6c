"""`/ready` and the figures: what is wrong is said by its code, whatever is asked costs little."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from core.migrate import head, upgrade
from core.runtime import Runtime
from core.service import seals
from core.service.metrics import exposition
from core.service.recent import Recent
from core.service.seals import SealWatch
from core.service.state import Watch, figures, problems
from tenants.postgres.furnish import APP
from tests.support.database import plain

pytestmark = pytest.mark.usefixtures("served")


def none():
    return None


@pytest.fixture
def owner(database):
    with psycopg.connect(plain(database.need_owner()), autocommit=True) as connection:
        yield connection


@pytest.fixture
def queue(owner):
    """The tables of the queue as far as they are looked at, in a schema of their own, unless they are there."""
    if not owner.execute("SELECT FROM pg_class WHERE relname = 'procrastinate_workers'").fetchone():
        owner.execute("CREATE SCHEMA waiting; CREATE TABLE waiting.procrastinate_workers (last_heartbeat timestamptz)")
        owner.execute("CREATE TABLE waiting.procrastinate_jobs (status text)")
        owner.execute(f"GRANT USAGE ON SCHEMA waiting TO {APP}; GRANT SELECT ON ALL TABLES IN SCHEMA waiting TO {APP}")
    query = "SELECT relnamespace::regnamespace::text FROM pg_class WHERE relname = 'procrastinate_workers'"
    return owner.execute(query).fetchone()[0]


def beats(owner, queue, ago):
    owner.execute(f"INSERT INTO {queue}.procrastinate_workers (last_heartbeat) VALUES (now() - interval '{ago}')")


def test_all_is_well(app, owner, queue):
    beats(owner, queue, "5 seconds")
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.get_json()) == (200, {"ready": True, "problems": []})


def test_a_schema_that_is_behind(app, owner):
    owner.execute("UPDATE alembic_version SET version_num = '0001'")
    assert "schema_outdated" in problems(none)
    answer = app.test_client().get("/ready")
    assert (answer.status_code, answer.get_json()["ready"]) == (503, False)


def test_a_schema_that_is_ahead_is_no_reason_to_stop(app, owner, queue):
    beats(owner, queue, "5 seconds")
    owner.execute("UPDATE alembic_version SET version_num = '9999'")
    assert problems(none) == []
    owner.execute("UPDATE alembic_version SET version_num = %s", [head()])


def test_a_worker_that_is_silent(app, owner, queue):
    assert problems(none) == ["worker_silent"]
    beats(owner, queue, "3 minutes")
    assert problems(none) == ["worker_silent"]
    beats(owner, queue, "10 seconds")
    assert problems(none) == []


def test_seals_that_are_late(app, owner, queue):
    beats(owner, queue, "1 second")
    now = datetime.now(UTC)
    assert problems(lambda: now - timedelta(hours=23)) == []
    assert problems(lambda: now - timedelta(hours=25)) == ["seals_late"]


def test_a_database_that_is_gone(database_server, tmp_path):
    with database_server.clone(upgrade) as urls:
        runtime = Runtime(urls.as_environ(), tmp_path / "home")
        client = runtime.served.test_client()
    ready = client.get("/ready")
    assert (ready.status_code, ready.get_json()) == (503, {"ready": False, "problems": ["database_down"]})
    assert (client.get("/health").status_code, client.get("/health").get_json()) == (200, {"alive": True})
    told = client.get("/metrics").get_data(as_text=True)
    assert "zwgk_database_up 0.0" in told
    assert "zwgk_tenants" not in told
    runtime.close()


def test_the_oldest_row_of_all_tenants_is_found_a_few_at_a_time(cli, add_tenant, app, owner, monkeypatch):
    for slug in ("a", "b", "c"):
        add_tenant(slug)
    cli.ok("audit", "seal")
    watch = SealWatch()
    assert watch.oldest() is None
    monkeypatch.setattr(seals, "AT_ONCE", 0)  # one tenant at a time
    owner.execute("ALTER TABLE change NO FORCE ROW LEVEL SECURITY")  # for the owner of this test
    cli.ok("unit", "add", "甲处", "--tenant", "b")
    owner.execute("UPDATE change SET at = now() - interval '30 hours' WHERE field = 'name' AND new = '\"甲处\"'")
    seen = [watch.oldest() for _ in range(3)]
    assert seen[-1] is not None
    assert datetime.now(UTC) - seen[-1] > timedelta(hours=29)
    add_tenant("d")
    cli.ok("audit", "seal")
    assert [watch.oldest() for _ in range(4)][-1] is None


def test_figures_name_nobody(app, add_tenant, owner, queue):
    add_tenant("gongkaiju", name="某某公开局")
    owner.execute(f"INSERT INTO {queue}.procrastinate_workers (last_heartbeat) VALUES (now())")
    found = figures(none)
    assert (found.tenants, found.sessions, found.unsealed_seconds) == (1, 0, 0)
    told = exposition(found).decode()
    assert "zwgk_tenants 1.0" in told
    assert "gongkaiju" not in told
    assert "公开局" not in told


def test_an_answer_is_kept_for_a_moment():
    asked = []
    recent = Recent(lambda: asked.append(1) or len(asked), seconds=3600)
    assert [recent(), recent()] == [1, 1]
    anew = Recent(lambda: asked.append(1) or len(asked), seconds=0)
    assert [anew(), anew()] == [2, 3]


def test_whoever_asks_often_does_not_cost_often(app, owner):
    client, watch = app.test_client(), app.extensions["zwgk_watch"]
    assert isinstance(watch, Watch)
    first = client.get("/ready").get_json()
    owner.execute("UPDATE alembic_version SET version_num = '0001'")
    assert client.get("/ready").get_json() == first
