"""A draft read with what people said of names: 甲局和乙局 is one unit where somebody said so. Pure."""

from collections.abc import Collection
from dataclasses import replace
from unicodedata import normalize

from core.decompose.draft import Draft, DraftTask, UnitMention
from core.decompose.fold import Span, without_space


def plain(name: str) -> str:
    """A name as it is compared: half width, without white space."""
    return without_space(normalize("NFKC", name))


def rejoined(text: str, draft: Draft, known: Collection[str]) -> Draft:
    """The draft of `text` with names put together that the grammar parted, where the whole is a known name."""
    whole = {plain(name) for name in known}
    return replace(draft, tasks=tuple(_task(text, task, whole) for task in draft.tasks))


def _task(text: str, task: DraftTask, known: Collection[str]) -> DraftTask:
    units: list[UnitMention] = []
    for unit in task.units:
        joined = _joined(text, units[-1], unit) if units else None
        if joined and plain(joined.name) in known:
            units[-1] = joined
        else:
            units.append(unit)
    if len(units) == len(task.units):
        return task
    lead = task.lead and next((unit for unit in units if _within(task.lead, unit)), task.lead)
    return replace(task, units=tuple(units), lead=lead)


def _joined(text: str, one: UnitMention, other: UnitMention) -> UnitMention:
    span = Span(one.source.start, other.source.end)
    return UnitMention(without_space(text[span.start : span.end]), one.role, span)


def _within(one: UnitMention, other: UnitMention) -> bool:
    return other.source.start <= one.source.start and one.source.end <= other.source.end
