"""Random histories on real PostgreSQL and real workbooks; `make soak` runs the long form."""

import pytest

from tests.support.histories import Ground

HISTORIES, EACH, STEPS = 16, 4, 15


@pytest.mark.timeout(300)
@pytest.mark.parametrize("first", range(0, HISTORIES, EACH))
def test_no_edit_is_lost_and_none_is_invented(runtime, app, database, tmp_path, first):
    ground = Ground(runtime, database, tmp_path)
    for seed in range(first, first + EACH):
        ground.run_history(seed, STEPS)
