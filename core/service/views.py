"""Addresses for those who watch the service: `/health`, `/ready`, `/metrics` (docs/operation.md)."""

import hmac

from flask import Blueprint, Response, abort, current_app, jsonify, request

from core.service.reach import Reach, from_here
from core.service.state import Watch

service = Blueprint("service", __name__)


@service.get("/health")
def health() -> Response:
    """This process answers. The database is not asked: where it is away, to start this process anew would not help."""
    return jsonify(alive=True)


@service.get("/ready")
def ready() -> tuple[Response, int]:
    """Whether the service can be relied on now; if not, 503 and what is wrong, as codes."""
    watch: Watch = current_app.extensions["zwgk_watch"]
    wrong = watch.problems()
    return jsonify(ready=not wrong, problems=wrong), 503 if wrong else 200


@service.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus: for this machine, and for whoever has the token; for others the address is none."""
    if not _may_see_figures(current_app.extensions["zwgk_reach"]):
        abort(404)
    from core.service.metrics import CONTENT_TYPE, exposition  # a fifth of a second that commands do not need

    watch: Watch = current_app.extensions["zwgk_watch"]
    return Response(exposition(watch.figures()), content_type=CONTENT_TYPE)


def _may_see_figures(reach: Reach) -> bool:
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and reach.metrics_token:
        return hmac.compare_digest(given.strip().encode(), reach.metrics_token.encode())
    return not reach.proxies and from_here(request)
