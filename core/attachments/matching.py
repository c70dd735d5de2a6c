"""Which row of an attached table is which task of the document, by what they say.

Texts are compared by their pairs of characters, without punctuation. A row is usually a shorter wording of a task, or
the same; it may also stand for several tasks, or several rows for one.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.decompose.draft import DraftTask

ALIKE = 0.75
"""Share of one text's pairs that the other one has: they say the same."""
APART = 0.1
"""By how much the next best must be less alike."""
FEWEST = 3
"""Pairs of a text that tells anything."""
_DRESS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Matched:
    """Places in the list of tasks that each row stands for; `unclear` rows may be any of theirs."""

    found: dict[int, tuple[int, ...]]
    unclear: dict[int, tuple[int, ...]]


def match(tasks: Sequence[DraftTask], rows: Sequence[DraftTask]) -> Matched:
    """For each row the tasks that it stands for; rows without any are in neither answer."""
    index = _Index(tasks)
    found, unclear = {}, {}
    for number, row in enumerate(rows):
        shares = index.shares(row)
        whole = sorted((place for place in shares if shares[place][0] >= ALIKE), key=lambda place: -sum(shares[place]))
        parts = tuple(place for place in shares if shares[place][1] >= ALIKE)
        if len(whole) > 1 and sum(shares[whole[0]]) - sum(shares[whole[1]]) < APART:
            unclear[number] = tuple(whole)
        elif whole or parts:
            found[number] = tuple(whole[:1]) or parts
    return Matched(found, unclear)


class _Index:
    """Which tasks hold a pair of characters."""

    def __init__(self, tasks: Sequence[DraftTask]) -> None:
        self._sizes: list[int] = []
        self._holders: dict[str, list[int]] = defaultdict(list)
        for place, task in enumerate(tasks):
            pairs = _pairs(task)
            self._sizes.append(len(pairs))
            for pair in pairs:
                self._holders[pair].append(place)

    def shares(self, row: DraftTask) -> dict[int, tuple[float, float]]:
        """For each task the share of the row that it has, and the share of it that the row has."""
        pairs = _pairs(row)
        common = Counter(place for pair in pairs for place in self._holders.get(pair, ()))
        return {
            place: (count / len(pairs), count / self._sizes[place])
            for place, count in sorted(common.items())
            if min(len(pairs), self._sizes[place]) >= FEWEST
        }


def _pairs(task: DraftTask) -> frozenset[str]:
    text = _DRESS.sub("", task.text) or _DRESS.sub("", task.title)
    return frozenset(first + second for first, second in pairwise(text))
