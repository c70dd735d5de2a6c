"""The session cookie, and the proof that a request with it was meant.

A browser sends cookies along with requests that another site makes; it does not let that site read ours or set our
header. So every write by a cookie session carries `X-Csrf-Token`, which is derived from the session's own secret.
"""

import hashlib
import hmac

from flask import Response, request

from tenants.errors import ZwgkError

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-Csrf-Token"
_PURPOSE = b"zwgk csrf"
_BEGUN = "zwgk-begun"


class CsrfMissing(ZwgkError):
    """A write with a session cookie and without the header that only our own pages can set."""

    code = "csrf_missing"
    sentence = "请求缺少 X-Csrf-Token，或与本次登录不符，请刷新后重试。"


def _name(of: str = "zwgk") -> str:
    # a browser takes a cookie of this prefix over HTTPS only, for this host only, and from nobody else
    return f"__Host-{of}" if request.is_secure else of


def session_token() -> str | None:
    """The secret of the caller's session, if he sent one."""
    return request.cookies.get(_name())


def set_session(response: Response, token: str) -> None:
    """Give the browser its session: no script reads it, no other site sends it."""
    response.set_cookie(_name(), token, path="/", secure=request.is_secure, httponly=True, samesite="Strict")


def drop_session(response: Response) -> None:
    """Take it away."""
    response.delete_cookie(_name(), path="/", secure=request.is_secure, httponly=True, samesite="Strict")


def begun_by() -> str:
    """By what the caller's browser is known that began to sign in elsewhere; empty: it did not."""
    return request.cookies.get(_name(_BEGUN), "")


def set_begun(response: Response, browser: str, seconds: int) -> None:
    """Give the browser what it is known by when the identity provider sends it back: so other sites may send it."""
    kept = {"max_age": seconds, "secure": request.is_secure, "httponly": True, "samesite": "Lax"}
    response.set_cookie(_name(_BEGUN), browser, path="/", **kept)


def drop_begun(response: Response) -> None:
    """Take it away."""
    response.delete_cookie(_name(_BEGUN), path="/", secure=request.is_secure, httponly=True, samesite="Lax")


def csrf_of(token: str) -> str:
    """What a write with this session has to carry."""
    return hmac.new(token.encode(), _PURPOSE, hashlib.sha256).hexdigest()


def check_csrf(token: str) -> None:
    """Raises `CsrfMissing` for a write that does not carry it."""
    given = request.headers.get(CSRF_HEADER, "")
    if request.method not in SAFE and not hmac.compare_digest(given.encode(), csrf_of(token).encode()):
        raise CsrfMissing
