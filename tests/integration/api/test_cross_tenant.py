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
from tests.integration.api.asked import ARGUMENTS, CONTENT, IDS, LISTS, NO_IDS, NOBODYS, WITHOUT, Own
from tests.integration.api.conftest import BOUND, LINK, PEOPLE, Site
from tests.support.database import plain
from tests.support.http import ROOT, Caller

AT_LEAST = 5000
MOST = 36  # ids of one kind in one place
OF_EACH_ANSWER = ("Date", "Content-Length", "X-Request-Id")
NOBODY = "nobody"
CALLERS = (*PEOPLE, *(f"{role}'s program" for role in ROLES), BOUND, LINK, NOBODY)
SEEN = {"office": 6, "tenant_admin": 9}  # operations that the caller may do, and that look for the id


class Try(NamedTuple):
    """One operation with one id in one place: `given(id)` is the request."""

    method: str
    path: str
    field: str
    kind: str

    def request(self, own: dict[str, list[Any]], value: Any) -> tuple[str, dict[str, Any]]:
        """The address and what is sent, with this value for the id and one's own for any other."""
        content = filled(CONTENT.get((self.method, self.path), {}), own)
        named = {name: own[ARGUMENTS[name]][-1] for name in re.findall(r"{(\w+)}", self.path)}
        if self.field in named:
            named[self.field] = value
        else:
            content[self.field] = [value] if self.field in LISTS else value
        sent = "query_string" if self.method == "GET" else "json"
        return self.path.format(**named), {sent: content} if content else {}


def filled(content: Any, own: dict[str, list[Any]]) -> Any:
    """Content with one's own ids where it says so."""
    if isinstance(content, Own):
        return own[content.kind][-1]
    if isinstance(content, dict):
        return {name: filled(value, own) for name, value in content.items()}
    return [filled(value, own) for value in content] if isinstance(content, list) else content


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
    for form, kind in content.items():
        if form == "multipart/form-data":  # a file, which names nothing
            continue
        name = kind["schema"]["$ref"].rpartition("/")[2]
        schema = document["components"]["schemas"][name]
        yield from (field for field, of in schema["properties"].items() if not of.get("readOnly"))


def tries(document: dict[str, Any]) -> Iterator[Try]:
    """Every place of every operation in which an id stands."""
    for method, path, said in operations(document):
        for name in re.findall(r"{(\w+)}", path) if (method, path) not in WITHOUT else ():
            yield Try(method, path, name, ARGUMENTS[name])
        for field in fields_of(document, said):
            if field in IDS:
                yield Try(method, path, field, IDS[field])


def answer(site: Site, caller: Caller, attempt: Try, value: Any) -> tuple[Any, ...]:
    """What the caller is answered, the id itself taken out of it."""
    path, sent = attempt.request(site.own.ids, value)
    response = caller.ask(attempt.method, path, headers={"If-Match": '"x"'}, **sent)
    whole = rf"(?<![A-Za-z0-9]){re.escape(str(value))}(?![A-Za-z0-9])"
    text = re.sub(whole, "#", response.get_data().decode(errors="replace"))
    headers = {name: text for name, text in response.headers.items() if name not in OF_EACH_ANSWER}
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
    each = sum(len(site.other.ids[attempt.kind][:MOST]) for attempt in tries(document))
    assert set(site.own.callers) | {NOBODY} == set(CALLERS)
    assert each * len(CALLERS) >= AT_LEAST


def by_link(attempt: Try) -> bool:
    """Whether the operation is for links only."""
    return attempt.path.startswith("/returns")


def shut_out(role: str, attempt: Try) -> bool:
    """Only a person has sessions, only a link returns by a link and does nothing else, and nobody has anything."""
    if by_link(attempt):
        return role != LINK
    return role in (LINK, NOBODY) or (role not in PEOPLE and attempt.kind == "session")


@pytest.mark.parametrize("role", CALLERS)
def test_what_is_another_agencys_is_not_there(site, document, role):
    before = everything_of(site, site.other.slug)
    caller = site.own.callers.get(role, Caller(site.app))
    met = Counter()
    for attempt in tries(document):
        nobodys = answer(site, caller, attempt, NOBODYS[attempt.kind])
        met[nobodys[0]] += 1
        assert (nobodys[0] == 401) == shut_out(role, attempt), attempt
        for value in site.other.ids[attempt.kind][:MOST]:
            assert answer(site, caller, attempt, value) == nobodys, (attempt, value)
    assert everything_of(site, site.other.slug) == before
    assert met[404] >= SEEN.get(role, 0)  # it got as far as looking for it


def test_ones_own_is_there(site, document):
    """Else the page above would prove nothing."""
    for attempt in tries(document):
        if attempt.kind not in ("session", "account", "tenant", "application") and attempt.method != "DELETE":
            person = "tenant_admin" if attempt.path == "/tokens" else "tenant_admin's program"
            caller = site.own.callers[LINK if by_link(attempt) else person]
            status, text, _ = answer(site, caller, attempt, site.own.ids[attempt.kind][-1])
            assert status not in (401, 403, 404), (attempt, text)
