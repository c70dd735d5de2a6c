"""Ten years of a district's plans, each compared with the next one."""

import time
from itertools import pairwise

from core.comparing.years import compare_years
from tests.support.years import first_year, next_year


def ten_years() -> float:
    """Ten made-up plans of some 370 tasks each; what a comparison is made from is not counted."""
    sides = [first_year(7, 2015, 400)]
    for n in range(9):
        sides.append(next_year(n, sides[-1])[0])
    began = time.perf_counter()
    for old, new in pairwise(sides):
        compare_years(old, new)
    return time.perf_counter() - began


CASES = {"ten_years": ten_years}
