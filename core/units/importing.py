"""A unit directory from a file: what it would change in the tenant's own, and changing it.

What the file does not list stays. A group whose line lists members has exactly these; a unit whose line names a group
joins it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from core.decompose.known import plain
from core.units.directory import Directory
from core.units.listing import KINDS, Entry
from core.units.models import Unit
from core.units.services import (
    UnitNameInvalid,
    change_members,
    check_name,
    ensure_units,
    kind_of,
    read_directory,
    set_unit,
)
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

_NO_NAME = ("：", ":", "。")  # a note below the table
_SHOWN = 3
_ANOTHER = "是另一个单位的名称（如确是同一单位，请先把两者合并）"
_MERGING = "（zwgk unit answer 单位=另一单位）"


class ListingWrong(ZwgkError):
    """Some lines of the file cannot be taken; none was."""

    code = "listing_wrong"
    sentence = "单位名录有 {count} 处问题，未作更改：{first}{more}。"
    by_command = "{how}"


class Difference(NamedTuple):
    """What would change: `what` is added (a unit of the kind `new`), kind, aliases (further ones), joined (members that
    `new` names), left (members that `old` names), or settled (a name that documents gave and the file confirms)."""

    name: str
    what: str
    old: str
    new: str


class Wanted(NamedTuple):
    """A unit as the file has it: `members` are all, `joining` are further ones."""

    name: str
    kind: str
    aliases: tuple[str, ...]
    members: tuple[str, ...]
    joining: tuple[str, ...]


def differences(session: ScopedSession, entries: Sequence[Entry]) -> list[Difference]:
    """What taking the file would change. Raises `ListingWrong`."""
    directory = read_directory(session)
    return [found for wanted in _checked(directory, entries) for found in _differences(directory, wanted)]


def take_listing(session: ScopedSession, entries: Sequence[Entry]) -> list[Difference]:
    """Make the directory what the file says; returns what changed. Raises `ListingWrong`."""
    directory = read_directory(session)
    listed = _checked(directory, entries)
    found = [difference for wanted in listed for difference in _differences(directory, wanted)]
    directory = ensure_units(session, [wanted.name for wanted in listed])
    for wanted in listed:
        unit = directory.get(wanted.name)
        set_unit(session, unit, "kind", wanted.kind)
        set_unit(session, unit, "aliases", [*unit.aliases, *_new_aliases(directory, wanted)])
        if unit.kind in ("unit", "outside"):
            set_unit(session, unit, "settled", True)
    for wanted in listed:
        unit = directory.get(wanted.name)
        change_members(session, unit, directory.members(unit), list(map(directory.get, _members(directory, wanted))))
    return found


def _checked(directory: Directory, entries: Sequence[Entry]) -> list[Wanted]:
    problems = list(_problems(directory, entries))
    if problems:
        first, more = "；".join(problems[:_SHOWN]), "；等" if len(problems) > _SHOWN else ""
        raise ListingWrong(count=len(problems), first=first, more=more, how=_MERGING if _ANOTHER in first else "")
    return _wanted(directory, entries)


def _wanted(directory: Directory, entries: Sequence[Entry]) -> list[Wanted]:
    joining = _joining(directory, entries)
    groups = [Entry(name, "", (), (), ()) for name in joining if name not in {entry.name for entry in entries}]
    return [
        Wanted(one.name, _kind(directory, one, joining), one.aliases, one.members, joining.get(one.name, ()))
        for one in (*entries, *groups)
    ]


def _joining(directory: Directory, entries: Iterable[Entry]) -> dict[str, tuple[str, ...]]:
    """Group → the units whose lines name it; however they write it, it has the name of its own line, if it has one."""
    written = {
        plain(_known_as(directory, name)): entry.name for entry in entries for name in (entry.name, *entry.aliases)
    }
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        for name in entry.groups:
            group = written.setdefault(plain(_known_as(directory, name)), name)
            found[group] = (*found.get(group, ()), entry.name)
    return found


def _members(directory: Directory, wanted: Wanted) -> list[str]:
    """Who belongs to a group by what the file says."""
    unit = directory.find(wanted.name)
    old = [member.name for member in directory.members(unit)] if unit else []
    named = [_known_as(directory, name) for name in (*wanted.members, *wanted.joining)]
    return list(dict.fromkeys(named if wanted.members else [*old, *named]))


def _kind(directory: Directory, entry: Entry, joining: Mapping[str, Sequence[str]]) -> str:
    unit = directory.find(entry.name)
    if entry.kind:
        return KINDS[entry.kind]
    if entry.members or entry.name in joining:
        return "group"
    return unit.kind if unit else kind_of(entry.name)


def _problems(directory: Directory, entries: Sequence[Entry]) -> Iterator[str]:
    known = {plain(entry.name) for entry in entries}
    written = Counter(plain(name) for entry in entries for name in (entry.name, *entry.aliases))
    yield from (f"“{name}”列了 {number} 次" for name, number in written.items() if number > 1)
    groups = set(map(plain, [*(entry.name for entry in entries if entry.members), *_joining(directory, entries)]))
    for entry in entries:
        yield from (f"“{name}”不是单位名称" for name in (entry.name, *entry.aliases) if not _is_name(name))
        if entry.kind and entry.kind not in KINDS:
            yield f"“{entry.name}”的类别“{entry.kind}”须写 {'、'.join(KINDS)}"
        elif plain(entry.name) in groups and KINDS.get(entry.kind, "group") != "group":
            yield f"“{entry.name}”有成员，类别须是单位组"
        for name in entry.members:
            if plain(name) not in known and directory.find(name) is None:
                yield f"“{entry.name}”的成员“{name}”既不在表中，也不在名录中"
        for name in (*entry.members, *([entry.name] if entry.groups else [])):
            unit = directory.find(name) if plain(name) not in known else None
            if plain(name) in groups or (unit and unit.kind == "group"):
                yield f"成员“{name}”是单位组，请逐一写明其成员"
        for alias in entry.aliases:
            other = directory.find(alias)
            if other and other is not directory.find(entry.name):
                yield f"“{alias}”{_ANOTHER}"


def _is_name(name: str) -> bool:
    try:
        check_name(name)
    except UnitNameInvalid:
        return False
    return not any(mark in name for mark in _NO_NAME)


def _new_aliases(directory: Directory, wanted: Wanted) -> list[str]:
    return [alias for alias in wanted.aliases if directory.find(alias) is None]


def _differences(directory: Directory, wanted: Wanted) -> Iterator[Difference]:
    unit = directory.find(wanted.name)
    if unit is None:
        yield Difference(wanted.name, "added", "", wanted.kind)
    elif unit.kind != wanted.kind:
        yield Difference(unit.name, "kind", unit.kind, wanted.kind)
    elif not unit.settled and unit.kind in ("unit", "outside"):
        yield Difference(unit.name, "settled", "", "")
    if new := _new_aliases(directory, wanted):
        yield Difference(wanted.name, "aliases", "", "、".join(new))
    old = [member.name for member in directory.members(unit)] if unit else []
    now = _members(directory, wanted)
    if joined := [name for name in now if name not in old]:
        yield Difference(wanted.name, "joined", "", "、".join(joined))
    if left := [name for name in old if name not in now]:
        yield Difference(wanted.name, "left", "、".join(left), "")


def _known_as(directory: Directory, name: str) -> str:
    unit: Unit | None = directory.find(name)
    return unit.name if unit else name
