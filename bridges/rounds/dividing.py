"""Dividing a unit's packet among its divisions (科室): a workbook for each, with some of the unit's rows.

Each is a copy of its own, whose holder is the unit; what comes back is united by the engine like all other copies.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlalchemy import select, update

from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.rounds.caller import THE_OFFICE, Caller
from bridges.rounds.desk import Current, Out, find_round, read_desk
from bridges.rounds.errors import (
    ColumnUnknown,
    NotAPacket,
    NothingToDivide,
    PacketExists,
    PacketNotCollected,
    PacketNotRead,
    RowUnknown,
)
from bridges.rounds.models import Packet
from bridges.rounds.names import file_names
from bridges.rounds.packets import Heading, lay_out
from bridges.rounds.sending import Job, PacketStore, Progress, Sent, taken_up
from bridges.rounds.status import shown_part
from bridges.rounds.store import RoundStore
from bridges.store.bases import load_base
from bridges.store.models import SheetPart, SyncPass
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE, Before
from bridges.sync.plan import Plan
from bridges.sync.stamp import Stamp, read_stamp
from tenants.sessions import ScopedSession

_BETWEEN = re.compile(r"[、,，;；/\s]+")


@dataclass(frozen=True)
class Division:
    """Who is to get which rows. `by`: the header of a column in the packet in which the divisions are written; `into`:
    division → row numbers as Excel shows them, none named: all. `round`: a packet of this one only. `later`: nobody has
    the workbooks before `give_out` says so; what a run made that died before it is replaced."""

    packet: Path
    out: Path
    by: str = ""
    into: Mapping[str, frozenset[int]] | None = None
    round: str | None = None
    later: bool = False


@dataclass(frozen=True)
class Divided:
    """What was written (`Sent.unit` is the division), and how many rows no division got."""

    unit: str
    parts: tuple[Sent, ...]
    left: int


class Divider:
    """Divides one packet."""

    def __init__(
        self, tenant: str, division: Division, today: date, clock: runner.Clock, caller: Caller = THE_OFFICE
    ) -> None:
        self._tenant, self._division, self._today, self._clock, self._caller = tenant, division, today, clock, caller
        via = f"round:{division.packet.name}"
        self._store = RoundStore(tenant, caller.actor, via, today, address=caller.address)
        self.done: list[Sent] = []

    def divide(self, progress: Progress) -> Divided:
        """Write a workbook for each division; none where one of the names is taken by another file than the one that
        an earlier run, which was interrupted, wrote for it. Raises the errors of this room."""
        copy = ExcelCopy(self._division.packet, only_read=True)
        packet, of, stamp = self._packet(copy)
        self._refuse_unread(copy)
        before = self._store.load(stamp)
        rows = {row.at: row.id for row in copy.read(before.table).rows if row.id in before.snapshot.rows}
        parts = self._parts(copy, rows)
        if not parts:
            raise NothingToDivide
        files = file_names((f"{shown_part(packet.unit, part)}_{of.title}" for part in parts), ".xlsx")
        stores = [self._begun(packet, part, ids, file) for (part, ids), file in zip(parts.items(), files, strict=True)]
        for number, store in enumerate(stores):
            progress(number, len(stores), store.job.file)
            self.done.append(self._write(packet, of, store))
        return Divided(packet.unit, tuple(self.done), len(set(rows.values()).difference(*parts.values())))

    def _packet(self, copy: ExcelCopy) -> tuple[Out, Current, Stamp]:
        stamp = read_stamp(copy.stamp(), self._store.key())
        with self._store.together() as session:
            desk = read_desk(session, self._division.round, self._caller.units)
            packet = desk.packets.get(stamp.copy) if stamp else None
            other = packet and self._division.round not in (None, packet.round)
            if packet is None or other or packet.part or self._store.table(stamp) is None:
                raise NotAPacket(name=self._division.packet.name)
            return packet, find_round(session, packet.round), stamp

    def _refuse_unread(self, copy: ExcelCopy) -> None:
        """The parts are made from the table: what was typed into the packet has to be there."""
        plan = runner.run_pass(self._store, copy, self._clock, who=OFFICE, dry_run=True)
        said = plan.report
        if plan.stopped:
            raise PacketNotRead(name=self._division.packet.name, why=plan.stopped.message)
        if said.applied or said.conflicts or said.rejected or said.proposals:
            raise PacketNotCollected(name=self._division.packet.name)

    def _parts(self, copy: ExcelCopy, rows: Mapping[str, str]) -> dict[str, list[str]]:
        """Division → ids of its rows, in the order of the packet."""
        parts: dict[str, list[str]] = defaultdict(list)
        if by := self._division.by:
            texts = copy.texts_below(by)
            if texts is None:
                raise ColumnUnknown(header=by)
            for at, id_ in rows.items():
                for part in dict.fromkeys(filter(None, _BETWEEN.split(texts[at]))):
                    parts[part].append(id_)
        for part, numbers in (self._division.into or {}).items():
            if unknown := sorted(numbers - {int(at) for at in rows}):
                raise RowUnknown(number=unknown[0])
            parts[part] += [id_ for at, id_ in rows.items() if not numbers or int(at) in numbers]
        return parts

    def _begun(self, packet: Out, part: str, ids: Sequence[str], file: str) -> "_PartStore":
        """What is to be written, or stands there from an earlier run. Raises PacketExists for any other file."""
        of = {"round_id": packet.round_id, "unit_id": packet.unit_id, "part": part, "file": file}
        job, path = Job(packet.unit_id, packet.unit, file, part=part), self._division.out / file
        stands = path.exists()
        with self._store.together() as session:
            before = session.scalar(select(Packet).filter_by(**of).order_by(Packet.id.desc()).limit(1))
            # what is still to be given out is not taken up by who writes into a folder: its files would be nobody's
            if before is not None and (stands or (self._division.later and before.fingerprint is None)):
                if stands and set(load_base(session, before.version)) != set(ids):
                    raise PacketExists(name=file)
                job = taken_up(job, before)
        place = (self._tenant, f"round:{file}", self._today, packet.round_id)
        store = _PartStore(*place, job, self._caller, instead=not stands)
        store.brought, store.later = ids, self._division.later
        if stands:
            store.recognise(path, ExcelCopy(path, only_read=True))
        return store

    def _write(self, packet: Out, of: Current, store: "_PartStore") -> Sent:
        job, path = store.job, self._division.out / store.job.file
        if path.exists():
            return Sent(job.part, job.file, job.rows, job.version, True)
        copy = ExcelCopy(path, lay_out(Heading(of.title, shown_part(packet.unit, job.part), of.due)))
        table, holder = plan_key(packet.plan_id), str(packet.unit_id)
        plan = runner.export(store, copy, self._clock, table=table, holder=holder, who=OFFICE)
        return Sent(job.part, job.file, len(plan.writes.rows), plan.pass_id, False)


class _PartStore(PacketStore):
    """Begins a copy with some rows of its holder (`brought`), and notes that it is one. `later`: see `Division`."""

    brought: Sequence[str]
    later: bool

    def begin(self, table: str, holder: str) -> Before:
        before = super().begin(table, holder)
        rows = {id_: before.snapshot.rows[id_] for id_ in self.brought}
        return replace(before, snapshot=replace(before.snapshot, rows=rows))

    def commit(self, plan: Plan, revision: int) -> None:
        with self.together() as session:
            super().commit(plan, revision)
            pass_id = session.scalars(select(SyncPass.id).where(SyncPass.key == plan.pass_id)).one()
            session.add(SheetPart(pass_id=pass_id, copy=plan.copy))

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        if self.later:
            super(PacketStore, self).confirm(pass_id, fingerprint)
        else:
            super().confirm(pass_id, fingerprint)


def give_out(session: ScopedSession, parts: Sequence[Sent]) -> None:
    """Who asked for the division is given its workbooks when this session commits (`Division.later`). Raises
    `PlanMoving` where another division has taken their places meanwhile."""
    written = select(SyncPass.written).where(SyncPass.key == Packet.version).scalar_subquery()
    of_parts = Packet.version.in_([one.version for one in parts])
    if session.execute(update(Packet).where(of_parts).values(fingerprint=written)).rowcount != len(parts):
        raise runner.PlanMoving(why=runner.MOVING.message)
