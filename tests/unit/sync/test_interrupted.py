"""Passes whose writer dies, whose copy cannot be written, or is another one by the time it is read."""

import pytest

from bridges.memory import MemoryCopy
from bridges.ports import Busy, Changed
from bridges.sync.model import ID
from bridges.sync.plan import Plan
from bridges.table import Table
from tests.support.sheets import UNIT, Desk, listed


class Crash(Exception):
    pass


class Interrupted(MemoryCopy):
    """Its next write fails, after everything else of the pass was done."""

    failure: Exception | None = None

    def write(self, plan: Plan, stamp: str, table: Table) -> str:
        if self.failure:
            failure, self.failure = self.failure, None
            raise failure
        return super().write(plan, stamp, table)


class SavedOver(MemoryCopy):
    """Another file is saved over it as soon as its stamp was told."""

    other: MemoryCopy | None = None

    def stamp(self) -> str:
        told = super().stamp()
        if self.other:
            self.__dict__ |= self.other.__dict__ | {"other": None}
        return told


def interrupted(desk: Desk, failure: Exception | None) -> Interrupted:
    copy = Interrupted()
    copy.__dict__ |= desk.export().__dict__
    copy.failure = failure
    return copy


def test_an_old_copy_saved_over_a_newer_one_while_it_is_read_reverts_nothing() -> None:
    desk, copy = Desk(), SavedOver()
    copy.__dict__ |= desk.export().__dict__
    old = copy.save_as()
    desk.put("r0", "text", "库")
    desk.sync(copy)
    copy.other = old
    plan = desk.sync(copy)
    assert not plan.records.changes
    assert (desk.value("r0", "text"), copy.row("r0")["text"]) == ("库", "库")


@pytest.mark.parametrize("failure", [Busy("打开着"), Changed()])
def test_a_copy_that_became_unwritable_is_healed_by_the_next_pass(failure: Exception) -> None:
    desk = Desk()
    copy = interrupted(desk, failure)
    copy.row("r0")["text"] = "新"
    desk.put("r1", "text", "库")
    plan = desk.sync(copy)
    assert plan.status == 1
    assert listed(plan, "r0", "text") == ["applied"]
    assert desk.value("r0", "text") == "新"
    assert copy.row("r1")["text"] == "文1"
    assert not desk.sync(copy).records.changes
    assert copy.row("r1")["text"] == "库"
    assert desk.sync(copy).empty


def test_a_base_value_typed_over_a_taken_edit_is_a_question_after_a_crash() -> None:
    desk = Desk()
    copy = interrupted(desk, Crash())
    copy.row("r0")["text"] = "新"
    with pytest.raises(Crash):
        desk.sync(copy)
    copy.row("r0")["text"] = "文0"
    plan = desk.sync(copy)
    assert listed(plan, "r0", "text") == ["conflicts"]
    assert desk.value("r0", "text") == "新"
    assert desk.open("r0", "text") == ["文0"]


def test_a_base_value_shown_by_an_old_copy_is_no_question_once_a_write_is_known() -> None:
    desk = Desk()
    copy = desk.export()
    old = copy.save_as()
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    assert listed(desk.sync(old), "r0", "text") == ["written"]


def test_a_line_added_before_a_crash_is_the_same_line_after_it() -> None:
    desk = Desk()
    copy = interrupted(desk, Crash())
    copy.rows.append(dict.fromkeys(copy.columns) | {"title": "新任务", "text": "开始"})
    with pytest.raises(Crash):
        desk.sync(copy)
    copy.rows[-1]["count"] = 2
    plan = desk.sync(copy)
    assert len(desk.store.rows) == 11
    assert listed(plan, copy.rows[-1][ID], "count") == ["applied"]
    assert desk.sync(copy).empty


def test_a_busy_copy_is_not_read() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    copy.busy = "有人打开着这个文件"
    plan = desk.sync(copy)
    assert (plan.stopped.code, plan.stopped.message, plan.status) == ("busy", copy.busy, 2)
    assert desk.value("r0", "text") == "文0"


def test_a_line_proposed_before_a_crash_is_proposed_once() -> None:
    desk = Desk()
    copy = interrupted(desk, Crash())
    copy.stamp_text = desk.export(UNIT).stamp_text
    copy.rows.append(dict.fromkeys(copy.columns) | {"title": "新任务", "text": "开始"})
    with pytest.raises(Crash):
        desk.sync(copy)
    desk.sync(copy)
    assert [proposal.cells["text"].written for proposal in desk.store.proposals] == ["开始"]
    assert copy.rows[-1][ID] == desk.store.proposals[0].row
    assert desk.sync(copy).empty


def test_a_spare_that_became_a_row_before_a_crash_and_was_copied_after_it_is_one_row() -> None:
    desk = Desk()
    copy = interrupted(desk, None)
    copy.rows.insert(5, dict(copy.row("r1")))
    desk.sync(copy)
    spare = next(row for row in copy.rows if str(row[ID]).startswith("new"))
    spare["text"] = "另一行"
    copy.failure = Crash()
    with pytest.raises(Crash):
        desk.sync(copy)
    copy.rows.append(dict(spare))
    desk.sync(copy)
    assert len(desk.store.rows) == 11
    assert len({row[ID] for row in copy.rows}) == len(copy.rows)
    assert desk.sync(copy).empty
