"""Two agencies, and hashes that cost next to nothing."""

import pytest

from tenants.services import adding_tenant
from tests.integration.isolation.world import visitor
from tests.support.people import cheap_hashes


@pytest.fixture(autouse=True)
def _cheap_hashes():
    with cheap_hashes():
        yield


@pytest.fixture
def agencies(database):
    """The tenants `a` and `b`, in an application without pages."""
    with visitor(database.app) as app:
        for slug in ("a", "b"):
            with adding_tenant(slug, f"{slug}局", ["openness"]):
                pass
        yield app
