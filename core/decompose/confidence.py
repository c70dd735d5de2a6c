"""How sure each field of a drafted task is. Pure.

The draft is taken as it is and looked at again: beside its neighbours, beside what no rule understood, and, where a
list of units can be read in two ways, with both of them. `certain` is a promise that tests measure; so whatever may
well be otherwise is `likely`, and what a person has to look at is `doubtful`.
"""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from unicodedata import normalize

from core.decompose.draft import Draft, DraftTask, Leftover
from core.decompose.fold import Span
from core.decompose.known import plain
from core.decompose.names import is_body
from core.decompose.numerals import CHINESE, read_int
from core.decompose.readings import CERTAIN, FIELDS, Reading
from core.decompose.unit_doubts import UnitDoubts, balanced

# which fields a leftover in a task, or behind it, makes doubtful
_LEFTOVERS = {
    **dict.fromkeys(("bracket", "duty"), ("units", "roles", "deadlines")),
    **dict.fromkeys(("names", "cell", "heading"), ("units", "roles")),
    **dict.fromkeys(("uncovered", "table"), ("title", "units", "roles", "deadlines")),
    **dict.fromkeys(("text", "intro"), ("text",)),
    "number": ("quotas",),
    **dict.fromkeys(("date", "day", "limit"), ("deadlines",)),
    **dict.fromkeys(("attached_units", "attached_lead"), ("units", "roles")),
    "attached_deadline": ("deadlines",),
    "attached_quota": ("quotas",),
    **dict.fromkeys(("attached_split", "attached_unclear", "attached_only", "attached_not"), ("text",)),
}
_ALL = tuple(FIELDS)
_QUOTED = tuple(field for field in FIELDS if field != "title")
_LABEL = re.compile(r"(?:^|[(\[【〔{<〈,;。\s])([^\W\d_]{2,10}(?:\([^()]{1,6}\))?[^\W\d_]{0,4}):")
_BLANKS = re.compile(r"[^\S\n]+")
_OPENING = frozenset("([【〔{<〈")
_LINES = re.compile(r"[\n\t|]")
_BETWEEN_NAMES = re.compile(r"、(?![^()]*\))")
# what opens a deadline, an amount or a label, where a title should be
_NO_TITLE = re.compile(r"^(?=.{,14}$)(?:每|次年|\d+月|不少于|至少|达到|自)|^[^()]*:|、.*等$|(?:牵头|配合)$")
_SHORTEST_TITLE, _LONGEST_TITLE = 4, 40
_STOPS = ("。", "；", "！", "？", ";", "!", "?", "”", ".")
_LAST_NUMBER = re.compile(rf"(.*?)\(([{CHINESE}\d]+)是?\)(?:#\d+)?")
_HABIT, _RARE = 2 / 3, 0.2
"""The share of tasks from which on something is the habit of a document, and below which it is odd."""


def confidence(text: str, draft: Draft, known: Collection[str] = ()) -> list[tuple[Reading, ...]]:
    """What was read for each task of a draft of `text`; every field has one reading at least.

    `known`: names of which somebody said that they are units.
    """
    document = _Document(text, draft, known)
    return [tuple(document.readings(place)) for place in range(len(draft.tasks))]


class _Document:
    """A draft with what its tasks are compared with: each other, and the leftovers."""

    def __init__(self, text: str, draft: Draft, known: Collection[str]) -> None:
        self._text, self._tasks = text, draft.tasks
        self._names = UnitDoubts(text, (unit for task in draft.tasks for unit in task.units), known)
        self._labels = [_labels(text, task.units_source) for task in draft.tasks]
        self._usual = Counter(filter(None, self._labels))
        self._one_habit = max(self._usual.values(), default=0) > 2
        self._titles = Counter((task.section, task.title, task.part_head) for task in draft.tasks)
        self._shapes = Counter(map(_shape, draft.tasks))
        self._leftovers = _of_tasks(draft.tasks, draft.leftovers)
        with_units = sum(bool(task.all_units) for task in draft.tasks)
        self._names_units = with_units > 1 and self._is_habit(with_units)
        self._stops = self._is_habit(sum(task.text.endswith(_STOPS) for task in draft.tasks))

    def _is_habit(self, number: int) -> bool:
        return number >= _HABIT * len(self._tasks)

    def readings(self, place: int) -> Iterator[Reading]:
        """All readings of one task; a field of which nothing else is said is as written, or not written."""
        task = self._tasks[place]
        units = list(self._units(place, task))
        said = [*self._title(task), *self._whole(place, task), *units, *_roles(task, units), *_quoted(task)]
        said += [reading for leftover in self._leftovers[place] for reading in _missed(leftover)]
        yield from said
        told = {reading.field for reading in said}
        for field in _ALL:
            if field not in told:
                yield Reading(field, "written" if field in ("title", "text") else "nothing")

    def _title(self, task: DraftTask) -> Iterator[Reading]:
        if len(task.title) > _LONGEST_TITLE:
            yield Reading("title", "long_title")
        if self._titles[task.section, task.title, task.part_head] > 1:
            yield Reading("title", "same_title")

    def _whole(self, place: int, task: DraftTask) -> Iterator[Reading]:
        """What makes a task look broken: most of its fields may belong elsewhere."""
        title, text = plain(task.title), plain(task.text)
        if self._shapes[_shape(task)] < _RARE * len(self._tasks):
            yield from _of_each(_ALL, "odd_number", task.no)
        if len(title) < _SHORTEST_TITLE or _NO_TITLE.search(title) or self._names.begin(title):
            yield from _of_each(_ALL, "odd_title", task.title)
        if any(self._lists_names(line) for line in _LINES.split(task.text)):
            yield from _of_each(_QUOTED, "names_inside")
        if not balanced(text):
            yield from _of_each(("title", "units", "roles", "deadlines"), "unbalanced")
        if self._stops and not task.text.endswith(_STOPS):
            yield from _of_each(_ALL if text == title else _QUOTED, "cut")
        following = self._tasks[place + 1 : place + 2]
        if following and _skips(task.no, following[0].no):
            yield from _of_each(_QUOTED, "gap", following[0].no)

    def _lists_names(self, line: str) -> bool:
        """Whether a line, or what stands behind its last full stop, is nothing but a list of units."""
        names = _BETWEEN_NAMES.split(plain(line.rstrip("。 ").rpartition("。")[2]))
        return len(names) > 1 and all(is_body(name, 0, len(name)) for name in names)

    def _units(self, place: int, task: DraftTask) -> Iterator[Reading]:
        if task.units and task.units_source:
            yield self._place(place, task)
        if task.lead and task.lead not in task.units:
            yield Reading("units", "sentence", task.lead.source)
        if not task.all_units and self._names_units:
            yield Reading("units", "missing")
        labels = self._labels[place]
        if self._one_habit and self._usual[labels] == 1:
            for field in ("units", "roles", "deadlines"):
                yield Reading(field, "odd_label", task.units_source, ("、".join(labels),))
        yield from self._names.of_list(task.units)

    def _place(self, place: int, task: DraftTask) -> Reading:
        """What says that these are units."""
        source, labels = task.units_source, self._labels[place]
        if task.inherited:
            return Reading("units", "inherited", source)
        if labels:
            return Reading("units", "labelled", source, (labels[0],))
        if plain(self._text[source.start]) in _OPENING:
            return Reading("units", "unlabelled", source)
        if task.source.start <= source.start < task.source.end:
            return Reading("units", "sentence", source)
        behind_stop = self._text[max(0, source.start - 9) : source.start].rstrip(" \u3000").endswith("。")
        return Reading("units", "tail" if behind_stop else "cell", source)


def _of_each(fields: Iterable[str], code: str, *names: str) -> Iterator[Reading]:
    """What is said of a task as a whole: it has no place of its own."""
    return (Reading(field, code, None, names) for field in fields)


def _roles(task: DraftTask, units: Iterable[Reading]) -> Iterator[Reading]:
    """What is doubtful of the units is doubtful of who leads and who supports; without roles, only where they may be
    hidden."""
    has_roles = bool(task.lead or task.coop_units)
    for one in units:
        if one.field == "units" and one.level != CERTAIN and (has_roles or one.code in ("verb", "missing")):
            yield replace(one, field="roles")


def _quoted(task: DraftTask) -> Iterator[Reading]:
    for one in task.deadlines:
        if not balanced(plain(one.text)):
            yield Reading("deadlines", "unbalanced", one.source)
        code = "no_day" if one.kind == "unclear" else "due_part" if one.earlier else "written"
        yield Reading("deadlines", code, one.source)
    for field in ("quotas", "cadence", "working_day_limits"):
        for one in getattr(task, field):
            yield Reading(field, "written", one.source)


def _missed(leftover: Leftover) -> Iterator[Reading]:
    code = "attached" if leftover.code.startswith("attached") else "leftover"
    for field in _LEFTOVERS.get(leftover.code, ()):
        yield Reading(field, code, leftover.source, (leftover.reason,))


def _of_tasks(tasks: Sequence[DraftTask], leftovers: Sequence[Leftover]) -> list[list[Leftover]]:
    """For each task the leftovers in it or behind it, up to the next task; it may open before its task."""
    order = sorted(range(len(tasks)), key=lambda place: tasks[place].source)
    starts = [tasks[place].source.start for place in order]
    found: list[list[Leftover]] = [[] for _ in tasks]
    for leftover in leftovers:
        above = bisect_left(starts, leftover.source.end) - 1
        if above >= 0:
            found[order[above]].append(leftover)
    return found


def _labels(text: str, source: Span | None) -> tuple[str, ...]:
    """The labels in a bracket, as they are compared."""
    return tuple(_LABEL.findall(_BLANKS.sub("", normalize("NFKC", text[source.start : source.end])))) if source else ()


def _shape(task: DraftTask) -> str:
    """The number without what counts: 一(二)#1 is like 三(四)#2."""
    return re.sub(rf"[{CHINESE}]+|\d+", "N", task.no)


def _skips(number: str, following: str) -> bool:
    """Whether a number of the same level is missing between two that follow one another."""
    found = [_LAST_NUMBER.fullmatch(no) for no in (number, following)]
    if None in found:
        return False
    (start, one), (begin, other) = (match.groups() for match in found)
    first, second = read_int(one), read_int(other)
    return start == begin and first is not None and second is not None and second > first + 1
