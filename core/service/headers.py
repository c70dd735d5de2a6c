"""What every answer tells the browser: no foreign code, no frames, no guessing of types, nothing kept."""

from flask import Response, request

CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
# a year: a browser that was here by HTTPS does not come by HTTP again
_SECURE = {"Strict-Transport-Security": "max-age=31536000"}


def strict(response: Response) -> Response:
    """The answer with these headers."""
    headers = response.headers
    # the one of them that Flask itself says, of files; to look for each costs more than all the rest here
    headers.remove("Cache-Control")
    headers.extend(_ALWAYS | (_SECURE if request.is_secure else {}))
    return response
