"""Each net is taken away, table by table, and the probes of `isolation` must go red: else they prove nothing.

A sample by default (SEED= chooses another); all of them with ZWGK_MUTANTS=all (`make mutants`).
"""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NamedTuple

import psycopg
import pytest

from tenants.db import Base
from tenants.policies import APPEND_ONLY
from tenants.postgres.furnish import APP
from tests.integration.isolation.probes import reading_suite, whole_suite
from tests.integration.isolation.world import TENANT_TABLES, World, build, pointer_column, pointers, visitor
from tests.support.database import plain

PER_KIND = 2


class Mutant(NamedTuple):
    """A hole in one table: the owner's DDL that makes it, and the probes, run as `role`, that must see it."""

    table: str
    ddl: str
    suite: Callable[[World, str], Iterator[str]] = whole_suite
    role: str = "app"


def _loosened(table: str, pointer) -> str:
    """The composite foreign key becomes one on the id alone."""
    column, other = pointer_column(pointer).name, pointer.referred_table.name
    id_there = list(pointer.elements)[1].column.name
    return f"""
        ALTER TABLE {other} ADD CONSTRAINT mutant_id UNIQUE ({id_there});
        ALTER TABLE {table} DROP CONSTRAINT {pointer.name},
            ADD CONSTRAINT mutant FOREIGN KEY ({column}) REFERENCES {other} ({id_there}) ON DELETE CASCADE"""


def _on_each(ddl: str, **options) -> dict[str, Mutant]:
    return {table: Mutant(table, ddl.format(t=table), **options) for table in TENANT_TABLES}


KINDS: dict[str, dict[str, Mutant]] = {
    "policy dropped": _on_each("DROP POLICY tenant_only ON {t}"),
    "security off": _on_each("ALTER TABLE {t} DISABLE ROW LEVEL SECURITY"),
    "reads not checked": _on_each("ALTER POLICY tenant_only ON {t} USING (true)"),
    "writes not checked": _on_each("ALTER POLICY tenant_only ON {t} WITH CHECK (true)"),
    "owner not bound": _on_each("ALTER TABLE {t} NO FORCE ROW LEVEL SECURITY", suite=reading_suite, role="owner"),
    "second policy": _on_each("CREATE POLICY also ON {t} FOR SELECT USING (id > 0)"),
    "history can be changed": {t: Mutant(t, f"GRANT UPDATE, DELETE ON {t} TO {APP}") for t in APPEND_ONLY},
    "key on the id alone": {
        f"{table}.{pointer_column(pointer).name}": Mutant(table, _loosened(table, pointer))
        for table in TENANT_TABLES
        for pointer in pointers(Base.metadata.tables[table])
    },
}


def _chosen() -> list:
    """The mutants of this run."""
    chance = random.Random(os.environ.get("SEED", "2024"))
    whole = os.environ.get("ZWGK_MUTANTS") == "all"
    return [
        pytest.param(mutants[name], id=f"{kind}: {name}")
        for kind, mutants in KINDS.items()
        for name in (mutants if whole else chance.sample(sorted(mutants), min(PER_KIND, len(mutants))))
    ]


@pytest.mark.parametrize("role", ["app", "owner"])
def test_with_all_nets_in_place_the_probes_are_green(database_server, role):
    """The owner, too: FORCE binds it. (What else it may do is not asked here.)"""
    with database_server.clone(build) as urls, visitor(getattr(urls, role)):
        world = World.read(urls)
        for table in TENANT_TABLES:
            assert list(reading_suite(world, table)) == []


@pytest.mark.parametrize("mutant", _chosen())
def test_the_probes_see_the_hole(database_server, mutant):
    with database_server.clone(build) as urls, visitor(getattr(urls, mutant.role)):
        world = World.read(urls)
        with psycopg.connect(plain(urls.need_owner())) as owner:
            owner.execute(mutant.ddl)
        with closing(mutant.suite(world, mutant.table)) as failures:
            assert next(failures, None) is not None
