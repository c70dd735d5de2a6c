"""An answer that is kept for a moment, so that whoever asks often does not cost often."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Recent(Generic[Answer]):
    """What `ask` answered at most `seconds` ago. Several who ask at once wait for one answer."""

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._lock = threading.Lock()
        self._until = 0.0
        self._answer: Answer

    def __call__(self) -> Answer:
        """The answer; raises what `ask` raises, which is not kept."""
        with self._lock:
            if time.monotonic() >= self._until:
                self._answer = self._ask()
                self._until = time.monotonic() + self._seconds
            return self._answer
