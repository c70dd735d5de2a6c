"""Eight processes that lease and leave at random for some seconds, for tests: `visitors.py HOME SECONDS`.

Each visit commits a row and then prints a line. Exit status 0 when no visit failed.
"""

import os
import random
import sys
import time
from pathlib import Path

import psycopg

from tenants.postgres.cluster import Cluster
from tests.support.database import plain


def visit(home: Path, seconds: float, seed: int) -> None:
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with Cluster(home).lease() as urls, psycopg.connect(plain(urls.app)) as connection:
            connection.execute("INSERT INTO visit VALUES (1)")
            connection.commit()
            os.write(sys.stdout.fileno(), b"1\n")
            connection.execute("SELECT pg_sleep(%s)", [chance.uniform(0, 0.02)])
        time.sleep(chance.uniform(0, 0.3))


def main() -> int:
    children = []
    for seed in range(8):
        if child := os.fork():
            children.append(child)
        else:
            visit(Path(sys.argv[1]), float(sys.argv[2]), seed)
            return 0
    return max(os.waitpid(child, 0)[1] for child in children) != 0


if __name__ == "__main__":
    sys.exit(main())
