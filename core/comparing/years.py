"""Next year's document against this year's plan: each task kept, changed in what, new or dropped. Pure."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from core.comparing.likeness import Likeness, Pair
from core.comparing.matching import NEAR, WORTH_A_LOOK, best_pairs
from core.comparing.reasons import percent, reason
from core.comparing.tasks import Side, SideTask

FINISHED = frozenset({"done", "ongoing", "cancelled", ""})  # blank: nobody reports on a document
NAMED = 3
"""So many that come close are named."""
_SENTENCE = re.compile(r"[^。；;!！?？]+")


class Change(NamedTuple):
    """What differs in one field (title, units, deadline, quota, text): what it was and what it is, as written; of a
    text only the sentences and of units only those that went and that came."""

    field: str
    old: str
    new: str


class Also(NamedTuple):
    """A task that might have been meant as well: of which side (old, new), and how much it is alike, 0–100."""

    side: str
    no: str
    title: str
    score: int


class YearRow(NamedTuple):
    """A task of the two years. `kind`: kept, changed, new or dropped; `score` 0–100, None without a counterpart.

    `carried_over`: it was not finished in the old year. `also` names the ties.
    """

    kind: str
    old: SideTask | None
    new: SideTask | None
    score: int | None = None
    reason: str = ""
    changes: tuple[Change, ...] = ()
    carried_over: bool = False
    also: tuple[Also, ...] = ()


def compare_years(old: Side, new: Side) -> list[YearRow]:
    """Every task of both sides once: those of the new document in its order, then the dropped ones in theirs."""
    likeness = Likeness(old, new)
    chosen, candidates = best_pairs(likeness)
    others = _Others(old, new, candidates)
    of_new = {pair.new: pair for pair in chosen.values()}
    rows = [
        _continued(likeness, of_new[place], others)
        if place in of_new
        else YearRow("new", None, task, also=others.of_new(place))
        for place, task in enumerate(new.tasks)
    ]
    return rows + [
        YearRow("dropped", task, None, carried_over=_unfinished(task), also=others.of_old(place))
        for place, task in enumerate(old.tasks)
        if place not in chosen
    ]


def _continued(likeness: Likeness, pair: Pair, others: "_Others") -> YearRow:
    old, new = likeness.old[pair.old], likeness.new[pair.new]
    changes = tuple(_changes(old, new))
    ties = others.of_old(pair.old, pair) + others.of_new(pair.new, pair)
    return YearRow(
        kind="changed" if changes else "kept",
        old=old,
        new=new,
        score=percent(pair.score),
        reason=reason(likeness, pair),
        changes=changes,
        carried_over=_unfinished(old),
        also=ties,
    )


def _unfinished(task: SideTask) -> bool:
    return task.status not in FINISHED


class _Others:
    """What else each task might have been, of all pairs that came into question."""

    def __init__(self, old: Side, new: Side, candidates: Mapping[int, Sequence[Pair]]) -> None:
        self._old, self._new, self._candidates = old, new, candidates
        self._by_new: dict[int, list[Pair]] = defaultdict(list)
        for pair in sorted(chain.from_iterable(candidates.values()), key=lambda pair: (-pair.score, pair.old)):
            self._by_new[pair.new].append(pair)

    def of_old(self, place: int, chosen: Pair | None = None) -> tuple[Also, ...]:
        """New tasks that an old one might have been."""
        close = _close(self._candidates.get(place, ()), chosen)
        return tuple(_also("new", self._new.tasks[pair.new], pair) for pair in close)

    def of_new(self, place: int, chosen: Pair | None = None) -> tuple[Also, ...]:
        """Old tasks that a new one might have been."""
        close = _close(self._by_new[place], chosen)
        return tuple(_also("old", self._old.tasks[pair.old], pair) for pair in close)


def _also(side: str, task: SideTask, pair: Pair) -> Also:
    return Also(side, task.no, task.title, percent(pair.score))


def _close(pairs: Iterable[Pair], chosen: Pair | None) -> list[Pair]:
    least = chosen.score - NEAR if chosen else WORTH_A_LOOK
    return [pair for pair in pairs if pair != chosen and pair.score >= least][:NAMED]


def _changes(old: SideTask, new: SideTask) -> Iterator[Change]:
    if old.plain_title != new.plain_title:
        yield Change("title", old.title, new.title)
    # a document that names no unit leaves the assignment to the office: nothing is said against last year's
    if new.units and set(old.units) != set(new.units):
        yield Change("units", _without(old.units, new.units), _without(new.units, old.units))
    if old.limits != new.limits:
        yield Change("deadline", old.deadline, new.deadline)
    if old.amounts != new.amounts:
        yield Change("quota", old.quota, new.quota)
    if old.plain_text != new.plain_text:
        sentences, now = (_SENTENCE.findall(task.plain_text) for task in (old, new))
        if sentences != now:
            yield Change("text", _without(sentences, now, "。"), _without(now, sentences, "。"))


def _without(items: Sequence[str], others: Sequence[str], between: str = "、") -> str:
    return between.join(item for item in items if item not in others)
