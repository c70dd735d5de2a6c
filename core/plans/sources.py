"""Where a task stands in its document: ranges of the canonical text, cut and joined together with the task's own text.

White space and the width of characters are no difference: a page breaks its lines where the sheet does not. Pure.
"""

from collections.abc import Sequence
from typing import NamedTuple

from core.decompose.fold import fold

Range = Sequence[int]
"""[start, end) in `Plan.source_text`."""


_ENOUGH = 20
"""Characters by which a place is found again in a source whose other words were changed in the task."""


class _Squeezed(NamedTuple):
    """Text without white space, and for each character its place in the original."""

    text: str
    places: list[int]


def _squeezed(text: str, start: int = 0) -> _Squeezed:
    folded = fold(text)
    kept = [
        (char, start + place) for char, place in zip(folded.text, folded.offsets, strict=True) if char not in "\n\t"
    ]
    return _Squeezed("".join(char for char, _ in kept), [place for _, place in kept])


def places_of(text: str, words: str) -> list[int]:
    """Where the words begin in the text, each time they stand there."""
    squeezed, sought = _squeezed(text), _squeezed(words).text
    found, place = [], squeezed.text.find(sought) if sought else -1
    while place >= 0:
        found.append(squeezed.places[place])
        place = squeezed.text.find(sought, place + 1)
    return found


def cut(source: str, ranges: Sequence[Range], text: str, place: int) -> tuple[list[list[int]], list[list[int]]] | None:
    """The ranges of `source` that a text came from, cut where the text is cut at `place`.

    None where that place is not to be found in the source: the text was written anew, or says it twice.
    """
    parts = [_squeezed(source[start:end], start) for start, end in ranges]
    whole = _Squeezed("".join(part.text for part in parts), [one for part in parts for one in part.places])
    before, after = _squeezed(text[:place]).text, _squeezed(text[place:]).text
    if whole.text == before + after:
        at = len(before)
    elif after and whole.text.count(after[:_ENOUGH]) == 1:
        at = whole.text.index(after[:_ENOUGH])
    else:
        return None
    if not 0 < at < len(whole.places):
        return None
    end, start = whole.places[at - 1] + 1, whole.places[at]
    first = [[begin, min(stop, end)] for begin, stop in ranges if begin < end]
    second = [[max(begin, start), stop] for begin, stop in ranges if stop > start]
    return first, second


def joined(
    source: str, text: str, ranges: Sequence[Range], other: str, others: Sequence[Range]
) -> tuple[str, list[list[int]]]:
    """Two texts and their ranges as one; where only white space parts them in the source, as they stand there."""
    both = [*map(list, ranges), *map(list, others)]
    if ranges and others:
        end, start = ranges[-1][1], others[0][0]
        between = source[end:start]
        if end <= start and not between.strip():
            fused = [*both[: len(ranges) - 1], [ranges[-1][0], others[0][1]], *both[len(ranges) + 1 :]]
            return text + between + other, fused
    return "\n".join(filter(None, (text, other))), both


def within(start: int, end: int, ranges: Sequence[Range]) -> bool:
    """Whether a range lies in one of the others."""
    return any(begin <= start and end <= stop for begin, stop in ranges)
