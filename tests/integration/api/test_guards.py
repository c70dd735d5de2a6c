"""Every operation's guard holds; and each of its checks, taken away in the running application, is missed.

A sample of the weaknesses by default (SEED= chooses another); all of them with ZWGK_MUTANTS=all (`make mutants`).
"""

import os
import random

import pytest

from tests.integration.api.nets import Cast, holes, operations
from tests.integration.api.weakened import WEAKNESSES, units_asked

PER_KIND = 8
ALL = os.environ.get("ZWGK_MUTANTS") == "all"


@pytest.fixture(scope="module")
def cast(site) -> Cast:
    return Cast.of(site)


def test_every_guard_holds(cast):
    for operation in operations(cast.site.app):
        assert list(holes(cast, operation)) == [], operation


@pytest.mark.parametrize("kind", WEAKNESSES)
def test_what_is_taken_away_is_missed(cast, kind):
    chance, (apply, concerns) = random.Random(os.environ.get("SEED", "2024")), WEAKNESSES[kind]
    these = [one for one in sorted(operations(cast.site.app)) if concerns(one)]
    if kind == "units not bound":
        these = [one for one in these if units_asked(cast, one, lambda one=one: list(holes(cast, one)))]
    missed = []
    for operation in these if ALL else chance.sample(these, min(PER_KIND, len(these))):
        with pytest.MonkeyPatch.context() as patch:
            apply(patch, cast, operation)
            if next(holes(cast, operation), None) is None:
                missed.append(f"{operation.method} {operation.path}")
    print(f"{kind}: {len(these)} operations, {len(missed)} not missed", *missed)
    assert missed == []
