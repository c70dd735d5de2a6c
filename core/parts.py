"""The parts the application is made of, by dotted name: core imports none of them statically.

A part is a module with `models` (dotted names of modules with tables), `commands` (click commands) and
`init_app(app)` (blueprints, template folders). Alembic's environment walks the same tuple.
"""

from importlib import import_module
from types import ModuleType

PARTS = ("core.service.part", "core.api.part", "core.part", "core.web.part", "bridges.part")


def load_parts() -> list[ModuleType]:
    """All parts in order."""
    return [import_module(name) for name in PARTS]


def load_models() -> None:
    """Import every module with tables, so that the model registry is complete."""
    for part in load_parts():
        for name in part.models:
            import_module(name)
