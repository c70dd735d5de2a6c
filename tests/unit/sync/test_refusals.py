"""Cells that the adapter cannot write without loss: they wait with a reason, and nothing else waits for them."""

import pytest

from tests.support.sheets import Desk

WHY = "单元格被合并。"


@pytest.fixture
def desk():
    return Desk()


def at(copy, row, key):
    return chr(65 + copy.columns.index(key)) + str(2 + next(n for n, r in enumerate(copy.rows) if r["#id"] == row))


def test_the_table_moves_on_and_the_cell_waits_until_it_can_be_written(desk):
    copy = desk.export()
    desk.put("r1", "text", "系统的话")
    desk.put("r2", "text", "另一句")
    where = at(copy, "r1", "text")
    copy.fixed[where] = WHY
    done = desk.sync(copy)
    assert [(item.row, item.at, item.message) for item in done.report.waiting] == [("r1", where, WHY)]
    assert (copy.row("r1")["text"], copy.row("r2")["text"]) == ("文1", "另一句")
    assert "系统的话" in copy.row("r1")["#note"]
    again = desk.sync(copy)
    assert again.empty
    assert len(again.report.waiting) == 1
    copy.fixed.clear()
    assert [item.row for item in desk.sync(copy).report.written] == ["r1"]
    assert copy.row("r1")["text"] == "系统的话"
    assert copy.row("r1")["#note"] is None
    assert desk.sync(copy).empty


def test_what_a_person_types_there_meanwhile_is_a_question(desk):
    copy = desk.export()
    desk.put("r1", "text", "系统的话")
    copy.fixed[at(copy, "r1", "text")] = WHY
    desk.sync(copy)
    copy.row("r1")["text"] = "人的话"
    done = desk.sync(copy)
    assert [item.sheet for item in done.report.conflicts] == ["人的话"]
    assert desk.value("r1", "text") == "系统的话"


@pytest.mark.parametrize(("key", "typed"), [("lamp", "红"), ("status", None)])
def test_what_would_be_put_back_waits_too(desk, key, typed):
    copy = desk.export()
    before = copy.row("r1")[key]
    copy.row("r1")[key] = typed
    where = at(copy, "r1", key)
    copy.fixed[where] = WHY
    assert [item.at for item in desk.sync(copy).report.waiting] == [where]
    assert copy.row("r1")[key] == typed
    assert desk.sync(copy).empty
    copy.fixed.clear()
    desk.sync(copy)
    assert copy.row("r1")[key] == before


def test_a_message_that_cannot_be_written_is_not_taken_as_read(desk):
    copy = desk.export()
    copy.row("r1")["text"] = "人的话"
    desk.put("r1", "text", "系统的话")
    copy.fixed[at(copy, "r1", "#note")] = WHY
    desk.sync(copy)
    assert copy.row("r1")["#note"] is None
    copy.row("r1")["text"] = "再改"
    assert len(desk.sync(copy).report.conflicts) == 1
    assert desk.value("r1", "text") == "系统的话"


def test_a_text_too_long_for_a_cell_is_shown_cut_and_is_no_edit(desk):
    long = "长" * 40_000
    desk.put("r1", "text", long)
    copy = desk.export()
    assert len(copy.row("r1")["text"]) == 32_767
    assert desk.sync(copy).empty
    copy.row("r1")["text"] = "改" + copy.row("r1")["text"]
    assert [item.field for item in desk.sync(copy).report.rejected] == ["text"]
    assert desk.value("r1", "text") == long
    copy.row("r1")["text"] = "重写"
    desk.sync(copy)
    assert desk.value("r1", "text") == "重写"
