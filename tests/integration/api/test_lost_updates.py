"""Eight programs write the same rows at once, over real connections: no write that was accepted is lost, and what has a
key is done once. ZWGK_WRITES= says how many writes (`make lost-updates`: 10,000)."""

import os
import random
from contextlib import closing

import pytest

from tests.support.wire import Wire, at_once, listening

CLIENTS, ROWS = 8, 6
WRITES = int(os.environ.get("ZWGK_WRITES", "96"))
SEED = int(os.environ.get("SEED", "1"))


@pytest.fixture
def wire(site):
    headers = site.own.callers["office's program"].headers
    with listening(site.app) as port:
        yield lambda: closing(Wire(port, headers))


def test_no_accepted_write_is_lost(site, wire):
    rows = site.own.ids["row"][:ROWS]
    office = site.own.callers["office's program"]
    for row in rows:
        tag = office.ask("GET", f"/rows/{row}").headers["ETag"]
        assert office.ask("PATCH", f"/rows/{row}", json={"note": "0"}, headers={"If-Match": tag}).status_code == 200

    def count_up(client: int) -> tuple[int, int]:
        """Add one to whichever row, each time on top of what was read; how often it was too late."""
        chance, accepted, late = random.Random(SEED * CLIENTS + client), 0, 0
        with wire() as program:
            while accepted < WRITES // CLIENTS:
                path = f"/rows/{chance.choice(rows)}"
                seen = program.ask("GET", path)
                more = {"note": str(int(seen.content["note"]) + 1)}
                status = program.ask("PATCH", path, more, If_Match=seen.headers["ETag"]).status
                assert status in (200, 412)
                accepted, late = accepted + (status == 200), late + (status == 412)
        return accepted, late

    done = at_once(CLIENTS, count_up)
    accepted, late = (sum(numbers) for numbers in zip(*done, strict=True))
    print(f"{accepted} writes accepted, {late} too late, seed {SEED}")
    assert sum(int(office.get(f"/rows/{row}")["note"]) for row in rows) == accepted
    assert late > 0  # else they did not meet


def test_a_key_is_done_once_however_many_ask_at_once(site, wire):
    for round_ in range(4):

        def add(_: int, name: str = f"同时新设{round_}处") -> tuple[int, int, bool]:
            with wire() as program:
                answer = program.ask("POST", "/units", {"name": name}, Idempotency_Key=name.encode().hex())
            return answer.status, answer.content["id"], "Idempotency-Replayed" in answer.headers

        answers = at_once(CLIENTS, add)
        assert {status for status, *_ in answers} == {201}
        assert len({number for _, number, _ in answers}) == 1
        assert [replayed for *_, replayed in answers].count(False) == 1


def test_of_those_who_change_a_member_by_one_version_one_wins(site):
    admin, units = site.own.callers["tenant_admin's program"], site.own.ids["unit"]
    contact = next(one["id"] for one in admin.get("/members") if one["role"] == "unit_contact")
    path = f"/members/{contact}"
    with listening(site.app) as port:
        for _ in range(4):
            tag = admin.ask("GET", path).headers["ETag"]

            def change(client: int, tag: str = tag) -> int:
                with closing(Wire(port, admin.headers)) as program:
                    asked = {"role": "unit_contact", "units": [units[0], units[client % 3 + 1]]}
                    return program.ask("PUT", path, asked, If_Match=tag).status

            assert sorted(at_once(3, change)) == [200, 412, 412]
            restored = {"role": "unit_contact", "units": units[:1]}
            tag = admin.ask("GET", path).headers["ETag"]
            assert admin.ask("PUT", path, json=restored, headers={"If-Match": tag}).status_code == 200


def test_of_those_who_change_a_webhook_by_one_version_one_wins(site):
    admin, (webhook,) = site.own.callers["tenant_admin's program"], site.own.ids["webhook"]
    path = f"/webhooks/{webhook}"
    with listening(site.app) as port:
        for round_ in range(4):
            tag = admin.ask("GET", path).headers["ETag"]

            def change(client: int, tag: str = tag, round_: int = round_) -> int:
                with closing(Wire(port, admin.headers)) as program:
                    asked = {"address": f"https://a{round_}{client}.example.org/"}
                    return program.ask("PATCH", path, asked, If_Match=tag).status

            assert sorted(at_once(3, change)) == [200, 412, 412]
