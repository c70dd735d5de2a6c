"""Every operation of the HTTP interface × every role × every id in it: what is another agency's is not there.

Built from the address map and the OpenAPI document: an operation, an id or a field that this page does not know turns
it red. The answer to another agency's id has to be, to the byte, the one to an id that nobody has.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import psycopg
import pytest

from tenants.db import tenant_tables
from tenants.people.rights import ROLES
from tests.integration.api.conftest import PEOPLE, Site
from tests.support.database import plain
from tests.support.http import ROOT, Caller

AT_LEAST = 5000
NOBODY = "nobody"
CALLERS = (*PEOPLE, *(f"{role}'s program" for role in ROLES), NOBODY)
SEEN = {"office": 6, "tenant_admin": 9}  # operations that the caller may do, and that look for the id
# the kind of thing that an argument of an address names
ARGUMENTS = {"plan": "plan", "key": "row", "member": "member", "token": "token", "number": "session"}
NOBODYS = {"plan": 987_654_321, "row": "f" * 16, "member": 987_654_321, "token": 987_654_321, "session": 987_654_321}
NOBODYS["unit"] = 987_654_321
# fields and query parameters that carry an id, and those that carry none
IDS = {"units": "unit"}
NO_IDS = frozenset(
    {
        *("login", "password", "code", "slug", "old", "new", "role", "name", "kind", "members", "aliases", "rights"),
        *("days", "limit", "cursor", "unit", "status", "overdue", "due_from", "due_until", "text", "sort", "title"),
        *("deadline", "quota", "percent", "count", "completed_on", "progress", "evidence", "note"),
    }
)
CONTENT: dict[tuple[str, str], dict[str, Any]] = {
    ("PATCH", "/rows/{key}"): {"progress": "写入他人的行"},
    ("PUT", "/members/{member}"): {"role": "reviewer"},
    ("POST", "/members"): {"login": "some.body", "name": "某人", "role": "unit_contact"},
    ("POST", "/tokens"): {"name": "程序", "rights": ["progress.report"]},
}
# operations without an id: what they are about is the caller's own
WITHOUT = {
    *(("GET", path) for path in ("/plans", "/units", "/members", "/tokens", "/session", "/sessions")),
    *(("POST", path) for path in ("/units", "/session", "/session/second-factor")),
    *(("PUT", f"/session/{what}") for what in ("tenant", "code", "password", "second-factor")),
    ("DELETE", "/session"),
}


class Try(NamedTuple):
    """One operation with one id in one place: `given(id)` is the request."""

    method: str
    path: str
    field: str
    kind: str

    def request(self, own: dict[str, list[Any]], value: Any) -> tuple[str, dict[str, Any]]:
        """The address and what is sent, with this value for the id and one's own for any other."""
        content = dict(CONTENT.get((self.method, self.path), {}))
        named = {name: own[ARGUMENTS[name]][-1] for name in re.findall(r"{(\w+)}", self.path)}
        if self.field in named:
            named[self.field] = value
        else:
            content[self.field] = [value]
        return self.path.format(**named), {"json": content} if content else {}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and what the document says of each."""
    for path, methods in document["paths"].items():
        for method, said in methods.items():
            if method in ("get", "post", "put", "patch", "delete"):
                yield method.upper(), path.removeprefix(ROOT), said


def fields_of(document: dict[str, Any], said: dict[str, Any]) -> Iterator[str]:
    """The fields of an operation's content and its query."""
    yield from (one["name"] for one in said.get("parameters", ()) if one.get("in") == "query")
    content = said.get("requestBody", {}).get("content", {})
    for kind in content.values():
        name = kind["schema"]["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
        yield from (field for field, of in schema["properties"].items() if not of.get("readOnly"))


def tries(document: dict[str, Any]) -> Iterator[Try]:
    """Every place of every operation in which an id stands."""
    for method, path, said in operations(document):
        for name in re.findall(r"{(\w+)}", path):
            yield Try(method, path, name, ARGUMENTS[name])
        for field in fields_of(document, said):
            if field in IDS and path in ("/members", "/tokens", "/members/{member}"):
                yield Try(method, path, field, IDS[field])


def answer(site: Site, caller: Caller, attempt: Try, value: Any) -> tuple[Any, ...]:
    """What the caller is answered, the id itself taken out of it."""
    path, sent = attempt.request(site.own.ids, value)
    response = caller.ask(attempt.method, path, headers={"If-Match": '"x"'}, **sent)
    text = response.get_data(as_text=True).replace(str(value), "#")
    headers = {name: text for name, text in response.headers.items() if name not in ("Date", "Content-Length")}
    return response.status_code, text, headers


def everything_of(site: Site, slug: str) -> dict[str, list[Any]]:
    """All rows of a tenant, as the maintenance role sees them."""
    with psycopg.connect(plain(site.urls.maint)) as connection:
        (number,) = connection.execute("SELECT id FROM tenant WHERE slug = %s", [slug]).fetchone()
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table} WHERE tenant_id = %s", [number])))
            for table in tenant_tables()
        }


@pytest.fixture(scope="module")
def document(site: Site) -> dict[str, Any]:
    return Caller(site.app).get("/openapi.json")


def test_the_document_and_the_addresses_agree(site, document):
    said = {(method, path) for method, path, _ in operations(document)}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule).removeprefix(ROOT))
        for rule in site.app.url_map.iter_rules()
        if rule.rule.startswith(ROOT)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    about = {(method, path) for method, path in served if path in ("/openapi.json", "/{_rest}")}
    assert said == served - about


def test_this_page_knows_every_operation_and_every_field(document):
    known = {(one.method, one.path) for one in tries(document)} | WITHOUT
    assert {(method, path) for method, path, _ in operations(document)} - known == set()
    fields = {field for _, _, said in operations(document) for field in fields_of(document, said)}
    assert fields <= NO_IDS | set(IDS)


def test_there_are_enough_attempts(site, document):
    each = sum(len(site.other.ids[attempt.kind]) for attempt in tries(document))
    assert set(site.own.callers) | {NOBODY} == set(CALLERS)
    assert each * len(CALLERS) >= AT_LEAST


@pytest.mark.parametrize("role", CALLERS)
def test_what_is_another_agencys_is_not_there(site, document, role):
    before = everything_of(site, site.other.slug)
    caller = site.own.callers.get(role, Caller(site.app))
    met = Counter()
    for attempt in tries(document):
        nobodys = answer(site, caller, attempt, NOBODYS[attempt.kind])
        met[nobodys[0]] += 1
        # only a person has sessions, and nobody has anything
        assert (nobodys[0] == 401) == ((role not in PEOPLE and attempt.kind == "session") or role == NOBODY), attempt
        for value in site.other.ids[attempt.kind]:
            assert answer(site, caller, attempt, value) == nobodys, (attempt, value)
    assert everything_of(site, site.other.slug) == before
    assert met[404] >= SEEN.get(role, 0)  # it got as far as looking for it


def test_ones_own_is_there(site, document):
    """Else the page above would prove nothing."""
    admin = site.own.callers["tenant_admin's program"]
    for attempt in tries(document):
        if attempt.kind != "session" and attempt.method != "DELETE":
            status, text, _ = answer(site, admin, attempt, site.own.ids[attempt.kind][-1])
            assert status not in (401, 403, 404), (attempt, text)
