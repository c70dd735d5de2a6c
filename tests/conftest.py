"""What every test may use: a database of its own, the application on it, and the command line.

Real PostgreSQL (tests.support.database), no network, and today is a fixed day.
"""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from core.migrate import upgrade
from core.runtime import Runtime
from tenants.postgres.urls import DatabaseUrls
from tests.support.cli import Cli
from tests.support.database import DatabaseServer, database_server

__all__ = ["database_server"]

TODAY = date(2024, 7, 1)


@pytest.fixture
def database(database_server: DatabaseServer) -> Iterator[DatabaseUrls]:
    """A database at the present schema, of this test alone."""
    with database_server.clone(upgrade) as urls:
        yield urls


@pytest.fixture
def runtime(database: DatabaseUrls, tmp_path: Path) -> Iterator[Runtime]:
    """A runtime on the test's database; today is `TODAY`."""
    runtime = Runtime(database.as_environ(), tmp_path / "home", TODAY)
    yield runtime
    runtime.close()


@pytest.fixture
def app(runtime: Runtime) -> Iterator[Flask]:
    """The application, with its context pushed."""
    with runtime.app.app_context():
        yield runtime.app


@pytest.fixture
def served(app: Flask, runtime: Runtime) -> Flask:
    """The same application, answering requests."""
    return runtime.served


@pytest.fixture
def cli(runtime: Runtime) -> Cli:
    """The command line on the test's database: `cli("plan", "list", "--tenant", "t")` → (status, out, err)."""
    return Cli(runtime)


@pytest.fixture
def add_tenant(cli: Cli) -> Callable[..., str]:
    """Onboard a tenant by the command line; returns its short name."""

    def add(slug: str, plugin: str = "openness", name: str = "示例机关") -> str:
        cli.ok("tenant", "add", slug, "--name", name, "--plugin", plugin)
        return slug

    return add


@pytest.fixture
def confirmed(cli: Cli, add_tenant: Callable[..., str], tmp_path: Path) -> Callable[[str], None]:
    """Onboard the tenant `t`; a document with this text is its confirmed plan."""

    def give(text: str) -> None:
        add_tenant("t")
        document = tmp_path / "要点.txt"
        document.write_text(text, encoding="utf-8")
        cli.ok("plan", "import", document, "--tenant", "t")
        cli.ok("plan", "confirm", "--tenant", "t")

    return give
