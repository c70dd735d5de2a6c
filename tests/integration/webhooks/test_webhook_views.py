"""Webhooks over HTTP and by the command line: set up, looked at, tried out, sent again, taken away."""

import pytest
from sqlalchemy.exc import OperationalError

from core.jobs.worker import work
from core.webhooks.reach import Networks, WebhookAddressInvalid
from core.webhooks.services import MOST, WebhooksTooMany, add_webhook
from tenants.sessions import tenant_session
from tests.integration.webhooks.conftest import NOW
from tests.support.agency import Program

EVENTS = ["plan.confirmed", "job.ended"]


@pytest.fixture
def admin(served, outbox):
    """The administrator's program."""
    return Program(served, outbox.slug, "tenant_admin")


def test_its_life(app, admin, there):
    made = admin.post("/webhooks", 201, address=there.at("/turn"), events=EVENTS)
    number, secret = made["webhook"]["id"], made["secret"]
    at = f"/webhooks/{number}"
    read = admin.ask("GET", at)
    assert (read.get_json()["events"], read.get_json()["active"]) == (EVENTS, True)
    assert "secret" not in read.get_json()
    there.answers = [500, 200]
    sent = admin.post(f"{at}/ping", 202)
    work(app, wait=False)
    (listed,) = admin.get(f"{at}/deliveries?state=waiting&kind=ping")["items"]
    assert (listed["id"], listed["status"], listed["attempts"]) == (sent["id"], 500, 1)
    assert admin.post(f"/deliveries/{sent['id']}/resend", 202)["state"] == "waiting"
    work(app, wait=False)
    first, second = there.got
    assert (first.event, first.body) == (second.event, second.body)
    assert second.is_signed_by(secret)
    assert second.said["type"] == "ping"
    tag = {"If-Match": read.headers["ETag"]}
    assert admin.ask("PATCH", at, json={"active": False}).status_code == 428
    assert admin.ask("PATCH", at, json={"active": False}, headers=tag).get_json()["active"] is False
    assert admin.ask("PATCH", at, json={"active": True}, headers=tag).status_code == 412
    assert admin.post(f"{at}/ping", 422)["code"] == "webhook_off"
    assert admin.post(f"{at}/secret")["secret"] != secret
    assert admin.ask("DELETE", at).status_code == 204
    assert admin.get("/webhooks") == []


def test_pages_of_deliveries(admin):
    at = f"/webhooks/{admin.post('/webhooks', 201, address='https://a.example.org/', events=EVENTS)['webhook']['id']}"
    sent = [admin.post(f"{at}/ping", 202)["id"] for _ in range(5)]
    seen, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{at}/deliveries?limit=2&cursor={cursor}")
        seen += [one["id"] for one in page["items"]]
        cursor = page["next"]
    assert seen == sent[::-1]
    assert admin.get(f"{at}/deliveries?state=done")["items"] == []


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ({"address": "http://a.example.org:8080/"}, "webhook_address_invalid"),
        ({"address": "https://10.0.0.1/"}, "webhook_address_invalid"),
        ({"events": []}, "invalid"),
        ({"events": ["rows.read"]}, "invalid"),
    ],
)
def test_what_is_refused(admin, content, code):
    given = {"address": "https://a.example.org/", "events": EVENTS} | content
    assert admin.post("/webhooks", 422, **given)["code"] == code


def test_there_are_not_too_many(admin):
    for _ in range(MOST):
        admin.post("/webhooks", 201, address="https://a.example.org/", events=EVENTS)
    assert admin.post("/webhooks", 422, address="https://a.example.org/", events=EVENTS)["code"] == "webhooks_too_many"


def test_nor_by_two_at_once(outbox):
    """Who counts waits for who has counted and not yet added."""
    for _ in range(MOST - 1):
        outbox.add("https://a.example.org/")
    with tenant_session(outbox.slug, "office", "command") as one:
        add_webhook(one, Networks(), "https://a.example.org/", EVENTS, NOW)
        with tenant_session(outbox.slug, "office", "command") as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            with pytest.raises(OperationalError, match="lock timeout"):
                add_webhook(other, Networks(), "https://a.example.org/", EVENTS, NOW)
            other.rollback()
    with pytest.raises(WebhooksTooMany):
        outbox.add("https://a.example.org/")


def test_the_office_and_the_contact_have_nothing_to_do_with_it(served, outbox):
    for role in ("office", "reviewer"):
        assert Program(served, outbox.slug, role).ask("GET", "/webhooks").status_code == 403


def test_by_the_command_line(app, cli, outbox, there):
    of = ("--tenant", outbox.slug)
    made = cli.json("webhook", "add", there.at("/turn"), "--event", "job.ended", *of)
    number = made["webhook"]["id"]
    assert made["secret"].startswith("whsec_")
    assert there.at("/turn") in cli.ok("webhook", "list", *of)
    cli.ok("webhook", "test", number, *of)
    there.answers = [500]
    work(app, wait=False)
    assert " 500 " in cli.ok("webhook", "deliveries", number, *of)
    cli.ok("webhook", "set", number, "--off", *of)
    (sent,) = cli.json("webhook", "deliveries", number, "--state", "failed", *of)
    assert cli("webhook", "resend", number, "--since", "2024-01-01", *of).status == 2
    cli.ok("webhook", "set", number, "--on", *of)
    assert cli.json("webhook", "resend", number, "--since", "2024-01-01", *of) == {"resent": 1}
    assert cli.json("webhook", "resend", number, "--delivery", sent["id"], *of) == {"resent": 1}
    assert cli("webhook", "resend", number, *of).status == 2
    assert cli("webhook", "resend", number + 1, "--delivery", sent["id"], *of).status == 2
    assert "只显示这一次" in cli.ok("webhook", "secret", number, *of)
    cli.ok("webhook", "remove", number, *of)
    refused = cli("webhook", "add", "https://10.0.0.1/", "--event", "job.ended", *of)
    assert (refused.status, WebhookAddressInvalid.code in refused.err) == (2, True)
