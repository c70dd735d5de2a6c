"""Two tenants, each with two rows in every table that there is: one whose columns are NULL where they can be, and one
whose columns all say something that is hard to carry. Eyes that see everything; backups made and taken back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from psycopg.sql import SQL, Identifier
from sqlalchemy import CheckConstraint, Column, create_engine, insert

from core.app import DEFAULT_PLUGINS
from core.backup.archive import Archive, opened, writing
from core.backup.exporting import export_tenant
from core.backup.restoring import Restored, restore_tenant
from core.backup.tables import carried, columns
from core.migrate import upgrade
from core.plugin_manager import PluginManager
from tenants.audit.numbering import NUMBERS
from tenants.postgres.urls import DatabaseUrls
from tests.integration.isolation.world import World, build, pointer_column, pointers, visitor
from tests.support.database import DatabaseServer, plain

NOW = datetime(2024, 7, 1, 1, 0, tzinfo=UTC)
HARD: dict[type, Any] = {
    str: '引号"、反斜杠\\、换行\n、制表\t、\u2028、😀',
    bytes: bytes(range(256)) * 3,
    object: '{"a": null, "b": [1.50, 100000000000000000000, "\\"\\\\。\\n"], "": 1e2}',
    bool: True,
    int: 2**52 + 1,
}
HARD_TEXTS = {"NUMERIC": "12.50", "DATE": "2024-02-29", "DATETIME": "2024-07-01T00:00:00.000001+08:00"}


def furnished(urls: DatabaseUrls) -> None:
    """The world, and a second row in every table; for `DatabaseServer.clone`."""
    build(urls)
    first = World.read(urls)
    second = World(first.tenants, {"account_tenant": first.rows["account_tenant"]})
    engine = create_engine(urls.need_maint())
    with engine.begin() as connection:
        for table in carried():
            ids = {}
            for slug in first.tenants:
                texts = (one.name for one in columns(table) if _is_free(one) and one.type.python_type is str)
                row = second.fresh(table.name, slug) | dict.fromkeys(texts, "2")
                ids[slug] = connection.execute(insert(table).values(row).returning(table.c.id)).scalar_one()
            second.rows[table.name] = ids
    engine.dispose()
    with psycopg.connect(plain(urls.need_owner())) as owner:
        owner.execute("UPDATE account SET login = 'person' || id, password_hash = 'HASH', totp_secret = 'TOTP'")
        for slug, number in second.tenants.items():
            owner.execute("SELECT set_config('app.tenant_id', %s, false)", [str(number)])
            for table in carried():
                hard = {column.name: _hard(column) for column in columns(table) if _is_free(column)}
                sets = SQL(", ").join(SQL("{} = %s").format(Identifier(name)) for name in hard)
                change = SQL("UPDATE {} SET {} WHERE id = %s").format(Identifier(table.name), sets)
                if hard:
                    owner.execute(change, [*hard.values(), second.rows[table.name][slug]])
            owner.execute("UPDATE job SET state = 'done'")


def _is_free(column: Column[Any]) -> bool:
    """Whether the column may say anything."""
    table = column.table
    bound = {pointer_column(pointer).name for pointer in pointers(table)} | {"id", "tenant_id"}
    numbers = {number.key for number in NUMBERS}
    checks = " ".join(str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    is_word = column.type.python_type is str and f"{column.name} IN" in checks
    return column.name not in bound | numbers and not is_word


def _hard(column: Column[Any]) -> Any:
    if column.nullable and column.type.python_type is object:
        return "null"  # JSON's own, which is not NULL
    return HARD.get(column.type.python_type) or HARD_TEXTS[str(column.type)]


@dataclass
class Site:
    """An installation, with the application's role on it."""

    urls: DatabaseUrls
    app: Flask

    def rows(self, slug: str) -> dict[str, dict[int, str]]:
        """Every row of a tenant as text, by table and id; nothing is left out."""
        with psycopg.connect(plain(self.urls.need_maint())) as connection:
            # as a record, too: there NULL is not what JSON's own null is
            query = SQL(
                "SELECT t.id, concat(to_jsonb(t) - 'tenant_id', regexp_replace(t::text, '^.[0-9]+,', E'\n'))"
                " FROM {} t JOIN tenant o ON o.id = t.tenant_id WHERE o.slug = %s"
            )
            asked = {table.name: query.format(Identifier(table.name)) for table in carried()}
            return {name: dict(connection.execute(one, [slug]).fetchall()) for name, one in asked.items()}

    def tenants(self) -> list[str]:
        """The short names."""
        return [slug for (slug,) in self.ask("SELECT slug FROM tenant ORDER BY slug")]

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        """What the maintenance role sees."""
        with psycopg.connect(plain(self.urls.need_maint())) as connection:
            return connection.execute(query).fetchall()

    def export(self, slug: str, out: Path, told: Callable[[str, int], None] = lambda *_: None) -> Path:
        """A backup of a tenant."""
        with self.app.app_context():
            export_tenant(slug, out, NOW, told)
        return out

    def restore(self, path: Path, slug: str | None = None) -> Restored:
        """A tenant from a backup."""
        plugins = PluginManager.load(DEFAULT_PLUGINS)
        with self.app.app_context():
            return restore_tenant(plugins, path, self.urls.need_owner(), slug, NOW)


@pytest.fixture
def site(database_server: DatabaseServer) -> Iterator[Site]:
    """The installation with the two tenants `a` and `b`."""
    with database_server.clone(furnished) as urls, visitor(urls.app) as app:
        yield Site(urls, app)


@pytest.fixture
def elsewhere(database_server: DatabaseServer) -> Iterator[Site]:
    """Another installation, without tenants."""
    with database_server.clone(upgrade) as urls, visitor(urls.app) as app:
        yield Site(urls, app)


@pytest.fixture
def backup(site: Site, tmp_path: Path) -> Path:
    """A backup of `a`."""
    return site.export("a", tmp_path / "a.zip")


def rewritten(path: Path, out: Path, change: Callable[[str, list[bytes]], list[bytes]], **told: Any) -> Path:
    """The backup with other lines, or something else told in its manifest; whole in itself."""
    with opened(path) as archive, writing(out) as writer:
        for member in archive.manifest.members:
            writer.add(member.name, iter(change(member.name, _lines(archive, member))), rows=True)
        manifest = archive.manifest
        of = {"kind": manifest.kind, "schema": manifest.schema, "at": manifest.at, "about": manifest.about}
        writer.close(**of | told)
    return out


def _lines(archive: Archive, member: Any) -> list[bytes]:
    return list(archive.lines(member))
