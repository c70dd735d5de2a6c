"""Handing a plan out: one packet per unit, a zip of all, and the list of who got what."""

import zipfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Select, func, select, update

from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import fingerprint, make_folder, read_workbook, write_atomically
from bridges.rounds.caller import THE_OFFICE, Caller
from bridges.rounds.errors import NothingToSend, PacketExists, PlanIsDraft, RoundUnderWay
from bridges.rounds.models import Packet, Round
from bridges.rounds.names import file_names, safe_name
from bridges.rounds.packets import Heading, lay_out, list_of_packets
from bridges.rounds.store import RoundStore
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan as PassPlan
from bridges.sync.stamp import Stamp, read_stamp
from core.plans.models import Assignment, Occurrence, Plan, Task
from core.plans.services import find_plan
from core.units.models import Unit
from core.units.services import read_directory
from core.webhooks.events import tell
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.db import tenant_join
from tenants.sessions import ScopedSession, tenant_session

LIST_FILE, ZIP_FILE = "下发清单.xlsx", "下发表.zip"
Progress = Callable[[int, int, str], None]
"""Told before each file: how many are done, of how many, and the name of the next."""


@dataclass(frozen=True)
class Order:
    """What is to be handed out. `units`: names, all that have rows by default. `mark`: by which an interrupted round is
    known again, the folder by default. One that has a mark of its own is made in a folder that nobody has: the files of
    an earlier run are made anew, and `give_out` says when they are somebody's."""

    plan: int | None
    out: Path
    title: str
    due: date | None
    units: tuple[str, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Sent:
    """One packet of a round; `kept`: it stood there from an earlier run."""

    unit: str
    file: str
    rows: int
    version: str
    kept: bool


@dataclass(frozen=True)
class Dispatch:
    """A round as handed out. `without_unit`: rows that nobody got, because no unit is written in them."""

    id: int
    key: str
    title: str
    due: date | None
    folder: Path
    packets: tuple[Sent, ...]
    without_unit: int


@dataclass(frozen=True)
class Job:
    """A packet to be made; with `version` it was begun in an earlier run. `part`: for a division."""

    unit_id: int
    unit: str
    file: str
    version: str = ""
    fingerprint: str | None = None
    rows: int = 0
    part: str = ""


class Sender:
    """One round, from its beginning or from where it stopped."""

    def __init__(
        self, tenant: str, order: Order, today: date, clock: runner.Clock, caller: Caller = THE_OFFICE
    ) -> None:
        self._tenant, self._order, self._today, self._clock, self._caller = tenant, order, today, clock, caller
        self.done: list[Sent] = []

    def send(self, progress: Progress) -> Dispatch:
        """Write all packets, the list and the zip. Each packet is a transaction of its own: a run that was interrupted
        goes on in the next one. An order with a mark of its own is handed out by `give_out` only. Raises the errors of
        this room."""
        with self._session() as session:
            round_, table = begin(session, self._order)
            make_folder(self._order.out)  # before the round stands: one without a folder could never go on
            jobs, without = _jobs(session, round_), _without_unit(session, round_.plan_id)
            id_, key, title, due = round_.id, round_.key, round_.title, round_.due
        heading = Heading(title, "", due)
        for number, job in enumerate(jobs):
            progress(number, len(jobs), job.file)
            self.done.append(self._packet(id_, table, job, replace(heading, unit=job.unit)))
        folder, at = self._order.out, self._clock()
        packets = [(one.unit, one.file, one.rows, one.version) for one in self.done]
        write_atomically(folder / LIST_FILE, list_of_packets(title, due, packets, at))
        _zip(folder, [LIST_FILE, *(one.file for one in self.done)])
        done = Dispatch(id_, key, title, due, folder, tuple(self.done), without)
        if not self._order.mark:
            with self._session() as session:
                give_out(session, done, at)
        return done

    def _session(self) -> AbstractContextManager[ScopedSession]:
        return tenant_session(self._tenant, self._caller.actor, self._caller.via, self._caller.address)

    def _packet(self, round_id: int, table: str, job: Job, heading: Heading) -> Sent:
        path, via = self._order.out / job.file, f"round:{job.file}"
        store = PacketStore(self._tenant, via, self._today, round_id, job, self._caller, bool(self._order.mark))
        copy = ExcelCopy(path, lay_out(heading))
        if path.exists():
            store.recognise(path, copy)
            return Sent(job.unit, job.file, job.rows, job.version, True)
        plan = runner.export(store, copy, self._clock, table=table, holder=str(job.unit_id), who=OFFICE)
        return Sent(job.unit, job.file, len(plan.writes.rows), plan.pass_id, False)


def give_out(session: ScopedSession, done: Dispatch, at: datetime) -> None:
    """The round is handed out when this session commits: its packets are owed from now on, and others are told."""
    sent = update(Round).where(Round.id == done.id, Round.state == "sending").values(state="sent", sent_at=at)
    plan_id = session.scalar(sent.returning(Round.plan_id))
    if plan_id is None:  # it was said by an earlier run
        return
    number = len(done.packets)
    record_act(session, Action.ROUND_SENT, subject=("round", done.id), detail={"packets": number})
    tell(session, "round.sent", lambda: {"round": done.id, "plan": plan_id, "packets": number})


class PacketStore(RoundStore):
    """Notes the packet with the pass that makes it, and its fingerprint with the file. `instead`: one that an earlier
    run made was given to nobody, and this one takes its place."""

    def __init__(
        self, tenant: str, via: str, today: date, round_id: int, job: Job, caller: Caller, instead: bool = False
    ) -> None:
        super().__init__(tenant, caller.actor, via, today, address=caller.address)
        self._round_id, self.job, self._instead = round_id, job, instead

    def commit(self, plan: PassPlan, revision: int) -> None:
        with self.together() as session:
            super().commit(plan, revision)
            made = {"copy": plan.copy, "version": plan.pass_id, "rows": len(plan.writes.rows)}
            if self._instead and self.job.version:
                earlier = update(Packet).where(Packet.round_id == self._round_id, Packet.version == self.job.version)
                session.execute(earlier.values(**made, fingerprint=None))
                return
            of = {"unit_id": self.job.unit_id, "file": self.job.file, "part": self.job.part}
            session.add(Packet(round_id=self._round_id, **of, **made))

    def confirm(self, pass_id: str, fingerprint: str) -> None:
        with self.together() as session:
            super().confirm(pass_id, fingerprint)
            session.execute(update(Packet).where(Packet.version == pass_id).values(fingerprint=fingerprint))

    def recognise(self, path: Path, copy: ExcelCopy) -> None:
        """The file of an earlier run, which was interrupted before or after it was noted. Raises PacketExists."""
        mark = fingerprint(read_workbook(path))
        if self.job.version and mark == self.job.fingerprint:
            return
        stamp: Stamp | None = None
        with suppress(Exception):
            stamp = read_stamp(copy.stamp(), self.key())
        if stamp is None or stamp.pass_id != self.job.version:
            raise PacketExists(name=path.name)
        self.confirm(stamp.pass_id, mark)


def begin(session: ScopedSession, order: Order) -> tuple[Round, str]:
    """The round that was interrupted in this folder, or a new one; and the key of its table."""
    plan = find_plan(session, order.plan)
    if plan.status != "confirmed":
        raise PlanIsDraft(title=plan.title)
    folder = order.mark or str(order.out.resolve())
    begun = select(Round).where(Round.plan_id == plan.id, Round.folder == folder, Round.state == "sending")
    session.execute(select(Plan.id).order_by(Plan.id).with_for_update())  # two hand-outs at once: two numbers
    found = session.scalar(begun)
    units = _units(session, plan.id, order.units)
    if found is not None:
        asked = (("期限", order.due, found.due), ("标题", order.title, found.title))
        changed = [what for what, given, stands in asked if given and given != stands]
        changed += ["单位"] if order.units and units != found.units else []
        if changed:
            raise RoundUnderWay(folder=order.out, key=found.key, what="、".join(changed))
        return found, plan_key(plan.id)
    if not units:
        raise NothingToSend(why="所列单位在要点中没有任务行" if order.units else "各行都没有写明责任单位")
    number = session.scalar(select(func.count()).select_from(Round)) + 1
    round_ = Round(
        plan_id=plan.id, key=str(number), title=order.title or plan.title, due=order.due, folder=folder, units=units
    )
    session.add(round_)
    session.flush()
    return round_, plan_key(plan.id)


def _units(session: ScopedSession, plan_id: int, names: Sequence[str]) -> list[int]:
    """Ids of the units that have rows, by name; only the named ones where some are named. Raises `UnitUnknown`."""
    query = (
        select(Unit.id, Unit.name)
        .where(Unit.id.in_(_rows(plan_id).with_only_columns(Assignment.unit_id)))
        .order_by(Unit.name)
    )
    having = [id_ for id_, _ in session.execute(query)]
    directory = read_directory(session)
    wanted = {directory.get(name).id for name in names}
    return [id_ for id_ in having if not names or id_ in wanted]


def _rows(plan_id: int) -> Select[Any]:
    query = select(Occurrence.id).join(Assignment, tenant_join(Occurrence.assignment_id, Assignment))
    live = Task.plan_id == plan_id, ~Assignment.closed, ~Occurrence.past
    return query.join(Task, tenant_join(Assignment.task_id, Task)).where(*live)


def _without_unit(session: ScopedSession, plan_id: int) -> int:
    query = _rows(plan_id).where(Assignment.unit_id.is_(None)).subquery()
    return session.scalar(select(func.count()).select_from(query))


def _jobs(session: ScopedSession, round_: Round) -> list[Job]:
    by_id = read_directory(session).by_id
    packets = session.scalars(select(Packet).where(Packet.round_id == round_.id, Packet.part == "").order_by(Packet.id))
    begun = {packet.unit_id: packet for packet in packets}
    units = [by_id[id_] for id_ in round_.units]
    files = file_names((f"{unit.name}_{safe_name(round_.title)}" for unit in units), ".xlsx", (LIST_FILE, ZIP_FILE))
    jobs = [Job(unit.id, unit.name, file) for unit, file in zip(units, files, strict=True)]
    return [taken_up(job, begun[job.unit_id]) if job.unit_id in begun else job for job in jobs]


def taken_up(job: Job, packet: Packet) -> Job:
    """A job that was begun in an earlier run."""
    return replace(job, file=packet.file, version=packet.version, fingerprint=packet.fingerprint, rows=packet.rows)


def _zip(folder: Path, files: Sequence[str]) -> None:
    """All of them in one file; workbooks are compressed already."""
    unfinished = folder / f".{ZIP_FILE}.tmp"
    with zipfile.ZipFile(unfinished, "w") as archive:
        for file in files:
            archive.write(folder / file, file)
    unfinished.replace(folder / ZIP_FILE)
