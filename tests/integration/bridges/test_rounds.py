"""Returns on PostgreSQL: whatever order they come back in, the same values stand or wait in the end."""

from datetime import UTC, date, datetime

import openpyxl
import pytest
from sqlalchemy import select, update

from bridges.conflicts import open_cells
from bridges.excel.copy import ExcelCopy
from bridges.excel.export import HEADER_ROW
from bridges.excel.patch import Edit, patch
from bridges.rounds.collecting import Collector, Task
from bridges.rounds.desk import read_desk
from bridges.rounds.dividing import Divider, Division
from bridges.rounds.errors import PacketExists
from bridges.rounds.gathering import Found
from bridges.rounds.models import Return, Round
from bridges.rounds.reading import Reader
from bridges.rounds.sending import Order, Sender
from bridges.rounds.status import round_status
from bridges.rounds.store import RoundStore
from bridges.store.models import SyncPass
from bridges.store.plan_store import PlanStore
from bridges.store.plan_table import plan_key
from bridges.sync.model import OFFICE
from core.plans.services import find_plan
from tenants.models import Change
from tenants.sessions import tenant_session
from tests.support.table_rows import table_rows

TODAY = date(2024, 7, 1)
SAID = (
    {(0, "note"): "见附件", (0, "status"): "推进中", (1, "progress"): "一稿"},
    {(0, "note"): "见附件", (0, "status"): "已完成", (1, "progress"): "二稿", (0, "percent"): 80},
    {(1, "progress"): "另一处室写的"},
)


def clock():
    return datetime(2024, 6, 1, tzinfo=UTC)


def collect(*paths, **more):
    return Collector("t", Task(tuple(paths), **more), TODAY, clock, lambda *_: None).collect()


def send(out, **more):
    order = Order(plan=None, out=out, title="", due=None, **more)
    return Sender("t", order, TODAY, clock).send(lambda *_: None)


@pytest.fixture
def plan(cli, app, add_tenant, tmp_path):
    add_tenant("t")
    text = "2024年要点\n一、公开\n" + "\n".join(f"({n})做好第{n}项。(责任单位:甲处、乙处)" for n in "一二三")
    (tmp_path / "要点.txt").write_text(text, encoding="utf-8")
    cli.ok("plan", "import", tmp_path / "要点.txt", "--tenant", "t")
    cli.ok("plan", "confirm", "--tenant", "t")


def filled(packet, target, cells):
    """The packet with cells typed into it, by (row, column key)."""
    copy = ExcelCopy(packet, only_read=True)
    with tenant_session("t", OFFICE, "test") as session:
        key = plan_key(find_plan(session).id)
    store = PlanStore("t", OFFICE, "test", TODAY)
    snapshot = copy.read(store.begin(key, OFFICE).table)
    letters = dict(snapshot.columns) | {"note_cell": snapshot.note_at}
    edits = [Edit("任务分解表", f"{letters[key]}{snapshot.rows[n].at}", value) for (n, key), value in cells.items()]
    target.write_bytes(patch(packet.read_bytes(), edits))
    return target


def standing(row):
    """{current value} ∪ {open candidates} of what the unit reports in a row, as written."""
    with tenant_session("t", OFFICE, "test") as session:
        plan = find_plan(session)
        cells = table_rows(session, plan)[row].cells
        waiting = {cell.field: set(cell.sheet) for cell in open_cells(session, plan) if cell.owner == row}
        fields = ("status", "percent", "note", "progress")
        return {field: {cells[field].value.written} | waiting.get(field, set()) for field in fields}


@pytest.fixture
def rows(cli, plan):
    shown = cli.json("plan", "show", "--tenant", "t")["rows"]
    return [one["row"] for one in shown if one["unit"] == "甲处"]


@pytest.fixture
def packet(plan, tmp_path):
    sent = send(tmp_path / "下发")
    return tmp_path / "下发" / next(one.file for one in sent.packets if one.unit == "甲处")


@pytest.mark.parametrize("runs", [((0,), (1,), (2,)), ((2,), (1,), (0,)), ((1,), (0, 2)), ((0, 1, 2),)], ids=str)
def test_the_order_of_arrival_does_not_decide(packet, rows, tmp_path, runs):
    files = [filled(packet, tmp_path / f"{n}.xlsx", cells) for n, cells in enumerate(SAID)]
    for run in runs:
        assert {one.state for one in collect(*(files[n] for n in run)).files} == {"merged"}
    assert standing(rows[0]) == {
        "status": {"已完成"},
        "percent": {80},
        "note": {"见附件"},
        "progress": {None},
    }
    assert standing(rows[1])["progress"] == {"二稿", "另一处室写的"}


def test_a_run_that_was_cut_off_is_taken_up(packet, rows, tmp_path):
    files = [filled(packet, tmp_path / f"{n}.xlsx", cells) for n, cells in enumerate(SAID)]

    def cut(what, number, _total, _name):
        if (what, number) == ("汇总", 1):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Collector("t", Task(tuple(files)), TODAY, clock, cut).collect()
    found = collect(*files)
    assert sorted(one.state for one in found.files) == ["double", "merged", "merged"]
    assert standing(rows[1])["progress"] == {"二稿", "另一处室写的"}


def test_a_file_that_becomes_another_one_while_it_is_read_is_read_as_that_one(packet, tmp_path):
    file = filled(packet, tmp_path / "填报.xlsx", {(0, "progress"): "甲处写的"})
    (other,) = packet.parent.glob("乙处*.xlsx")

    class Meanwhile(RoundStore):
        def table(self, stamp):
            file.write_bytes(other.read_bytes())
            return super().table(stamp)

    store = Meanwhile("t", OFFICE, "test", TODAY)
    with store.together() as session:
        desk = read_desk(session, None)
    (read,) = Reader(store, desk, tmp_path, {}).read_all([Found(file.name, file)])
    assert (read.packet.unit, read.snapshot().stamp.split()[4]) == ("乙处", read.stamp.pass_id)


def test_a_file_that_was_accepted_as_another_units_can_be_accepted_anew(packet, rows, tmp_path):
    book = openpyxl.load_workbook(filled(packet, tmp_path / "填报.xlsx", {(1, "progress"): "甲处写的"}))
    book.active.delete_cols(1)
    book.save(tmp_path / "无标记.xlsx")
    for unit in ("乙处", "甲处"):
        (found,) = collect(tmp_path / "无标记.xlsx", accepted={"无标记.xlsx": unit}).files
        assert (found.unit, found.state) == (unit, "merged")
    assert standing(rows[1])["progress"] == {"甲处写的"}
    assert collect(tmp_path / "无标记.xlsx", accepted={"无标记.xlsx": "甲处"}).files[0].state == "double"


@pytest.mark.parametrize("becomes", ["saved anew", "moved away"])
def test_a_return_that_is_another_one_by_now_is_answered_by_the_next_run(packet, rows, tmp_path, becomes):
    file = filled(packet, tmp_path / "填报.xlsx", {(0, "status"): "不知道"})

    def meanwhile(what, *_):
        if what == "答复" and becomes == "saved anew":
            filled(packet, file, {(0, "status"): "不知道", (1, "progress"): "后来写的"})
        elif what == "答复":
            file.rename(tmp_path / "别处.xlsx")

    task = Task((file,), replies=tmp_path / "答复")
    (found,) = Collector("t", task, TODAY, clock, meanwhile).collect().files
    assert (found.state, found.code, found.reply) == ("merged", "not_answered", "")
    assert standing(rows[1])["progress"] == {None}
    (again,) = collect(next(tmp_path.glob("*.xlsx")), replies=tmp_path / "答复", again=True).files
    assert again.reply


def test_handing_out_that_was_cut_off_is_taken_up(plan, tmp_path):
    def cut(number, _total, _name):
        if number == 1:
            raise KeyboardInterrupt

    order = Order(plan=None, out=tmp_path, title="", due=None)
    with pytest.raises(KeyboardInterrupt):
        Sender("t", order, TODAY, clock).send(cut)
    done = send(tmp_path)
    assert [one.kept for one in done.packets] == [True, False]
    (tmp_path / done.packets[0].file).write_bytes(b"somebody's")
    with tenant_session("t", OFFICE, "test") as session:
        session.execute(update(Round).values(state="sending"))
    with pytest.raises(PacketExists):
        send(tmp_path)


def test_who_was_not_handed_out_to_yet_is_not_reminded(packet, tmp_path):
    """A round that was cut off is neither the current one nor owed by those whose packets were made."""

    def cut(number, _total, _name):
        if number == 1:
            raise KeyboardInterrupt

    def status(key=None):
        with tenant_session("t", OFFICE, "test") as session:
            current, units = round_status(session, key, TODAY)
            return current.key, [(one.unit, one.owes) for one in units]

    order = Order(plan=None, out=tmp_path / "又", title="", due=None)
    with pytest.raises(KeyboardInterrupt):
        Sender("t", order, TODAY, clock).send(cut)
    assert status() == ("1", [("乙处", True), ("甲处", True)])
    assert status("2") == ("2", [("乙处", False)])
    send(tmp_path / "又")
    assert status() == ("2", [("乙处", True), ("甲处", True)])


def test_dividing_that_was_cut_off_is_taken_up(packet, tmp_path):
    def divide(progress):
        division = Division(packet, tmp_path, into={"一科": frozenset({HEADER_ROW + 1}), "二科": frozenset()})
        return Divider("t", division, TODAY, clock).divide(progress)

    def cut(number, _total, _name):
        if number == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        divide(cut)
    done = divide(lambda *_: None)
    assert [(one.unit, one.rows, one.kept) for one in done.parts] == [("一科", 1, True), ("二科", 3, False)]
    (tmp_path / done.parts[1].file).write_bytes(b"somebody's")
    with pytest.raises(PacketExists):
        divide(lambda *_: None)


def test_a_return_without_edits_takes_no_number_from_the_office(cli, packet, rows, tmp_path):
    """A word beside the messages is kept with a pass that changes nothing; the office's next change is the office's."""

    def office_writes(text):
        cli.ok("task", "set", "--tenant", "t", rows[0], f"progress={text}")

    office_writes("一")
    file = send(tmp_path / "又").packets[-1].file
    second = tmp_path / "又" / file
    office_writes("二")
    noted = filled(second, tmp_path / "问.xlsx", {(0, "note_cell"): "请问何时截止"})
    assert [one.pass_id != "" for one in collect(noted).files] == [True]
    office_writes("一")
    (found,) = collect(filled(second, tmp_path / "答.xlsx", {(0, "progress"): "三"})).files
    assert [one["sheet"] for one in found.lists["conflicts"]] == ["三"]
    assert standing(rows[0])["progress"] == {"一", "三"}


def test_a_unit_that_was_answered_twice_has_both_versions(packet, rows, tmp_path):
    """A reply is a version of its own; a late return of the first version still has its own base."""
    first = filled(packet, tmp_path / "1.xlsx", {(0, "status"): "看不懂", (0, "note"): "一"})
    (answer,) = [one.reply for one in collect(first, replies=tmp_path / "答复").files]
    second = filled(tmp_path / "答复" / answer, tmp_path / "2.xlsx", {(0, "status"): "已完成", (0, "note"): "二"})
    late = filled(packet, tmp_path / "3.xlsx", {(0, "note"): "迟"})
    assert [one.state for one in collect(late, second).files] == ["merged", "merged"]
    assert standing(rows[0])["status"] == {"已完成"}
    assert standing(rows[0])["note"] == {"二", "迟"}


def test_who_and_which_file_stand_in_the_history(packet, rows, tmp_path):
    collect(filled(packet, tmp_path / "甲.xlsx", {(0, "note"): "一"}))
    with tenant_session("t", OFFICE, "test") as session:
        trace = session.scalars(select(Change).where(Change.field == "note")).one()
        done = session.scalars(select(SyncPass).where(SyncPass.parent != "")).one()
        came = session.scalars(select(Return)).one()
        assert (trace.actor, trace.via, trace.new) == ("unit:甲处", "return:甲.xlsx", "一")
        assert (done.who, done.key, done.fingerprint) == ("甲处", came.pass_key, came.fingerprint)
