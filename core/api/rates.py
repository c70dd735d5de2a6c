"""How often somebody may ask. Counted in each process for itself: it keeps one caller from taking the service from all
others; who guesses at passwords is stopped by the lock in the database (docs/people.md)."""

import time
from collections.abc import Mapping

from flask import current_app
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from tenants.errors import ZwgkError

SETTING = "ZWGK_RATE"
USUAL = "1200/minute"
# of one network address: signing in, and asking with what does not hold
STRANGERS = parse("60/minute")


class RateInvalid(ZwgkError):
    """The environment names no rate."""

    code = "rate_invalid"
    sentence = "环境变量 ZWGK_RATE=“{text}”不合要求，请写成 1200/minute 这样的形式，或写 off 不作限制。"


class Rates:
    """`each`: how often one caller may ask; None: without limit, for strangers as well."""

    def __init__(self, each: RateLimitItem | None) -> None:
        self._each = each
        self._counted = FixedWindowRateLimiter(MemoryStorage())

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> "Rates":
        """By ZWGK_RATE, as `1200/minute`. Raises `RateInvalid`."""
        text = environ.get(SETTING, "").strip() or USUAL
        try:
            return cls(None if text == "off" else parse(text))
        except ValueError:
            raise RateInvalid(text=text) from None

    def count(self, who: str, stranger: bool = False) -> None:
        """One more of this caller. Raises `TooManyRequests`, which says when to come again."""
        limit = STRANGERS if stranger else self._each
        if self._each is None or self._counted.hit(limit, who):
            return
        again = self._counted.get_window_stats(limit, who).reset_time - time.time()
        raise TooManyRequests(retry_after=max(1, round(again)))


def count(who: str, stranger: bool = False) -> None:
    """As `Rates.count`, by those of the application."""
    current_app.extensions["zwgk_rates"].count(who, stranger)
