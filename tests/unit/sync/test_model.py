"""What is kept between passes survives JSON, and the Plan prints the contract of `zwgk sheet sync --json`."""

import json

from bridges.sync.model import OWN, BaseCell, BaseRow, Candidate, Origin, value_key
from bridges.sync.plan import Plan, Records, Stop
from bridges.table import BLANK, Odd, Value
from tests.support.sheets import Desk

CONTRACT = {
    "pass",
    "applied",
    "written",
    "conflicts",
    "settled",
    "rejected",
    "restored",
    "proposals",
    "added",
    "missing",
    "duplicated",
    "waiting",
    "messages",
    "stopped",
}
ROW = BaseRow(
    id="r1",
    shown=("文", None, 2.5, Odd("formula", "A1")),
    number=OWN,
    note="【同步】",
    events=("一",),
    state="cancelled",
    kind="spare",
    cells={"text": BaseCell("candidate", Value("a", "a"), 3, Value("c", "c"), OWN, "p1")},
)


def test_own_numbers_are_replaced_at_commit() -> None:
    row = ROW.numbered(9)
    assert row.number == row.cells["text"].told_number == row.cells["text"].seen == 9
    assert row.cells["text"].number == 3
    assert row.numbered(10) == row


def test_a_candidate_survives_json() -> None:
    candidate = Candidate("r1", "text", Value(None, "?"), False, (Origin("p1", "c", "p0", "r1", "甲"),))
    assert Candidate.from_json(json.loads(json.dumps(candidate.as_json()))) == candidate


def test_value_keys_tell_values_apart() -> None:
    values = (BLANK, Value("1", "1"), Value(1, 1), Value("null", "null"))
    assert len({value_key(value) for value in values}) == 4
    assert value_key(Value(1, "1.0")) == value_key(Value(1, 1))
    assert value_key(Value(None, "差不多"), valid=False) != value_key(Value(None, "很多"), valid=False)


def test_a_plan_prints_the_contract() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    plan = desk.sync(copy)
    printed = json.loads(json.dumps(plan.as_json(), ensure_ascii=False))
    assert printed.keys() >= CONTRACT
    assert printed["pass"] == plan.pass_id
    assert printed["stopped"] is None
    assert plan.status == 0


def test_a_stopped_plan_has_no_id() -> None:
    plan = Plan("p", "", "b", "c", "office", "我", "", "", records=Records(), stopped=Stop("busy", "等等"))
    assert plan.as_json()["pass"] is None
    assert plan.as_json()["stopped"] == {"code": "busy", "message": "等等"}
    assert plan.status == 2
