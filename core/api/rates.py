"""How often somebody may ask. Counted in each process for itself: it keeps one caller from taking the service from all
others; who guesses at passwords is stopped by the lock in the database (docs/people.md)."""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from threading import Lock

from flask import current_app
from werkzeug.exceptions import TooManyRequests

from core.addresses import caller_at
from tenants.errors import ZwgkError

SETTING = "ZWGK_RATE"
USUAL = 1200
# of one network address: signing in, and asking with what does not hold
STRANGERS = 60
WINDOW = 60
"""Seconds in which is counted; then it begins anew for everybody."""
_WRITTEN = re.compile(r"[1-9][0-9]{0,8}")


class RateInvalid(ZwgkError):
    """The environment names no rate."""

    code = "rate_invalid"
    sentence = "环境变量 ZWGK_RATE=“{text}”不合要求，请写每分钟的次数，例如 1200，或写 off 不作限制。"


class Rates:
    """`most`: how often one caller may ask in a minute; None: without limit, for strangers as well."""

    def __init__(self, most: int | None = USUAL, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._window = 0
        self._asked: Counter[str] = Counter()
        self._lock = Lock()

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Rates":
        """By ZWGK_RATE. Raises `RateInvalid`."""
        text = environ.get(SETTING, "").strip() or str(USUAL)
        if text == "off":
            return cls(None)
        if not _WRITTEN.fullmatch(text):
            raise RateInvalid(text=text)
        return cls(int(text))

    def count(self, who: str, stranger: bool = False) -> None:
        """One more of this caller; `stranger`: whose network address is all that is known.

        Raises `TooManyRequests`, which says when to come again.
        """
        if self._most is None:
            return
        who = caller_at(who) if stranger else who
        window, since = divmod(self._clock(), WINDOW)
        with self._lock:
            if window != self._window:
                self._window = window
                self._asked.clear()
            self._asked[who] += 1
            asked = self._asked[who]
        if asked > (STRANGERS if stranger else self._most):
            raise TooManyRequests(retry_after=int(WINDOW - since) + 1)


def count(who: str, stranger: bool = False) -> None:
    """As `Rates.count`, by those of the application."""
    current_app.extensions["zwgk_rates"].count(who, stranger)
