"""Applications with different reach on the test's database."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask.testing import FlaskClient

from core.runtime import Runtime


@pytest.fixture
def client_of(database, tmp_path) -> Iterator[Callable[..., FlaskClient]]:
    """`client_of(ZWGK_PROXIES="1")`: a client of an application with such an environment."""
    with ExitStack() as stack:

        def client(**environ: str) -> FlaskClient:
            runtime = Runtime(database.as_environ() | environ, tmp_path / "home")
            stack.callback(runtime.close)
            return runtime.served.test_client()

        yield client
