"""The one point at which the HTTP interface asks who is there and what they may do (docs/decisions/0009).

A view says what it takes, outermost: `@access(Right.…)`, `@access_by_link(purpose)`, `@signed_in` or `@public(why)`.
Only then is the request parsed. `guard_all` refuses an application in which a view says nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request

from core.api.cookies import check_csrf, session_token
from core.api.errors import Forbidden, NotSignedIn, PersonNeeded, status_of
from core.api.rates import count
from core.api.replay import once
from tenants.audit.actions import Action
from tenants.audit.acts import record_refusal
from tenants.errors import ZwgkError
from tenants.people.principals import Means, Principal, asking
from tenants.people.rights import BOUND_RIGHTS, TENANT_RIGHTS, Right, Units
from tenants.people.signed_in import Resumed, resume
from tenants.people.steps import refuse_early
from tenants.people.tokens import PURPOSES
from tenants.people.tracing import By
from tenants.sessions import ScopedSession, platform_session

PREFIX = "/api/"
CALLER = "zwgk.caller"
"""Where in a request's environment its log line finds the tenant and the actor."""
VIA = "api"
View = Callable[..., Any]
Asking = tuple[ScopedSession, Principal]
"""Who calls, and the session of the request, of the tenant that he acts in, committed when the view returns."""


class Unguarded(RuntimeError):
    """A view of the interface that does not say who may call it: the application does not start."""


@dataclass(frozen=True)
class Guard:
    """What a view said: the right that it takes, and whether for all units, or why everybody may call it."""

    right: Right | None = None
    all_units: bool = False
    public: str = ""


@dataclass(frozen=True)
class Acting:
    """Who calls, by which right, and the one session of the request, committed when the view returns: of his tenant, or
    of none for a right of the platform."""

    principal: Principal
    session: ScopedSession
    right: Right

    @property
    def units(self) -> Units:
        """The units for which the caller has the right of this view; None for all."""
        return self.principal.units_of(self.right)

    @property
    def by(self) -> By:
        """As what the acts of the caller are written down where a service opens the session."""
        scope = self.session.scope
        return scope.actor, scope.via, scope.address


def access(right: Right, largest: int | None = None, all_units: bool = False) -> Callable[[View], View]:
    """The view takes this right in the tenant that the caller acts in, or on the platform, if it is one of the
    platform's; its first argument is an `Acting`.

    `largest`: bytes of a request that it takes, where that is more than usual. `all_units`: to have the right for some
    units only is not enough, as it never is for a right that no role has so. Answers 401 `not_signed_in` and 403
    `forbidden` before anything of the request is parsed.
    """
    of_tenants, for_all = right in TENANT_RIGHTS, all_units or right not in BOUND_RIGHTS

    @contextmanager
    def admitted() -> Iterator[Asking]:
        with _caller() as (session, principal):
            _refuse(principal, right, of_tenants, for_all)
            yield session, principal

    return _guarding(Guard(right, for_all), admitted, largest)


def _refuse(principal: Principal, right: Right, of_tenants: bool, for_all: bool) -> None:
    here = (principal.tenant_id is not None) == of_tenants and principal.may(right)
    if not here or (for_all and principal.units_of(right) is not None):
        raise Forbidden(right=right.value)


def access_by_link(purpose: str, largest: int | None = None) -> Callable[[View], View]:
    """The view is for whoever has a link of this purpose (`tokens.PURPOSES`), for the one right, the unit and the
    subject that it was issued for. Answers 401 `not_signed_in` to every other secret."""

    def admitted() -> AbstractContextManager[Asking]:
        return _found(_bearer(), "link", purpose)

    return _guarding(Guard(PURPOSES[purpose]), admitted, largest)


def _guarding(
    said: Guard, admitted: Callable[[], AbstractContextManager[Asking]], largest: int | None
) -> Callable[[View], View]:
    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Response:
            with admitted() as (session, principal):
                if largest is not None:
                    request.max_content_length = largest
                acting = Acting(principal, session, said.right)
                return once(session, principal.actor, lambda: view(acting, *args, **named))

        guarded.guard = said
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
            count(request.remote_addr or "", stranger=True)
            raise NotSignedIn
        tenant, actor = resumed.tenant, f"account:{resumed.account.id}"
        count(actor)
        request.environ[CALLER] = (tenant and tenant.id, actor)
        with platform_session(actor, VIA, request.remote_addr or "") as session, _refusals_written(session):
            check_csrf(token)
            return view(Signed(token, resumed), *args, **named)

    guarded.guard = Guard(public="of the session itself")
    return guarded


def public(why: str, counted: bool = True) -> Callable[[View], View]:
    """Everybody may call the view, for this reason; `counted`: as often as a stranger may, whatever he sends."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **named: Any) -> Any:
            if counted:
                count(request.remote_addr or "", stranger=True)
            return view(*args, **named)

        guarded.guard = Guard(public=why)
        return guarded

    return guard


@contextmanager
def _refusals_written(session: ScopedSession) -> Iterator[None]:
    """Whatever is forbidden inside is written into the audit of whoever asked, and refused."""
    try:
        yield
    except ZwgkError as error:
        if status_of(error) == HTTPStatus.FORBIDDEN:
            right = {"right": error.fields["right"]} if "right" in error.fields else {}
            asked = {**right, "address": f"{request.method} {request.path}"}
            record_refusal(session, Action.ACCESS, error.code, detail=asked)
        raise


def need_person(acting: Acting) -> None:
    """For what no program may do, whatever its rights. Raises `PersonNeeded`."""
    if acting.principal.means != "session":
        raise PersonNeeded


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def _caller() -> AbstractContextManager[Asking]:
    """Who calls, by his token or by his session. Raises `NotSignedIn`, `CsrfMissing`."""
    if "Authorization" in request.headers:
        return _found(_bearer(), "token")
    return _found(session_token(), "session")


def _bearer() -> str | None:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    return secret.strip() if scheme.lower() == "bearer" else None


@contextmanager
def _found(secret: str | None, means: Means, purpose: str | None = None) -> Iterator[Asking]:
    if not secret:
        raise NotSignedIn
    address = request.remote_addr or ""
    with asking(secret, means, now(), VIA, address, purpose) as found:
        if found is None:
            count(address, stranger=True)
            if means == "session" and (resumed := resume(secret, now())):
                refuse_early(resumed.must)  # signed in, and something else comes first
            raise NotSignedIn
        session, principal = found
        count(f"{principal.tenant_id}/{principal.actor}")
        request.environ[CALLER] = (principal.tenant_id, principal.actor)
        with _refusals_written(session):
            if means == "session":
                check_csrf(secret)
            yield session, principal


def guard_all(app: Flask) -> None:
    """Raises `Unguarded` for a view of the interface that does not say who may call it."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIX) and not isinstance(
            getattr(app.view_functions[rule.endpoint], "guard", None), Guard
        ):
            raise Unguarded(rule.endpoint)
