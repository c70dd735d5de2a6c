"""Who has answered a round, with what, and who is to be reminded (催办)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, select, true

from bridges.rounds.desk import Current, Out, read_desk
from bridges.rounds.models import Packet, Return, Round
from bridges.rounds.store import edits_from_json
from core.plans.models import Plan
from core.units.models import Unit
from tenants.db import tenant_join
from tenants.people.rights import Units
from tenants.sessions import ScopedSession

_GIVEN = (Packet.part == "") | Packet.fingerprint.is_not(None)
"""Not a division's file of which it is not known that it was written, or that anybody got it."""
CHASING_HEADER = ("责任单位", "下发文件", "行数", "交回期限", "逾期天数")


class RoundItem(NamedTuple):
    """A round in the list."""

    key: str
    title: str
    plan: int
    due: date | None
    state: str
    sent_at: datetime | None
    packets: int
    returned: int
    id: int


@dataclass(frozen=True)
class Came:
    """One return: its file, the version that was found in it, the pass that merged it, and the answer to it."""

    file: str
    received_at: datetime
    version: str
    pass_key: str
    edits: int
    corrected: tuple[dict[str, Any], ...]
    reply: str
    reply_file: str


@dataclass(frozen=True)
class UnitStatus:
    """A unit in a round, or a division of it (`part`): what it got, and what came back. `owes`: it has not answered; of
    a divided packet the divisions owe, until the unit returns its own. `days_over`: since the due day, 0 before it and
    for who owes nothing."""

    unit_id: int
    unit: str
    part: str
    file: str
    version: str
    rows: int
    returns: tuple[Came, ...]
    due: date | None
    owes: bool
    days_over: int

    @property
    def shown(self) -> str:
        return shown_part(self.unit, self.part)


def shown_part(unit: str, part: str) -> str:
    """A division by its name."""
    return f"{unit}（{part}）" if part else unit


def list_rounds(session: ScopedSession, plan: int | None = None, units: Units = None) -> list[RoundItem]:
    """All rounds, newest first; with `plan` those of this one, with `units` those in which one of these got a packet,
    and no more of them than what became of these packets."""
    of_these = Packet.unit_id.in_(units) if units is not None else true()
    packets = select(func.count(func.distinct(Packet.unit_id))).where(tenant_join(Packet.round_id, Round), of_these)
    came = packets.join(Return, tenant_join(Return.packet_id, Packet))
    query = (
        select(
            Round.key,
            Round.title,
            Plan.id,
            Round.due,
            Round.state,
            Round.sent_at,
            packets.scalar_subquery(),
            came.scalar_subquery(),
            Round.id,
        )
        .join(Plan, tenant_join(Round.plan_id, Plan))
        .order_by(Round.id.desc())
    )
    if plan is not None:
        query = query.where(Round.plan_id == plan)
    if units is not None:
        query = query.where(packets.scalar_subquery() > 0)
    return [RoundItem(*row) for row in session.execute(query)]


def round_status(
    session: ScopedSession, key: str | None, today: date, units: Units = None
) -> tuple[Current, list[UnitStatus]]:
    """Every unit of a round (the newest by default), or these of them. Raises `RoundUnknown`, `NoRound`."""
    desk = read_desk(session, key, units)
    owing = who_owes(session, desk.round.id)
    came = _came(session, desk.round.id)
    given = {*session.scalars(select(Packet.id).where(Packet.round_id == desk.round.id, _GIVEN)), *came}
    mine: dict[tuple[str, str], list[Out]] = defaultdict(list)
    for packet in desk.packets.values():
        if packet.id in given:
            mine[packet.unit, packet.part].append(packet)
    due = desk.round.due
    over = max((today - due).days, 0) if due else 0
    return desk.round, [
        UnitStatus(
            unit_id=packets[-1].unit_id,
            unit=who[0],
            part=who[1],
            file=packets[-1].file,
            version=packets[-1].version,
            rows=packets[-1].rows,
            returns=tuple(one for packet in packets for one in came[packet.id]),
            due=due,
            owes=who in owing,
            days_over=over if who in owing else 0,
        )
        for who, packets in sorted(mine.items())
    ]


def who_owes(session: ScopedSession, round_id: int) -> list[tuple[str, str]]:
    """(unit, '') or (unit, division) from which nothing has come, and from which something should. Of a round that
    is not handed out yet nobody owes anything, nor a division's file that is not known to have been written."""
    query = (
        select(Unit.name, Packet.part, func.count(Return.id))
        .join(Unit, tenant_join(Packet.unit_id, Unit))
        .join(Round, tenant_join(Packet.round_id, Round))
        .outerjoin(Return, tenant_join(Return.packet_id, Packet))
        .where(Packet.round_id == round_id, Round.state == "sent", _GIVEN)
        .group_by(Unit.name, Packet.part)
    )
    came = {(unit, part): number for unit, part, number in session.execute(query)}
    divided = {unit for unit, part in came if part}
    return sorted(
        (unit, part)
        for (unit, part), number in came.items()
        if not number and not came.get((unit, "")) and (part or unit not in divided)
    )


def _came(session: ScopedSession, round_id: int) -> dict[int, list[Came]]:
    query = select(Return).join(Packet, tenant_join(Return.packet_id, Packet)).where(Packet.round_id == round_id)
    found: dict[int, list[Came]] = defaultdict(list)
    for one in session.scalars(query.order_by(Return.id)):
        corrected = tuple(
            {"row": edit.row, "field": edit.field, "value": edit.value.written}
            for edit in edits_from_json(one.corrected)
        )
        came = Came(
            one.file, one.received_at, one.version, one.pass_key, len(one.edits), corrected, one.reply, one.reply_file
        )
        found[one.packet_id].append(came)
    return found


def chasing_list(units: Sequence[UnitStatus]) -> list[tuple[Any, ...]]:
    """Who has not answered, as rows under `CHASING_HEADER`."""
    return [(one.shown, one.file, one.rows, one.due or "", one.days_over) for one in units if one.owes]
