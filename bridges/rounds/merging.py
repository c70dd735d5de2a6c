"""One return: judged beside all others of its version, merged by the engine, and remembered, in one transaction."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from bridges.ports import Stale
from bridges.rounds.desk import Out
from bridges.rounds.models import Return
from bridges.rounds.reading import Read
from bridges.rounds.store import RoundStore, edits_as_json, received
from bridges.runner import MOVING, TRIES, Clock
from bridges.sync.merge import plan_pass
from bridges.sync.model import Before
from bridges.sync.plan import Plan, Records
from bridges.sync.returns import Edit, Review, edits_in, review, settled_view
from bridges.sync.stamp import Stamp
from core.plans.models import Occurrence
from tenants.sessions import ScopedSession


@dataclass(frozen=True)
class Merged:
    """What became of a return. `pass_key`: '' where nothing was to do. `double`: its content was taken before,
    and `reply` names the workbook that answered it. `corrected`: values that left by it; `foreign`: rows in it that
    belong to somebody else."""

    plan: Plan
    pass_key: str = ""
    edits: int = 0
    corrected: tuple[Edit, ...] = ()
    foreign: frozenset[str] = frozenset()
    double: bool = False
    reply: str = ""


def merge(store: RoundStore, one: Read, clock: Clock, confirmed: Collection[str]) -> Merged:
    """Merge a return against the base of its own version. Raises what the plan's services refuse.

    `confirmed`: codes of stops which a person has confirmed for this file.
    """
    for _ in range(TRIES):
        try:
            with store.together() as session:
                return _merged(session, store, one, clock, confirmed)
        except Stale:
            continue
    raise Stale(MOVING.message)


def _merged(session: ScopedSession, store: RoundStore, one: Read, clock: Clock, confirmed: Collection[str]) -> Merged:
    before = store.load(one.stamp)
    known = received(session, one.packet.plan_id, one.packet.unit_id)
    judged = review(one.snapshot(), before, known)
    who, at = one.packet.unit, clock().isoformat()
    plan = plan_pass(judged.copy, judged.before, who=who, at=at, confirmed=confirmed, found=judged.found)
    plan = judged.complete(plan)
    if plan.stopped:
        return Merged(plan)
    pass_key = plan.pass_id if _says_anything(plan.records) else ""
    if not _remember(session, one, judged, pass_key):
        return Merged(plan, double=True, reply=session.scalars(_same(one)).one().reply_file)
    if pass_key:
        store.commit(plan, before.revision)
    return Merged(plan, pass_key, len(judged.edits), judged.corrected, _foreign(session, before, plan))


def _says_anything(records: Records) -> bool:
    """We never write into a return: how its cells would be left is nothing to keep by itself."""
    return replace(records, base=()) != Records()


def _remember(session: ScopedSession, one: Read, judged: Review, pass_key: str) -> bool:
    """Note the return; False where the same content was taken before."""
    new = insert(Return).values(
        tenant_id=session.scope.tenant_id,
        packet_id=one.packet.id,
        version=one.stamp.pass_id,
        content=one.content,
        fingerprint=one.fingerprint,
        file=one.found.label,
        edits=edits_as_json(judged.edits),
        corrected=edits_as_json(judged.corrected),
        pass_key=pass_key,
        reply="",
        reply_file="",
    )
    return session.scalar(new.on_conflict_do_nothing().returning(Return.id)) is not None


def _same(one: Read) -> Select[tuple[Return]]:
    """The return with the same content."""
    return select(Return).where(Return.version == one.stamp.pass_id, Return.content == one.content)


def _foreign(session: ScopedSession, before: Before, plan: Plan) -> frozenset[str]:
    """Ids in the return that are rows of the plan, but not of this packet."""
    unknown = {item.row for item in plan.report.waiting if item.row and item.row not in before.base}
    if not unknown:
        return frozenset()
    return frozenset(session.scalars(select(Occurrence.key).where(Occurrence.key.in_(unknown))))


def drafts_first(store: RoundStore, reads: list[Read]) -> list[Read]:
    """Returns of one version in the order in which they were probably written: what says less comes first."""
    if len(reads) < 2:
        return reads
    before = store.load(reads[0].stamp)
    return sorted(reads, key=lambda one: (len(edits_in(one.snapshot(), before)), one.content))


class ReplyStore(RoundStore):
    """The store for the answer to a return, which is an ordinary pass over a copy of its file: all that was read from
    its version is known, and the return notes the new version."""

    packet: Out
    answers: Read
    file: str

    def answering(self, one: Read, file: str) -> "ReplyStore":
        """Set what is answered, and the name of the file that will be the answer."""
        self.packet, self.answers, self.file = one.packet, one, file
        return self

    def load(self, stamp: Stamp) -> Before:
        with self.together() as session:
            before = super().load(stamp)
            return settled_view(before, received(session, self.packet.plan_id, self.packet.unit_id))

    def commit(self, plan: Plan, revision: int) -> None:
        with self.together() as session:
            super().commit(plan, revision)
            found = session.scalars(_same(self.answers)).one()
            found.reply, found.reply_file = plan.pass_id, self.file
