"""The two shapes of a draft: the JSON contract and the table for a terminal."""

import json
from importlib.resources import files

import pytest

from core.decompose.decompose import decompose
from core.decompose.render import render_table


@pytest.fixture(scope="module")
def sample():
    return files("core.documents").joinpath("samples/demo.txt").read_text("utf-8")


@pytest.fixture(scope="module")
def draft(sample):
    return decompose(sample)


def test_the_demo_document_shows_every_kind_of_thing(draft):
    assert len(draft.tasks) == 16
    assert any(task.units == () for task in draft.tasks)
    assert any(task.inherited for task in draft.tasks)
    assert any(task.coop_units for task in draft.tasks)
    assert any("各街镇" in task.unit_names for task in draft.tasks)
    kinds = {one.kind for task in draft.tasks for one in task.deadlines}
    assert kinds == {"date", "yearly", "unclear"}
    assert {one.scope for task in draft.tasks for one in task.quotas} == {"each", "total"}
    assert {one.code for one in draft.leftovers} == {"limit", "names", "date"}


def test_json_contract(sample, draft):
    shown = json.loads(json.dumps(draft.as_json(), ensure_ascii=False))
    assert list(shown) == ["meta", "sections", "tasks", "non_tasks", "leftovers"]
    task = next(one for one in shown["tasks"] if one["no"] == "二(二)")
    assert task["units"] == ["政策法规处", "办公室", "各业务处室"]
    assert (task["lead_unit"], task["coop_units"]) == ("政策法规处", ["办公室", "各业务处室"])
    assert task["text"] == sample[task["start"] : task["end"]]
    (deadline,) = task["deadlines"]
    assert (deadline["text"], deadline["due"], deadline["kind"]) == ("6月底前", "2026-06-30", "date")
    assert sample[deadline["start"] : deadline["end"]] == "6月底前"
    (limit,) = task["working_day_limits"]
    assert (limit["days"], limit["trigger"]) == (10, "决策作出后")
    assert sample[slice(*task["units_source"].values())].startswith("（牵头处室")
    assert [sample[one["start"] : one["end"]] for one in task["unit_items"]] == task["units"]
    assert shown["meta"]["year"] == 2026


def test_table_has_a_row_per_task_and_names_what_was_not_understood(draft):
    table = render_table(draft)
    for task in draft.tasks:
        assert f"\n{task.no} " in table
    assert "共 16 项任务，3 项没有写责任单位" in table
    assert "第 33 行" in table
    assert "市民服务中心（牵头）" in table


def test_columns_line_up_whatever_their_width():
    table = render_table(
        decompose("2026年某局政务公开工作要点\n一、章\n(一)Ab。(责任单位:甲处)\n(二)甲乙丙。(责任单位:乙处)\n")
    )
    rows = [line for line in table.splitlines() if line.endswith(("甲处", "乙处"))]
    starts = {sum(2 if ord(char) > 255 else 1 for char in row[:-2]) for row in rows}
    assert len(rows) == 2
    assert len(starts) == 1
