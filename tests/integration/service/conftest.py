"""Applications with different reach on one database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cache

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.migrate import upgrade
from core.runtime import Runtime
from tests.support.cli import Cli
from tests.support.database import DatabaseServer


@pytest.fixture(scope="module")
def client_of(
    database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., FlaskClient]]:
    """`client_of(ZWGK_PROXIES="1")`: a client of an application with such an environment; there is a tenant `t`."""
    home = tmp_path_factory.mktemp("reach")
    with database_server.clone(upgrade) as urls, ExitStack() as stack:

        @cache
        def application(*environ: tuple[str, str]) -> Flask:
            runtime = Runtime(urls.as_environ() | dict(environ), home)
            stack.callback(runtime.close)
            return runtime.served

        with ExitStack() as first:
            runtime = Runtime(urls.as_environ(), home)
            first.callback(runtime.close)
            Cli(runtime).ok("tenant", "add", "t", "--name", "示例机关", "--plugin", "openness")
        yield lambda **environ: application(*sorted(environ.items())).test_client()
