"""Limits that a process puts on itself before it touches a stranger's file.

`python -m core.sandbox.limits MEMORY SECONDS FILE PROGRAM …` becomes PROGRAM under such limits.
"""

import math
import os
import sys
import time
from contextlib import suppress

ROUGHLY = 512 * 2**20
"""Bytes of address space at the start, where the system does not tell."""


class Limits:
    """Of `memory` bytes beyond what is in use now, and of `seconds` of processor time for each file.

    No file or connection can be opened any more either, beyond `files` at a time: import what is needed before. On
    Windows nothing of this exists, and only the wall limit of the other end holds.
    """

    def __init__(self, memory: int, seconds: int, files: int = 0) -> None:
        self._seconds = seconds
        self._resource = None
        with suppress(ImportError):
            import resource

            self._resource = resource
            most = _in_use() + memory
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            self.begin()

    def begin(self) -> None:
        """Another file: processor time is counted from the start of the process, so the limit moves."""
        if self._resource:
            most = math.ceil(time.process_time()) + self._seconds
            self._resource.setrlimit(self._resource.RLIMIT_CPU, (most, self._resource.RLIM_INFINITY))


def limited(command: list[str], memory: int, seconds: int, file: int) -> list[str]:
    """The command that runs `command` with so many bytes of data, of processor time, and in each file it writes."""
    return [sys.executable, "-m", "core.sandbox.limits", *map(str, (memory, seconds, file)), *command]


def _in_use() -> int:
    try:
        with open("/proc/self/statm", encoding="ascii") as counts:
            return int(counts.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return ROUGHLY


def _become(memory: int, seconds: int, file: int, command: list[str]) -> None:
    with suppress(ImportError):
        import resource

        # What a program writes to, and not its address space: an office suite maps a gigabyte of libraries
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_FSIZE, (file, file))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.execvp(command[0], command)  # noqa: S606 no shell is what we want


if __name__ == "__main__":
    _become(*map(int, sys.argv[1:4]), sys.argv[4:])
