"""Requests that the OpenAPI document gives rise to, by schemathesis: those that it allows and those that it forbids, in
process. An answer that is 500 or more, or that the document does not say, is a failure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

DOCUMENT = "/api/v1/openapi.json"
CHECKS = [
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_schema_conformance, response_headers_conformance),
]
# what is read comes before what is changed, and that before what is taken away
ORDER = ("get", "patch", "put", "post", "delete")
QUIETLY = settings(database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))


@dataclass
class Tally:
    """`answers`: how often each status came. `failures`: what was wrong, each once, with a request that shows it."""

    answers: Counter[int] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """The failures, as one reads them."""
        return "\n\n".join(f"{what}\n  {request}" for what, request in self.failures.items())


def operations(app: Flask) -> list[APIOperation]:
    """Every operation of the document, served by this application to this machine."""

    def served(environ: dict[str, Any], start: Callable) -> Iterator[bytes]:
        return app.wsgi_app(environ | {"REMOTE_ADDR": "127.0.0.1"}, start)

    found = [one.ok() for one in schemathesis.openapi.from_wsgi(DOCUMENT, served).get_all_operations()]
    return sorted(found, key=lambda one: ORDER.index(one.method))


def ask(
    operation: APIOperation,
    callers: Mapping[str, Mapping[str, str]],
    cases: int,
    number: int,
    filled: Callable[[Case], None],
    tally: Tally,
) -> None:
    """So many allowed and as many forbidden requests of an operation, each as every caller: who it is, and the headers
    that he sends. `filled` puts ids into a request that there are."""

    def one(case: Case) -> None:
        filled(case)
        for who, headers in callers.items():
            _judge(case, who, headers, tally)

    for mode in GenerationMode:
        if mode is GenerationMode.POSITIVE or _forbids(operation):
            strategy = operation.as_strategy(generation_mode=mode)
            seed(number)(settings(QUIETLY, max_examples=cases)(given(case=strategy)(one)))()


def _forbids(operation: APIOperation) -> bool:
    """Whether there are requests that the document forbids: not where all it takes are texts."""
    kinds = [one.definition.get("schema", {}).get("type") for one in operation.iter_parameters()]
    return bool(operation.body) or any(kind != "string" for kind in kinds)


def _judge(case: Case, who: str, headers: Mapping[str, str], tally: Tally) -> None:
    response = case.call(headers=dict(headers))
    tally.answers[response.status_code] += 1
    try:
        case.validate_response(response, checks=CHECKS)
    except FailureGroup as group:
        for failure in group.exceptions:
            what = f"{case.operation.label}, {who}: {failure.title}: {failure.message}"
            tally.failures.setdefault(what, case.as_curl_command())
