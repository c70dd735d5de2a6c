"""Undo of a pass, settling from outside a sheet, and what they leave to the next passes."""

import pytest

from bridges.sync.model import ID, value_key
from bridges.sync.values import read
from tests.support.sheets import Desk, listed


def a_pass(desk: Desk):
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    copy.row("r1")["status"] = "已完成"
    copy.rows.append(dict.fromkeys(copy.columns) | {"title": "新任务", "text": "开始"})
    return copy, desk.sync(copy)


def test_an_undo_puts_back_what_the_pass_put_in_and_the_next_pass_writes_it() -> None:
    desk = Desk()
    copy, plan = a_pass(desk)
    desk.undo(plan.pass_id)
    assert (desk.value("r0", "text"), desk.value("r1", "status")) == ("文0", "进行中")
    assert copy.row("r0")["text"] == "新"
    written = desk.sync(copy)
    assert (listed(written, "r0", "text"), listed(written, "r1", "status")) == (["written"], ["written"])
    assert copy.row("r0")["text"] == "文0"
    assert desk.sync(copy).empty


def test_a_row_that_the_pass_added_is_withdrawn_unless_touched_since() -> None:
    desk = Desk()
    copy, plan = a_pass(desk)
    added = copy.rows[-1][ID]
    desk.put(added, "text", "又改")
    undone = desk.undo(plan.pass_id)
    assert [item.row for item in undone.report.waiting] == [added]
    assert desk.store.rows[added].state == "active"
    desk = Desk()
    copy, plan = a_pass(desk)
    added = copy.rows[-1][ID]
    desk.undo(plan.pass_id)
    assert desk.store.rows[added].state == "left"
    desk.sync(copy)
    assert "本行已不在本表范围内" in copy.rows[-1]["#note"]


def test_what_has_changed_since_is_left_alone_and_listed() -> None:
    desk = Desk()
    _, plan = a_pass(desk)
    desk.put("r0", "text", "别人又改")
    desk.put("r1", "status", "未启动")
    desk.put("r1", "status", "已完成")  # the same value again: judged by the last history entry, not by value
    undone = desk.undo(plan.pass_id)
    assert {item.row for item in undone.report.waiting} == {"r0", "r1"}
    assert (desk.value("r0", "text"), desk.value("r1", "status")) == ("别人又改", "已完成")


def test_an_undo_can_be_undone() -> None:
    desk = Desk()
    copy, plan = a_pass(desk)
    added = copy.rows[-1][ID]
    undone = desk.undo(plan.pass_id)
    desk.undo(undone.pass_id)
    assert (desk.value("r0", "text"), desk.value("r1", "status")) == ("新", "已完成")
    assert desk.store.rows[added].state == "active"
    third = desk.undo(undone.pass_id)
    assert not third.records.changes
    desk.sync(copy)
    assert copy.row("r0")["text"] == "新"


def test_a_conflict_that_the_pass_settled_opens_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "表"
    desk.put("r0", "text", "库")
    desk.sync(copy)
    copy.row("r0")["#note"] = "采用本表"
    plan = desk.sync(copy)
    assert desk.open("r0", "text") == []
    desk.undo(plan.pass_id)
    assert desk.value("r0", "text") == "库"
    assert desk.open("r0", "text") == ["表"]


def test_an_unknown_pass_cannot_be_undone() -> None:
    assert Desk().undo("none") is None


@pytest.mark.parametrize(("choice", "value"), [("表", "表"), (None, "库")])
def test_settling_outside_the_sheet_reaches_every_copy(choice: str | None, value: str) -> None:
    desk = Desk()
    copy, other = desk.export(), desk.export()
    copy.row("r0")["text"] = "表"
    other.row("r0")["text"] = "另"
    desk.put("r0", "text", "库")
    desk.sync(copy)
    desk.sync(other)
    key = choice and value_key(read(desk.columns["text"], choice, 2024).value)
    plan = desk.settle("r0", "text", key)
    assert plan.report.settled[0].database == "库"
    assert desk.open("r0", "text") == []
    for file in (copy, other):
        desk.sync(file)
        assert file.row("r0")["text"] == value
        assert desk.sync(file).empty


def test_what_is_not_open_cannot_be_settled() -> None:
    desk = Desk()
    assert desk.settle("r0", "text", None) is None
    copy = desk.export()
    copy.row("r0")["status"] = "差不多"
    desk.put("r0", "status", "已完成")
    desk.sync(copy)
    [invalid] = desk.store.conflicts()
    with pytest.raises(KeyError):
        desk.settle("r0", "status", invalid.key)
    with pytest.raises(KeyError):
        desk.settle("r0", "status", "no such key")
