"""A process with a lease, for tests: `holder.py HOME [fork]`.

Prints the ids of server and watchdog as JSON and holds the lease until its standard input ends. With `fork`, the
parent leaves at once and a forked child holds on.
"""

import json
import os
import sys
from pathlib import Path

from tenants.postgres.cluster import Cluster
from tenants.postgres.place import settle


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def main() -> None:
    home = Path(sys.argv[1])
    with Cluster(home).lease():
        server = settle(home).server_pid()
        print(json.dumps({"server": server, "watchdog": parent_of(server)}), flush=True)
        if "fork" in sys.argv and os.fork():
            return
        sys.stdin.read()


if __name__ == "__main__":
    main()
