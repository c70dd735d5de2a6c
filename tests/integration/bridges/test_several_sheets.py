"""Several sheets of one plan at once: the office's master, a leader's summary by section, and two units' copies."""

import itertools
import random
import shutil

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from bridges import runner
from bridges.excel.copy import ExcelCopy
from bridges.store.plan_store import PlanStore
from bridges.sync.model import OFFICE
from bridges.sync.plan import Report
from core.units.models import Unit
from tenants.sessions import tenant_session
from tests.e2e.test_sheet import Book
from tests.support.books import TODAY, clock
from tests.support.database import contents

MASTER, SUMMARY, FIRST, SECOND = "主表", "按章节", "甲处", "乙处"
ALL = (MASTER, SUMMARY, FIRST, SECOND)


def left(line):
    """Whether a line says that its row is no longer one of this copy."""
    return "已不在本表范围内" in (line["同步提示"] or "")


class Desk:
    """Four copies of one plan, and what people do with them."""

    def __init__(self, cli, database, folder):
        self.cli, self.database, self.folder = cli, database, folder
        self.store = PlanStore("t", "测试", "test", TODAY)
        with tenant_session("t", "测试", "test") as session:
            ids = {unit.name: str(unit.id) for unit in session.scalars(select(Unit))}
        self.holders = {MASTER: OFFICE, SUMMARY: OFFICE, FIRST: ids[FIRST], SECOND: ids[SECOND]}
        cli.ok("sheet", "export", "--tenant", "t", self.path(MASTER))
        cli.ok("sheet", "export", "--tenant", "t", "--by", "section", self.path(SUMMARY))
        for name in (FIRST, SECOND):
            copy, holder = ExcelCopy(self.path(name)), self.holders[name]
            runner.export(self.store, copy, clock, table="plan-1", holder=holder, who="牵头办公室")

    def path(self, name):
        return self.folder / f"{name}.xlsx"

    def read(self, name):
        """Row id → the row, of one copy; lines without an id left out."""
        return {row["#id"]: row for row in Book(self.path(name)).read() if row["#id"]}

    def row(self, number, unit):
        """Id of the row of the plan with this 序号 and unit."""
        rows = self.cli.json("plan", "show", "--tenant", "t")["rows"]
        return next(row["row"] for row in rows if (row["no"], row["unit"]) == (number, unit))

    def type(self, name, row, header, value):
        numbers = {line["#id"]: number for number, line in enumerate(Book(self.path(name)).read(), 1)}
        Book(self.path(name)).type((numbers[row], header, value))

    def sync(self, name):
        """A pass, and a second one that finds nothing to do."""
        plan = self.run(name)
        before = self.path(name).read_bytes(), contents(self.database)
        assert self.run(name).empty
        assert (self.path(name).read_bytes(), contents(self.database)) == before
        return plan

    def run(self, name):
        plan = runner.run_pass(self.store, ExcelCopy(self.path(name)), clock, who=self.holders[name])
        assert plan.stopped is None
        return plan

    def sync_all(self, *names):
        return [self.sync(name) for name in names or ALL]

    def values(self, row, header):
        """What each copy that has the row, and the column, shows there."""
        shown = {name: self.read(name).get(row, {}) for name in ALL}
        return {name: line[header] for name, line in shown.items() if header in line}

    def assert_in_step(self):
        """Nothing is left to do in any copy, and no two of them show different values in a row that they have."""
        assert all(plan.empty for plan in self.sync_all())
        sheets = [{row: line for row, line in self.read(name).items() if not left(line)} for name in ALL]
        for one, other in itertools.combinations(sheets, 2):
            for row in one.keys() & other.keys():
                headers = one[row].keys() & other[row].keys() - {"同步提示"}
                assert {h: one[row][h] for h in headers} == {h: other[row][h] for h in headers}


@pytest.fixture
def desk(cli, book, database, app, tmp_path):
    (folder := tmp_path / "表").mkdir()
    return Desk(cli, database, folder)


def test_an_edit_in_one_arrives_in_the_others(desk):
    first, second = desk.row("一(一)", FIRST), desk.row("一(二)", SECOND)
    assert {row["责任单位"] for row in desk.read(FIRST).values()} == {FIRST}
    desk.type(MASTER, first, "完成时限", "6月底前")
    desk.type(SUMMARY, second, "备注", "请抓紧")
    desk.type(FIRST, first, "进展情况", "初稿已完成")
    desk.type(SECOND, second, "完成情况", "推进中")
    plans = desk.sync_all()
    assert [len(plan.report.applied) for plan in plans] == [1, 1, 1, 1]
    desk.sync_all(MASTER, SUMMARY, FIRST)
    desk.assert_in_step()
    assert desk.values(first, "完成时限") == dict.fromkeys((MASTER, SUMMARY, FIRST), "6月底前")
    assert desk.values(first, "进展情况") == dict.fromkeys((MASTER, SUMMARY, FIRST), "初稿已完成")
    assert desk.values(second, "备注") == dict.fromkeys((MASTER, SUMMARY, SECOND), "请抓紧")
    assert desk.values(second, "完成情况") == dict.fromkeys((MASTER, SUMMARY, SECOND), "推进中")
    # the deadline is one cell of the task, and the other unit has a row of it too
    assert desk.values(desk.row("一(一)", SECOND), "完成时限")[SECOND] == "6月底前"


def test_the_same_cell_in_three_sheets_is_asked_and_settled_everywhere(desk):
    row = desk.row("一(一)", FIRST)
    desk.type(FIRST, row, "进展情况", "单位的话")
    desk.type(SUMMARY, row, "进展情况", "领导的话")
    desk.type(MASTER, row, "进展情况", "办公室的话")
    assert not desk.sync(FIRST).report.conflicts
    assert [len(plan.report.conflicts) for plan in desk.sync_all(SUMMARY, MASTER)] == [1, 1]
    for name, own in ((SUMMARY, "领导的话"), (MASTER, "办公室的话")):
        shown = desk.read(name)[row]
        assert shown["进展情况"] == own
        assert "单位的话" in shown["同步提示"]
    desk.type(SUMMARY, row, "同步提示", "采用本表")
    assert len(desk.sync(SUMMARY).report.settled) == 1
    desk.sync_all(FIRST, MASTER)
    assert desk.values(row, "进展情况") == {FIRST: "领导的话", SUMMARY: "领导的话", MASTER: "办公室的话"}
    assert "领导的话" in desk.read(MASTER)[row]["同步提示"]
    desk.type(MASTER, row, "同步提示", "采用系统")
    desk.sync(MASTER)
    desk.assert_in_step()
    assert set(desk.values(row, "进展情况").values()) == {"领导的话"}
    assert set(desk.values(row, "同步提示").values()) == {None}


def test_a_row_added_in_the_master_arrives_where_it_belongs(desk):
    book = Book(desk.path(MASTER))
    book.type((7, "任务", "临时任务"), (7, "责任单位", FIRST), (7, "完成情况", "进行中"))
    ((added,),) = [plan.report.added for plan in [desk.sync(MASTER)]]
    assert [len(plan.report.added) for plan in desk.sync_all(SUMMARY, FIRST, SECOND)] == [1, 1, 0]
    desk.assert_in_step()
    assert desk.values(added.row, "任务") == dict.fromkeys((MASTER, SUMMARY, FIRST), "临时任务")
    desk.type(FIRST, added.row, "进展情况", "已着手")
    desk.sync_all(FIRST, MASTER, SUMMARY)
    desk.assert_in_step()
    assert set(desk.values(added.row, "进展情况").values()) == {"已着手"}


def test_a_row_that_goes_to_another_unit_leaves_one_copy_and_arrives_in_the_other(desk):
    row = desk.row("一(二)", SECOND)
    desk.type(MASTER, row, "责任单位", FIRST)
    assert desk.run(MASTER).report.applied
    assert not desk.sync(MASTER).records.changes  # the other unit's row comes with the next pass
    desk.sync_all()
    new = desk.row("一(二)", FIRST)
    assert new not in desk.read(SECOND)
    assert desk.values(new, "任务") == dict.fromkeys((MASTER, SUMMARY, FIRST), "邀请公众代表列席会议")
    assert all(left(desk.read(name)[row]) for name in (MASTER, SUMMARY, SECOND))
    desk.type(SECOND, row, "进展情况", "迟来的填报")
    plan = desk.sync(SECOND)
    assert [item.field for item in plan.report.proposals] == ["progress"]
    assert not plan.records.changes
    desk.type(MASTER, new, "责任单位", SECOND)
    desk.run(MASTER)
    desk.sync_all()
    desk.assert_in_step()
    assert desk.row("一(二)", SECOND) == row
    assert not any(left(desk.read(name)[row]) for name in (MASTER, SUMMARY, SECOND))
    assert left(desk.read(FIRST)[new])


def test_a_task_that_nobody_had_arrives_in_its_units_copy(desk):
    row = desk.row("一(三)", "")
    desk.type(SUMMARY, row, "责任单位", SECOND)
    assert [len(plan.report.added) for plan in desk.sync_all(SUMMARY, SECOND, FIRST)] == [0, 1, 0]
    desk.sync(MASTER)
    desk.assert_in_step()
    assert desk.values(row, "责任单位") == dict.fromkeys((MASTER, SUMMARY, SECOND), SECOND)
    desk.type(MASTER, row, "责任单位", "清空")
    desk.sync_all()
    assert left(desk.read(SECOND)[row])
    assert desk.row("一(三)", "") == row
    desk.sync_all()
    assert all(plan.empty for plan in desk.sync_all())


def test_the_name_of_a_task_is_one_cell_of_all_sheets(desk):
    rows = [desk.row("一(一)", unit) for unit in (FIRST, SECOND)]
    desk.type(SUMMARY, rows[0], "任务", "新的任务名")
    desk.sync_all(SUMMARY, MASTER, FIRST, SECOND)
    desk.assert_in_step()
    assert [set(desk.values(row, "任务").values()) for row in rows] == [{"新的任务名"}] * 2
    desk.type(SECOND, rows[1], "任务", "单位不能改的任务名")
    plan = desk.sync(SECOND)
    assert [item.field for item in plan.report.proposals] == ["title"]
    assert desk.read(SECOND)[rows[1]]["任务"] == "新的任务名"
    desk.sync_all(MASTER, SUMMARY, FIRST)
    desk.assert_in_step()


def test_the_undo_of_a_pass_arrives_in_all_sheets(desk):
    row, other = desk.row("一(一)", FIRST), desk.row("一(二)", SECOND)
    desk.type(SUMMARY, row, "进展情况", "误填")
    desk.type(SUMMARY, other, "任务", "误改的任务名")
    done = desk.sync(SUMMARY)
    desk.sync_all()
    assert set(desk.values(row, "进展情况").values()) == {"误填"}
    runner.undo(desk.store, done.pass_id, clock, who="牵头办公室")
    desk.sync_all()
    desk.assert_in_step()
    assert desk.values(row, "进展情况") == dict.fromkeys((MASTER, SUMMARY, FIRST))
    assert set(desk.values(other, "任务").values()) == {"邀请公众代表列席会议"}


@pytest.mark.parametrize("seed", range(2))
def test_all_sheets_come_to_show_the_same(desk, seed):
    rng, serial = random.Random(seed), itertools.count(1)
    for _ in range(4):
        for _ in range(8):
            name = rng.choice(ALL)
            row = rng.choice(list(desk.read(name)))
            header = rng.choice(("进展情况", "进展情况", "备注", "完成率(%)", "任务", "完成时限"))
            desk.type(name, row, header, rng.choice((f"文{next(serial)}", "同一句话")) if "%" not in header else 10)
        for name in rng.sample(ALL, 3):
            desk.sync(name)
    desk.sync_all()
    while found := desk.store.conflicts():
        key = rng.choice((found[0].key, None))
        runner.settle(desk.store, *found[0].cell, key, clock, who="牵头办公室")
    desk.sync_all()
    desk.sync_all()
    desk.assert_in_step()


# ---------------------------------------------------------------- the summary by section


def test_the_summary_has_what_a_leader_reads_under_the_titles_of_the_sections(desk):
    sheet = load_workbook(desk.path(SUMMARY)).active
    shown = [c.value for c in sheet[3] if not sheet.column_dimensions[c.column_letter].hidden]
    told = "序号 任务 责任单位 完成时限 完成情况 完成率(%) 进展情况 备注 同步提示"
    assert shown == told.split()
    assert [c.value for c in sheet["B"][3:]] == ["一、信息公开", *(f"一({n})" for n in "一一二三四五")]
    assert [c.value for c in sheet[4]].count(None) == len(sheet[4]) - 1
    assert len(sheet.merged_cells.ranges) == 1  # the title: a table with merged cells cannot be sorted
    assert sheet.print_title_rows == "$3:$3"


def test_titles_of_sections_are_no_rows_whatever_people_do_with_them(desk):
    def upset(sheet):
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=4)]
        title = rows[0]
        random.Random(1).shuffle(rows)
        for number, row in enumerate([["", *["第二节"], *[None] * (len(title) - 2)], *rows, title], 4):
            for column, value in enumerate(row, 1):
                sheet.cell(number, column).value = value

    Book(desk.path(SUMMARY)).change(upset)
    plan = desk.sync(SUMMARY)
    assert (plan.empty, plan.report) == (True, Report())
    row = desk.row("一(一)", FIRST)
    desk.type(SUMMARY, row, "备注", "仍然读到")
    assert [item.row for item in desk.sync(SUMMARY).report.applied] == [row]


def test_a_word_beside_the_title_of_a_section_is_told_and_adds_nothing(desk):
    Book(desk.path(SUMMARY)).type((1, "备注", "本节请抓紧"))
    plan = desk.sync(SUMMARY)
    assert [item.message for item in plan.report.waiting] == ["缺少任务，未作为新增行读取"]
    assert not plan.records.rows


def test_what_the_summary_does_not_show_is_no_edit(desk, tmp_path):
    row = desk.row("一(一)", FIRST)
    desk.type(MASTER, row, "任务内容", "新的内容")
    desk.type(FIRST, row, "佐证", "附件一")
    desk.sync_all(MASTER, FIRST, SUMMARY)
    plan = desk.sync(SUMMARY)
    assert not plan.records.changes
    desk.sync_all()
    desk.assert_in_step()
    assert desk.values(row, "佐证") == dict.fromkeys((MASTER, FIRST), "附件一")
    old = tmp_path / "旧.xlsx"
    shutil.copy(desk.path(SUMMARY), old)
    desk.type(SUMMARY, row, "备注", "新备注")
    desk.sync(SUMMARY)
    shutil.copy(old, desk.path(SUMMARY))
    assert not desk.sync(SUMMARY).report.applied
    assert desk.read(SUMMARY)[row]["备注"] == "新备注"
