"""Histories as lists of moves, each a seed of its own: leaving one out changes no other, so a broken one gets short."""

import random
from collections.abc import Callable, Sequence

from tests.support.oracle import Broken

Play = Callable[[Sequence[int]], object]
"""Plays a history from the start; raises whatever breaks it."""


def moves_of(seed: int, steps: int) -> list[int]:
    """The moves of a seed's history."""
    rng = random.Random(seed)
    return [rng.getrandbits(32) for _ in range(steps)]


def run_or_tell(play: Play, seed: int, steps: int) -> None:
    """Play the history of a seed; raises `Broken` with the seed and the shortest story that breaks as well."""
    moves = moves_of(seed, steps)
    if _story(play, moves):
        shorter = shrink(play, moves)
        story = _story(play, shorter) or "it did not break a second time: look at what runs at the same time"
        raise Broken(f"seed {seed}, {len(shorter)} of {steps} moves are enough:\n{story}")


def shrink(play: Play, moves: Sequence[int]) -> Sequence[int]:
    """Leave out every move without which the history is broken still, many at a time at first."""
    size = len(moves)
    while size:
        for start in range(0, len(moves), size)[::-1]:
            shorter = [*moves[:start], *moves[start + size :]]
            if _story(play, shorter):
                moves = shorter
        size //= 2
    return moves


def _story(play: Play, moves: Sequence[int]) -> str:
    try:
        play(moves)
    except Exception as failure:  # noqa: BLE001 (whatever ends a history is its story)
        return str(failure) if isinstance(failure, Broken) else f"{type(failure).__name__}: {failure}"
    return ""
