"""Passes from end to end: stamps, parents and forks, crashes, copies that cannot be written, dry runs."""

import pytest

from bridges.memory import MemoryCopy
from bridges.ports import Busy, Changed
from bridges.sync.model import ID
from bridges.sync.plan import Plan
from bridges.table import Odd, Raw, Table
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


def traces(desk: Desk) -> tuple:
    store = desk.store
    return (store.revision, dict(store.cells), list(store.passes), store.known, store.candidates, store.proposals)


def test_a_pass_with_nothing_to_do_leaves_no_trace_but_its_time() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    before, fingerprint = repr(traces(desk)), copy.fingerprint()
    plan = desk.sync(copy)
    assert plan.empty
    assert plan.as_json()["pass"] is None
    assert (repr(traces(desk)), copy.fingerprint()) == (before, fingerprint)
    assert desk.store.last_checked_at == plan.at


def test_an_old_copy_saved_over_a_newer_one_reverts_nothing() -> None:
    desk = Desk()
    copy = desk.export()
    old = copy.save_as()
    copy.row("r0")["text"] = "新"
    desk.put("r1", "text", "库")
    desk.sync(copy)
    plan = desk.sync(old)
    assert not plan.report.applied
    assert not plan.records.changes
    assert desk.value("r0", "text") == "新"
    assert (old.row("r0")["text"], old.row("r1")["text"]) == ("新", "库")


def test_an_edit_in_an_old_copy_still_counts() -> None:
    desk = Desk()
    copy = desk.export()
    old = copy.save_as()
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    old.row("r1")["text"] = "补"
    old.row("r0")["text"] = "别的"
    plan = desk.sync(old)
    assert listed(plan, "r1", "text") == ["applied"]
    assert listed(plan, "r0", "text") == ["conflicts"]


def test_a_taken_edit_is_never_taken_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    same = copy.save_as()
    first = desk.sync(copy)
    desk.undo(first.pass_id)
    plan = desk.sync(same)
    assert not plan.records.changes
    assert desk.value("r0", "text") == same.row("r0")["text"] == "文0"


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


def test_a_dry_run_shows_the_same_plan_and_does_nothing() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    desk.put("r1", "text", "库")
    before, fingerprint = repr(traces(desk)), copy.fingerprint()
    dry = desk.sync(copy, dry_run=True)
    assert (repr(traces(desk)), copy.fingerprint()) == (before, fingerprint)
    real = desk.sync(copy)
    assert dry.report == real.report
    assert dry.writes == real.writes


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_stamp"), ("编号", "bad_stamp"), ("other", "unknown_stamp")],
)
def test_a_copy_without_our_stamp_is_refused(text: str, code: str) -> None:
    desk, other = Desk(), Desk()
    copy = desk.export()
    if text == "other":
        copy.row("r0")["text"] = "新"
        desk.sync(copy)
        desk = other
    else:
        copy.stamp_text = text
    plan = desk.sync(copy)
    assert plan.stopped.code == code
    assert plan.status == 2


def test_a_table_that_moves_between_reading_and_commit_is_read_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    commit, moved = desk.store.commit, []

    def moving_commit(plan: Plan, revision: int) -> None:
        if not moved:
            moved.append(True)
            desk.put("r0", "text", "抢先")
        commit(plan, revision)

    desk.store.commit = moving_commit
    plan = desk.sync(copy)
    assert listed(plan, "r0", "text") == ["conflicts"]
    assert desk.value("r0", "text") == "抢先"


def test_a_table_that_never_rests_is_reported() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    commit = desk.store.commit

    def moving_commit(plan: Plan, revision: int) -> None:
        desk.put("r0", "count", desk.store.revision)
        commit(plan, revision)

    desk.store.commit = moving_commit
    plan = desk.sync(copy)
    assert (plan.stopped.code, plan.status) == ("busy", 2)
    assert desk.value("r0", "text") == "文0"


def test_confirmed_edits_pass_a_stop() -> None:
    desk = Desk()
    copy = desk.export()
    del copy.rows[:4]
    assert desk.sync(copy).stopped.confirmable
    plan = desk.sync(copy, "rows_missing")
    assert [item.row for item in plan.report.missing] == ["r0", "r1", "r2", "r3"]
    assert len(desk.store.rows) == 10


def test_a_person_s_columns_and_order_stay() -> None:
    desk = Desk()
    copy = desk.export()
    copy.columns.insert(2, "联系人")
    copy.columns.reverse()
    for n, row in enumerate(copy.rows):
        row["联系人"] = f"某{n}"
    copy.row("r3")["text"] = "新"
    desk.put("r4", "text", "库")
    plan = desk.sync(copy)
    assert listed(plan, "r3", "text") == ["applied"]
    assert copy.row("r4")["text"] == "库"
    assert [row["联系人"] for row in copy.rows] == [f"某{n}" for n in range(10)]


def test_a_missing_column_is_left_out_and_catches_up_when_it_comes_back() -> None:
    desk = Desk()
    copy = desk.export()
    copy.columns.remove("text")
    desk.put("r0", "text", "库")
    assert not desk.sync(copy).writes.cells
    assert desk.sync(copy).empty
    copy.columns.append("text")
    assert listed(desk.sync(copy), "r0", "text") == ["written"]
    assert copy.row("r0")["text"] == "库"


def test_a_note_of_a_person_is_kept_before_the_message_is_renewed() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["#note"] = "请王科长核实"
    copy.row("r0")["status"] = "差不多"
    desk.sync(copy)
    assert [note.text for note in desk.store.notes] == ["请王科长核实"]
    assert copy.row("r0")["#note"].startswith("【同步】完成情况「差不多」不是可识别的状态")
    copy.row("r0")["status"] = "已完成"
    desk.sync(copy)
    assert copy.row("r0")["#note"] is None


def test_a_note_where_we_have_nothing_to_say_is_left_alone() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["#note"] = "请王科长核实"
    desk.sync(copy)
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    assert copy.row("r0")["#note"] == "请王科长核实"
    assert len(desk.store.notes) == 1


def test_an_edit_of_a_cell_that_several_rows_show_is_taken_once_and_written_to_all() -> None:
    desk = Desk()
    copy, other = desk.export(), desk.export(UNIT)
    copy.row("r0")["title"] = "改过的任务"
    plan = desk.sync(copy)
    assert [(item.row, item.field) for item in plan.report.applied] == [("r0", "title")]
    assert copy.row("r1")["title"] == "改过的任务"
    assert desk.sync(copy).empty
    desk.sync(other)
    assert (other.row("r0")["title"], other.row("r1")["title"]) == ("改过的任务", "改过的任务")


def test_two_edits_of_a_cell_that_several_rows_show_are_a_conflict() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["title"], copy.row("r1")["title"] = "一", "二"
    plan = desk.sync(copy)
    assert [item.row for item in plan.report.conflicts] == ["r0", "r1"]
    assert desk.value("r0", "title") == "任务0"
    assert sorted(desk.open("r0", "title")) == ["一", "二"]
    copy.row("r0")["title"] = "二"
    desk.sync(copy)
    assert desk.value("r0", "title") == "二"
    assert desk.open("r0", "title") == []
    assert desk.sync(copy).empty


def test_a_word_learnt_later_is_taken() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["status"] = "办结"
    assert listed(desk.sync(copy), "r0", "status") == ["rejected"]
    desk.columns["status"].words["办结"] = "done"
    try:
        assert listed(desk.sync(copy), "r0", "status") == ["applied"]
    finally:
        del desk.columns["status"].words["办结"]
    assert desk.store.value("r0", "status").norm == "done"


def test_the_report_names_the_address_and_the_three_values() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "表"
    desk.put("r0", "text", "库")
    item = desk.sync(copy).as_json()["conflicts"][0]
    assert item == {
        "row": "r0",
        "at": "E2",
        "field": "text",
        "base": "文0",
        "sheet": "表",
        "database": "库",
        "message": "",
    }


def test_a_candidate_that_was_given_up_is_no_edit_when_its_stamp_shows_it_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "表"
    same = copy.save_as()
    desk.put("r0", "text", "库")
    desk.sync(copy)
    copy.row("r0")["#note"] = "采用系统"
    desk.sync(copy)
    plan = desk.sync(same)
    assert not plan.report.conflicts
    assert desk.open("r0", "text") == []
    assert same.row("r0")["text"] == "库"


def test_three_missing_rows_stop_nothing_even_in_a_small_table() -> None:
    desk = Desk(rows=5)
    copy = desk.export()
    del copy.rows[:3]
    assert len(desk.sync(copy).report.missing) == 3


def test_what_one_row_decides_on_a_shared_candidate_holds_for_its_siblings() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["title"] = copy.row("r1")["title"] = "表"
    desk.put("r0", "title", "库")
    desk.sync(copy)
    copy.row("r0")["#note"] = "采用系统"
    desk.sync(copy)
    assert (copy.row("r0")["title"], copy.row("r1")["title"]) == ("库", "库")
    assert desk.open("r0", "title") == []
    assert desk.sync(copy).empty


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


def test_a_proposal_that_is_accepted_becomes_the_row_that_proposed_it() -> None:
    desk = Desk()
    copy = desk.export(UNIT)
    copy.rows.append(dict.fromkeys(copy.columns) | {"title": "新任务", "text": "开始"})
    desk.sync(copy)
    [proposal] = desk.store.proposals
    desk.add(proposal.row, proposal.row, unit=UNIT, **{key: value.written for key, value in proposal.cells.items()})
    plan = desk.sync(copy)
    assert not plan.report.added
    assert len(copy.rows) == 11
    copy.rows[-1]["count"] = 4
    assert listed(desk.sync(copy), proposal.row, "count") == ["applied"]


@pytest.mark.parametrize(("key", "raw"), [("title", "改任务"), ("unit", None), ("unit", Odd("formula", "A1"))])
def test_a_proposal_is_recorded_once_for_a_stamp(key: str, raw: Raw) -> None:
    desk = Desk()
    copy = desk.export(UNIT)
    copy.row("r0")[key] = raw
    same = copy.save_as()
    for file in (copy, same):
        desk.sync(file)
        assert file.row("r0")[key] == desk.value("r0", key)
    assert [(proposal.row, proposal.field) for proposal in desk.store.proposals] == [("r0", key)]


def test_a_word_that_many_rows_show_is_no_sign_of_a_slide() -> None:
    desk = Desk(rows=400)
    copy = desk.export()
    for row in copy.rows[:200]:
        row["text"] = "无"
    assert len(desk.sync(copy).report.applied) == 200
    for row in copy.rows[200:]:
        row["text"] = "无"
    assert len(desk.sync(copy).report.applied) == 200


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


def test_copies_of_a_spare_line_are_nothing_until_somebody_types_in_them() -> None:
    desk = Desk()
    copy = desk.export()
    copy.rows.insert(5, dict(copy.row("r1")))
    desk.sync(copy)
    spare = next(row for row in copy.rows if str(row[ID]).startswith("new"))
    copy.rows.extend((dict(spare), dict(spare)))
    assert desk.sync(copy).empty
    copy.rows[-1]["text"] = "另一行"
    assert len(desk.sync(copy).report.added) == 1
    assert len(desk.store.rows) == 11
    assert copy.rows[-1][ID] in desk.store.rows
    assert desk.sync(copy).empty
