"""The second factor: six digits that change every half minute (TOTP, RFC 6238), and codes for a lost telephone.

Pure, but for the random secrets.
"""

import hmac
import re
import secrets
import unicodedata
from datetime import datetime

import pyotp

ISSUER = "zwgk"
INTERVAL = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def new_secret() -> str:
    """A secret for an authenticator, in base32."""
    return pyotp.random_base32()


def enrolment_uri(secret: str, login: str) -> str:
    """What an authenticator reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)


def used_step(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The interval that a code belongs to: this one, the one before or the one after, and later than the `last` one
    whose code was used. None: the code is wrong, or was used."""
    present = int(now.timestamp()) // INTERVAL
    written = bare(code)
    totp = pyotp.TOTP(secret)
    right = (
        step
        for step in (present - 1, present, present + 1)
        if step > last and hmac.compare_digest(totp.at(step * INTERVAL), written)
    )
    return next(right, None)


def new_recovery_codes() -> list[str]:
    """Codes of 80 random bits, in groups of four to copy by hand."""
    return [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4)) for _ in range(RECOVERY_CODES)
    ]


def bare(code: str) -> str:
    """A code as it is compared, however it was typed: 123 456, full width, with or without dashes."""
    return re.sub(r"[^a-z0-9]", "", unicodedata.normalize("NFKC", code[:100]).lower())
