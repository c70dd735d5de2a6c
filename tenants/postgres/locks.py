"""flock(2): a lock lives as long as any process that has the open file, so a killed process leaves none behind."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager


def try_lock(descriptor: int) -> bool:
    """Take the lock for oneself if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock(descriptor: int) -> None:
    """Wait until nobody else has the lock, and take it."""
    fcntl.flock(descriptor, fcntl.LOCK_EX)


def share(descriptor: int) -> None:
    """Wait until nobody has the lock for himself, and take part in it."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)


@contextmanager
def held(descriptor: int) -> Iterator[int]:
    """Hold an open file for oneself, and close it in the end."""
    try:
        lock(descriptor)
        yield descriptor
    finally:
        # A child forked by another thread meanwhile has a copy, so closing would not be enough.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)
