"""One pass from end to end: read the copy, plan, commit, write the copy. The order is the safety.

The database commits before the copy is written, and nothing is replayed: after a crash in between, the copy still
carries its old stamp, and the next pass computes anew from it.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bridges.ports import Busy, Changed, Copy, Stale, Store
from bridges.sync.export import plan_export
from bridges.sync.merge import plan_pass
from bridges.sync.model import Before, Refusals
from bridges.sync.plan import Plan, Report, RowItem, Stop
from bridges.sync.stamp import Stamp, read_stamp, write_stamp
from bridges.sync.undo import Done, OpenCell, plan_settlement, plan_undo
from bridges.table import Table, headed
from tenants.errors import ZwgkError

TRIES = 5
NO_STAMP = Stop(
    "no_stamp",
    "这个文件没有同步标记（不是系统导出的表，或是只供阅读的汇总表，或标记已被删除）；未做任何改动。"
    "请用系统导出的表；自己的表请先接管。",
)
BAD_STAMP = Stop("bad_stamp", "这个文件的同步标记被改动过，或属于另一个租户；未做任何改动。请用系统导出的表。")
FOREIGN_STAMP = Stop("unknown_stamp", "系统中没有这个文件的同步记录；未做任何改动。请重新导出。")

MOVING = Stop("busy", "系统中的数据或这个文件正在被别人修改；未做任何改动。请稍后再试。")
CHANGED = "这个文件在同步时又被改动过，没有写入。"


class PlanMoving(ZwgkError):
    """Others change the plan so fast that what was made from it could not be stored."""

    code = MOVING.code
    sentence = "{why}"
    passing = True


Clock = Callable[[], datetime]


def run_pass(
    store: Store,
    copy: Copy,
    clock: Clock,
    *,
    who: str,
    dry_run: bool = False,
    confirmed: Collection[str] = frozenset(),
) -> Plan:
    """Bring a copy and the table into step. A dry run gives the same Plan and changes nothing.

    `confirmed`: codes of stops which a person has confirmed for this file. A copy that cannot be written now is not
    read: the Plan is stopped with code `busy`. When the copy changes, or becomes busy, between reading and writing,
    edits are in the database and the next pass writes. A copy that rests (`Store.resting`) is not read either. Cells
    that cannot be written without loss wait, and the pass is planned anew around them.
    """

    def look(refusals: Refusals) -> Look | Plan:
        return _resting(store, copy, clock, who, dry_run) or _looked(store, copy, clock, who, confirmed, refusals)

    return _carried_out(store, copy, clock, who, look, dry_run=dry_run)


@dataclass(frozen=True)
class Look:
    """A plan, and what is needed to carry it out; of what it was made from no more than that, for both sides are large.
    `stamp`: of the copy as it was found; a sheet that becomes a copy has none, and its first pass is never empty."""

    plan: Plan
    stamp: Stamp
    table: Table
    revision: int


def _carried_out(
    store: Store, copy: Copy, clock: Clock, who: str, look: Callable[[Refusals], Look | Plan], *, dry_run: bool
) -> Plan:
    """Look, check, commit, write; anew when a side moved in between, or when cells turn out to have to wait. `look`
    gives a Plan where there is nothing to carry out."""
    refusals = Refusals()
    for _ in range(TRIES):
        try:
            seen = look(refusals)
            if isinstance(seen, Plan):
                if seen.stopped and not dry_run:
                    store.refused(seen.stopped.code)
                return seen
            plan, stamp = seen.plan, replace(seen.stamp, pass_id=seen.plan.pass_id)
            text = write_stamp(stamp, b"" if dry_run else store.key())
            if not plan.empty and (found := copy.check(plan, text, seen.table)):
                refusals |= found  # these cells wait; plan the others anew
                continue
            if dry_run:
                return plan
            if plan.empty:
                store.checked(seen.stamp, plan.at)
                if plan.report == Report():
                    store.rest(seen.stamp, seen.table, seen.revision, plan.fingerprint)
                return plan
            store.commit(plan, seen.revision)
        except Busy as busy:
            return _stopped(who, clock, Stop("busy", str(busy)))
        except (Changed, Stale):
            continue
        return _written(plan, store, copy, text, seen.table)
    return _stopped(who, clock, MOVING)


def _resting(store: Store, copy: Copy, clock: Clock, who: str, dry_run: bool) -> Plan | None:
    """The empty Plan of a copy in which there is nothing to do, known without reading it."""
    file = copy.fingerprint()
    at = clock().isoformat()
    stamp = store.resting(file, None if dry_run else at)
    if stamp is None:
        return None
    return Plan("", stamp.pass_id, stamp.binding, stamp.copy, stamp.holder, who, at, file)


def _looked(
    store: Store, copy: Copy, clock: Clock, who: str, confirmed: Collection[str], refusals: Refusals
) -> Look | Plan:
    """Read both sides and plan. Raises `Busy`, `Changed`."""
    text = copy.stamp()
    stamp = read_stamp(text, store.key())
    before = store.load(stamp) if stamp else None  # first: a copy may tell its stamp while it is still being read
    if before is None:
        return _stopped(who, clock, FOREIGN_STAMP if stamp else BAD_STAMP if text else NO_STAMP)
    snapshot = replace(copy.read(before.table), refusals=refusals)
    if snapshot.stamp != text:  # another content by now, or what was told stands in no cell
        raise Changed
    plan = plan_pass(snapshot, before, who=who, at=clock().isoformat(), confirmed=confirmed)
    return plan if plan.stopped else Look(plan, stamp, before.table, before.revision)


def _stopped(who: str, clock: Clock, stop: Stop) -> Plan:
    return Plan("", "", "", "", "", who, clock().isoformat(), "", stopped=stop)


def _written(plan: Plan, store: Store, copy: Copy, stamp: str, table: Table) -> Plan:
    """Write the copy. Where that fails after all, the edits are taken and the next pass writes."""
    try:
        fingerprint = copy.write(plan, stamp, table)
    except (Busy, Changed) as failure:
        item = RowItem("", "", f"{str(failure) or CHANGED}修改已收入系统，本表下次同步时写入。")
        waiting = (*plan.report.waiting, item)
        return replace(plan, report=replace(plan.report, written=(), messages=(), waiting=waiting))
    store.confirm(plan.pass_id, fingerprint)
    return plan


def _committed(
    store: Store, clock: Clock, who: str, make: Callable[[], tuple[Plan | None, Any]]
) -> tuple[Plan | None, Any]:
    """Make a plan from what the store holds now, and commit it; anew when the store moved in between. An undo that
    has nothing to take back leaves no trace."""
    for _ in range(TRIES):
        plan, seen = make()
        if plan is None or (plan.empty and not plan.copy):
            return plan, seen
        try:
            store.commit(plan, seen.revision)
        except Stale:
            continue
        return plan, seen
    return _stopped(who, clock, MOVING), None


def export(
    store: Store,
    copy: Copy,
    clock: Clock,
    *,
    table: str,
    holder: str,
    who: str,
    columns: Collection[str] = (),
    hidden: Collection[str] = (),
) -> Plan:
    """Lay out a new copy of a table for a holder. `columns`: of those that new copies have, these (none named: all);
    `hidden`: those that it has in any case, not for people but to be set out by. The pass is committed before the copy
    is made, so a crash leaves at worst a pass that no file carries. Raises `PlanMoving`."""

    def make() -> tuple[Plan, Before]:
        before = store.begin(table, holder)
        before = replace(before, table=headed(before.table, _headers(before, columns, hidden)))
        return plan_export(before, who=who, at=clock().isoformat()), before

    plan, before = _committed(store, clock, who, make)
    if plan.stopped:
        raise PlanMoving(why=plan.stopped.message)
    stamp = Stamp(before.binding, before.copy, holder, plan.pass_id)
    fingerprint = copy.create(plan, write_stamp(stamp, store.key()), before.table)
    store.confirm(plan.pass_id, fingerprint)
    return plan


def _headers(before: Before, columns: Collection[str], hidden: Collection[str]) -> Mapping[str, str]:
    common = {column.key: column.header for column in before.table.columns}
    shown = {key: header for key, header in (before.headers or common).items() if not columns or key in columns}
    return shown | {key: common[key] for key in hidden}


def adopt(
    store: Store,
    copy: Copy,
    clock: Clock,
    *,
    table: str,
    holder: str,
    who: str,
    look: Callable[[Before, Refusals], tuple[Plan, Table]],
    dry_run: bool = False,
) -> Plan:
    """Make a copy of a sheet that somebody else laid out.

    `look` gives the first pass over it, its rows identified by their contents, and the table as that sheet has it. The
    order is that of every pass: what cannot be written is known before the database commits.
    """

    def first(refusals: Refusals) -> Look | Plan:
        before = store.begin(table, holder)
        plan, own = look(before, refusals)
        stamp = Stamp(before.binding, before.copy, holder, "")
        return plan if plan.stopped else Look(plan, stamp, own, before.revision)

    return _carried_out(store, copy, clock, who, first, dry_run=dry_run)


def undo(store: Store, pass_id: str, clock: Clock, *, who: str) -> Plan | None:
    """Take a pass back (see `sync.undo`); None when there is no such pass. Copies get the values on their next pass."""

    def make() -> tuple[Plan | None, Done | None]:
        done = store.done(pass_id)
        return done and plan_undo(done, who=who, at=clock().isoformat()), done

    return _committed(store, clock, who, make)[0]


def settle(store: Store, owner: str, field: str, key: str | None, clock: Clock, *, who: str) -> Plan | None:
    """Settle an open cell from outside a sheet (see `sync.undo.plan_settlement`); None where nothing is open."""

    def make() -> tuple[Plan | None, OpenCell | None]:
        cell = store.cell(owner, field)
        return cell and plan_settlement(cell, key, who=who, at=clock().isoformat()), cell

    return _committed(store, clock, who, make)[0]
