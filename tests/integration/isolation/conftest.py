"""One database with the world of two tenants per test module; what a test writes, it rolls back."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tenants.postgres.urls import DatabaseUrls
from tests.integration.isolation.world import World, build, visitor
from tests.support.database import DatabaseServer


@pytest.fixture(scope="module")
def world_urls(database_server: DatabaseServer) -> Iterator[DatabaseUrls]:
    """A database with the world in it."""
    with database_server.clone(build) as urls:
        yield urls


@pytest.fixture(scope="module")
def world(world_urls: DatabaseUrls) -> World:
    """The ids of what is in it."""
    return World.read(world_urls)


@pytest.fixture(scope="module")
def visiting(world_urls: DatabaseUrls, world: World) -> Iterator[Flask]:
    """An application on it with the role of the application, its context pushed."""
    with visitor(world_urls.app) as app:
        yield app
