"""Guards that are weaker than they should be: each lacks one check of one operation while the application runs."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import pytest
from flask import has_request_context, request

from core.api import access
from core.api.cookies import SAFE
from tenants.people.principals import Principal
from tests.integration.api.conftest import LINK
from tests.integration.api.nets import Cast, Operation

Patch = pytest.MonkeyPatch


class Weakness(NamedTuple):
    """`apply` takes the check away; `concerns`: the operations that have it."""

    apply: Callable[[Patch, Cast, Operation], None]
    concerns: Callable[[Operation], bool]


def _here(operation: Operation) -> bool:
    return has_request_context() and (request.endpoint, request.method) == (operation.endpoint, operation.method)


def _on(patch: Patch, operation: Operation, place: Any, name: str, weaker: Callable) -> None:
    """`weaker` instead of a function, but for this operation only."""
    usual = getattr(place, name)
    patch.setattr(place, name, lambda *args: (weaker if _here(operation) else usual)(*args))


def _nobody_asked(patch: Patch, cast: Cast, operation: Operation) -> None:
    """Who has no secret that holds is taken for somebody who has one."""
    found, programs = access._found, cast.site.own.callers
    secret = programs[LINK if operation.by_link else "tenant_admin's program"].headers["Authorization"].split()[1]

    def anybody(given: str | None, means: Any, purpose: str | None = None) -> AbstractContextManager[Any]:
        return found(given, means, purpose) if given else found(secret, "link" if purpose else "token", purpose)

    _on(patch, operation, access, "_found", anybody)


def _no_session_asked(patch: Patch, cast: Cast, operation: Operation) -> None:
    token = cast.person().client.get_cookie("zwgk").value
    _on(patch, operation, access, "session_token", lambda: token)


def _any_program(patch: Patch, _cast: Cast, operation: Operation) -> None:
    found = access._found
    _on(patch, operation, access, "_found", lambda secret, *_: found(secret, "token"))


def _no_right_asked(patch: Patch, _cast: Cast, operation: Operation) -> None:
    _on(patch, operation, access, "_refuse", lambda *_: None)


def _for_all_units(patch: Patch, _cast: Cast, operation: Operation) -> None:
    _on(patch, operation, Principal, "units_of", lambda *_: None)


def _forged_write(patch: Patch, _cast: Cast, operation: Operation) -> None:
    _on(patch, operation, access, "check_csrf", lambda _token: None)


WEAKNESSES = {
    "nobody asked": Weakness(_nobody_asked, lambda one: not one.of_session),
    "no session asked": Weakness(_no_session_asked, lambda one: one.of_session),
    "any program for a link": Weakness(_any_program, lambda one: one.by_link),
    "no right asked": Weakness(_no_right_asked, lambda one: not one.by_link and not one.of_session),
    "units not bound": Weakness(_for_all_units, lambda one: not one.by_link and not one.of_session),
    "write not meant": Weakness(_forged_write, lambda one: one.method not in SAFE and not one.by_link),
}


def units_asked(cast: Cast, operation: Operation, ask: Callable[[], Any]) -> bool:
    """Whether the operation asks for which units its caller has the right: else there is nothing to take away."""
    seen: list[Any] = []
    usual = Principal.units_of
    with Patch.context() as patch:
        patch.setattr(Principal, "may", lambda who, right: right in who.grants)  # which asks for units without need
        patch.setattr(Principal, "units_of", lambda who, right: seen.append(_here(operation)) or usual(who, right))
        ask()
    return any(seen)
