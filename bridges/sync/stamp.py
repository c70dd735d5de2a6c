"""The stamp: text in the header cell of the hidden id column, which says which pass a copy was left by.

It stands in the sheet in the same atomic write as the values, so a copy always tells the truth about itself, under any
file name. It is signed: an edited or foreign one is refused rather than merged against the wrong base.
"""

import hmac
from dataclasses import dataclass

PREFIX = "zwgk1"


@dataclass(frozen=True)
class Stamp:
    """Binding, copy, holder (`model.OFFICE` or a unit's id) and the pass that wrote it. Fields contain no blanks."""

    binding: str
    copy: str
    holder: str
    pass_id: str


def _sign(body: str, key: bytes) -> str:
    return hmac.digest(key, _bytes(body), "sha256").hex()[:24]


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")  # whatever somebody typed there is refused, not stumbled over


def write_stamp(stamp: Stamp, key: bytes) -> str:
    """The text for the sheet."""
    body = " ".join((PREFIX, stamp.binding, stamp.copy, stamp.holder, stamp.pass_id))
    return f"{body} {_sign(body, key)}"


def read_stamp(text: str, key: bytes) -> Stamp | None:
    """The stamp in a text; None when it is not a stamp, was edited, or was signed with another key."""
    body, _, signature = text.strip().rpartition(" ")
    parts = body.split(" ")
    if len(parts) != 5 or parts[0] != PREFIX or not hmac.compare_digest(_sign(body, key).encode(), _bytes(signature)):
        return None
    return Stamp(*parts[1:])
