"""The worker delivers: receivers that do not answer hold up nobody else, and one that is killed loses nothing."""

import os
import subprocess
import sys
from dataclasses import replace

from sqlalchemy import select

from core.jobs.worker import work
from core.webhooks.delivering import SENDERS
from core.webhooks.models import Delivery
from core.webhooks.services import change_webhook, find_webhook
from tenants.sessions import tenant_session
from tests.integration.jobs.test_jobs import asked, job
from tests.integration.webhooks.test_delivering import told

WITHIN = 60


def kill_when_it_has_arrived(runtime, there) -> None:
    """A worker in a process of its own, killed (-9) when the receiver has got something."""
    environ = os.environ | dict(runtime.environ) | {"ZWGK_HOME": str(runtime.home)}
    command = [sys.executable, "-m", "core.cli", "worker"]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as worker:
        try:
            assert there.arrived.acquire(timeout=WITHIN)
        finally:
            worker.kill()


def test_a_receiver_that_hangs_holds_up_no_other_tenant(app, outbox_of, there):
    slow, other = outbox_of("slow"), outbox_of("other")
    slow.add(there.at("/hang"))
    other.add(there.at("/ok"))
    app.extensions["zwgk_webhooks"] = replace(app.extensions["zwgk_webhooks"], limit=0.05)
    for number in range(SENDERS + 4):
        told("slow", number)
    told("other")
    work(app, wait=False)
    paths = [got.path for got in there.got]
    assert paths.index("/ok") < SENDERS


def test_nor_any_job(app, outbox, there):
    """Which has threads of its own; what came of it is told as well, when the sender is free."""
    outbox.add(there.at("/turn"), "job.ended")
    number = asked("t")
    work(app, wait=False)
    assert job("t", number).state == "done"
    (got,) = there.got
    assert got.said["data"] == {"job": number, "kind": "plan.import", "state": "done"}


def test_killed_before_it_could_note_what_it_sent(app, outbox, there, runtime):
    outbox.add(there.at("/ok"))
    told()
    with tenant_session("t", "office", "command") as session:
        session.scalars(select(Delivery).with_for_update()).one()  # by which it cannot
        kill_when_it_has_arrived(runtime, there)
    assert [one.state for one in outbox.all()] == ["waiting"]
    work(app, wait=False, dead_after=0.0)
    assert [(one.state, one.attempts) for one in outbox.all()] == [("done", 1)]
    assert len(there.got) == 2
    assert len({got.event for got in there.got}) == 1


def test_killed_while_a_receiver_hangs(app, outbox, there, runtime):
    number, _ = outbox.add(there.at("/hang"))
    told()
    kill_when_it_has_arrived(runtime, there)
    with tenant_session("t", "office", "command") as session:
        networks = app.extensions["zwgk_webhooks"].networks
        change_webhook(session, networks, find_webhook(session, number), address=there.at("/ok"))
    work(app, wait=False, dead_after=0.0)
    assert [(one.state, one.attempts) for one in outbox.all()] == [("done", 1)]
    assert outbox.queued() == []
