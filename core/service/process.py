"""What a process of `zwgk serve` is: it ends when it is told to, when its parent is gone, and not before its requests.

The server of granian is the parent; it forks a process for each worker, and another where one has died.
"""

import logging
import os
import signal
import threading
import time

from flask import Flask

from core.wsgi import make_app

GRACE = 30
"""Seconds for requests that are running when the service is ended."""
PAUSE = 2
"""Seconds between attempts to start: where the application cannot, its next process would fail at once as well."""
_ENDING = (signal.SIGINT, signal.SIGTERM)


class Leash:
    """A pipe into which nothing is written: it ends with the process that holds its other end, whatever ended that."""

    def __init__(self) -> None:
        self._mine, self._parents = os.pipe()

    def hold(self) -> None:
        """In a new process: only the parent keeps the other end."""
        os.close(self._parents)

    def follow(self) -> None:
        """End this process when the parent is gone, its requests finished if that takes no longer than `GRACE`."""
        os.read(self._mine, 1)
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)


def stay_awake() -> None:
    """Have a signal wake the main thread of this process, which alone runs what handles it.

    Python does not see to that: the system may hand the signal to any thread, and a main thread that waits for a lock
    sleeps on. Seen on a busy machine, where one worker in ten served on after it was told to end, and was killed.
    """
    ours, pythons = os.pipe()
    os.set_blocking(pythons, False)
    signal.set_wakeup_fd(pythons)

    def wake() -> None:
        main = threading.main_thread().ident
        while number := os.read(ours, 1):
            signal.pthread_kill(main, number[0])
            os.read(ours, 1)  # that one is told as well

    threading.Thread(target=wake, daemon=True).start()


_leash: Leash | None = None


def prepare() -> None:
    """In the parent, once, before it forks.

    A worker comes with the parent's signal handlers, and would miss what should end it until the server in it has put
    up its own: from the fork to there it just dies of it. Signals wait while the fork is under way.
    """
    global _leash
    _leash = Leash()
    os.register_at_fork(
        before=lambda: signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING),
        after_in_parent=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING),
        after_in_child=_forked,
    )
    stay_awake()


def _forked() -> None:
    # told once, by the parent: of an interrupt at a terminal followed by the parent's word granian's workers hang
    os.setpgid(0, 0)
    for number in _ENDING:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
    _leash.hold()


def make_worker() -> Flask:
    """The application of a worker. One that cannot be made is told in the log, and the process ends after a pause."""
    stay_awake()
    threading.Thread(target=_leash.follow, daemon=True).start()
    try:
        return make_app()
    except Exception:
        logging.getLogger("zwgk").exception("the application could not be made")
        time.sleep(PAUSE)
        raise SystemExit(1) from None
