"""Ending a long command between two files: at once while it waits, after the present file while it works."""

import signal
import time
from types import FrameType, TracebackType

ENDING = (signal.SIGINT, signal.SIGTERM)


class Stopping:
    """As a context, it takes Ctrl-C and the end of a service; `asked` tells that one came."""

    def __init__(self) -> None:
        self.asked = False
        self._resting = False

    def __enter__(self) -> "Stopping":
        self._before = {number: signal.signal(number, self._ask) for number in ENDING}
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True
        if self._resting:
            raise KeyboardInterrupt  # `sleep` goes on after a handler that returns

    def wait(self, seconds: float) -> None:
        """Until the time is over, or the end is asked for."""
        try:
            self._resting = True
            if not self.asked:
                time.sleep(seconds)
            self._resting = False
        except KeyboardInterrupt:
            self._resting = False
