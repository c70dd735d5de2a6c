"""kill -9 of the web server's processes, workers and the database under load; `make chaos` does so a hundred times."""

import os

import pytest

from tests.support.chaos import shoot


@pytest.mark.timeout(200)
def test_nothing_that_was_accepted_is_lost():
    seed = int(os.environ.get("SEED", "40"))
    print(told := shoot(kills=3, seed=seed, seconds=60))
    assert "lost: none" in told
