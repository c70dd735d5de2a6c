"""Long random tests: `python -m tests.support.soak --seed N --histories N --postgres N`. Ends by itself.

Histories in memory, then some on PostgreSQL and real workbooks, on all cores. Each broken one is told as soon as it is
found, with the seed that replays it; the status is 1 if there was any.
"""

import argparse
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from tests.support import histories, simulator
from tests.support.oracle import Broken

SHARE = 100
"""Histories that one process takes at a time."""
EVERY = 60
"""Seconds between two words on how far it is: a soak that is stopped has said what it did."""


def _broken(run: Callable[[int], object], seeds: Sequence[int]) -> Iterator[tuple[int, str]]:
    for seed in seeds:
        try:
            run(seed)
        except Broken as failure:
            yield seed, str(failure)


def in_memory(seeds: Sequence[int], steps: int) -> list[tuple[int, str]]:
    """The broken ones of these seeds, with their stories."""
    return list(_broken(partial(simulator.run_history, steps=steps), seeds))


def on_postgres(seeds: Sequence[int], steps: int) -> list[tuple[int, str]]:
    """The same on PostgreSQL and workbooks, on a server of their own."""
    with histories.open_ground() as ground:
        return list(_broken(partial(ground.run_history, steps=steps), seeds))


def soak(kind: str, work: Callable, seeds: range, share: int, jobs: int, show: int) -> int:
    """Run all seeds; gives the number of broken ones."""
    started, told, done, broken = time.monotonic(), 0.0, 0, 0
    shares = [seeds[n : n + share] for n in range(0, len(seeds), share)]
    with multiprocessing.Pool(jobs) as pool:
        for found in pool.imap_unordered(work, shares):
            for seed, story in found:
                broken += 1
                print(story if broken <= show else f"seed {seed}", flush=True)
            done += share
            if (took := time.monotonic() - started) > told + EVERY:
                told = took
                print(f"{kind}: {done} histories, {broken} broken, {took:.0f} s", flush=True)
    took = time.monotonic() - started
    print(f"{kind}: {len(seeds)} histories from seed {seeds.start}, {broken} broken, {took:.1f} s", flush=True)
    return broken


def main() -> int:
    """Read the options and soak."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--histories", type=int, default=10_000, help="in memory")
    parser.add_argument("--postgres", type=int, default=0, help="on PostgreSQL and workbooks")
    parser.add_argument("--steps", type=int, default=40, help="acts in one history")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--show", type=int, default=5, help="how many broken histories to tell in full")
    args = parser.parse_args()
    broken = 0
    for kind, work, count, share in (
        ("memory", in_memory, args.histories, SHARE),
        ("postgres", on_postgres, args.postgres, SHARE // 4),
    ):
        if count:
            seeds = range(args.seed, args.seed + count)
            broken += soak(kind, partial(work, steps=args.steps), seeds, share, args.jobs, args.show)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
