"""One pass from end to end: read the copy, plan, commit, write the copy. The order is the safety.

The database commits before the copy is written, and nothing is replayed: after a crash in between, the copy still
carries its old stamp, and the next pass computes anew from it.
"""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime

from bridges.ports import Busy, Changed, Copy, Stale, Store
from bridges.sync.export import plan_export
from bridges.sync.merge import plan_pass
from bridges.sync.plan import Plan, RowItem, Stop
from bridges.sync.stamp import Stamp, read_stamp, write_stamp
from bridges.sync.undo import plan_settlement, plan_undo
from bridges.table import Table

TRIES = 3
NO_STAMP = Stop(
    "no_stamp", "这个文件没有同步标记（不是系统导出的表，或标记已被删除）；未做任何改动。请用系统导出的表。"
)
BAD_STAMP = Stop("bad_stamp", "这个文件的同步标记被改动过，或属于另一个租户；未做任何改动。请用系统导出的表。")
FOREIGN_STAMP = Stop("unknown_stamp", "系统中没有这个文件的同步记录；未做任何改动。请重新导出。")

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
    edits are in the database and the next pass writes.
    """
    for attempt in range(TRIES):
        last = attempt == TRIES - 1
        try:
            plan, stamp, table, revision = _plan(store, copy, clock, who, confirmed)
        except Busy as busy:
            return _stopped(who, clock, Stop("busy", str(busy)))
        if plan.stopped or dry_run:
            return plan
        if plan.empty:
            store.checked(stamp, plan.at)
            return plan
        try:
            store.commit(plan, revision)
        except Stale:
            if last:
                raise
            continue
        try:
            fingerprint = copy.write(plan, write_stamp(replace(stamp, pass_id=plan.pass_id), store.key()), table)
        except (Busy, Changed):
            return _unwritten(plan)
        store.confirm(plan.pass_id, fingerprint)
        return plan
    raise AssertionError("unreachable: the last attempt returns or raises")


def _plan(
    store: Store, copy: Copy, clock: Clock, who: str, confirmed: Collection[str]
) -> tuple[Plan, Stamp | None, Table | None, int]:
    """Read both sides and plan; raises `Busy`."""
    text = copy.stamp()
    stamp = read_stamp(text, store.key())
    table = store.table(stamp) if stamp else None
    if table is None:
        stop = FOREIGN_STAMP if stamp else BAD_STAMP if text else NO_STAMP
        return _stopped(who, clock, stop), stamp, None, 0
    snapshot = copy.read(table)
    before = store.load(stamp)
    plan = plan_pass(snapshot, before, who=who, at=clock().isoformat(), confirmed=confirmed)
    return plan, stamp, table, before.revision


def _stopped(who: str, clock: Clock, stop: Stop) -> Plan:
    return Plan("", "", "", "", "", who, clock().isoformat(), "", stopped=stop)


def _unwritten(plan: Plan) -> Plan:
    """The edits were taken, the copy could not be written: its next pass will."""
    item = RowItem("", "", "表格正被打开或刚被改动，修改已收入系统，下次同步时写回本表")
    return replace(plan, report=replace(plan.report, waiting=(*plan.report.waiting, item)))


def export(store: Store, copy: Copy, clock: Clock, *, table: str, holder: str, who: str) -> Plan:
    """Lay out a new copy of a table for a holder. The pass is committed before the copy is made, so a crash leaves at
    worst a pass that no file carries."""
    before = store.begin(table, holder)
    plan = plan_export(before, who=who, at=clock().isoformat())
    store.commit(plan, before.revision)
    stamp = Stamp(before.binding, before.copy, holder, plan.pass_id)
    fingerprint = copy.create(plan, write_stamp(stamp, store.key()), before.table)
    store.confirm(plan.pass_id, fingerprint)
    return plan


def undo(store: Store, pass_id: str, clock: Clock, *, who: str) -> Plan | None:
    """Take a pass back (see `sync.undo`); None when there is no such pass. Copies get the values on their next pass."""
    done = store.done(pass_id)
    if done is None:
        return None
    plan = plan_undo(done, who=who, at=clock().isoformat())
    if not plan.empty:
        store.commit(plan, done.revision)
    return plan


def settle(store: Store, owner: str, field: str, key: str | None, clock: Clock, *, who: str) -> Plan | None:
    """Settle an open cell from outside a sheet (see `sync.undo.plan_settlement`); None where nothing is open."""
    cell = store.cell(owner, field)
    if cell is None:
        return None
    plan = plan_settlement(cell, key, who=who, at=clock().isoformat())
    store.commit(plan, cell.revision)
    return plan
