"""Operating the service, as a part: who reaches what, the headers of every answer, whether it is well, and how it does.

It is the first part: what it does comes before everything else of a request, and after everything else of the answer.
"""

import re
import secrets

from flask import Flask, Response, abort, g, request
from werkzeug.middleware.proxy_fix import ProxyFix

from core.api.access import PREFIX
from core.service.headers import strict
from core.service.reach import Reach, from_here
from core.service.state import Watch
from core.service.views import service

models = ()
commands = ()

LARGEST_REQUEST = 64 * 1024
REQUEST_ID = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")


def serve(app: Flask) -> None:
    """Lay this around the application; `app.extensions["zwgk_reach"]` says who reaches it."""
    reach: Reach = app.extensions["zwgk_reach"]
    app.extensions["zwgk_watch"] = Watch()
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    if reach.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=reach.proxies, x_proto=reach.proxies, x_host=0)
    app.before_request(_name_request)
    app.before_request(_only_here if reach.proxies is None else _no_pages)
    app.after_request(strict)
    app.after_request(_tell_name)
    app.register_blueprint(service)


def _name_request() -> None:
    """The request's id, by which its log line is found again: the caller's, or one of ours."""
    given = request.headers.get(REQUEST_ID, "")
    g.request_id = given if _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)


def _tell_name(response: Response) -> Response:
    response.headers[REQUEST_ID] = g.request_id
    return response


def _only_here() -> None:
    if not from_here(request):
        abort(403)


def _no_pages() -> None:
    # pages know no sign-in: for whoever comes from elsewhere there are none
    if not request.path.startswith(PREFIX) and request.blueprint != service.name:
        abort(404)
