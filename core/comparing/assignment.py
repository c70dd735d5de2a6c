"""The assignment problem: who gets what, each thing once, such that all gain the most. Pure.

Shortest augmenting paths (Jonker and Volgenant 1987) over the few columns that each row has a gain from.
"""

from collections import defaultdict
from collections.abc import Mapping
from heapq import heappop, heappush
from math import inf

Gains = Mapping[int, Mapping[int, float]]


def assign(gains: Gains) -> dict[int, int]:
    """Row → column, each column at most once, with the highest sum of gains; a row that gains nothing is left out.

    Rows and columns are numbers from 0; `gains` are positive and name only the columns that come into question.
    """
    assignment = _Assignment(gains)
    for row in gains:
        assignment.add(row)
    return {row: column for column, row in assignment.holder.items() if column >= 0}


class _Assignment:
    """The best assignment of the rows added so far. A column below 0 is a row's own place to stay alone.

    The price of a column is what its holder would lose by leaving it, so that costs along a path are never negative.
    """

    def __init__(self, gains: Gains) -> None:
        self._gains = {row: {**columns, -1 - row: 0.0} for row, columns in gains.items()}
        self._price: dict[int, float] = defaultdict(float)
        self.holder: dict[int, int] = {}

    def add(self, row: int) -> None:
        """Give a row a column, others moving to make room."""
        reached: dict[int, float] = {}  # column → the least cost of making room there
        came: dict[int, int] = {}  # column → the row that would move there
        settled: dict[int, float] = {}
        heap: list[tuple[float, int]] = []
        at, so_far = row, 0.0
        while True:
            for column, gain in self._gains[at].items():
                cost = so_far - gain - self._price[column]
                if column not in settled and cost < reached.get(column, inf):
                    reached[column], came[column] = cost, at
                    heappush(heap, (cost, column))
            cost, column = heappop(heap)
            while column in settled or cost > reached[column]:
                cost, column = heappop(heap)
            if column not in self.holder:
                break
            settled[column] = cost
            at = self.holder[column]
            so_far = cost + self._gains[at][column] + self._price[column]
        for passed, at_cost in settled.items():
            self._price[passed] += at_cost - cost
        self._move(row, column, came)

    def _move(self, row: int, column: int, came: Mapping[int, int]) -> None:
        """Along the path back to the new row, each row leaves its column to the one behind it."""
        held = {holder: column for column, holder in self.holder.items()} if came[column] != row else {}
        while True:
            at = came[column]
            self.holder[column] = at
            if at == row:
                return
            column = held[at]
