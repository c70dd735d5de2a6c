"""A unit as people and programs are shown it."""

from typing import Any

from core.units.directory import Directory
from core.units.models import Unit


def shown_unit(directory: Directory, unit: Unit) -> dict[str, Any]:
    """A unit with the names of its members, its other names and what it became."""
    return {
        "id": unit.id,
        "name": unit.name,
        "kind": unit.kind,
        "members": [member.name for member in directory.members(unit)],
        "aliases": directory.aliases(unit),
        "settled": unit.settled,
        "successors": [one.name for one in directory.successors(unit)],
        "since": next((link.since for link in directory.links(unit)), None),
    }
