"""Every operation asked by schemathesis, as people, as programs and as nobody: no answer is a fault of ours, and none
is other than the document says. No job is done meanwhile.

One allowed and one forbidden request an operation; more with ZWGK_CASES=200 (`make fuzz-api`). SEED= chooses others.
"""

import os
import random
from collections.abc import Mapping

import pytest
from schemathesis import Case

from tests.integration.api.asked import ARGUMENTS, IDS, LISTS
from tests.integration.api.conftest import LINK, Site
from tests.support.fuzz_api import Tally, ask, operations
from tests.support.http import Caller

SEED = int(os.environ.get("SEED", "1"))
CASES = int(os.environ.get("ZWGK_CASES", "1"))
CALLERS = ("tenant_admin's program", "unit_contact's program", "tenant_admin", LINK, "nobody")
AT_LEAST = 300


def of(site: Site, role: str) -> Mapping[str, str]:
    """What this caller sends along."""
    caller = site.own.callers.get(role, Caller(site.app))
    cookie = caller.client.get_cookie("zwgk")
    return caller.headers | ({"Cookie": f"zwgk={cookie.value}"} if cookie else {})


def with_ids(site: Site, chance: random.Random):
    """Most requests are about something that there is."""

    def fill(case: Case) -> None:
        if chance.random() < 0.3:
            return
        for name in case.path_parameters or {}:
            case.path_parameters[name] = site.own.ids[ARGUMENTS[name]][-1]
        for name in case.body if isinstance(case.body, dict) else {}:
            if name in IDS:
                number = site.own.ids[IDS[name]][-1]
                case.body[name] = [number] if name in LISTS else number

    return fill


def test_no_answer_is_a_fault_or_unsaid(site):
    tally, chance = Tally(), random.Random(SEED)
    callers = {role: of(site, role) for role in CALLERS}
    for operation in operations(site.app):
        ask(operation, callers, CASES, SEED, with_ids(site, chance), tally)
    print(f"{tally.answers.total()} requests, seed {SEED}: {dict(sorted(tally.answers.items()))}")
    assert tally.answers.total() >= AT_LEAST
    assert tally.failures == {}, tally.told


ODD = {
    "nested without end": (b'{"name":' * 5_000 + b"1" + b"}" * 5_000, 400),
    "half a surrogate": (rb'{"name": "\ud800"}', 400),
    "no number": (b'{"name": NaN}', 400),
    "other letters": ('{"name": "处"}'.encode("utf-16"), 400),
    "a NUL": (rb'{"name": "a\u0000b"}', 422),
}


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_content_is_refused(site, odd):
    content, status = ODD[odd]
    admin = site.own.callers["tenant_admin's program"]
    answer = admin.ask("POST", "/units", data=content, content_type="application/json")
    assert (answer.status_code, set(answer.get_json())) == (status, {"code", "message", "fields"})


@pytest.mark.parametrize("path", [f"/plans/{2**63}", f"/rounds/{2**65}", "/rows/%00", "/plans/a%0Ab", "/%ff", "/"])
def test_an_odd_address_is_refused(site, path):
    answer = site.own.callers["tenant_admin's program"].ask("GET", path)
    assert (answer.status_code, set(answer.get_json())) in [(one, {"code", "message", "fields"}) for one in (404, 422)]
