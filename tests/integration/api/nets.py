"""What has to hold of the guard of one operation, found out by asking: `holes` names each thing that does not.

The operations are those of the address map. What an operation asks for is what its guard says; that reviewers change
nothing and that the public operations are these stands here once more, lest the guard itself be the fault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import select

from core.api.access import Guard
from core.api.cookies import SAFE
from core.jobs.models import Job
from tenants.people.rights import BOUND_RIGHTS, PLATFORM_ROLES, TENANT_RIGHTS, Right
from tenants.people.tokens import OPERATOR, issue_token
from tenants.sessions import tenant_session
from tests.integration.api.asked import ARGUMENTS, CONTENT, NOBODYS, Own
from tests.integration.api.conftest import LINK, Site
from tests.support.http import PASSWORD, ROOT, Caller

PUBLIC = {
    *(("POST", "/session"), ("POST", "/session/oidc"), ("GET", "/session/oidc/callback/{slug}")),
    *(("POST", "/applications"), ("POST", "/applications/state"), ("POST", "/invitation")),
}
# writes that change nothing of the agency's: one's own files and jobs, and what only computes
HARMLESS = {"/files", "/files/{file}", "/jobs/{job}", "/plans/{plan}/comparison", "/plans/{plan}/exports"}


class Operation(NamedTuple):
    """One operation, and what its view said."""

    method: str
    path: str
    endpoint: str
    guard: Guard

    @property
    def by_link(self) -> bool:
        """Whether it is for links only."""
        return self.path.startswith("/returns")

    @property
    def of_session(self) -> bool:
        """Whether it is for a person's session, with whatever rights."""
        return self.guard.right is None


def operations(app: Flask) -> Iterator[Operation]:
    """Every operation that is not for everybody."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(ROOT)
        if rule.rule.startswith(ROOT) and not rule.endpoint.startswith("about."):
            for method in rule.methods - {"HEAD", "OPTIONS"}:
                if (method, path) not in PUBLIC:
                    yield Operation(method, path, rule.endpoint, app.view_functions[rule.endpoint].guard)


@dataclass
class Cast:
    """Who asks: programs that lack one right, and a program that has every right, but for one unit only.

    `theirs`: ids of things of the agency that are of other units, by kind; `marks`: what shows their tasks.
    """

    site: Site
    without: dict[Right, Caller]
    bound: Caller
    unit: int
    theirs: dict[str, Any]
    marks: frozenset[str]

    @classmethod
    def of(cls, site: Site) -> "Cast":
        """The cast of the agency a."""
        contact, office = (site.own.callers[f"{role}'s program"] for role in ("unit_contact", "office"))
        unit, rows = site.own.ids["unit"][0], f"/plans/{site.own.ids['plan'][0]}/rows?limit=500"
        his = {one["row"] for one in contact.get(rows)["items"]}
        others = [one for one in office.get(rows)["items"] if one["row"] not in his]
        tasks = {one["id"] for one in contact.get(rows.replace("rows", "draft"))["items"]}
        theirs = {"row": others[0]["row"], "round": site.own.ids["round"][0]}
        theirs["task"] = next(one for one in site.own.ids["task"] if one not in tasks)
        marks = frozenset(re.search(r"甲第\d+号", one["title"])[0] for one in others)
        with site.app.app_context(), tenant_session(site.own.slug, "office", "command") as session:

            def program(rights: frozenset[Right], units: list[int] | None = None) -> Caller:
                issued = issue_token(session, OPERATOR, "程序", rights, datetime.now(UTC), 1, units)
                return Caller(site.app, issued.secret)

            without = {right: program(TENANT_RIGHTS - {right}) for right in TENANT_RIGHTS}
            bound = program(TENANT_RIGHTS, [unit])
        return cls(site, without, bound, unit, theirs, marks)

    def person(self) -> Caller:
        """Somebody who has just signed in."""
        return Caller(self.site.app).sign_in("office.a", PASSWORD, "a")


def holes(cast: Cast, operation: Operation) -> Iterator[str]:
    """What the guard of an operation lets through."""
    yield from _strangers(cast, operation)
    if operation.method not in SAFE and not operation.by_link:
        yield from _forged(cast, operation)
    if operation.guard.right in TENANT_RIGHTS and not operation.by_link:
        yield from _without_right(cast, operation)
        yield from _for_a_unit(cast, operation)


def _strangers(cast: Cast, operation: Operation) -> Iterator[str]:
    callers, programs = {"nobody": Caller(cast.site.app)}, cast.site.own.callers
    if operation.by_link or operation.of_session:
        callers["a program"] = programs["tenant_admin's program"]
    if not operation.by_link:
        callers[LINK] = programs[LINK]
    for who, caller in callers.items():
        if (status := _status(caller, operation)) != 401:
            yield f"{who} is answered {status}"
    if operation.guard.right in PLATFORM and _status(programs["tenant_admin's program"], operation) != 403:
        yield "an administrator of a tenant is let in"


PLATFORM = frozenset().union(*(role.rights for role in PLATFORM_ROLES.values()))


def _forged(cast: Cast, operation: Operation) -> Iterator[str]:
    person = cast.person()
    person.headers = {}
    response = _ask(person, operation, NOBODYS)
    if response.status_code != 403 or response.get_json()["code"] != "csrf_missing":
        yield f"a write that another site sends is answered {response.status_code}"


def _without_right(cast: Cast, operation: Operation) -> Iterator[str]:
    right = operation.guard.right
    if (status := _let_in(cast.without[right], operation)) is not None:
        yield f"who lacks {right} is answered {status}"
    reviewer = cast.site.own.callers["reviewer's program"]
    if operation.method not in SAFE and operation.path not in HARMLESS and _status(reviewer, operation) != 403:
        yield "a reviewer may write"


def _for_a_unit(cast: Cast, operation: Operation) -> Iterator[str]:
    """Who has the right for one unit: it is not enough, or he gets what is of that unit only."""
    right, own = operation.guard.right, cast.site.own.ids
    caller = cast.bound
    if operation.guard.all_units or right not in BOUND_RIGHTS:
        if (status := _let_in(caller, operation)) is not None:
            yield f"who has {right} for a unit is answered {status}"
        return
    for name in re.findall(r"{(\w+)}", operation.path):
        kind = ARGUMENTS[name]
        if kind in cast.theirs:
            theirs = _shown(caller, operation, {**own, kind: [cast.theirs[kind]]}, cast.theirs[kind])
            if theirs != _shown(caller, operation, {**own, kind: [NOBODYS[kind]]}, NOBODYS[kind]):
                yield f"another unit's {kind} is told from none"
    response = _ask(caller, operation, {kind: numbers[-1] for kind, numbers in own.items()})
    if met := sorted(mark for mark in cast.marks if mark in response.get_data(as_text=True)):
        yield f"tasks of other units are shown: {met[0]}"
    kind = operation.path.rpartition("/")[2].removesuffix("s")
    if kind in cast.theirs and cast.theirs[kind] in _listed(response.get_json()):
        yield f"another unit's {kind} is listed"
    if response.status_code == 202:
        with cast.site.app.app_context(), tenant_session(cast.site.own.slug, "office", "command") as session:
            units = session.scalar(select(Job.units).where(Job.id == response.get_json()["id"]))
        if units != [cast.unit]:
            yield f"work is asked for that is for the units {units}"


def _listed(answer: Any) -> set[Any]:
    items = answer.get("items", ()) if isinstance(answer, dict) else answer
    return {one.get("row", one.get("id")) for one in items}


def _shown(caller: Caller, operation: Operation, ids: dict[str, Any], value: Any) -> tuple[int, str]:
    response = _ask(caller, operation, {kind: numbers[-1] for kind, numbers in ids.items()})
    return response.status_code, response.get_data(as_text=True).replace(str(value), "#")


def _status(caller: Caller, operation: Operation) -> int:
    return _ask(caller, operation, NOBODYS).status_code


def _let_in(caller: Caller, operation: Operation) -> int | None:
    """What a caller is answered whom his rights do not keep out. Not 403 alone: that only a person may do this is said
    to who has the right."""
    answer = _ask(caller, operation, NOBODYS)
    kept_out = answer.status_code == 403 and answer.get_json()["code"] == "forbidden"
    return None if kept_out else answer.status_code


def _ask(caller: Caller, operation: Operation, ids: dict[str, Any]) -> Any:
    """The operation with these ids, one of each kind."""
    path = operation.path.format(**{name: ids[ARGUMENTS[name]] for name in re.findall(r"{(\w+)}", operation.path)})
    content = _filled(CONTENT.get((operation.method, operation.path), {}), ids)
    sent = "query_string" if operation.method == "GET" else "json"
    return caller.ask(operation.method, path, headers={"If-Match": '"x"'}, **{sent: content})


def _filled(content: Any, ids: dict[str, Any]) -> Any:
    if isinstance(content, Own):
        return ids[content.kind]
    if isinstance(content, dict):
        return {name: _filled(value, ids) for name, value in content.items()}
    return [_filled(value, ids) for value in content] if isinstance(content, list) else content
