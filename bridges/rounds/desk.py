"""What is known of the packets that are out: by their copies, versions and files."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from bridges.rounds.errors import NoRound, RoundUnknown
from bridges.rounds.models import Packet, Return, Round
from core.units.models import Unit
from tenants.db import tenant_join
from tenants.people.rights import Units
from tenants.sessions import ScopedSession


class Out(NamedTuple):
    """A packet that is out, and whose. `copy`: the copy of its stamp; `version`: its first one."""

    id: int
    copy: str
    version: str
    file: str
    rows: int
    unit_id: int
    unit: str
    round_id: int
    round: str
    plan_id: int
    part: str


class Current(NamedTuple):
    """The round that is being collected."""

    id: int
    key: str
    title: str
    due: date | None
    plan_id: int


@dataclass(frozen=True)
class Desk:
    """All packets of a tenant. `packets`: by copy; `files`: fingerprints of the files taken before → packet's copy."""

    round: Current
    packets: Mapping[str, Out]
    files: Mapping[str, str]

    @property
    def units(self) -> list[str]:
        """Units of the current round."""
        return sorted({packet.unit for packet in self.packets.values() if packet.round_id == self.round.id})

    def of_unit(self, name: str) -> Out | None:
        """The packet of a unit in the current round (the newest, where it got two), not one of a division."""
        of_round = [one for one in self.packets.values() if one.round_id == self.round.id]
        found = [one for one in of_round if one.unit == name and not one.part]
        return max(found, key=lambda one: one.id, default=None)


def find_round(session: ScopedSession, key: str | None) -> Current:
    """The round with this number, or the newest that was handed out; where none was, the newest. Raises `RoundUnknown`,
    `NoRound`."""
    query = _rounds().order_by(Round.state != "sent", Round.id.desc())
    if key is not None:
        query = query.where(Round.key == key)
    found = session.execute(query.limit(1)).one_or_none()
    if found is None:
        raise NoRound if key is None else RoundUnknown(key=key)
    return Current(*found)


def round_seen(session: ScopedSession, number: int, units: Units) -> Current:
    """The round with this id, if one of these units got a packet in it (None: whoever did). Raises `RoundUnknown`."""
    query = _rounds().where(Round.id == number)
    if units is not None:
        query = query.where(Round.id.in_(select(Packet.round_id).where(Packet.unit_id.in_(units))))
    found = session.execute(query).one_or_none()
    if found is None:
        raise RoundUnknown(key=number)
    return Current(*found)


def _rounds() -> Select[Any]:
    return select(Round.id, Round.key, Round.title, Round.due, Round.plan_id)


def read_desk(session: ScopedSession, key: str | None, units: Units = None) -> Desk:
    """The packets of all rounds, since late returns of an older one are taken too; with `units` those of these only.
    Raises `RoundUnknown`, `NoRound`."""
    current = find_round(session, key)
    query = (
        select(
            Packet.id,
            Packet.copy,
            Packet.version,
            Packet.file,
            Packet.rows,
            Unit.id,
            Unit.name,
            Round.id,
            Round.key,
            Round.plan_id,
            Packet.part,
        )
        .join(Unit, tenant_join(Packet.unit_id, Unit))
        .join(Round, tenant_join(Packet.round_id, Round))
        .order_by(Packet.id)
    )
    if units is not None:
        query = query.where(Packet.unit_id.in_(units))
    packets = {row[1]: Out(*row) for row in session.execute(query)}
    copies = {packet.id: packet.copy for packet in packets.values()}
    taken = session.execute(select(Return.fingerprint, Return.packet_id))
    return Desk(current, packets, {mark: copies[packet_id] for mark, packet_id in taken if packet_id in copies})
