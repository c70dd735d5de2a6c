"""Webhooks of a tenant: set up, changed, tried out, taken away; and what was sent to them, looked at, sent again."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Select, delete, func, select

from core.limits import one_by_one
from core.webhooks.attempts import LOG_KEPT, SECRET_KEPT
from core.webhooks.delivering import switch_off
from core.webhooks.events import EVENTS, PING, deliver_to, wake
from core.webhooks.models import Delivery, Webhook
from core.webhooks.reach import Networks
from core.webhooks.signing import new_secret
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession

MOST = 10
"""Webhooks of a tenant."""
MOST_RESENT = 1000
"""Deliveries that are sent again at once."""
_FORGOTTEN = timedelta(hours=1)


class WebhookUnknown(ZwgkError):
    """No such webhook, or another tenant's."""

    code = "webhook_unknown"
    sentence = "没有编号为 {id} 的事件推送。"
    by_command = "可用 zwgk webhook list 查看。"


class DeliveryUnknown(ZwgkError):
    """No such delivery, or another tenant's."""

    code = "delivery_unknown"
    sentence = "没有编号为 {id} 的推送记录，或已过 30 天保存期。"


class WebhookEvents(ZwgkError):
    """No event, or one that there is not."""

    code = "webhook_events"
    sentence = f"须选择至少一种事件，可选：{'、'.join(EVENTS)}。"


class WebhooksTooMany(ZwgkError):
    """As many as a tenant may have."""

    code = "webhooks_too_many"
    sentence = f"事件推送最多 {MOST} 个，请先删除不用的。"


class WebhookOff(ZwgkError):
    """Nothing is sent to it."""

    code = "webhook_off"
    sentence = "事件推送 {id} 已停用，请先启用。"


class Made(NamedTuple):
    """A webhook and its secret, which is shown this once."""

    webhook: Webhook
    secret: str


def list_webhooks(session: ScopedSession) -> list[Webhook]:
    """All of the tenant, the oldest first."""
    return list(session.scalars(select(Webhook).order_by(Webhook.id)))


def find_webhook(session: ScopedSession, number: int) -> Webhook:
    """One of them. Raises `WebhookUnknown`."""
    found = session.scalar(select(Webhook).where(Webhook.id == number))
    if found is None:
        raise WebhookUnknown(id=number)
    return found


def lock_webhook(session: ScopedSession, number: int) -> Webhook:
    """As `find_webhook`, and nobody else changes it until the end of this transaction. Raises `WebhookUnknown`."""
    session.scalar(select(Webhook).where(Webhook.id == number).with_for_update())
    return find_webhook(session, number)


def add_webhook(
    session: ScopedSession, networks: Networks, address: str, events: Collection[str], now: datetime
) -> Made:
    """Set up a webhook. Raises `WebhookAddressInvalid`, `WebhookEvents`, `WebhooksTooMany`."""
    networks.check(address)
    one_by_one(session, "webhooks")
    if session.scalar(select(func.count()).select_from(Webhook)) >= MOST:
        raise WebhooksTooMany
    made = {"secret": new_secret(), "made_by": session.scope.actor, "created_at": now}
    webhook = Webhook(address=address, events=_known(events), **made)
    session.add(webhook)
    session.flush()
    _trace(session, Action.WEBHOOK_ADDED, webhook)
    return Made(webhook, webhook.secret)


def change_webhook(
    session: ScopedSession,
    networks: Networks,
    webhook: Webhook,
    address: str | None = None,
    events: Collection[str] | None = None,
    active: bool | None = None,
) -> Webhook:
    """Change what is given. Switched off, what waits is not sent; switched on, it begins anew.

    Raises `WebhookAddressInvalid`, `WebhookEvents`.
    """
    if address is not None:
        networks.check(address)
        webhook.address = address
    if events is not None:
        webhook.events = _known(events)
    if active is not None and active != webhook.active:
        webhook.active, webhook.failing_since = active, None
    if session.is_modified(webhook):
        _trace(session, Action.WEBHOOK_CHANGED, webhook)
    if not webhook.active:
        switch_off(session, webhook)
    return webhook


def renew_secret(session: ScopedSession, number: int, now: datetime) -> Made:
    """A new secret; the one so far signs beside it for 24 hours more. Raises `WebhookUnknown`."""
    webhook = find_webhook(session, number)
    webhook.former_secret, webhook.former_until = webhook.secret, now + SECRET_KEPT
    webhook.secret = new_secret()
    session.flush()
    _trace(session, Action.WEBHOOK_SECRET, webhook)
    return Made(webhook, webhook.secret)


def remove_webhook(session: ScopedSession, number: int) -> None:
    """Nothing is sent to it any more, and what was sent is forgotten. Raises `WebhookUnknown`."""
    webhook = find_webhook(session, number)
    _trace(session, Action.WEBHOOK_REMOVED, webhook)
    session.delete(webhook)


def ping(session: ScopedSession, number: int) -> Delivery:
    """Send an event that says nothing. Raises `WebhookUnknown`, `WebhookOff`."""
    webhook = _on(find_webhook(session, number))
    (made,) = deliver_to(session, [webhook.id], PING, {"webhook": webhook.id})
    return find_delivery(session, made)


def deliveries_query(number: int, state: str | None = None, kind: str | None = None) -> Select[tuple[Delivery]]:
    """The deliveries of a webhook; in one state, of one kind of event, or all."""
    query = select(Delivery).where(Delivery.webhook_id == number)
    query = query if state is None else query.where(Delivery.state == state)
    return query if kind is None else query.where(Delivery.kind == kind)


def find_delivery(session: ScopedSession, number: int) -> Delivery:
    """One delivery. Raises `DeliveryUnknown`."""
    found = session.scalar(select(Delivery).where(Delivery.id == number))
    if found is None:
        raise DeliveryUnknown(id=number)
    return found


def resend(session: ScopedSession, number: int, now: datetime) -> Delivery:
    """Send a delivery now, whatever became of it before: the same event under the same id.

    Raises `DeliveryUnknown`, `WebhookOff`.
    """
    webhook = find_webhook(session, find_delivery(session, number).webhook_id)
    _again(session, _on(webhook), select(Delivery).where(Delivery.id == number), now)
    _trace(session, Action.WEBHOOK_RESENT, webhook, deliveries=1)
    return find_delivery(session, number)


def resend_failed(session: ScopedSession, number: int, since: datetime, now: datetime) -> int:
    """Send now what failed of the events since then, the oldest first, 1000 at most; returns how many.

    Raises `WebhookUnknown`, `WebhookOff`.
    """
    webhook = _on(find_webhook(session, number))
    failed = deliveries_query(number, "failed").where(Delivery.created_at >= since)
    sent = _again(session, webhook, failed.order_by(Delivery.id).limit(MOST_RESENT), now)
    _trace(session, Action.WEBHOOK_RESENT, webhook, deliveries=sent)
    return sent


def tidy_deliveries(session: ScopedSession, now: datetime) -> None:
    """Forget what is older than 30 days, and have sent what should have been an hour ago: a job that was given up, or a
    queue that a backup did not have, must not lose anything."""
    session.execute(delete(Delivery).where(Delivery.created_at < now - LOG_KEPT))
    forgotten = select(Delivery.webhook_id).where(Delivery.state == "waiting", Delivery.due_at < now - _FORGOTTEN)
    for webhook in session.scalars(forgotten.distinct()).all():
        wake(session, webhook)


def _again(session: ScopedSession, webhook: Webhook, which: Select[tuple[Delivery]], now: datetime) -> int:
    found = session.scalars(which.with_for_update()).all()
    for one in found:
        one.state, one.pauses, one.due_at = "waiting", 0, now
    wake(session, webhook.id)
    return len(found)


def _on(webhook: Webhook) -> Webhook:
    if not webhook.active:
        raise WebhookOff(id=webhook.id)
    return webhook


def _known(events: Collection[str]) -> list[str]:
    if not events or not set(events) <= EVENTS.keys():
        raise WebhookEvents
    return [event for event in EVENTS if event in events]


def _trace(session: ScopedSession, action: Action, webhook: Webhook, **more: int) -> None:
    """Into the audit, with the host only: the rest of an address may be as good as a password."""
    told = {"host": urlsplit(webhook.address).hostname, "events": webhook.events, "active": webhook.active}
    record_act(session, action, subject=("webhook", webhook.id), detail=told | more)
