"""The operator's own server: addresses from the environment, and one sentence when nobody answers."""

import socket
import time

import pytest
from sqlalchemy.engine import make_url

from tenants.postgres.cluster import default_home, resolve
from tenants.postgres.errors import DatabaseUnreachable, MaintUrlMissing, OwnerUrlMissing, UrlNotPostgres
from tenants.postgres.urls import check_reachable, from_environ


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_any_postgres_scheme(scheme, tmp_path):
    environ = {"DATABASE_URL": f"{scheme}://a:p%40ss@db.example:5433/open?sslmode=require"}
    with resolve(environ, tmp_path / "home") as urls:
        assert urls.as_environ() == {
            "DATABASE_URL": "postgresql+psycopg://a:p%40ss@db.example:5433/open?sslmode=require"
        }
    assert not (tmp_path / "home").exists(), "no embedded cluster was made"


def test_what_is_missing_is_named():
    urls = from_environ({"DATABASE_URL": "postgres://a@h/d"})
    with pytest.raises(OwnerUrlMissing, match="ZWGK_OWNER_URL"):
        urls.need_owner()
    with pytest.raises(MaintUrlMissing, match="ZWGK_MAINT_URL"):
        urls.need_maint()


def test_all_three_travel_through_the_environment():
    environ = {
        "DATABASE_URL": "postgresql+psycopg://a:1@h/d",
        "ZWGK_OWNER_URL": "postgresql+psycopg://o:2@h/d",
        "ZWGK_MAINT_URL": "postgresql+psycopg://m:3@h/d",
    }
    urls = from_environ(environ)
    assert urls.as_environ() == environ
    assert (urls.need_owner().username, urls.need_maint().username) == ("o", "m")
    assert "2" not in repr(urls)


@pytest.mark.parametrize(
    "text", ["mysql://a:secret@h/d", "sqlite:///x", "not an address: secret", "postgres://a:b@h:port/d"]
)
def test_other_addresses_are_refused_without_quoting_them(text):
    with pytest.raises(UrlNotPostgres) as caught:
        from_environ({"DATABASE_URL": text})
    assert "DATABASE_URL" in caught.value.message
    assert "secret" not in caught.value.message


@pytest.mark.parametrize("environ", [{}, {"DATABASE_URL": " "}, {"ZWGK_OWNER_URL": "postgres://o@h/d"}])
def test_without_database_url_there_is_no_server_of_the_operator(environ):
    assert from_environ(environ) is None


def test_home(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert default_home({}) == tmp_path / ".zwgk"
    assert default_home({"ZWGK_HOME": "/elsewhere"}).as_posix() == "/elsewhere"


def test_a_closed_port():
    with socket.socket() as placeholder:
        placeholder.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = make_url(f"postgresql+psycopg://a:secret@127.0.0.1:{placeholder.getsockname()[1]}/d")
        with pytest.raises(DatabaseUnreachable, match=r"数据库连不上（127\.0\.0\.1/d：.*refused）") as caught:
            check_reachable(url)
    assert "secret" not in caught.value.message
    assert "\n" not in caught.value.message


def test_a_silent_server():
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        begun = time.monotonic()
        with pytest.raises(DatabaseUnreachable):
            check_reachable(make_url(f"postgresql+psycopg://a@127.0.0.1:{server.getsockname()[1]}/d"))
        assert time.monotonic() - begun < 5


def test_a_wrong_password_and_a_right_one(database_server):
    with database_server.clone() as urls:
        check_reachable(urls.app)
        with pytest.raises(DatabaseUnreachable, match="password authentication failed"):
            check_reachable(urls.app.set(password="wrong"))
