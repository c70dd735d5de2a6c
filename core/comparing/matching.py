"""Which old task is which new one: the best one-to-one matching of two sides. Pure.

Each old task gets at most one new one, so that the scores of all pairs together are as high as they can be; a pair
below the floor is none.
"""

from collections import defaultdict
from itertools import chain

from core.comparing.assignment import assign
from core.comparing.likeness import Likeness, Pair
from core.comparing.tasks import SideTask

FLOOR = 0.35
"""Less alike than this, two tasks are not the same one."""
WORTH_A_LOOK = 0.25
"""Of a task without a counterpart, those are named that are at least so much alike."""
NEAR = 0.05
"""Two pairs this close in score are as good as each other; weaker by more is clearly weaker."""
_ORDER = 1e-6  # among equal scores, the order of the documents decides


def best_pairs(likeness: Likeness) -> tuple[dict[int, Pair], dict[int, list[Pair]]]:
    """Place of an old task → its pair, for those that have one; and all pairs that came into question, by old task.

    What is word for word the same goes together before anything else. A pair that is clearly weaker than another one
    of either task is none, whether or not the other one comes about: a new task that sounds more like one that stays
    than like the one that goes does not replace it.
    """
    same = _word_for_word(likeness)
    taken = {pair.new for pair in same.values()}
    candidates = likeness.candidates(old for old in range(len(likeness.old)) if old not in same)
    best_old = {old: pairs[0].score for old, pairs in candidates.items() if pairs}
    best_new: dict[int, float] = defaultdict(float)
    for pair in chain.from_iterable(candidates.values()):
        best_new[pair.new] = max(best_new[pair.new], pair.score)

    def comes_about(pair: Pair) -> bool:
        least = max(FLOOR, best_old[pair.old] - NEAR, best_new[pair.new] - NEAR)
        return pair.new not in taken and pair.score >= least

    known = {old: {pair.new: pair for pair in pairs if comes_about(pair)} for old, pairs in candidates.items()}
    gains = {
        old: {new: pair.score - FLOOR + _ORDER * (2 - likeness.apart(old, new)) for new, pair in pairs.items()}
        for old, pairs in known.items()
    }
    return same | {old: known[old][new] for old, new in assign(gains).items()}, candidates


def _word_for_word(likeness: Likeness) -> dict[int, Pair]:
    """The first with the first, the second with the second where several read the same."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for new in reversed(range(len(likeness.new))):
        places[_words(likeness.new[new])].append(new)
    pairs = ((old, places.get(_words(task))) for old, task in enumerate(likeness.old))
    return {old: Pair(old, new.pop(), 1.0, {"title": 1.0, "text": 1.0}) for old, new in pairs if new}


def _words(task: SideTask) -> tuple[str, str]:
    return task.plain_title, task.plain_text
