"""Opening the application on a database, by the environment."""

import os

import pytest

from core.database import SchemaOutdated, open_app
from tenants.services import list_tenants


def test_a_blank_address_is_none_and_the_embedded_database_is_made_ready(home):
    with open_app(os.environ | {"DATABASE_URL": " "}, home) as app, app.app_context():
        assert list_tenants() == []


def test_an_operators_database_is_not_migrated_by_itself(home, database_server):
    with database_server.clone() as urls, pytest.raises(SchemaOutdated), open_app(urls.as_environ(), home):
        pass
