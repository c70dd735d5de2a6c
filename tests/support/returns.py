"""An office that collects returns in memory, and people who fill packets in."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import permutations

from bridges.memory import MemoryCopy
from bridges.sync.merge import plan_pass
from bridges.sync.plan import Plan
from bridges.sync.returns import Returned, review, settled_view
from bridges.sync.stamp import read_stamp, write_stamp
from bridges.table import Column, Table
from tests.support.sheets import COLUMNS, UNIT, Desk, clock

TABLE = Table("t", "任务分解表", (*COLUMNS, Column("note", "备注")), 2024)
VALUES = {
    "text": ("甲", "乙", "丙", None),
    "note": ("子", "丑"),
    "status": ("已完成", "推进中", "不明"),
    "count": (7, 8),
}
TEXTS = ("甲", "乙", "丙", "子", "丑")
COLUMN = {column.key: column for column in TABLE.columns}
FIELDS = tuple((f"r{n}", field) for n in range(2) for field in VALUES)
Values = dict[tuple[str, str], set[object]]
Cells = dict[tuple[str, str], object]


@dataclass
class Office:
    """A desk that collects: what it has received of each version is all that it remembers beside the store."""

    desk: Desk = field(default_factory=lambda: Desk(TABLE, rows=4))
    received: dict[str, list[Returned]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)

    def collect(self, copy: MemoryCopy) -> Plan | None:
        store = self.desk.store
        if copy.fingerprint() in self.seen:
            return None
        self.seen.add(copy.fingerprint())
        stamp = read_stamp(copy.stamp(), store.key())
        earlier = self.received.setdefault(stamp.pass_id, [])
        before = store.load(stamp)
        one = review(copy.read(TABLE), before, self.received)
        plan = one.complete(plan_pass(one.copy, one.before, who=UNIT, at=clock().isoformat(), found=one.found))
        assert not plan.stopped
        store.commit(plan, before.revision)
        earlier.append(Returned(one.edits, store.passes[plan.pass_id].number, one.corrected))
        return plan

    def reply(self, copy: MemoryCopy) -> MemoryCopy:
        """The return itself, with the table's values and messages: a new version."""
        copy = copy.save_as()
        stamp = read_stamp(copy.stamp(), self.desk.store.key())
        before = settled_view(self.desk.store.load(stamp), self.received)
        plan = plan_pass(copy.read(TABLE), before, who=UNIT, at=clock().isoformat())
        self.desk.store.commit(plan, before.revision)
        copy.write(plan, write_stamp(replace(stamp, pass_id=plan.pass_id), self.desk.store.key()), TABLE)
        return copy

    def values(self) -> Values:
        """{current value} ∪ {open candidates} of each cell, of what was understood."""
        found = {cell: {None} for cell in FIELDS}
        found |= {key: {cell.value.norm} for key, cell in self.desk.store.cells.items()}
        for candidate in self.desk.store.conflicts():
            if candidate.valid:
                found.setdefault(candidate.cell, set()).add(candidate.value.norm)
        return found


def filled(packet: MemoryCopy, cells: Cells) -> MemoryCopy:
    copy = packet.save_as()
    for (row, key), value in typed(cells).items():
        copy.row(row)[key] = value
    return copy


def typed(cells: Cells) -> Cells:
    """Texts that differ from row to row: equal ones would look like slid ids."""
    return {(row, key): f"{value}{row}" if value in TEXTS else value for (row, key), value in cells.items()}


def outcomes(number: int, build: Callable[[], tuple[Office, list[MemoryCopy]]]) -> list[Values]:
    """The final values for every order of arrival, each outcome once."""
    found = []
    for order in permutations(range(number)):
        office, copies = build()
        for index in order:
            office.collect(copies[index])
        if office.values() not in found:
            found.append(office.values())
    return found
