"""The one point at which the HTTP interface asks who is there and what they may do (docs/decisions/0009).

A view says what it takes, outermost: `@access(Right.…)`, `@signed_in` or `@public(why)`. Only then is the request
parsed. `guard_all` refuses an application in which a view says nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, NoReturn

from flask import Flask, Response, request

from core.api.cookies import check_csrf, session_token
from core.api.errors import Forbidden, NotSignedIn
from core.api.replay import once
from tenants.audit.actions import Action
from tenants.audit.acts import REFUSED, record_act
from tenants.people.principals import Principal, principal_of_session, principal_of_token
from tenants.people.rights import Right, Units
from tenants.people.signed_in import Resumed, resume
from tenants.sessions import ScopedSession, tenant_session

PREFIX = "/api/"
VIA = "api"
View = Callable[..., Any]


class Unguarded(RuntimeError):
    """A view of the interface that does not say who may call it: the application does not start."""


@dataclass(frozen=True)
class Guard:
    """What a view said: the right that it takes, `signed_in`, or why everybody may call it."""

    right: Right | None = None
    public: str = ""


@dataclass(frozen=True)
class Acting:
    """Who calls, by which right, and the one session of the request: of his tenant, committed when the view returns."""

    principal: Principal
    session: ScopedSession
    right: Right

    @property
    def units(self) -> Units:
        """The units for which the caller has the right of this view; None for all."""
        return self.principal.units_of(self.right)


def access(right: Right) -> Callable[[View], View]:
    """The view takes this right in the tenant that the caller acts in; its first argument is an `Acting`.

    Answers 401 `not_signed_in` and 403 `forbidden` before anything of the request is parsed.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Response:
            principal = caller()
            if principal.tenant_id is None:
                raise Forbidden
            if not principal.may(right):
                _refuse(principal, right)
            with _session_of(principal) as session:
                acting = Acting(principal, session, right)
                return once(session, principal.actor, lambda: view(acting, *args, **named))

        guarded.guard = Guard(right=right)
        return guarded

    return guard


@dataclass(frozen=True)
class Signed:
    """A session of a person, in whatever tenant or none, with whatever steps it has to do first."""

    token: str
    resumed: Resumed


def signed_in(view: View) -> View:
    """The view is about the session itself; its first argument is a `Signed`. Answers 401 `not_signed_in`."""

    @wraps(view)
    def guarded(*args: Any, **named: Any) -> Any:
        token = session_token()
        resumed = resume(token, now()) if token else None
        if resumed is None:
            raise NotSignedIn
        check_csrf(token)
        return view(Signed(token, resumed), *args, **named)

    guarded.guard = Guard(public="of the session itself")
    return guarded


def public(why: str) -> Callable[[View], View]:
    """Everybody may call the view, for this reason."""

    def guard(view: View) -> View:
        view.guard = Guard(public=why)
        return view

    return guard


def _session_of(principal: Principal) -> AbstractContextManager[ScopedSession]:
    return tenant_session(principal.tenant_id, principal.actor, VIA, request.remote_addr or "")


def _refuse(principal: Principal, right: Right) -> NoReturn:
    with _session_of(principal) as session:
        asked = {"right": right.value, "address": f"{request.method} {request.path}"}
        record_act(session, Action.ACCESS, outcome=REFUSED, detail=asked)
    raise Forbidden


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def caller() -> Principal:
    """Who calls, by his token or his session. Raises `NotSignedIn`, `StepMissing`."""
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        found = principal_of_token(text.strip(), now()) if scheme.lower() == "bearer" else None
    else:
        token = session_token()
        found = principal_of_session(token, now()) if token else None
        if found:
            check_csrf(token)
    if found is None:
        raise NotSignedIn
    return found


def guard_all(app: Flask) -> None:
    """Raises `Unguarded` for a view of the interface that does not say who may call it."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and not isinstance(
            getattr(app.view_functions[rule.endpoint], "guard", None), Guard
        ):
            raise Unguarded(rule.endpoint)
