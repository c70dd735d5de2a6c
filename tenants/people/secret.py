"""Random secrets: shown once, and kept as their SHA-256.

They are random throughout, so that nobody can guess at them, and a fast digest keeps them as well as a slow one.
"""

import hashlib
import re
import secrets

_BYTES = 32
LENGTH = 43
"""Characters of a secret."""
_SESSION = re.compile(rf"(0|[1-9][0-9]{{0,17}})-[A-Za-z0-9_-]{{{LENGTH}}}")
_TAGGED = re.compile(rf"zwgk_([A-Za-z0-9_-]{{1,40}})_[A-Za-z0-9_-]{{{LENGTH}}}")


def new_secret() -> str:
    """32 random bytes, in characters that need no quotes anywhere."""
    return secrets.token_urlsafe(_BYTES)


def session_secret(tenant_id: int | None) -> str:
    """A secret of a session: `<tenant>-<43 characters>`, so that one statement finds both (`principals`)."""
    return f"{tenant_id or 0}-{new_secret()}"


def tenant_in(secret: str) -> int | None:
    """The id of the tenant that a session's secret begins with; None for none, and for what is no such secret."""
    found = _SESSION.fullmatch(secret)
    return int(found[1]) or None if found else None


def tagged(slug: str) -> str:
    """A secret of a tenant: `zwgk_<short name>_<43 characters>`, so that one that is found says whose it is."""
    return f"zwgk_{slug}_{new_secret()}"


def slug_in(secret: str) -> str | None:
    """The short name that a tenant's secret begins with; None for what cannot be one."""
    found = _TAGGED.fullmatch(secret)
    return found[1] if found else None


def digest(secret: str) -> str:
    """What is kept of a secret, and looked for."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
