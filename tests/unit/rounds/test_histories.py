"""Random histories with packets in several hands: no value is lost, and none leaves but by a later return."""

import pytest

from tests.support.rounds import run_history

HISTORIES, EACH = 400, 50


@pytest.mark.parametrize("first", range(0, HISTORIES, EACH))
def test_random_rounds_keep_the_promise(first: int) -> None:
    for seed in range(first, first + EACH):
        run_history(seed)
