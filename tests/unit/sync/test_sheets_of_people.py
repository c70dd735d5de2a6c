"""Passes over what people do in a sheet: notes, missing columns and rows, cells that several rows show, proposals."""

import pytest

from bridges.sync.model import ID
from bridges.table import Odd, Raw
from tests.support.sheets import UNIT, Desk, listed


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
