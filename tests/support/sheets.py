"""A small table and its copies, for tests of the sync engine: one text cell, one status cell, and whose they are."""

from datetime import UTC, datetime

from bridges import runner
from bridges.memory import MemoryCopy, MemoryStore
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.sync.values import read
from bridges.table import Column, Raw, Table

WORDS = {
    "进行中": "in_progress",
    "推进中": "ongoing",
    "已完成": "done",
    "未启动": "not_started",
    "取消": "cancelled",
}
COLUMNS = (
    Column("title", "任务", owner="office", shared="task", required=True),
    Column("unit", "责任单位", owner="office"),
    Column("status", "完成情况", "status", blank="keep", choices=tuple(WORDS), words=WORDS),
    Column("text", "进展情况"),
    Column("count", "完成数量", "number", blank="keep"),
    Column("lamp", "灯", owner="derived"),
)
TABLE = Table("t", "任务分解表", COLUMNS, 2024)
UNIT = "甲"


def clock() -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC)


class Desk:
    """A store with ten rows `r0` … `r9` (two to a task), and the acts of a test in one word each."""

    def __init__(self, table: Table = TABLE, rows: int = 10) -> None:
        self.table = table
        self.columns = {column.key: column for column in table.columns}
        self.store = MemoryStore(table, lambda holder, row: self.value(row, "unit") == holder)
        for n in range(rows):
            cells = {
                "title": f"任务{n // 2}",
                "unit": UNIT,
                "status": "进行中",
                "text": f"文{n}",
                "count": n,
                "lamp": "绿",
            }
            self.add(f"r{n}", f"k{n // 2}", **cells)

    def add(self, id_: str, thing: str, **cells: Raw) -> None:
        values = {key: read(self.columns[key], raw, 2024).value for key, raw in cells.items() if key in self.columns}
        self.store.add(id_, values, {"task": thing})

    def put(self, id_: str, key: str, raw: Raw) -> None:
        """The office changes a cell of the table."""
        self.store.put(self.owner(id_, key), key, read(self.columns[key], raw, 2024).value)

    def owner(self, id_: str, key: str) -> str:
        row = self.store.rows[id_]
        return row.things.get(self.columns[key].shared, id_) if self.columns[key].shared else id_

    def value(self, id_: str, key: str) -> Raw:
        """What the table holds, as written."""
        return self.store.value(self.owner(id_, key), key).written

    def export(self, holder: str = OFFICE) -> MemoryCopy:
        copy = MemoryCopy()
        runner.export(self.store, copy, clock, table=self.table.key, holder=holder, who=holder)
        return copy

    def sync(self, copy: MemoryCopy, *confirmed: str, dry_run: bool = False) -> Plan:
        return runner.run_pass(self.store, copy, clock, who="科员", dry_run=dry_run, confirmed=confirmed)

    def undo(self, pass_id: str) -> Plan | None:
        return runner.undo(self.store, pass_id, clock, who="科员")

    def settle(self, id_: str, key: str, choice: str | None) -> Plan | None:
        return runner.settle(self.store, self.owner(id_, key), key, choice, clock, who="科员")

    def open(self, id_: str, key: str) -> list[Raw]:
        """Open candidates of a cell, as written."""
        found = self.store.candidates.get((self.owner(id_, key), key), {})
        return [candidate.value.written for candidate in found.values()]


def listed(plan: Plan, row: str | None = None, field: str | None = None) -> list[str]:
    """Names of the report's lists in which a cell (or anything) appears."""
    return [
        name
        for name, items in vars(plan.report).items()
        if name != "messages"
        and any(row in (None, item.row) and field in (None, getattr(item, "field", None)) for item in items)
    ]


def markdown_table(text: str, name: str) -> list[dict[str, str]]:
    """The rows of the table that follows `<!-- table: name -->`, each a mapping from header to cell."""
    lines = text.split(f"<!-- table: {name} -->", 1)[1].strip().splitlines()
    table = []
    for line in lines:
        if not line.startswith("|"):
            break
        table.append([cell.strip() for cell in line.strip("|").split("|")])
    header, _, *rows = table
    return [dict(zip(header, row, strict=True)) for row in rows]
