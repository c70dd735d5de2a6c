"""Delivering what is due for a webhook, one request after the other, with no transaction open while the receiver is
waited for.

Whoever delivers holds the webhook by the number of his job in the queue: jobs that come meanwhile have nothing to do,
for he looks once more, under the row's lock, before he lets go. Where he dies the queue gives the same job to another,
who holds the webhook then and sends again what was not noted.
"""

import random
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from flask import current_app
from procrastinate import JobContext
from sqlalchemy import func, select, update

from core.jobs.queue import AGAIN, queue
from core.webhooks.attempts import is_given_up, next_attempt
from core.webhooks.events import LINE, TASK, wake
from core.webhooks.models import Delivery, Webhook
from core.webhooks.sending import Answer, Sender
from core.webhooks.signing import signature
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.db import tenant_join
from tenants.leaving import TenantLeaving
from tenants.sessions import ScopedSession, tenant_session

SLICE = 10.0
"""Seconds after which a job begins no further request."""
HELD = timedelta(seconds=30)
"""How long a webhook is held for one request, which is longer than that takes."""
SENDERS = 16
"""Requests at once; each for another webhook."""
SHARE = 4
"""Of those, for one tenant: about so many, for who begins at the same moment does not see the other yet."""
PUT_OFF = timedelta(seconds=3)
"""How long a webhook waits whose tenant has its share."""
EXTENSION = "zwgk_webhooks"
_AGENT = "zwgk-webhooks/1"


@dataclass(frozen=True)
class _Parcel:
    """What is sent, for the attempt after so many `made`."""

    delivery: int
    made: int
    address: str
    secrets: tuple[str, ...] = field(repr=False)
    event: str
    body: str
    now: datetime

    @property
    def headers(self) -> dict[str, str]:
        timestamp = int(self.now.timestamp())
        return {
            "Content-Type": "application/json",
            "User-Agent": _AGENT,
            "webhook-id": self.event,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(self.secrets, self.event, timestamp, self.body),
        }


@queue.task(name=TASK, queue=LINE, retry=AGAIN, pass_context=True)
def _woken(context: JobContext, tenant: int, webhook: int) -> None:
    deliver(tenant, webhook, context.job.id)


def deliver(tenant: int, webhook: int, job: int, now: datetime | None = None) -> None:
    """Send what is due for a webhook, for some seconds; what is left then is left to a further job, behind those of
    others. Nothing where somebody else is at it, the webhook is off or gone, or the tenant is leaving: should it stay,
    what waits is sent with the next event, or by upkeep. `now`: the database's, if not given."""
    sender: Sender = current_app.extensions[EXTENSION]
    until = monotonic() + SLICE
    with suppress(TenantLeaving):
        while parcel := _next(tenant, webhook, job, now, goes_on=monotonic() < until):
            answer = sender.post(parcel.address, parcel.headers, parcel.body)
            with _session(tenant) as session:
                _note(session, parcel, answer)


def _session(tenant: int):
    return tenant_session(tenant, "worker", "webhook")


def _next(tenant: int, number: int, job: int, now: datetime | None, goes_on: bool) -> _Parcel | None:
    """What is due first, the webhook being held for it; or the webhook let go, with a job for what comes next."""
    with _session(tenant) as session:
        now = now or session.scalar(select(func.now()))
        # not FOR UPDATE, which those would wait for who tell of something
        held = select(Webhook).where(Webhook.id == number, Webhook.active).with_for_update(key_share=True)
        webhook = session.scalar(held)
        if webhook is None or (webhook.held_by not in (None, job) and now < webhook.held_until):
            return None
        waiting = select(Delivery).where(Delivery.webhook_id == number, Delivery.state == "waiting")
        first = session.scalar(waiting.order_by(Delivery.due_at, Delivery.id).limit(1))
        full = _held_beside(session, number, now) >= SHARE
        if goes_on and not full and first is not None and first.due_at <= now:
            webhook.held_by, webhook.held_until = job, now + HELD
            return _parcel(webhook, first, now)
        webhook.held_by = None
        if first is not None:
            _wake_at(session, webhook, max(first.due_at, now + PUT_OFF if full else now), now)
        return None


def _held_beside(session: ScopedSession, number: int, now: datetime) -> int:
    """How many other webhooks of the tenant somebody delivers to."""
    held = Webhook.held_by.is_not(None), Webhook.held_until > now
    return session.scalar(select(func.count()).select_from(Webhook).where(Webhook.id != number, *held))


def _wake_at(session: ScopedSession, webhook: Webhook, at: datetime, now: datetime) -> None:
    """One job for all that waits, not one for each."""
    if webhook.wake_at is None or not now < webhook.wake_at <= at:
        webhook.wake_at = at
        wake(session, webhook.id, at)


def _parcel(webhook: Webhook, delivery: Delivery, now: datetime) -> _Parcel:
    former = webhook.former_until is not None and now < webhook.former_until
    secrets = (webhook.secret, webhook.former_secret) if former else (webhook.secret,)
    return _Parcel(delivery.id, delivery.attempts, webhook.address, secrets, delivery.event, delivery.body, now)


def _note(session: ScopedSession, parcel: _Parcel, answer: Answer) -> None:
    """How it went; nothing where somebody else has noted it, or the webhook is gone."""
    waits = Delivery.id == parcel.delivery, Delivery.state == "waiting", Delivery.attempts == parcel.made
    webhook = select(Webhook).join(Delivery, tenant_join(Delivery.webhook_id, Webhook)).where(*waits)
    webhook = session.scalar(webhook.with_for_update(key_share=True, of=Webhook))
    found = session.scalar(select(Delivery).where(*waits).with_for_update())
    if webhook is None or found is None:
        return
    found.attempts += 1
    found.tried_at, found.due_at = parcel.now, None
    found.status, found.answer, found.milliseconds = answer.status, answer.text, answer.milliseconds
    if answer.is_good:
        found.state, webhook.failing_since = "done", None
        return
    webhook.failing_since = webhook.failing_since or parcel.now
    found.due_at = next_attempt(found.pauses, parcel.now, random.random())  # noqa: S311 - not a secret
    found.pauses += 1
    if found.due_at is None:
        found.state = "failed"
    if is_given_up(webhook.failing_since, parcel.now):
        _give_up(session, webhook)


def _give_up(session: ScopedSession, webhook: Webhook) -> None:
    switch_off(session, webhook)
    since = webhook.failing_since.isoformat(timespec="seconds")
    record_act(session, Action.WEBHOOK_OFF, subject=("webhook", webhook.id), detail={"failing_since": since})


def switch_off(session: ScopedSession, webhook: Webhook) -> None:
    """Nothing is sent to a webhook any more. What waits has failed; a person can have it sent again
    (`services.resend`)."""
    webhook.active, webhook.held_by, webhook.wake_at = False, None, None
    session.flush()
    waiting = update(Delivery).where(Delivery.webhook_id == webhook.id, Delivery.state == "waiting")
    session.execute(waiting.values(state="failed", due_at=None))
