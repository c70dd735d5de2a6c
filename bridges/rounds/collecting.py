"""Collecting what came back: read everything, merge each return against its own base, answer, and report."""

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy import select

from bridges.excel.disk import make_folder
from bridges.ports import Stale
from bridges.rounds.answering import Answerer, Progress, Taken
from bridges.rounds.caller import THE_OFFICE, Caller
from bridges.rounds.desk import Desk, read_desk
from bridges.rounds.errors import NoSuchFile
from bridges.rounds.gathering import Found, Passed, gather, told_apart
from bridges.rounds.merging import drafts_first, merge
from bridges.rounds.models import Packet, Return
from bridges.rounds.reading import Double, NotTaken, Read, Reader
from bridges.rounds.report import Collection, FileReport, of_merged
from bridges.rounds.status import shown_part, who_owes
from bridges.rounds.store import RoundStore
from bridges.runner import Clock
from bridges.store.declared import Tables
from core.units.models import Unit
from tenants.audit.actions import Action
from tenants.audit.acts import record_act
from tenants.db import tenant_join
from tenants.errors import ZwgkError
from tenants.sessions import ScopedSession, tenant_session

OTHER_ROUND = "这是第 {key} 批的下发表，本次只汇总第 {current} 批，未汇总"


@dataclass(frozen=True)
class Task:
    """What is to be collected. `accepted`: file → unit; `confirmed`: file → codes of stops; both said by a person.
    `round`: only this one; `replies`: the folder for answers; `again`: what was taken before is answered too, unless
    its answer lies there (the run that took it may have died before it was written)."""

    paths: tuple[Path, ...]
    round: str | None = None
    replies: Path | None = None
    accepted: Mapping[str, str] = field(default_factory=dict)
    confirmed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    dry_run: bool = False
    again: bool = False


class Collector:
    """One run over what was dropped here."""

    def __init__(
        self, tenant: str, task: Task, today: date, clock: Clock, progress: Progress, caller: Caller = THE_OFFICE
    ) -> None:
        self._tenant, self._task, self._today, self._clock, self._progress = tenant, task, today, clock, progress
        self._caller = caller
        self._rehearsal: ScopedSession | None = None
        self._tables: Tables = {}
        self.done = 0

    def collect(self) -> Collection:
        """Read all files, merge the returns among them, and say of each file what became of it. Each return is one
        transaction: what is finished stands when a run is interrupted, and the next run goes on.

        Raises `RoundUnknown`, `NoRound`, `FileUnreadable` for the folder of answers.
        """
        with tempfile.TemporaryDirectory(prefix="zwgk-round-") as folder, self._scene():
            desk = self._desk()
            if self._task.replies and not self._task.dry_run:
                make_folder(self._task.replies)  # before anything is merged: the report would be lost
            reads, files = self._read(desk, Path(folder))
            merged = []
            for number, one in enumerate(self._in_order(reads)):
                self._progress("汇总", number, len(reads), one.found.label)
                merged.append(self._merge(desk, one))
            if self._task.replies and not self._task.dry_run:
                answerer = Answerer(self._tenant, self._task.replies, self._today, self._clock, self._caller)
                files.extend(answerer.answer(desk.round, merged, self._progress))
            else:
                files.extend(one.report for one in merged)
            returned, divisions = self._answers(desk)
            self._note(desk, files)
        files.sort(key=lambda file: file.file)
        return Collection(desk.round, tuple(files), tuple(desk.units), returned, self._task.dry_run, divisions)

    @contextmanager
    def _scene(self) -> Iterator[None]:
        """A dry run is the real one in a transaction that is taken back."""
        if not self._task.dry_run:
            yield
            return
        with tenant_session(self._tenant, self._caller.actor, self._caller.via, self._caller.address) as session:
            self._rehearsal = session
            try:
                yield
            finally:
                session.rollback()

    def _store(self, actor: str, via: str) -> RoundStore:
        return RoundStore(
            self._tenant, actor, via, self._today, self._rehearsal, self._tables, address=self._caller.address
        )

    def _own_store(self) -> RoundStore:
        return self._store(self._caller.actor, self._caller.via)

    def _desk(self) -> Desk:
        with self._own_store().together() as session:
            return read_desk(session, self._task.round, self._caller.units)

    def _answers(self, desk: Desk) -> tuple[frozenset[str], tuple[str, ...]]:
        """Units from which something has come, and divisions from which nothing has."""
        with self._own_store().together() as session:
            owing = who_owes(session, desk.round.id)
            divisions = tuple(shown_part(unit, part) for unit, part in owing if part and unit in desk.units)
            return units_that_returned(session, desk.round.id), divisions

    def _note(self, desk: Desk, files: Sequence[FileReport]) -> None:
        """Write the run into the audit, unless it found nothing new."""
        states = Counter(file.state for file in files)
        if states.keys() <= {"double", "skipped"}:
            return
        with self._own_store().together() as session:
            record_act(session, Action.ROUND_COLLECTED, subject=("round", desk.round.id), detail=states)

    # ------------------------------------------------------------ reading

    def _read(self, desk: Desk, spool: Path) -> tuple[list[Read], list[FileReport]]:
        found = told_apart(gather(self._task.paths, spool))
        named, labels = (*self._task.accepted, *self._task.confirmed), {one.label for one in found}
        if unknown := next((file for file in named if file not in labels), None):
            raise NoSuchFile(file=unknown)
        store, task = self._own_store(), self._task
        reader = Reader(store, desk, spool, dict(task.accepted), again=task.again)
        reads: list[Read] = []
        files: list[FileReport] = []
        for one in found:
            if isinstance(one, Passed):
                state = "skipped" if one.harmless else "refused"
                files.append(FileReport(one.label, state, code="skipped", message=one.why))
        wanted = [one for one in found if isinstance(one, Found)]
        for number, (one, read) in enumerate(zip(wanted, reader.read_all(wanted), strict=True)):
            self._progress("读取", number, len(wanted), one.label)
            if isinstance(read, Read) and (self._task.round is None or read.packet.round_id == desk.round.id):
                reads.append(read)
            else:
                files.append(_not_merged(read, desk))
        return reads, files

    def _in_order(self, reads: Sequence[Read]) -> Iterator[Read]:
        versions: dict[str, list[Read]] = defaultdict(list)
        for read in reads:
            versions[read.stamp.pass_id].append(read)
        store = self._own_store()
        for version in sorted(versions):
            yield from drafts_first(store, versions[version])

    # ------------------------------------------------------------ merging

    def _merge(self, desk: Desk, one: Read) -> Taken:
        label, packet = one.found.label, one.packet
        late = packet.round_id != desk.round.id
        store = self._store(f"unit:{packet.unit}", f"return:{label}")
        try:
            merged = merge(store, one, self._clock, self._task.confirmed.get(label, frozenset()))
            merged = merged if self._caller.units is None else replace(merged, foreign={})  # whose, the office is told
        except (ZwgkError, Stale) as refusal:
            code = refusal.code if isinstance(refusal, ZwgkError) else "busy"
            store.refused(code)
            said = {"code": code, "message": str(refusal)}
            return Taken(one, None, FileReport(label, "refused", packet.unit, packet.round, late, **said))
        self.done += 1
        return Taken(one, merged, of_merged(label, packet.unit, packet.round, late, merged, desk.units))


def _not_merged(read: Read | Double | NotTaken, desk: Desk) -> FileReport:
    if isinstance(read, NotTaken):
        state = "unknown" if read.code in ("unknown_stamp", "no_stamp", "master", "not_a_unit") else "refused"
        return FileReport(read.label, state, read.unit, code=read.code, message=read.message)
    packet = read.packet
    late = packet.round_id != desk.round.id
    if isinstance(read, Double):
        return FileReport(read.label, "double", packet.unit, packet.round, late)
    message = OTHER_ROUND.format(key=packet.round, current=desk.round.key)
    return FileReport(
        read.found.label, "not_taken", packet.unit, packet.round, late, code="wrong_round", message=message
    )


def units_that_returned(session: ScopedSession, round_id: int) -> frozenset[str]:
    """Units of a round of which anything has come back."""
    query = (
        select(Unit.name)
        .join(Packet, tenant_join(Packet.unit_id, Unit))
        .join(Return, tenant_join(Return.packet_id, Packet))
        .where(Packet.round_id == round_id)
    )
    return frozenset(session.scalars(query))
