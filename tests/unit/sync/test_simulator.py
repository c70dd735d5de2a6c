"""The quick form of the simulator; `make soak` runs the long one."""

import random

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from bridges.sync.model import ID
from tests.support.moves import shrink
from tests.support.simulator import ACTS, Broken, World, run_history

HISTORIES, EACH, STEPS = 3_000, 250, 25


@pytest.mark.parametrize("first", range(0, HISTORIES, EACH))
def test_random_histories_keep_the_promise(first: int) -> None:
    for seed in range(first, first + EACH):
        run_history(seed, STEPS)


class Machine(RuleBasedStateMachine):
    """The same acts, chosen by Hypothesis, which tells the shortest broken history act by act."""

    @initialize(rng=st.randoms(use_true_random=False))
    def begin(self, rng: random.Random) -> None:
        self.world = World(rng)

    @rule(name=st.sampled_from(sorted(ACTS)), number=st.integers(0, 5), rng=st.randoms(use_true_random=False))
    def act(self, name: str, number: int, rng: random.Random) -> None:
        self.world.rng = rng
        self.world.act(name, self.world.files[number % len(self.world.files)])

    def teardown(self) -> None:
        self.world.finish()


TestMachine = Machine.TestCase
TestMachine.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)


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


def test_a_broken_history_is_told_by_the_moves_that_matter() -> None:
    def play(moves: list[int]) -> None:
        if {3, 7} <= set(moves):
            raise Broken("three and seven")

    assert shrink(play, range(40)) == [3, 7]
