"""Signatures as Standard Webhooks has them (standardwebhooks.com), which existing libraries verify. Pure but for the
random bytes of a new secret."""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable

PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def signature(secrets_: Iterable[str], event: str, timestamp: int, body: str) -> str:
    """The header `webhook-signature`: `v1,` and the base64 of HMAC-SHA256 over `event.timestamp.body`, once for each
    secret that holds, separated by blanks. `timestamp`: seconds since 1970."""
    signed = f"{event}.{timestamp}.{body}".encode()
    keys = (b64decode(secret.removeprefix(PREFIX)) for secret in secrets_)
    return " ".join(f"v1,{b64encode(hmac.digest(key, signed, 'sha256')).decode()}" for key in keys)
