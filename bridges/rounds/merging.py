"""One return: judged beside all others of its version, merged by the engine, and remembered, in one transaction."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert

from bridges.ports import Stale
from bridges.rounds.models import Return
from bridges.rounds.reading import Read
from bridges.rounds.store import RoundStore, edits_as_json, received
from bridges.runner import MOVING, TRIES, Clock
from bridges.sync.merge import plan_pass
from bridges.sync.model import Before
from bridges.sync.plan import Plan as PassPlan
from bridges.sync.plan import Records
from bridges.sync.returns import Edit, Review, edits_in, review
from core.plans.models import Assignment, Occurrence, Plan
from core.units.models import Unit
from core.webhooks.events import tell
from tenants.db import tenant_join
from tenants.sessions import ScopedSession


@dataclass(frozen=True)
class Merged:
    """What became of a return. `pass_key`: '' where nothing was to do. `double`: its content was taken before,
    and `reply` names the workbook that answered it. `corrected`: values that left by it; `foreign`: ids of rows in it
    that are somebody else's → whose, '' for nobody's."""

    plan: PassPlan
    pass_key: str = ""
    edits: int = 0
    corrected: tuple[Edit, ...] = ()
    foreign: Mapping[str, str] = field(default_factory=dict)
    double: bool = False
    reply: str = ""


def merge(store: RoundStore, one: Read, clock: Clock, confirmed: Collection[str]) -> Merged:
    """Merge a return against the base of its own version. Raises what the plan's services refuse.

    `confirmed`: codes of stops which a person has confirmed for this file.
    """
    for left in reversed(range(TRIES)):  # how many tries are left after this one
        try:
            with store.together() as session:
                if not left:  # others write faster than this return is merged: now they wait for it
                    session.execute(select(Plan.id).where(Plan.id == one.packet.plan_id).with_for_update())
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
        store.refused(plan.stopped.code)
        return Merged(plan)
    pass_key = plan.pass_id if _says_anything(plan.records) else ""
    if not _remember(session, one, judged, pass_key):
        return Merged(plan, double=True, reply=session.scalars(same_return(one)).one().reply_file)
    if pass_key:
        store.commit(plan, before.revision)
    returned = {"round": one.packet.round_id, "unit": one.packet.unit_id, "plan": one.packet.plan_id, "pass": pass_key}
    tell(session, "round.returned", lambda: returned)
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


def same_return(one: Read) -> Select[tuple[Return]]:
    """The return with the same content, as it was noted."""
    return select(Return).where(Return.version == one.stamp.pass_id, Return.content == one.content)


def _foreign(session: ScopedSession, before: Before, plan: PassPlan) -> Mapping[str, str]:
    """Ids in the return that are rows of the tenant, but not of this packet → their units."""
    unknown = {item.row for item in plan.report.waiting if item.row and item.row not in before.base}
    if not unknown:
        return {}
    query = (
        select(Occurrence.key, func.coalesce(Unit.name, ""))
        .join(Assignment, tenant_join(Occurrence.assignment_id, Assignment))
        .outerjoin(Unit, tenant_join(Assignment.unit_id, Unit))
        .where(Occurrence.key.in_(unknown))
    )
    return dict(map(tuple, session.execute(query)))


def drafts_first(store: RoundStore, reads: list[Read]) -> list[Read]:
    """Returns of one version in the order in which they were probably written: what says less comes first."""
    if len(reads) < 2:
        return reads
    before = store.load(reads[0].stamp)
    return sorted(reads, key=lambda one: (len(edits_in(one.snapshot(), before)), one.content))
