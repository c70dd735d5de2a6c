"""How long the audit has been waiting for its seals, over all tenants and at a bounded cost.

Row-level security lets nobody see two tenants at once, so that this is one look per tenant. Each time some are looked
at, those first whose turn is longest ago; the rest is remembered.
"""

import time
from datetime import datetime

from sqlalchemy import select

from tenants.audit.chain import chain_of
from tenants.audit.sealing import oldest_unsealed
from tenants.models import Tenant
from tenants.sessions import platform_session, tenant_session

AT_ONCE = 0.2
"""Seconds that one call may look: about a hundred tenants."""


class SealWatch:
    """Remembers for each tenant when its oldest row was written that is not sealed."""

    def __init__(self) -> None:
        self._oldest: dict[int, datetime | None] = {}

    def oldest(self) -> datetime | None:
        """The oldest of all tenants, as far as they have been looked at; None: everything is sealed."""
        with platform_session() as session:
            present = set(session.scalars(select(Tenant.id)))
        remembered = {number: at for number, at in self._oldest.items() if number in present}
        turns = [*(present - remembered.keys()), *remembered]
        until = time.monotonic() + AT_ONCE
        for number in turns:
            remembered.pop(number, None)  # to the end: a dict keeps the order in which its keys came
            with tenant_session(number, "platform", "service") as session:
                remembered[number] = oldest_unsealed(session, chain_of(session))
            if time.monotonic() >= until:
                break
        self._oldest = remembered
        return min((at for at in remembered.values() if at), default=None)
