"""What webhooks are told of, and the one place from which they are: in the transaction of the change itself, so that
what was rolled back is never told, and what was committed always is."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select

from core.webhooks.models import Delivery, Webhook
from tenants.leaving import TenantLeaving
from tenants.models import Tenant
from tenants.sessions import ScopedSession

EVENTS: Mapping[str, str] = {
    "plan.confirmed": "要点已确认",
    "rows.changed": "任务行有修改",
    "round.sent": "已下发",
    "round.returned": "收到单位的回收件",
    "conflict.opened": "出现待处理的冲突",
    "job.ended": "后台任务已结束",
}
PING = "ping"
MOST_NAMED = 500
"""How many things one event names; it says how many there are."""
TASK = "zwgk.webhook"
LINE = "webhooks"
"""The line of the queue, whose workers do nothing else: jobs do not wait for receivers."""
Fields = Callable[[], Mapping[str, Any]]


def tell(session: ScopedSession, kind: str, fields: Fields) -> None:
    """Tell the webhooks of the session's tenant that want it that something happened: `kind` of `EVENTS`.

    `fields`: ids and numbers, no content; asked for only where somebody listens, and where there are none nothing is
    told; nor while the tenant is leaving, when its jobs end all the same. In the session's transaction.
    """
    with session.no_autoflush:
        # not removed before this transaction ends: a delivery points at its webhook
        query = select(Webhook.id, Webhook.events).where(Webhook.active)
        hooks = session.execute(query.with_for_update(read=True, key_share=True)).all()
    wanting = [number for number, wanted in hooks if kind in wanted]
    if wanting and (said := fields()):
        with suppress(TenantLeaving):
            deliver_to(session, wanting, kind, said)


def named(things: Sequence[Any]) -> Sequence[Any]:
    """As many of them as an event names."""
    return things[:MOST_NAMED]


def deliver_to(session: ScopedSession, webhooks: Sequence[int], kind: str, fields: Mapping[str, Any]) -> list[int]:
    """An event for these webhooks, to be sent when the session commits; returns the ids of the deliveries."""
    tenant, now = session.get_one(Tenant, session.scope.tenant_id), datetime.now(UTC)
    body = {"type": kind, "timestamp": now.isoformat(timespec="milliseconds"), "tenant": tenant.slug, "data": fields}
    row = {"tenant_id": tenant.id, "event": f"evt_{secrets.token_hex(12)}", "kind": kind}
    row |= {"body": json.dumps(body, ensure_ascii=False), "created_at": now, "due_at": now}
    rows = [row | {"webhook_id": webhook} for webhook in webhooks]
    numbers = list(session.scalars(insert(Delivery).returning(Delivery.id, sort_by_parameter_order=True), rows))
    for webhook in webhooks:
        wake(session, webhook)
    return numbers


def wake(session: ScopedSession, webhook: int, at: datetime | None = None) -> None:
    """Have a worker look what is due for a webhook: now, or at a moment."""
    from core.jobs.queue import put  # a tenth of a second that who tells nobody does not need

    put(session, TASK, {"webhook": webhook}, line=LINE, at=at)
