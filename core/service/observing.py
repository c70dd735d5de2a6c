"""Counting and logging what a served application answers."""

import time
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, got_request_exception, request, request_finished, request_started
from sqlalchemy import Engine, event

from core.api.access import CALLER
from core.service.logs import request_line
from core.service.metrics import count_connections, count_request

NO_RULE = "-"
Raised = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]


def observe(app: Flask, engine: Engine) -> None:
    """From here on each request of the application is counted and gets its line in the log, and so do the connections
    of its pool."""
    # weak=False: nobody else holds these functions
    request_started.connect(_begun, app, weak=False)
    request_finished.connect(_answered, app, weak=False)
    got_request_exception.connect(_broken, app, weak=False)
    app.log_exception = _no_line_of_its_own
    for name in ("checkout", "checkin"):
        event.listen(engine, name, lambda *_: count_connections(engine.pool.checkedout()))


def _begun(_app: Flask, **_more: Any) -> None:
    g.begun = time.perf_counter()


def _broken(_app: Flask, exception: Exception, **_more: Any) -> None:
    g.broken = exception


def _no_line_of_its_own(_raised: Raised) -> None:
    """Flask's would name the address, and what the exception says; ours comes with the request."""


def _answered(_app: Flask, response: Response, **_more: Any) -> None:
    seconds = time.perf_counter() - g.begun
    rule = request.url_rule.rule if request.url_rule else NO_RULE
    tenant, actor = request.environ.get(CALLER, (None, None))
    count_request(request.method, rule, str(response.status_code), seconds)
    fields = {
        "request_id": g.get("request_id"),
        "method": request.method,
        "rule": rule,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "tenant": tenant,
        "actor": actor,
        "address": request.remote_addr,
    }
    request_line(fields, g.get("broken"))
