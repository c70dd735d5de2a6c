"""What every copy adapter must do, whatever a sheet is made of. Subclass `CopyContract` and say how to make one and
how a person types into it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bridges import runner
from bridges.memory import MemoryStore
from bridges.ports import Busy, Changed, Copy
from bridges.sync.model import ID, NOTE, OFFICE, CopyRow, CopySnapshot
from bridges.sync.plan import AppendRow, CellWrite, Plan, Writes
from bridges.sync.values import read
from bridges.table import Column, Scalar, Table

WORDS = {"进行中": "in_progress", "已完成": "done"}
TABLE = Table(
    key="contract",
    title="任务分解表",
    year=2024,
    columns=(
        Column("title", "任务", owner="office", required=True),
        Column("units", "责任单位", "units", owner="office"),
        Column("status", "完成情况", "status", blank="keep", choices=tuple(WORDS), words=WORDS),
        Column("percent", "完成率(%)", "percent", blank="keep"),
        Column("count", "完成数量", "number", blank="keep"),
        Column("day", "完成日期", "date", blank="keep"),
        Column("text", "进展情况"),
    ),
)
ROWS = (
    AppendRow("r1", ("公开目录", "甲、乙", "已完成", 100, 3, "2024-06-30", "第一行\n第二行"), ""),
    AppendRow("r2", ("解读材料", "甲", "进行中", 62.5, 2.25, None, "=不是公式"), "【同步】请看"),
    AppendRow("r3", ("培训", None, None, None, None, None, None), ""),
    AppendRow("r4", ("征求意见 <&>", "乙", "进行中", 0, 0, "2024-01-01", "  前后有空格 "), ""),
)
STAMPS = ("zwgk1 binding copy office p1 first", "zwgk1 binding copy office p2 second")


def clock() -> datetime:
    return datetime(2024, 6, 1, tzinfo=UTC)


def plan(fingerprint: str = "", cells: tuple[CellWrite, ...] = (), rows: tuple[AppendRow, ...] = ()) -> Plan:
    return Plan("p2", "p1", "binding", "copy", OFFICE, "科员", "2024-06-01", fingerprint, writes=Writes(cells, rows))


def address(snapshot: CopySnapshot, row: CopyRow, field: str) -> str:
    letters = dict(snapshot.columns) | {ID: snapshot.id_at, NOTE: snapshot.note_at}
    return letters[field] + row.at


def contents(snapshot: CopySnapshot) -> list[tuple]:
    return [(row.id, row.cells, row.note) for row in snapshot.rows]


class CopyContract:
    """Subclasses define `new`, `type_into` and `keep_busy`."""

    def new(self, folder: Path) -> Copy:
        """A copy that does not exist yet."""
        raise NotImplementedError

    def type_into(self, copy: Copy, at: str, value: Scalar) -> None:
        """A person types a value into the cell with this address."""
        raise NotImplementedError

    def keep_busy(self, copy: Copy) -> None:
        """Somebody has the copy open in a way that it cannot be written."""
        raise NotImplementedError

    @pytest.fixture
    def copy(self, tmp_path: Path) -> Iterator[Copy]:
        copy = self.new(tmp_path)
        copy.create(plan(rows=ROWS), STAMPS[0], TABLE)
        return copy

    def test_what_was_laid_out_is_read_again(self, copy: Copy) -> None:
        snapshot = copy.read(TABLE)
        assert [key for key, _ in snapshot.columns] == [column.key for column in TABLE.columns]
        assert contents(snapshot) == [(row.id, row.cells, row.note) for row in ROWS]
        assert snapshot.trouble == ""
        assert snapshot.appendable

    def test_the_stamp_is_read_again(self, copy: Copy) -> None:
        assert copy.stamp() == copy.read(TABLE).stamp == STAMPS[0]

    def test_reading_changes_nothing(self, copy: Copy) -> None:
        assert copy.read(TABLE) == copy.read(TABLE)

    def test_creating_gives_the_fingerprint(self, tmp_path: Path) -> None:
        copy = self.new(tmp_path)
        assert copy.create(plan(rows=ROWS), STAMPS[0], TABLE) == copy.read(TABLE).fingerprint

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("status", "进行中"),
            ("status", None),
            ("percent", 80),
            ("count", 7),
            ("count", 1.5),
            ("day", "2024-02-29"),
            ("text", "=1+1"),
            ("text", "@某人\n-好的"),
            ("text", None),
            ("units", "丙"),
            (NOTE, "【同步】请改"),
            (NOTE, None),
            (ID, "r99"),
        ],
    )
    def test_what_was_written_is_read_again(self, copy: Copy, field: str, value: Scalar) -> None:
        before = copy.read(TABLE)
        write = CellWrite(address(before, before.rows[1], field), "r2", field, value)
        fingerprint = copy.write(plan(before.fingerprint, (write,)), STAMPS[1], TABLE)
        after = copy.read(TABLE)
        keys = [ID, *(column.key for column in TABLE.columns), NOTE]
        flat = [dict(zip(keys, (row.id, *row.cells, row.note), strict=True)) for row in before.rows]
        flat[1][field] = (value or "") if field in (ID, NOTE) else value
        assert [tuple(row.values()) for row in flat] == [(row.id, *row.cells, row.note) for row in after.rows]
        assert (after.stamp, after.fingerprint) == (STAMPS[1], fingerprint)

    def test_a_new_stamp_alone_is_written(self, copy: Copy) -> None:
        before = copy.read(TABLE)
        copy.write(plan(before.fingerprint), STAMPS[1], TABLE)
        after = copy.read(TABLE)
        assert contents(after) == contents(before)
        assert after.stamp == STAMPS[1]
        assert after.fingerprint != before.fingerprint

    def test_rows_are_appended_below_the_last(self, copy: Copy) -> None:
        before = copy.read(TABLE)
        new = AppendRow("r5", ("新任务", "甲", "进行中", 10, 1, "2024-03-01", "刚开始"), "")
        copy.write(plan(before.fingerprint, rows=(new,)), STAMPS[1], TABLE)
        assert contents(copy.read(TABLE)) == [*contents(before), (new.id, new.cells, new.note)]

    def test_what_a_person_typed_stands_at_its_address(self, copy: Copy) -> None:
        before = copy.read(TABLE)
        self.type_into(copy, address(before, before.rows[2], "text"), "办了一半")
        after = copy.read(TABLE)
        assert after.rows[2].cells[-1] == "办了一半"
        assert contents(after)[:2] == contents(before)[:2]
        assert after.fingerprint != before.fingerprint

    def test_a_copy_that_changed_after_reading_is_not_written(self, copy: Copy) -> None:
        before = copy.read(TABLE)
        self.type_into(copy, address(before, before.rows[0], "text"), "抢先一步")
        write = CellWrite(address(before, before.rows[0], "text"), "r1", "text", "系统的值")
        with pytest.raises(Changed):
            copy.write(plan(before.fingerprint, (write,)), STAMPS[1], TABLE)
        after = copy.read(TABLE)
        assert after.rows[0].cells[-1] == "抢先一步"
        assert after.stamp == STAMPS[0]

    def test_a_copy_that_cannot_be_written_is_not_read(self, copy: Copy) -> None:
        self.keep_busy(copy)
        with pytest.raises(Busy):
            copy.stamp()
        with pytest.raises(Busy):
            copy.read(TABLE)

    def test_an_unedited_round_trip_is_empty(self, tmp_path: Path) -> None:
        store, copy = self._bound(tmp_path)
        before = copy.read(TABLE)
        assert runner.run_pass(store, copy, clock, who="科员").empty
        assert copy.read(TABLE) == before

    def test_an_edit_and_a_change_cross(self, tmp_path: Path) -> None:
        store, copy = self._bound(tmp_path)
        snapshot = copy.read(TABLE)
        self.type_into(copy, address(snapshot, snapshot.rows[0], "count"), 9)
        store.put("r2", "text", read(TABLE.columns[-1], "系统填写", 2024).value)
        done = runner.run_pass(store, copy, clock, who="科员")
        assert [(item.row, item.field) for item in done.report.applied] == [("r1", "count")]
        assert store.value("r1", "count").norm == 9
        assert copy.read(TABLE).rows[1].cells[-1] == "系统填写"
        assert runner.run_pass(store, copy, clock, who="科员").empty

    def _bound(self, folder: Path) -> tuple[MemoryStore, Copy]:
        store, copy = MemoryStore(TABLE), self.new(folder)
        for row in ROWS:
            pairs = zip(TABLE.columns, row.cells, strict=True)
            store.add(row.id, {c.key: read(c, raw, 2024).value for c, raw in pairs if raw is not None})
        runner.export(store, copy, clock, table="contract", holder=OFFICE, who="科员")
        return store, copy
