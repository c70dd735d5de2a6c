"""Names that a document itself gives to bodies: 区教育局（以下简称区教委）, 甲局、乙局（以下统称各部门）. Pure."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from core.decompose.draft import Alias, Draft, DraftTask, UnitMention
from core.decompose.fold import Folded, Span
from core.decompose.known import plain
from core.decompose.names import is_body, read_names

_DECLARED = re.compile(
    r"""[(,](?:以下(?P<one>统称|合称|简称|称)|(?:简称|下称))[为作]?:?[“"「]?(?P<alias>[^\W\d_]{2,16}?)[”"」]?(?=[),;。\n]|$)"""
)
_BEFORE = re.compile(r"[^\s,;:。()“”《》]*$")
_TO_MANY = ("统称", "合称")
_OPENS = re.compile(r"由|会同|请")
_LOOKS_BACK = 200
_SEVERAL = re.compile(r"各|相关|有关|其他|其它")


def declared(folded: Folded, tasks: Sequence[DraftTask]) -> tuple[Alias, ...]:
    """The names that are declared and matter: tasks name them, or what they stand for. The first of a kind counts."""
    used = {plain(name) for name in {name for task in tasks for name in task.all_units}}
    found: dict[str, Alias] = {}
    for alias in _all(folded):
        short, names = plain(alias.alias), {plain(name) for name in alias.names}
        if short not in names and (short in used or (is_body(short, 0, len(short)) and names <= used)):
            found.setdefault(short, alias)
    return tuple(found.values())


def _all(folded: Folded) -> Iterator[Alias]:
    text = folded.text
    for match in _DECLARED.finditer(text):
        end, several = match.start(), match["one"] in _TO_MANY
        start = _BEFORE.search(text, max(0, end - _LOOKS_BACK), end).start()
        start = max(start, *(found.end() for found in _OPENS.finditer(text, start, end)), 0)
        if bodies := _bodies(folded, start, end, several) if start < end else ():
            span = Span(bodies[0].source.start, folded.span(*match.span("alias")).end)
            yield Alias(folded.plain(*match.span("alias")), tuple(unit.name for unit in bodies), span)


def _bodies(folded: Folded, start: int, end: int, several: bool) -> tuple[UnitMention, ...]:
    """The bodies right before: all of a list, or its last one. None where several are said to be one and one of them is
    a group, or where it is no list of bodies."""
    found = read_names(folded, start, end, "responsible")
    if not found.certain(folded.text) or (several and any(_SEVERAL.match(unit.name) for unit in found.units)):
        return ()
    return found.units if several else found.units[-1:]


def resolved(draft: Draft) -> Draft:
    """The draft with each name that stands for one body read as that body; places stay where the name is written."""
    means = meaning(draft)
    tasks = tuple(_task(task, means) for task in draft.tasks)
    return replace(draft, tasks=tasks) if draft.meta.aliases else draft


def _task(task: DraftTask, means: Callable[[str], str]) -> DraftTask:
    units = tuple(replace(unit, name=means(unit.name)) for unit in task.units)
    return replace(task, units=units, lead=task.lead and replace(task.lead, name=means(task.lead.name)))


def meaning(draft: Draft) -> Callable[[str], str]:
    """What a name stands for by the draft's own words: one body, or the name itself."""
    means: dict[str, str] = {}
    for one in draft.meta.aliases:
        if len(one.names) == 1:
            means[plain(one.alias)] = means.get(plain(one.names[0]), one.names[0])
    return lambda name: means.get(plain(name), name)
