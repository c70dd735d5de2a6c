"""Whatever moves in a plan arrives in a copy that rested, and what a pass takes for unmoved is unmoved."""

from datetime import date

import pytest
from sqlalchemy import select

from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.store import bases
from bridges.store.declared import declared
from bridges.store.plan_store import PlanStore
from bridges.store.plan_view import snapshot
from bridges.sync.model import OFFICE
from bridges.sync.stamp import read_stamp
from core.plans import assigning
from core.plans.cells import edit_cell, find_row
from core.plans.models import Assignment, Occurrence, Task
from core.plans.services import find_plan
from core.plans.writing import Writing, writing
from core.units.services import add_unit
from tenants.sessions import tenant_session
from tests.support.books import clock
from tests.support.table_rows import table_rows

TODAY = date(2024, 7, 1)


@pytest.fixture
def desk(app, book, sync):
    """Acts on the plan, a copy of which rests: the text of each column by row key, as the copy shows it."""
    assert sync()["pass"] is None
    assert sync()["pass"] is None
    return Acts(book, sync)


class Acts:
    def __init__(self, book, sync):
        self.book, self.sync = book, sync
        self.keys = [row["#id"] for row in book.read()]

    def change(self, act):
        with tenant_session("t", OFFICE, "test") as session, writing(session, find_plan(session).id, TODAY) as work:
            act(work, find_row(session, work.plan.id, self.keys[1]))

    def shown(self, header):
        return {row["#id"]: row[header] for row in self.book.read()}


def closed(work: Writing, row) -> None:
    work.set(row.assignment, "closed", True)


def reopened(work: Writing, row) -> None:
    work.set(row.assignment, "closed", False)


@pytest.mark.parametrize(
    ("field", "value", "header", "rows"),
    [
        ("title", "新的名称", "任务", {0, 1}),  # of the task: each of its rows shows it
        ("deadline", "年内", "完成时限", {0, 1}),
        ("unit", "丙处", "责任单位", set()),  # the row is closed, another one is added
        ("note", "库", "备注", {1}),
        ("percent", 40, "完成率(%)", {1}),
    ],
)
def test_a_changed_cell_arrives(desk, field, value, header, rows):
    before = desk.shown(header)
    desk.change(lambda work, row: edit_cell(work, row, field, value, value))
    done, shown = desk.sync(), desk.shown(header)
    assert {number for number, key in enumerate(desk.keys) if shown[key] != before[key]} == rows
    assert {shown[desk.keys[number]] for number in rows} <= {value}
    assert {item["row"] for item in done["written"]} == {desk.keys[number] for number in rows}
    assert desk.sync()["pass"] is None


def test_an_added_task_arrives(desk):
    desk.change(lambda work, _row: assigning.add_task(work, "neu", "新任务", ["甲处", "乙处"]))
    assert len(desk.sync()["added"]) == 2
    assert desk.shown("任务")["neu"] == "新任务"
    assert desk.sync()["pass"] is None


def test_a_row_that_was_closed_is_told_and_one_opened_again_is_a_row(desk):
    desk.change(closed)
    assert [item["row"] for item in desk.sync()["messages"]] == [desk.keys[1]]
    assert "不在本表范围内" in desk.shown("同步提示")[desk.keys[1]]
    desk.change(reopened)
    desk.sync()
    assert desk.shown("同步提示")[desk.keys[1]] is None
    assert desk.sync()["pass"] is None


def test_the_members_of_a_group_arrive(desk):
    with tenant_session("t", OFFICE, "test") as session:
        add_unit(session, "各街镇", members=["丙处", "甲处"])
    desk.change(lambda work, _row: assigning.add_task(work, "neu", "新任务", ["各街镇"]))
    desk.sync()
    desk.change(lambda work, _row: assigning.expand_groups(work))
    assert len(desk.sync()["added"]) == 2
    assert sorted(filter(None, desk.shown("责任单位").values())).count("丙处") == 3
    assert desk.sync()["pass"] is None


def test_what_the_base_says_of_an_unmoved_row_is_what_the_table_says(desk):
    desk.book.type(
        (1, "完成率(%)", "80%"), (2, "进展情况", "已发文  "), (3, "完成情况", "推进中"), (4, "完成数量", "5")
    )
    desk.sync()
    desk.change(lambda work, row: edit_cell(work, row, "note", None, "库"))
    store = PlanStore("t", OFFICE, "test", TODAY)
    stamp = read_stamp(ExcelCopy(desk.book.path).stamp(), store.key())
    with tenant_session("t", OFFICE, "test") as session:
        plan = find_plan(session)
        table, whole = declared(session, plan, stamp.copy), table_rows(session, plan)
        base = bases.load_base(session, stamp.pass_id)
        rows = snapshot(session, plan, table, base, OFFICE).rows
        assert set(rows) == {key for key, row in whole.items() if row.state == "active"}
        still = [key for key in rows if base.in_step(key, whole[key].number)]
        assert len(still) == len(rows) - 1
        for key in still:
            assert (rows[key].number, rows[key].things) == (whole[key].number, whole[key].things)
            for column in table.columns:
                assert rows[key].cell(column.key).value == whole[key].cell(column.key).value, column.key


def test_a_long_chain_of_passes_is_read_like_a_short_one(desk, monkeypatch):
    monkeypatch.setattr(bases, "LONGEST", 3)
    store = PlanStore("t", OFFICE, "test", TODAY)
    for number in range(8):
        desk.change(lambda work, row, n=number: edit_cell(work, row, "note", None, f"第{n}次"))
        runner.run_pass(store, ExcelCopy(desk.book.path), clock, who=OFFICE)
        assert desk.shown("备注")[desk.keys[1]] == f"第{number}次"
    assert desk.sync()["pass"] is None
    desk.book.type((1, "备注", "手填"))
    assert [item["base"] for item in desk.sync()["applied"]] == [None]


def test_the_revision_of_a_row_is_the_largest_of_its_cells(desk):
    desk.change(lambda work, row: edit_cell(work, row, "unit", "丙处", "丙处"))
    desk.change(lambda work, row: edit_cell(work, row, "quota", None, "3次"))
    desk.change(lambda work, _row: assigning.add_task(work, "neu", "新任务", ["甲处"]))
    with tenant_session("t", OFFICE, "test") as session:
        for model in (Task, Assignment, Occurrence):
            for revs, rev in session.execute(select(model.revs, model.rev)):
                assert rev == max(revs.values(), default=1)
