"""A young process that calls for a test.

`ru_maxrss` of a child that was started by fork and exec is never less than what its parent held at that moment. A
runner of tests may hold more than the child is allowed; a process that has just begun holds little.
"""

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context


@contextmanager
def apart() -> Iterator[Callable]:
    """`call(function, *arguments)` answers what the function does, in the same young process each time."""
    with ProcessPoolExecutor(1, get_context("spawn")) as one:
        yield lambda function, *arguments: one.submit(function, *arguments).result()


def most_memory() -> int:
    """Bytes that any ended child of this process held at most."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
