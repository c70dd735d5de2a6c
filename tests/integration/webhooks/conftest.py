"""A tenant whose webhook leads to a real receiver on this machine, and what is delivered there, at given moments."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.runtime import Runtime
from core.webhooks.delivering import deliver
from core.webhooks.events import EVENTS
from core.webhooks.models import Delivery, Webhook
from core.webhooks.reach import SETTING
from core.webhooks.services import Made, add_webhook
from tenants.sessions import tenant_session
from tests.conftest import TODAY
from tests.support.receiver import HERE, Receiver, receiver

NOW = datetime.now(UTC) + timedelta(hours=1)
"""After all that a test tells."""


@pytest.fixture
def runtime(database, tmp_path) -> Iterator[Runtime]:
    """A runtime whose operator lets webhooks lead to this machine."""
    runtime = Runtime(database.as_environ() | {SETTING: HERE}, tmp_path / "home", TODAY)
    yield runtime
    runtime.close()


@pytest.fixture
def there() -> Iterator[Receiver]:
    """Who receives."""
    with receiver() as server:
        yield server


JOB = 987_654_321


@dataclass
class Outbox:
    """What a tenant tells whom."""

    app: Flask
    slug: str

    def add(self, address: str, *events: str) -> tuple[int, str]:
        """A webhook for these events, or all; its id and its secret."""
        with tenant_session(self.slug, "office", "command") as session:
            networks = self.app.extensions["zwgk_webhooks"].networks
            made: Made = add_webhook(session, networks, address, events or tuple(EVENTS), NOW)
            return made.webhook.id, made.secret

    def all(self) -> list[Delivery]:
        """Every delivery, the oldest first."""
        return self._read(select(Delivery).order_by(Delivery.id))

    def webhooks(self) -> list[Webhook]:
        """Every webhook."""
        return self._read(select(Webhook).order_by(Webhook.id))

    def _read(self, query):
        with tenant_session(self.slug, "office", "command") as session:
            found = session.scalars(query).all()
            session.expunge_all()
            return found

    def send(self, now: datetime) -> None:
        """What a job of the queue would do at this moment: all that is due by then."""
        for one in self.webhooks():
            deliver(one.tenant_id, one.id, JOB, now)

    def queued(self) -> list[datetime | None]:
        """When each job that waits in the queue is to be done; None: at once."""
        jobs = (
            "SELECT scheduled_at FROM procrastinate_jobs WHERE queue_name = 'webhooks' AND status = 'todo' ORDER BY id"
        )
        with tenant_session(self.slug, "office", "command") as session:
            return list(session.connection().exec_driver_sql(jobs).scalars())


@pytest.fixture
def outbox_of(app, add_tenant) -> Callable[[str], Outbox]:
    """Onboard a tenant; what it tells."""
    return lambda slug: Outbox(app, add_tenant(slug))


@pytest.fixture
def outbox(outbox_of) -> Outbox:
    """That of the tenant `t`."""
    return outbox_of("t")
