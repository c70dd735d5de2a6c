"""Order does not decide: whatever the order in which copies come back, the same values are current or open."""

from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.sheets import Desk

CELLS = st.tuples(st.sampled_from(("r0", "r1")), st.sampled_from(("text", "status", "title")))
EDITS = st.dictionaries(CELLS, st.sampled_from((0, 1, 2)), max_size=4)
VALUES = {
    "text": ("甲说", "乙说", None),
    "status": ("已完成", "未启动", "推进中"),
    "title": ("新任务一", "新任务二", "任务0"),
}


def outcome(edits: list[dict], order: tuple[int, ...]) -> tuple[dict, dict]:
    desk = Desk(rows=4)
    copies = [desk.export() for _ in edits]
    for copy, typed in zip(copies, edits, strict=True):
        for (id_, key), choice in typed.items():
            copy.row(id_)[key] = VALUES[key][choice]
    for n in order:
        desk.sync(copies[n])
    cells = {(desk.owner(id_, key), key): (id_, key) for id_ in ("r0", "r1") for key in VALUES}
    norms = {cell: desk.store.value(*cell).norm for cell in cells}
    sets = {
        cell: {norms[cell]} | {candidate.value.norm for candidate in desk.store.candidates.get(cell, {}).values()}
        for cell in cells
    }
    return norms, sets


@settings(max_examples=30, deadline=None)
@given(st.lists(EDITS, min_size=2, max_size=3))
def test_the_set_of_current_and_open_values_is_the_same_in_every_order(edits: list[dict]) -> None:
    results = [outcome(edits, order) for order in permutations(range(len(edits)))]
    first_norms, first_sets = results[0]
    for norms, sets in results[1:]:
        assert sets == first_sets
        for cell, values in first_sets.items():
            if len(values) == 1:
                assert norms[cell] == first_norms[cell]
