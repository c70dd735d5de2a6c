"""From the change to the receiver: in the change's own transaction, retried until it is taken, and nobody else's."""

from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from core.jobs.worker import work
from core.leaving.asking import ask_to_leave, take_back
from core.webhooks.attempts import PAUSES
from core.webhooks.delivering import HELD, PUT_OFF, SHARE, deliver
from core.webhooks.events import tell
from core.webhooks.models import Delivery
from core.webhooks.services import (
    WebhookOff,
    change_webhook,
    find_webhook,
    ping,
    remove_webhook,
    renew_secret,
    resend,
    resend_failed,
    tidy_deliveries,
)
from tenants.audit.models import AuditEntry
from tenants.sessions import tenant_session
from tests.integration.webhooks.conftest import JOB, NOW


def told(slug: str = "t", number: int = 1) -> None:
    """Something happens."""
    with tenant_session(slug, "office", "command") as session:
        tell(session, "plan.confirmed", lambda: {"plan": number})


def acts(slug: str = "t") -> list[str]:
    with tenant_session(slug, "office", "command") as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_what_happens_arrives_signed(app, outbox, there):
    _, secret = outbox.add(there.at("/ok"))
    told(number=7)
    work(app, wait=False)
    (got,), (one,) = there.got, outbox.all()
    assert got.is_signed_by(secret)
    assert not got.is_signed_by(secret[:-4] + "AAA=")
    assert (got.said["type"], got.said["tenant"], got.said["data"]) == ("plan.confirmed", "t", {"plan": 7})
    assert (one.state, one.attempts, one.status, one.due_at, one.event) == ("done", 1, 204, None, got.event)
    assert outbox.queued() == []


def test_what_was_rolled_back_was_never_told(app, outbox, there):
    outbox.add(there.at("/ok"))
    with tenant_session("t", "office", "command") as session:
        tell(session, "plan.confirmed", lambda: {"plan": 1})
        session.rollback()
    with tenant_session("t", "office", "command") as session, session.begin_nested() as tried:
        tell(session, "plan.confirmed", lambda: {"plan": 2})
        tried.rollback()
    assert (outbox.all(), outbox.queued()) == ([], [])
    work(app, wait=False)
    assert there.got == []


def test_nobody_is_asked_what_nobody_wants_to_know(outbox, there):
    outbox.add(there.at("/ok"), "job.ended")
    with tenant_session("t", "office", "command") as session:
        tell(session, "plan.confirmed", lambda: pytest.fail("asked for"))
    assert outbox.all() == []


def test_each_webhook_gets_the_same_event(app, outbox, there):
    outbox.add(there.at("/ok"))
    outbox.add(there.at("/turn"))
    told()
    work(app, wait=False)
    assert len({got.event for got in there.got}) == 1
    assert {got.path for got in there.got} == {"/ok", "/turn"}


def test_it_is_tried_again_under_the_same_id_until_it_is_taken(outbox, there):
    outbox.add(there.at("/turn"))
    there.answers = [500, 503, 302, 200]
    told()
    moments = []
    now = NOW
    while (one := outbox.all()[0]).state == "waiting":
        now = now if one.attempts == 0 else one.due_at
        moments.append(now)
        outbox.send(now)
    assert (one.state, one.attempts, one.status) == ("done", 4, 200)
    assert len({(got.event, got.body) for got in there.got}) == 1
    assert [int(got.headers["webhook-timestamp"]) for got in there.got] == [int(at.timestamp()) for at in moments]
    for pause, (before, after) in zip(PAUSES, pairwise(moments), strict=False):
        assert pause <= after - before <= pause * 1.2
    assert outbox.webhooks()[0].failing_since is None


def test_one_job_waits_for_all_that_is_to_be_tried_again(app, outbox, there):
    outbox.add(there.at("/turn"))
    there.answers = [500]
    for number in range(20):
        told(number=number)
    assert outbox.queued() == [None] * 20
    work(app, wait=False)
    assert len(there.got) == 20
    (at,) = outbox.queued()
    assert at == min(one.due_at for one in outbox.all())


def test_two_at_once(outbox, there):
    """Jobs that come while somebody delivers leave it to him, and he finds what came meanwhile; who is said to be dead
    is followed by his own job, or after a while by any."""
    number, _ = outbox.add(there.at("/ok"))
    told(number=1)
    (one,), sender, others = outbox.all(), outbox.app.extensions["zwgk_webhooks"], []

    class Meanwhile:
        def post(self, *sent):
            if len(there.got) == 0:
                told(number=2)
                for job, at in ((8, NOW), (JOB, NOW), (9, NOW + HELD)):
                    others.append(len(there.got))
                    outbox.app.extensions["zwgk_webhooks"] = sender
                    deliver(one.tenant_id, number, job, at)
            return sender.post(*sent)

    outbox.app.extensions["zwgk_webhooks"] = Meanwhile()
    deliver(one.tenant_id, number, JOB, NOW)
    assert others == [0, 0, 2]
    assert [(one.state, one.attempts) for one in outbox.all()] == [("done", 1)] * 2
    assert [got.said["data"]["plan"] for got in there.got] == [1, 2, 1]


def test_a_tenant_has_its_share_of_the_places(outbox, there):
    """What comes due beyond it waits a little."""
    numbers = [outbox.add(there.at("/ok"))[0] for _ in range(SHARE + 2)]
    told()
    tenant, sender, begun = outbox.all()[0].tenant_id, outbox.app.extensions["zwgk_webhooks"], []

    class Meanwhile:
        def post(self, *sent):
            begun.append(numbers[len(begun)])
            if len(begun) <= SHARE:
                deliver(tenant, numbers[len(begun)], JOB + len(begun), NOW)
            return sender.post(*sent)

    outbox.app.extensions["zwgk_webhooks"] = Meanwhile()
    deliver(tenant, numbers[0], JOB, NOW)
    assert begun == numbers[:SHARE]
    assert outbox.queued()[-1] == NOW + PUT_OFF
    outbox.app.extensions["zwgk_webhooks"] = sender
    outbox.send(NOW + PUT_OFF)
    assert len(there.got) == len(numbers)


def test_while_a_tenant_leaves_nothing_is_sent_or_told_and_upkeep_forgets_all_the_same(app, outbox, there):
    outbox.add(there.at("/ok"))
    told(number=1)
    with tenant_session("t", "office", "command") as session:
        ask_to_leave(session, NOW)
    work(app, wait=False)
    told(number=2)
    assert (there.got, outbox.queued(), len(outbox.all())) == ([], [], 1)
    with tenant_session("t", "office", "command") as session:
        take_back(session)
    told(number=3)
    work(app, wait=False)
    assert [got.said["data"]["plan"] for got in there.got] == [1, 3]
    with tenant_session("t", "office", "command") as session:
        ask_to_leave(session, NOW)
    with tenant_session("t", "worker", "upkeep") as session:
        tidy_deliveries(session, NOW + timedelta(days=31))
    assert outbox.all() == []


def test_a_tenant_that_leaves_while_it_is_sent_to(outbox, there):
    """Nothing is noted of it, and nobody tries again."""
    number, _ = outbox.add(there.at("/ok"))
    told()
    (one,) = outbox.all()
    sender = outbox.app.extensions["zwgk_webhooks"]

    class Leaving:
        def post(self, *sent):
            with tenant_session("t", "office", "command") as session:
                ask_to_leave(session, NOW)
            return sender.post(*sent)

    outbox.app.extensions["zwgk_webhooks"] = Leaving()
    deliver(one.tenant_id, number, JOB, NOW)
    assert (len(there.got), outbox.all()[0].state) == (1, "waiting")


def test_it_fails_in_the_end_and_is_sent_again_by_a_person(outbox, there):
    outbox.add(there.at("/turn"))
    there.answers = [500]
    told()
    now = NOW
    while (one := outbox.all()[0]).state == "waiting":
        now = one.due_at if one.attempts else now
        outbox.send(now)
    assert (one.state, one.attempts, one.status, one.answer) == ("failed", len(PAUSES) + 1, 500, "坏了\ufffd")
    there.answers = [500, 200]
    with tenant_session("t", "office", "command") as session:
        resend(session, one.id, now)
    outbox.send(now)
    assert outbox.all()[0].due_at <= now + PAUSES[0] * 1.2  # its pauses begin anew
    outbox.send(outbox.all()[0].due_at)
    assert (outbox.all()[0].state, outbox.all()[0].attempts) == ("done", len(PAUSES) + 3)
    assert len({got.event for got in there.got}) == 1


def test_after_three_days_of_failures_it_is_switched_off_and_says_so(cli, outbox, there):
    number, _ = outbox.add(there.at("/turn"))
    there.answers = [500]
    told(number=1)
    outbox.send(NOW)
    told(number=2)
    told(number=3)
    late = NOW + timedelta(days=3)
    outbox.send(late)
    (webhook,) = outbox.webhooks()
    assert (webhook.active, webhook.failing_since) == (False, NOW)
    assert {one.state for one in outbox.all()} == {"failed"}
    assert acts()[-1] == "webhook_off"
    assert "已自动停用" in cli.ok("webhook", "list", "--tenant", "t")
    told(number=4)
    assert len(outbox.all()) == 3  # nothing is kept for it meanwhile
    with tenant_session("t", "office", "command") as session, pytest.raises(WebhookOff):
        resend_failed(session, number, NOW, late)
    there.answers = [200]
    with tenant_session("t", "office", "command") as session:
        networks = outbox.app.extensions["zwgk_webhooks"].networks
        change_webhook(session, networks, find_webhook(session, number), active=True)
        assert resend_failed(session, number, NOW - timedelta(days=1), late) == 3
    outbox.send(late)
    assert {one.state for one in outbox.all()} == {"done"}
    assert outbox.webhooks()[0].failing_since is None


def test_one_success_ends_the_days_of_failures(outbox, there):
    outbox.add(there.at("/turn"))
    there.answers = [500, 200, 500]
    told()
    outbox.send(NOW)
    outbox.send(outbox.all()[0].due_at)
    told()
    outbox.send(NOW + timedelta(days=4))
    assert outbox.webhooks()[0].active


def test_what_was_removed_or_switched_off_gets_nothing(app, outbox, there):
    removed, _ = outbox.add(there.at("/ok"))
    stopped, _ = outbox.add(there.at("/ok"))
    told()
    with tenant_session("t", "office", "command") as session:
        remove_webhook(session, removed)
        networks = outbox.app.extensions["zwgk_webhooks"].networks
        change_webhook(session, networks, find_webhook(session, stopped), active=False)
    work(app, wait=False)
    assert there.got == []
    assert [(one.webhook_id, one.state, one.attempts) for one in outbox.all()] == [(stopped, "failed", 0)]


def test_removed_while_it_is_sent_to(outbox, there):
    number, _ = outbox.add(there.at("/ok"))
    told()
    (one,) = outbox.all()
    sender = outbox.app.extensions["zwgk_webhooks"]

    class Removing:
        def post(self, *sent):
            with tenant_session("t", "office", "command") as session:
                remove_webhook(session, number)
            return sender.post(*sent)

    outbox.app.extensions["zwgk_webhooks"] = Removing()
    deliver(one.tenant_id, number, JOB, NOW)
    assert len(there.got) == 1
    assert (outbox.all(), outbox.webhooks()) == ([], [])


def test_who_tells_of_something_does_not_wait_for_a_delivery_nor_break_at_a_removal(outbox, there):
    """A delivery is noted while another transaction has told; who removes a webhook waits for that one."""
    number, _ = outbox.add(there.at("/ok"))
    told()
    with tenant_session("t", "office", "command") as session:
        tell(session, "plan.confirmed", lambda: {"plan": 2})
        outbox.send(NOW)
        assert [one.state for one in outbox.all()] == ["done"]
        with tenant_session("t", "office", "command") as other:
            other.connection().exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
            remove_webhook(other, number)
            with pytest.raises(OperationalError, match="lock timeout"):
                other.flush()
            other.rollback()
    assert len(outbox.all()) == 2


def test_tenants_do_not_hear_of_each_other(app, outbox_of, there):
    a, b = outbox_of("a"), outbox_of("b")
    webhook, secret = a.add(there.at("/ok"))
    b.add(there.at("/turn"))
    told("a")
    work(app, wait=False)
    (got,) = there.got
    assert (got.path, got.said["tenant"]) == ("/ok", "a")
    assert got.is_signed_by(secret)
    assert b.all() == []
    told("a", 2)
    deliver(b.webhooks()[0].tenant_id, webhook, JOB, NOW)  # as if b's number had come into a's job
    assert len(there.got) == 1


def test_a_new_secret_and_the_former_one_for_a_day(outbox, there):
    number, former = outbox.add(there.at("/ok"))
    with tenant_session("t", "office", "command") as session:
        secret = renew_secret(session, number, NOW).secret
    for at in (NOW + timedelta(hours=23), NOW + timedelta(hours=25)):
        told()
        outbox.send(at)
    day, after = there.got
    assert (day.is_signed_by(secret), day.is_signed_by(former)) == (True, True)
    assert (after.is_signed_by(secret), after.is_signed_by(former)) == (True, False)


def test_upkeep_forgets_what_is_old_and_sends_what_the_queue_lost(app, outbox, there):
    outbox.add(there.at("/ok"))
    told(number=1)
    told(number=2)
    old, lost = outbox.all()
    with tenant_session("t", "office", "command") as session:
        session.execute(update(Delivery).where(Delivery.id == old.id).values(created_at=old.created_at - timedelta(31)))
        session.connection().exec_driver_sql("DELETE FROM procrastinate_jobs")
    work(app, wait=False)
    assert there.got == []
    with tenant_session("t", "worker", "upkeep") as session:
        tidy_deliveries(session, lost.due_at + timedelta(minutes=59))
    assert ([one.id for one in outbox.all()], outbox.queued()) == ([lost.id], [])
    with tenant_session("t", "worker", "upkeep") as session:
        tidy_deliveries(session, lost.due_at + timedelta(minutes=61))
    assert outbox.queued() == [None]


def test_secrets_and_the_rest_of_an_address_are_in_no_trace(cli, outbox, there):
    number, secret = outbox.add(there.at("/ok?key=hidden"))
    with tenant_session("t", "office", "command") as session:
        ping(session, number)
        renew_secret(session, number, NOW)
        remove_webhook(session, number)
    assert acts()[-3:] == ["webhook_added", "webhook_secret", "webhook_removed"]
    traces = cli.ok("audit", "list", "--tenant", "t", "--json")
    assert "hidden" not in traces
    assert secret.removeprefix("whsec_") not in traces
    assert "127.0.0.1" in traces
