"""The quick form of the simulator; `make soak` runs the long one."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bridges.sync.model import ID
from tests.support.simulator import Broken, World, run_history

QUICK = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_random_histories_keep_the_promise(first: int) -> None:
    for seed in range(first, first + 50):
        run_history(seed, steps=25)


@QUICK
@given(rng=st.randoms(use_true_random=False), steps=st.integers(1, 20))
def test_histories_that_hypothesis_can_shrink(rng: random.Random, steps: int) -> None:
    world = World(rng)
    for _ in range(steps):
        world.step()
    world.finish()


def test_the_oracle_notices_a_lost_edit() -> None:
    world = World(random.Random(1))
    file = world.files[0]
    file.copy.rows[0]["text"] = "来自人手"
    world.sync(file)
    row = file.copy.rows[0][ID]
    world.store.put(row, "text", world.store.value("a1", "text"))  # nobody who had seen it: a bug, not an edit
    with pytest.raises(Broken, match="lost"):
        world.sync(file)


def test_the_oracle_notices_an_invented_value() -> None:
    world = World(random.Random(1))
    world.store.put("a0", "text", world.store.value("a1", "text"))
    with pytest.raises(Broken, match="invented"):
        world.sync(world.files[1])
