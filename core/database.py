"""Opening the application on its database: the embedded server or the operator's own, at the right schema."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import create_engine

from core import migrate
from core.api.rates import Rates
from core.app import DEFAULT_PLUGINS, create_app
from core.leaving.asking import DAYS, days_from
from core.limits import EXTENSION, Limits
from core.plugin_manager import PluginManager
from core.service.reach import Reach
from core.webhooks.reach import Networks
from core.webhooks.sending import Sender
from tenants.audit import numbering
from tenants.errors import ZwgkError
from tenants.identity.trust import Trust
from tenants.people.sealing import Keys
from tenants.postgres.cluster import resolve
from tenants.postgres.urls import DatabaseUrls, check_reachable, from_environ
from tenants.sessions import db


class SchemaOutdated(ZwgkError):
    """The database was not migrated to this version."""

    code = "schema_outdated"
    sentence = "数据库结构（{found}）与本版本（{wanted}）不符。"
    by_command = "请先运行 zwgk db upgrade。"


def _check_schema(urls: DatabaseUrls, embedded: bool) -> None:
    engine = create_engine(urls.app)
    try:
        with engine.connect() as connection:
            found, at_home = migrate.current(connection), numbering.at_home(connection)
    finally:
        engine.dispose()
    if found == migrate.head() and at_home:
        return
    if not embedded:
        if found == migrate.head():
            raise numbering.NumbersElsewhere
        raise SchemaOutdated(found=found or "空库", wanted=migrate.head())
    # nobody but us uses the embedded database: it follows the version by itself
    migrate.upgrade(urls)


def load_plugins(environ: Mapping[str, str]) -> PluginManager:
    """The built-in and the installed plugins, but for those that ZWGK_PLUGINS_OFF names (keys between blanks)."""
    return PluginManager.load(DEFAULT_PLUGINS, blocked=environ.get("ZWGK_PLUGINS_OFF", "").split())


@contextmanager
def open_urls(environ: Mapping[str, str], home: Path) -> Iterator[DatabaseUrls]:
    """The addresses of a database that answers. Raises `DatabaseUnreachable` and what the supervisor refuses."""
    with resolve(environ, home) as urls:
        check_reachable(urls.app)
        yield urls


@contextmanager
def open_app(environ: Mapping[str, str], home: Path) -> Iterator[Flask]:
    """The application on the database that the environment names, at the schema of this version."""
    with open_urls(environ, home) as urls:
        _check_schema(urls, embedded=from_environ(environ) is None)
        asked = (Reach.from_environ(environ), Rates.from_environ(environ), Trust.from_environ(environ))
        sender = Sender(Networks.from_environ(environ))
        days, most = days_from(environ), Limits.from_environ(environ)
        app = create_app(urls.app, urls.maint, load_plugins(environ), *asked, sender, Keys.from_environ(environ, home))
        app.extensions[DAYS], app.extensions[EXTENSION] = days, most
        try:
            yield app
        finally:
            with app.app_context():
                db.engine.dispose()
            if maint := app.extensions["zwgk_maint_engine"]:
                maint.dispose()
