"""Our service and an identity provider, both served on 127.0.0.1, and browsers that go between them."""

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psycopg
import pyotp
import pytest
import requests
from flask import Flask
from werkzeug.serving import make_server

from core.migrate import upgrade
from core.runtime import Runtime
from core.serving import choose_port
from tenants.identity.trust import ORIGINS, PUBLIC_URL
from tenants.postgres.urls import DatabaseUrls
from tests.support.cli import Cli
from tests.support.database import contents, plain
from tests.support.http import PASSWORD, ROOT
from tests.support.people import cheap_hashes
from tests.support.provider import CLIENT, PEOPLE, SECRET, Provider, provider_running, returned

PATIENCE, HURRY = 20.0, 0.5
"""Seconds: a busy machine answers late; of tests that let a provider say nothing."""


class Browser:
    """One browser at our service."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.http = requests.Session()

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """The answer to a request; what a step gives is kept."""
        response = self.http.request(method, f"{self.base}{ROOT}{path}", allow_redirects=False, **options)
        if response.status_code == 200 and "csrf" in response.text:
            self.http.headers["X-Csrf-Token"] = response.json()["csrf"]
        return response

    def begin(self, slug: str = "a") -> str:
        """Begin to sign in elsewhere; where it is sent."""
        response = self.ask("POST", "/session/oidc", json={"slug": slug})
        assert response.status_code == 200, response.text
        return response.json()["address"]

    def back(self, address: str, **otherwise: str) -> requests.Response:
        """Follow the provider's redirect to us, with some of its query otherwise."""
        way, _, _ = address.removeprefix(f"{self.base}{ROOT}").partition("?")
        assert way.startswith("/session/oidc/callback/"), address
        return self.ask("GET", f"{way}?{returned(address, **otherwise)}")

    def sign_in_elsewhere(self, provider: Provider, name: str = "王五", slug: str = "a") -> requests.Response:
        """From the beginning to the end."""
        return self.back(provider.authorize(self.begin(slug), name, PEOPLE[name][0]))

    def sign_in(self, login: str, password: str) -> dict[str, Any]:
        """By password, with whatever has to be done first; returns the last step."""
        step = self.ask("POST", "/session", json={"login": login, "password": password})
        while step.json()["must"]:
            must = step.json()["must"][0]
            if must == "change_password":
                step = self.ask("PUT", "/session/password", json={"old": password, "new": PASSWORD})
            elif must == "enrol_second_factor":
                secret = self.ask("POST", "/session/second-factor").json()["secret"]
                step = self.ask("PUT", "/session/second-factor", json={"code": pyotp.TOTP(secret).now()})
            else:
                step = self.ask("PUT", "/session/tenant", json={"slug": "a"})
            assert step.status_code == 200, step.text
        return step.json()


@dataclass
class Site:
    """The service and what is around it. Its tenants are `a`, whose provider is in use, and `b`, which has none."""

    base: str
    cli: Cli
    urls: DatabaseUrls
    provider: Provider
    app: Flask

    @contextmanager
    def patience(self, seconds: float) -> Iterator[None]:
        """For how long the service waits for the provider meanwhile."""
        extensions = self.app.extensions
        extensions["zwgk_trust"], before = replace(extensions["zwgk_trust"], patience=seconds), extensions["zwgk_trust"]
        try:
            yield
        finally:
            extensions["zwgk_trust"] = before

    def browser(self) -> Browser:
        """One that was never here."""
        return Browser(self.base)

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the maintenance role reads."""
        with psycopg.connect(plain(self.urls.maint)) as connection:
            return connection.execute(query, values).fetchall()

    def change(self, statement: str, *values: Any) -> None:
        """What the owner role changes in tables that belong to no tenant."""
        with psycopg.connect(plain(self.urls.need_owner())) as connection:
            connection.execute(statement, values)

    def maintain(self, statement: str) -> None:
        """What the maintenance role changes in tables of tenants."""
        with psycopg.connect(plain(self.urls.maint)) as connection:
            connection.execute(statement)

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All rows but those that say that he began, and that it was written down: so much may change though somebody
        is refused."""
        return {table: rows for table, rows in contents(self.urls).items() if table != "identity_flow"}

    def refusals(self) -> list[dict[str, Any]]:
        """What tenant `a`'s audit has of refused sign-ins, the newest last."""
        rows = self.ask("SELECT detail FROM audit_entry WHERE action = 'sign_in' AND outcome = 'refused' ORDER BY id")
        return [detail for (detail,) in rows]

    def member(self, login: str, role: str = "office", slug: str = "a", *more: str) -> str:
        """A member; returns the password that was handed out."""
        added = self.cli.json("member", "add", login, "--role", role, "--tenant", slug, *more)
        return added["initial_password"]


@contextmanager
def site_running(urls: DatabaseUrls, folder: Path) -> Iterator[Site]:
    """A site whose tenant `a` signs in by the provider."""
    base = f"http://127.0.0.1:{choose_port(0)}"
    with provider_running(f"{base}{ROOT}/session/oidc/callback/a") as provider, cheap_hashes():
        environ = {PUBLIC_URL: base, ORIGINS: provider.issuer, "ZWGK_RATE": "off"}
        runtime = Runtime(urls.as_environ() | environ, folder / "home")
        app, cli = runtime.served, Cli(runtime)
        server = make_server("127.0.0.1", int(base.rpartition(":")[2]), app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            for slug in ("a", "b"):
                cli.ok("tenant", "add", slug, "--name", f"{slug}局", "--plugin", "openness")
            named = ("--issuer", provider.issuer, "--client-id", CLIENT, "--secret-stdin")
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(sys, "stdin", io.StringIO(f"{SECRET}\n"))
                cli.ok("idp", "set", "--tenant", "a", *named)
            cli.ok("idp", "on", "--tenant", "a")
            site = Site(base, cli, urls, provider, app)
            with site.patience(PATIENCE):
                yield site
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            runtime.close()


@pytest.fixture
def site(database, tmp_path) -> Iterator[Site]:
    """A site of this test alone."""
    with site_running(database, tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def shared(database_server, tmp_path_factory) -> Iterator[Site]:
    """A site for tests that leave it as it was, with 王五 as the member `wang`."""
    with (
        database_server.clone(upgrade) as urls,
        site_running(urls, tmp_path_factory.mktemp("site")) as running,
    ):
        running.member("wang", "office", "a", "--subject", "sub-wang")
        yield running
