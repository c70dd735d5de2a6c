"""The packets that were handed out over HTTP, as files for who returns them for their units."""

from sqlalchemy import select

from bridges.rounds.errors import PacketUnknown
from bridges.rounds.models import Packet
from core.files.models import StoredFile
from core.files.services import given_out
from tenants.people.rights import Right, Units
from tenants.sessions import ScopedSession


def fetch_packet(session: ScopedSession, round_id: int, unit: int, units: Units) -> StoredFile:
    """The newest packet of a unit in a round, for who may return those of these `units`. Raises `PacketUnknown`."""
    packets = select(Packet.fingerprint).where(Packet.round_id == round_id, Packet.unit_id == unit, Packet.part == "")
    newest = packets.order_by(Packet.id.desc()).limit(1).scalar_subquery()
    made = StoredFile.made_right == Right.ROUNDS_SEND.value  # as unlike the same one that somebody brought
    found = session.scalar(select(StoredFile).where(StoredFile.digest == newest, made).limit(1))
    if found is None or (units is not None and unit not in units):
        raise PacketUnknown(unit=unit)
    return given_out(session, found)
