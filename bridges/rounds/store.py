"""The store of rounds: passes of packets and returns, and what a round has to remember of them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from bridges.rounds.models import Packet, Return, Round
from bridges.store.declared import Tables, declare_once
from bridges.store.models import SyncPass
from bridges.store.plan_store import PlanStore
from bridges.sync.returns import Edit, Returned
from bridges.table import Value
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


class RoundStore(PlanStore):
    """A `PlanStore` of which several calls can share one transaction: a pass is committed with what the round notes of
    it, or not at all. `session`: one that is open already, which a rehearsal takes back in the end; `tables`: what the
    stores of one run have declared."""

    def __init__(
        self,
        tenant: str,
        actor: str,
        via: str,
        today: date,
        session: ScopedSession | None = None,
        tables: Tables | None = None,
        address: str = "",
    ) -> None:
        super().__init__(tenant, actor, via, today, address)
        self._shared, self._tables = session, tables

    @contextmanager
    def _session(self) -> Iterator[ScopedSession]:
        if self._shared is not None:
            yield self._shared
            return
        with super()._session() as session:
            if self._tables is not None:
                declare_once(session, self._tables)
            yield session

    @contextmanager
    def together(self) -> Iterator[ScopedSession]:
        """All that is called inside is one transaction; an error takes all of it back."""
        if self._shared is not None:
            with self._shared.begin_nested():
                yield self._shared
            return
        with self._session() as session:
            self._shared = session
            try:
                yield session
            finally:
                self._shared = None


def edits_as_json(edits: Iterable[Edit]) -> list[Any]:
    """For `Return.edits` and `Return.corrected`."""
    return [[edit.row, edit.field, list(edit.value), edit.valid, list(edit.over)] for edit in edits]


def edits_from_json(data: list[Any]) -> tuple[Edit, ...]:
    """The way back from `edits_as_json`."""
    return tuple(Edit(row, field, Value(*value), valid, tuple(over)) for row, field, value, valid, over in data)


def received(session: ScopedSession, plan_id: int, unit_id: int) -> Mapping[str, list[Returned]]:
    """All returns of a unit's packets of a plan, by the version that was found in them."""
    # a pass that changed nothing has the number of the next one that does
    number = case((func.jsonb_array_length(SyncPass.records["changes"]) > 0, SyncPass.number), else_=0)
    query = (
        select(Return.version, Return.edits, Return.corrected, number)
        .join(Packet, tenant_join(Return.packet_id, Packet))
        .join(Round, tenant_join(Packet.round_id, Round))
        .outerjoin(SyncPass, (SyncPass.tenant_id == Return.tenant_id) & (SyncPass.key == Return.pass_key))
        .where(Round.plan_id == plan_id, Packet.unit_id == unit_id)
        .order_by(Return.id)
    )
    found: dict[str, list[Returned]] = defaultdict(list)
    for version, edits, corrected, number in session.execute(query):
        found[version].append(Returned(edits_from_json(edits), number, edits_from_json(corrected)))
    return found
