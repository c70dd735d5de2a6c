"""When a delivery that failed is tried again, and when its webhook is given up. Pure: moments and chance come in."""

from datetime import datetime, timedelta

PAUSES = (
    *(timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30)),
    *(timedelta(hours=2), timedelta(hours=6), timedelta(hours=12), timedelta(hours=24)),
)
SPREAD = 0.2
"""By how much of itself a pause is prolonged at most, so that what failed together does not come back together."""
GIVEN_UP_AFTER = timedelta(days=3)
SECRET_KEPT = timedelta(hours=24)
"""How long the former secret signs beside a new one."""
LOG_KEPT = timedelta(days=30)


def next_attempt(pauses: int, now: datetime, chance: float) -> datetime | None:
    """When to try again after so many pauses; None: not any more. `chance`: 0 to 1."""
    return now + PAUSES[pauses] * (1 + SPREAD * chance) if pauses < len(PAUSES) else None


def is_given_up(failing_since: datetime, now: datetime) -> bool:
    """Whether a webhook has failed for so long that it is switched off."""
    return now - failing_since >= GIVEN_UP_AFTER
