"""What goes with which part when a task is split: deadlines, numbers, rhythm, and how they were read. Pure.

What stands in the text of a part is that part's. What stands in neither (in the bracket behind the text, in a cell of
a table) binds both. What a person wrote stays with the first.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from core.decompose.amounts import find_day_limits, find_quotas
from core.decompose.fold import fold
from core.decompose.times import find_cadence, find_deadlines
from core.plans import limits
from core.plans.sources import Range, within

FIELDS = {"deadline": ("deadlines", "working_day_limits"), "quota": ("quotas",)}
"""A cell of the sheet → the fields of a reading that tell where its phrases stand."""


class Said(NamedTuple):
    """What a text says, in the phrases that the sheet shows."""

    deadline: list[str]
    quota: list[str]
    cadence: list[str]


def said(text: str, year: int) -> Said:
    """The deadlines, quotas and cadence of a text."""
    folded = fold(text)
    whole = 0, len(folded.text)
    deadlines = limits.typed_deadlines(find_deadlines(folded, *whole, year), find_day_limits(folded, *whole))
    quotas = limits.typed_quotas(find_quotas(folded, *whole))
    return Said(
        phrases(limits.deadline_text(deadlines)),
        phrases(limits.quota_text(quotas)),
        [one.text for one in find_cadence(folded, *whole)],
    )


def phrases(cell: str) -> list[str]:
    """The phrases of a cell."""
    return [phrase for phrase in cell.split(limits.BETWEEN) if phrase]


class Parted(NamedTuple):
    """The phrases of both parts, and those of them that a person wrote."""

    first: list[str]
    second: list[str]
    by_hand: list[str]


def parted(shown: Sequence[str], whole: Sequence[str], parts: Sequence[Sequence[str]], read: Collection[str]) -> Parted:
    """The phrases of a cell for both parts of a text. `whole` and `parts`: what the text and its parts say; `read`:
    the phrases that were read in the document, wherever it was."""
    first, second = parts
    by_hand = [phrase for phrase in shown if phrase not in whole and phrase not in read]
    edited = bool(by_hand) or any(phrase not in shown for phrase in whole)
    staying = [phrase for phrase in shown if phrase in first or phrase not in whole]
    behind = [phrase for phrase in shown if phrase not in whole and phrase in read]
    return Parted(_once(staying, () if edited else first), _once(second, behind), by_hand)


def readings_in(readings: Iterable[dict[str, Any]], ranges: Sequence[Range], others: Sequence[Range]) -> list[Any]:
    """The readings of the part with these ranges: those of the other part are left out."""
    return [
        one
        for one in readings
        if one["start"] is None
        or within(one["start"], one["end"], ranges)
        or not within(one["start"], one["end"], others)
    ]


def _once(*several: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(phrase for some in several for phrase in some))
