"""How much two tasks are alike, and which tasks of two sides come into question for each other. Pure.

A task is known by marks: pairs of characters of its title and of its text, the templates it fits, its numbers. A mark
weighs by its rarity in both sides together: what every task says (信息公开) says nothing. Of each kind two tasks are
alike by the weight that they share, out of the mean of what both have, or one is found in the other by the share of its
own weight (0–1). A kind that one of them lacks is silent.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from heapq import nlargest
from math import log
from typing import NamedTuple

from core.comparing.tasks import Side, SideTask

KINDS = {"title": 4, "text": 4, "template": 1, "number": 1}
"""What each kind counts for."""
PROBES = 100
"""How many holders of a task's rarest marks come into question, and how many a mark may have to tell anything: bounds
the work where all tasks sound alike."""
CANDIDATES = 6
"""Tasks that are looked at closely."""


class Pair(NamedTuple):
    """Two tasks by their places: `score` 0–1, `alike` of each kind that both have."""

    old: int
    new: int
    score: float
    alike: Mapping[str, float]


class Likeness:
    """Two sides with the rarity of every mark in them.

    `within`: how far the old task is found in the new one, wherever there and whatever else it says, instead of how
    much each says what the other does.
    """

    def __init__(self, old: Side, new: Side, within: bool = False) -> None:
        self.old, self.new, self.within = old.tasks, new.tasks, within
        found = {mark: old.found[mark] + new.found[mark] for mark in old.found.keys() | new.found.keys()}
        tasks = len(self.old) + len(self.new)
        self.rarity = {mark: log((1 + tasks) / times) for mark, times in found.items()}
        # sets have no order: marks that are equally rare come in their own one
        self._order = {mark: n for n, mark in enumerate(sorted(sorted(found), key=found.__getitem__))}
        self._telling = frozenset(mark for mark, times in found.items() if times <= PROBES)
        self._weights: dict[int, dict[str, float]] = {}

    def weigh(self, marks: Iterable[str]) -> float:
        """The rarities of marks, added up."""
        return sum(map(self.rarity.__getitem__, marks))

    def _weight(self, task: SideTask) -> dict[str, float]:
        """What all marks of each kind that a task has weigh."""
        if id(task) not in self._weights:
            self._weights[id(task)] = {kind: self.weigh(marks) for kind, marks in task.marks.items() if marks}
        return self._weights[id(task)]

    def pair(self, old: int, new: int) -> Pair:
        """How much two tasks are alike."""
        one, other = self.old[old], self.new[new]
        others = self._weight(other)
        alike, score, counted = {}, 0.0, 0
        for kind, own in self._weight(one).items():
            if kind in others:
                there = other.all_marks if self.within else other.marks[kind]
                alike[kind] = self.weigh(one.marks[kind] & there) / (own if self.within else (own + others[kind]) / 2)
                score += KINDS[kind] * alike[kind]
                counted += KINDS[kind]
        score = score / counted if counted else 0.0
        return Pair(old, new, round(score, 9), alike)  # sums over sets differ in the last digit from run to run

    def candidates(self, places: Iterable[int]) -> dict[int, list[Pair]]:
        """For each of these old tasks the new ones that share its rarest marks, the most alike first."""
        olds = list(places)
        wanted = frozenset().union(*(self.old[old].all_marks for old in olds)) & self._telling
        holders: dict[str, list[int]] = defaultdict(list)
        for new, task in enumerate(self.new):
            for mark in task.all_marks & wanted:
                holders[mark].append(new)
        return {old: self._candidates(old, holders) for old in olds}

    def _candidates(self, old: int, holders: Mapping[str, list[int]]) -> list[Pair]:
        shared: dict[int, float] = defaultdict(float)
        looked_at = 0
        for mark in sorted(self.old[old].all_marks & holders.keys(), key=self._order.__getitem__):
            if looked_at > PROBES:
                break
            looked_at += len(holders[mark])
            for place in holders[mark]:
                shared[place] += self.rarity[mark]
        nearest = nlargest(CANDIDATES, shared, key=shared.__getitem__)
        return sorted((self.pair(old, new) for new in nearest), key=lambda pair: (-pair.score, pair.new))

    def apart(self, old: int, new: int) -> float:
        """How far apart two tasks stand in their documents, 0–1."""
        return abs(old / len(self.old) - new / len(self.new))
