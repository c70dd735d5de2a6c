"""Combinations that nobody wrote by hand: a few hundred here, all 2,000 by the command in docs/decompose.md."""

from collections import Counter

from core.decompose.decompose import decompose
from tests.support.compositions import NUMBERINGS, PLACES, TABLES, WRAPPINGS, compose
from tests.support.truths import COLUMNS, compare, f1, rows_of

SEEDS = range(300)


def test_every_column_of_combinations_nobody_wrote():
    totals = {name: Counter() for name in COLUMNS}
    failures = []
    for seed in SEEDS:
        made = compose(seed)
        counts, differences = compare(made.rows, rows_of(decompose(made.text)))
        failures += [f"seed {seed}: {one}" for one in differences]
        for name in COLUMNS:
            totals[name].update(counts[name])
    assert {name: round(f1(total), 4) for name, total in totals.items() if f1(total) < 0.99} == {}, failures


def test_the_seeds_take_every_part():
    parts = [compose(seed).parts for seed in SEEDS]
    assert {one["place"] for one in parts} == {*PLACES, *TABLES}
    assert {one["numbering"] for one in parts} == {*NUMBERINGS, "-"}
    assert {one["wrapping"] for one in parts} == set(WRAPPINGS)
