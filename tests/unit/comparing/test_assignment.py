"""The best assignment, against trying them all."""

from functools import cache
from random import Random

import pytest

from core.comparing.assignment import assign


def best_sum(gains):
    rows = list(gains)

    @cache
    def best(row, taken):
        if row == len(rows):
            return 0.0
        found = [best(row + 1, taken)]
        for column, gain in gains[rows[row]].items():
            if column not in taken:
                found.append(gain + best(row + 1, taken | {column}))
        return max(found)

    return best(0, frozenset())


@pytest.mark.parametrize("seed", range(8))
def test_no_other_assignment_gains_more(seed):
    rng = Random(seed)
    for _ in range(100):
        rows, columns = rng.randint(1, 7), rng.randint(1, 7)
        gains = {
            row: {column: float(rng.randint(1, 12)) for column in range(columns) if rng.random() < 0.9}
            for row in range(rows)
        }
        found = assign(gains)
        assert len(set(found.values())) == len(found)
        assert sum(gains[row][column] for row, column in found.items()) == pytest.approx(best_sum(gains))


def test_greed_would_lose():
    assert assign({0: {0: 10.0, 1: 9.0}, 1: {0: 9.0}}) == {0: 1, 1: 0}
