"""The parts the application is made of, by dotted name: core imports none of them statically.

A part is a module with `models` (dotted names of modules with tables) and `commands` (click commands). It may have
`jobs` (names of modules that declare long work), `steps` (of a new tenant), `books` (of a plan, in a full export),
`panels` (on a tenant's page), and `serve(app)`: what it adds to an application that answers requests. Alembic's
environment walks the same tuple.
"""

from importlib import import_module
from types import ModuleType
from typing import Any

PARTS = ("core.service.part", "core.api.part", "core.part", "core.web.part", "bridges.part")


def load_parts() -> list[ModuleType]:
    """All parts in order."""
    return [import_module(name) for name in PARTS]


def declared(name: str) -> list[Any]:
    """What the parts declare under a name, in order."""
    return [one for part in load_parts() for one in getattr(part, name, ())]


def load_models() -> None:
    """Import every module with tables, so that the model registry is complete."""
    for name in declared("models"):
        import_module(name)
