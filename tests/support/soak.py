"""Long random tests: `python -m tests.support.soak --seed N --histories N`. Prints the seed of each broken history."""

import argparse
import sys
import time

from tests.support.simulator import Broken, run_history


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the first seed")
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--steps", type=int, default=40, help="acts in one history")
    parser.add_argument("--show", type=int, default=1, help="how many broken histories to print in full")
    args = parser.parse_args()
    started, broken = time.monotonic(), 0
    for seed in range(args.seed, args.seed + args.histories):
        try:
            run_history(seed, args.steps)
        except Broken as failure:
            broken += 1
            print(failure if broken <= args.show else f"seed {seed}", flush=True)
        if (done := seed - args.seed + 1) % 1000 == 0:
            print(f"{done} histories, {broken} broken", flush=True)
    took = time.monotonic() - started
    print(f"{args.histories} histories from seed {args.seed}, {args.steps} acts each: {broken} broken, {took:.1f} s")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
