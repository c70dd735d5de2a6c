"""The units of a tenant as read at one moment: finding them by any of their names, in any year."""

import re
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from functools import cached_property

from core.decompose.known import plain
from core.units.models import Unit, UnitMember, UnitSuccessor
from tenants.errors import ZwgkError

_AND = re.compile(r"以?及|[、,，和与]")


class UnitUnknown(ZwgkError):
    """No unit of this name, and no alias either."""

    code = "unit_unknown"
    sentence = "没有名为“{name}”的责任单位{hint}。如确为新单位，请先增加。"
    by_command = "可运行 zwgk unit add。"


class Directory:
    """All units of one tenant.

    What was written is found as it stands (`find`), but for a name that never meant anything else than another unit;
    what a document of some year means by a name is `resolve`: there reorganisations count.
    """

    def __init__(
        self, units: Sequence[Unit], members: Iterable[UnitMember], successors: Iterable[UnitSuccessor] = ()
    ) -> None:
        self.by_id = {u.id: u for u in units}
        self._after: dict[int, list[UnitSuccessor]] = {}
        for link in successors:
            if not self.leads(link.successor_id, link.unit_id):  # two people at once could have closed a circle
                self._after.setdefault(link.unit_id, []).append(link)
        # A unit's own name wins over another unit's alias
        written = {alias: u for u in units for alias in u.aliases} | {u.name: u for u in units}
        self._by_name = {name: self._same(u) for name, u in written.items()}
        self._members: dict[int, list[Unit]] = {}
        for link in members:
            self._members.setdefault(link.group_id, []).append(self.by_id[link.member_id])

    def _same(self, unit: Unit) -> Unit:
        """The unit that this one never was anything else than."""
        same = [link for link in self.links(unit) if link.since is None]
        return self._same(self.by_id[same[0].successor_id]) if len(same) == 1 else unit

    def leads(self, unit_id: int, other_id: int) -> bool:
        """Whether a unit is the other one, or became it in the end."""
        return unit_id == other_id or any(
            self.leads(link.successor_id, other_id) for link in self._after.get(unit_id, ())
        )

    def find(self, name: str) -> Unit | None:
        """The unit of this name or alias; the same in full and half width (１处, 甲（乙）处), and with blanks in it."""
        return self._by_name.get(name.strip()) or self._by_plain.get(plain(name))

    @cached_property
    def _by_plain(self) -> dict[str, Unit]:
        return {plain(name): unit for name, unit in self._by_name.items()}

    def own(self, name: str) -> Unit | None:
        """The unit that was called so when it was added, whatever its name means by now."""
        return next((unit for unit in self.by_id.values() if plain(unit.name) == plain(name)), None)

    def named(self, name: str) -> Unit:
        """The same, or else a unit of this alias; raises `UnitUnknown`."""
        return self.own(name) or self.get(name)

    def get(self, name: str) -> Unit:
        """The unit of this name or alias; raises `UnitUnknown`, which names the nearest one."""
        unit = self.find(name)
        if unit is None:
            near = get_close_matches(name, self._by_name, n=1)
            raise UnitUnknown(name=name, hint=f"（是否为“{near[0]}”？）" if near else "")
        return unit

    def links(self, unit: Unit) -> Sequence[UnitSuccessor]:
        """What became of a unit: one link for each successor, none for a unit that is still there."""
        return self._after.get(unit.id, ())

    def successors(self, unit: Unit) -> list[Unit]:
        """The units that a unit became."""
        return [self.by_id[link.successor_id] for link in self.links(unit)]

    def resolve(self, name: str, year: int) -> list[Unit]:
        """The units that a document of this year means by a name; raises `UnitUnknown`.

        Several where a split unit's tasks were said to go to all of these; until somebody says so, a split unit stays.
        """
        return self.in_year(self.get(name), year)

    def in_year(self, unit: Unit, year: int) -> list[Unit]:
        """The units that carry what was this unit's at the end of a year."""
        due = [link for link in self.links(unit) if not link.since or link.since.year <= year]
        after = [self.by_id[link.successor_id] for link in due]
        if not after or (len(after) > 1 and not unit.settled):
            return [unit]
        return list(dict.fromkeys(last for one in after for last in self.in_year(one, year)))

    def members(self, unit: Unit) -> list[Unit]:
        """The members of a group, in the order in which they were added; empty for other units."""
        return self._members.get(unit.id, [])

    def members_in(self, unit: Unit, year: int) -> list[Unit]:
        """The members of a group at the end of a year, each of them the unit that carries its tasks by then."""
        return list(dict.fromkeys(last for one in self.members(unit) for last in self.in_year(one, year)))

    def bodies_before(self, text: str, year: int) -> frozenset[str] | None:
        """The groups that a text begins with (各部门、各街镇每年…) and their members, by name, and what these are at
        the end of a year; None where it begins with none, or where one of them is not known."""
        found: set[str] = set()
        while True:
            written = max((n for n in self._by_name if text.startswith(n)), key=len, default=None)
            group = self._by_name[written] if written else None
            members = self.members(group) if group else []
            if not group or not members:
                return None
            found |= {one.name for one in (group, *members, *self.members_in(group, year))}
            after = _AND.match(text, len(written))
            if not after:
                return frozenset(found)
            text = text[after.end() :]

    def names(self) -> dict[str, str]:
        """Every name and alias → the unit's name."""
        return {name: unit.name for name, unit in self._by_name.items()}

    def settled_names(self) -> set[str]:
        """Every name of which nobody has to be asked what it is."""
        return {name for name, unit in self._by_name.items() if unit.settled}

    def aliases(self, unit: Unit) -> list[str]:
        """All other names of a unit."""
        return [name for name, of in self._by_name.items() if of is unit and name != unit.name]

    def units(self) -> list[Unit]:
        """All units by name, without names that only mean another unit."""
        return sorted((u for u in self.by_id.values() if self._same(u) is u), key=lambda u: u.name)
