"""Who may do what in a fresh cluster, what it listens on, and what lies on the disk."""

import stat

import psycopg
import pytest

from tenants.postgres.cluster import Cluster
from tenants.postgres.place import settle
from tests.support.database import plain


@pytest.fixture(scope="module")
def urls(database_server):
    with database_server.clone() as urls:
        yield urls


def ask(url, statement):
    with psycopg.connect(plain(url)) as connection:
        return connection.execute(statement).fetchall()


def test_roles(urls):
    rows = ask(
        urls.app, "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
    )
    roles = {name: rights for name, *rights in rows if name.startswith("zwgk_")}
    nothing = [False] * 5
    assert roles == {
        "zwgk_supervisor": [True] * 5,
        "zwgk_owner": nothing,
        "zwgk_app": nothing,
        "zwgk_maint": [False, False, False, False, True],
    }


@pytest.mark.parametrize("role", ["app", "maint"])
@pytest.mark.parametrize("what", ["TABLE public.t (a int)", "TEMPORARY TABLE t (a int)", "SCHEMA s"])
def test_only_the_owner_creates(urls, role, what):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(getattr(urls, role), f"CREATE {what}")


def test_the_owner_creates_and_grants_nothing_by_itself(urls):
    with psycopg.connect(plain(urls.need_owner())) as connection:
        connection.execute("CREATE SCHEMA queue")
        connection.execute("CREATE TABLE made (a int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(urls.app, "SELECT * FROM made")


@pytest.mark.parametrize("database", ["postgres", "template1"])
@pytest.mark.parametrize("role", ["app", "owner", "maint"])
def test_other_databases_are_closed(urls, role, database):
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        ask(getattr(urls, role).set(database=database), "SELECT 1")


def test_only_the_three_roles_connect(home):
    cluster = Cluster(home, durable=False)
    with cluster.lease() as urls:
        with psycopg.connect(plain(cluster.superuser_url("zwgk"))) as connection:
            connection.execute("CREATE ROLE stranger LOGIN PASSWORD 'known'")
        with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
            ask(urls.app.set(username="stranger", password="known"), "SELECT 1")
        for url in (urls.app, urls.need_owner(), urls.need_maint()):
            assert ask(url, "SELECT current_database(), current_user") == [("zwgk", url.username)]


@pytest.mark.parametrize("password", ["wrong", None])
def test_a_password_is_needed(urls, password):
    with pytest.raises(psycopg.OperationalError, match="password"):
        ask(urls.app._replace(password=password), "SELECT 1")


def test_settings(urls):
    names = "'data_checksums', 'listen_addresses', 'max_connections', 'password_encryption', 'server_encoding', 'fsync'"
    assert dict(ask(urls.app, f"SELECT name, setting FROM pg_settings WHERE name IN ({names})")) == {
        "data_checksums": "on",
        "listen_addresses": "",
        "max_connections": "60",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
        "fsync": "off",
    }


def test_fsync_is_on_by_default(home):
    with Cluster(home).lease() as urls:
        assert ask(urls.app, "SHOW fsync") == [("on",)]


def test_text_is_unicode_in_code_point_order(urls):
    statement = (
        "SELECT lower('É'), '公' ~ '^\\w$', array_agg(w ORDER BY w) FROM unnest(ARRAY['政务', 'b', '公开', 'B']) w"
    )
    assert ask(urls.app, statement) == [("é", True, ["B", "b", "公开", "政务"])]


def test_files_are_private(home):
    with Cluster(home, durable=False).lease():
        place = settle(home)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in place.root.iterdir()}
        owners = {path.stat().st_uid for path in (place.root, *place.root.rglob("*"))}
    assert {name: mode for name, mode in modes.items() if mode & 0o077} == {}
    assert "passwords.json" in modes
    assert stat.S_IMODE(place.root.stat().st_mode) == 0o700
    assert owners == {place.account.uid}
    assert place.account.uid != 0


def test_the_log_holds_no_values(home):
    with Cluster(home).lease() as urls:
        with psycopg.connect(plain(urls.need_owner())) as connection:
            connection.execute("CREATE TABLE t (a text PRIMARY KEY)")
            connection.execute("INSERT INTO t VALUES ('secret')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            ask(urls.need_owner(), "INSERT INTO t VALUES ('secret')")
        log = settle(home).log.read_text()
    assert "duplicate key" in log
    assert "secret" not in log


def test_a_clone_is_a_copy_of_its_template(database_server):
    built = []

    def build(urls):
        built.append(1)
        with psycopg.connect(plain(urls.need_owner())) as connection:
            connection.execute("CREATE TABLE t (a int)")
            connection.execute("GRANT SELECT, INSERT ON t TO zwgk_app")

    for _ in range(2):
        with database_server.clone(build) as urls:
            with psycopg.connect(plain(urls.app)) as connection:
                connection.execute("INSERT INTO t VALUES (1)")
            assert ask(urls.app, "SELECT * FROM t") == [(1,)]
    assert built == [1]
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        ask(urls.app, "SELECT 1")
