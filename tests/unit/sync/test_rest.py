"""A copy that rests is not read, and the answer is the one that reading it would give."""

from dataclasses import replace

import pytest

from bridges import runner
from bridges.memory import MemoryCopy
from bridges.sync.model import Refusals
from bridges.sync.plan import Plan, Report
from bridges.table import Column, Table
from tests.support.oracle import Broken
from tests.support.sheets import Desk, clock
from tests.support.simulator import run_history


class Unread(MemoryCopy):
    def read(self, table: Table) -> None:
        raise AssertionError("it was read")


def resting(desk: Desk) -> MemoryCopy:
    copy = desk.export()
    assert desk.sync(copy).empty
    return copy


def unread(copy: MemoryCopy) -> Unread:
    other = Unread()
    other.__dict__ |= copy.__dict__
    return other


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_copy_that_rests_is_not_read(dry_run: bool) -> None:
    desk = Desk()
    copy = resting(desk)
    desk.store.last_checked_at = ""
    plan = desk.sync(unread(copy), dry_run=dry_run)
    assert (plan.empty, plan.report, plan.status, plan.as_json()["pass"]) == (True, Report(), 0, None)
    assert bool(desk.store.last_checked_at) is not dry_run


def test_a_busy_copy_is_busy_also_when_it_rests() -> None:
    desk = Desk()
    copy = resting(desk)
    copy.busy = "有人打开着这个文件"
    assert desk.sync(copy).stopped.code == "busy"


def typed(desk: Desk, copy: MemoryCopy) -> None:
    copy.row("r0")["text"] = "新"


def moved(desk: Desk, _copy: MemoryCopy) -> None:
    desk.put("r1", "text", "库")


def added(desk: Desk, _copy: MemoryCopy) -> None:
    desk.add("r10", "k9", title="新任务", text="始")


def closed(desk: Desk, _copy: MemoryCopy) -> None:
    desk.store.set_state("r2", "left")


def declared(desk: Desk, _copy: MemoryCopy) -> None:
    words = {**desk.columns["status"].words, "弄好了": "done"}
    columns = tuple(replace(c, words=words) if c.key == "status" else c for c in desk.store.declaration.columns)
    desk.store.declaration = replace(desk.store.declaration, columns=columns)


@pytest.mark.parametrize("change", [typed, moved, added, closed, declared])
def test_whatever_changes_ends_the_rest(change) -> None:
    desk = Desk()
    copy = resting(desk)
    change(desk, copy)
    with pytest.raises(AssertionError, match="it was read"):
        desk.sync(unread(copy))


@pytest.mark.parametrize("again", [1, 2])
def test_what_must_be_told_each_time_gives_no_rest(again: int) -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["count"] = "很多"
    for _ in range(again + 1):
        plan = desk.sync(copy)
    assert plan.empty
    assert plan.report.open
    with pytest.raises(AssertionError, match="it was read"):
        desk.sync(unread(copy))


def test_the_rest_of_random_histories_is_what_reading_would_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    rested, look = [], runner._resting

    def compared(store, copy, clock_, who: str, dry_run: bool) -> Plan | None:
        plan = look(store, copy, clock_, who, dry_run)
        if plan is not None:
            seen = runner._looked(store, copy, clock, who, frozenset({"rows_missing", "ids_slid"}), Refusals())
            read = seen.plan
            rested.append(plan)
            if not read.empty or read.report != plan.report:
                raise Broken(f"{plan} rests, and there is {read}")
        return plan

    monkeypatch.setattr(runner, "_resting", compared)
    for seed in range(900_000, 900_060):
        run_history(seed, steps=25)
    assert len(rested) > 20


def test_a_column_more_is_another_declaration() -> None:
    desk = Desk()
    copy = resting(desk)
    columns = (*desk.store.declaration.columns, Column("more", "新列"))
    desk.store.declaration = replace(desk.store.declaration, columns=columns)
    assert desk.store.resting(copy.fingerprint()) is None
