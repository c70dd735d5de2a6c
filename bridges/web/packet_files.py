"""The packets that were handed out over HTTP, as files: for who asked, and for who returns them for their units."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from bridges.rounds.errors import PacketUnknown
from bridges.rounds.models import Packet
from core.files.models import StoredFile
from core.files.services import Made, given_out, keep
from core.jobs.work import Work
from tenants.people.rights import Right, Units
from tenants.sessions import ScopedSession

_RIGHT = Right.ROUNDS_RETURN


def keep_packet(work: Work, path: Path, version: str) -> dict[str, Any]:
    """Keep a packet, whose return takes the same right as the file: its id and name."""
    unit = work.session.scalars(select(Packet.unit_id).where(Packet.version == version)).one()
    file = keep(work.session, path.name, path.read_bytes(), Made(_RIGHT, frozenset({unit})))
    return {"file": file.id, "name": file.name}


def fetch_packet(session: ScopedSession, round_id: int, unit: int, units: Units) -> StoredFile:
    """The newest packet of a unit in a round, for who may return those of these `units`. Raises `PacketUnknown`."""
    packets = select(Packet.fingerprint).where(Packet.round_id == round_id, Packet.unit_id == unit, Packet.part == "")
    newest = packets.order_by(Packet.id.desc()).limit(1).scalar_subquery()
    made = (StoredFile.made_right == _RIGHT.value, StoredFile.made_units == [unit])
    found = session.scalar(select(StoredFile).where(StoredFile.digest == newest, *made))
    if found is None or (units is not None and unit not in units):
        raise PacketUnknown(unit=unit)
    return given_out(session, found)
