"""What happens in the product is told: each event from the one place where it happens, with ids and nothing else."""

import json

import pytest
from sqlalchemy import select

from core.plans.models import Occurrence, Plan
from core.plans.writing import Writing, what_changed
from tenants.history import FieldChange
from tenants.sessions import tenant_session
from tests.conftest import TODAY
from tests.support.agency import handed_out

MOST_PARAMETERS = 65_535
PAPER = "2024年示例政务公开工作要点\n一、信息公开\n" + "\n".join(
    f"({n})编制第{n}号目录。编制并公布第{n}号目录,于6月底前完成。(责任单位:{unit})"
    for n, unit in enumerate(("办公室", "法规处") * 4, 1)
)


@pytest.fixture
def imported(cli, outbox, tmp_path):
    """The tenant's plan, a draft."""
    paper = tmp_path / "要点.txt"
    paper.write_text(PAPER, encoding="utf-8")
    return cli.json("plan", "import", paper, "--tenant", "t")["id"]


def said(outbox, kind):
    """The data of each event of a kind, in order."""
    bodies = [json.loads(one.body) for one in outbox.all() if one.kind == kind]
    return [body["data"] for body in bodies]


def test_a_plan_is_confirmed_and_rows_are_changed(cli, outbox, imported):
    outbox.add("https://receiver.example.org/")
    cli.ok("plan", "confirm", "--tenant", "t")
    assert [(one.kind, said(outbox, one.kind)) for one in outbox.all()] == [("plan.confirmed", [{"plan": imported}])]
    rows = [row["row"] for row in cli.json("plan", "show", "--tenant", "t")["rows"]]
    before = len(said(outbox, "rows.changed"))
    cli.ok("task", "set", rows[1], "status=进行中", "percent=40", "--tenant", "t")
    cli.ok("task", "set", rows[0], "deadline=9月底前", "--tenant", "t")
    cell, limit = said(outbox, "rows.changed")[before:]
    assert (cell["plan"], cell["rows"], cell["count"]) == (imported, [rows[1]], 1)
    assert (limit["revision"], limit["rows"]) == (cell["revision"] + 1, [rows[0]])
    assert set(cell) == set(limit) == {"plan", "revision", "count", "rows"}  # and no word of what was typed


def test_more_changes_than_a_statement_has_parameters(imported):
    with tenant_session("t", "office", "command") as session:
        work = Writing(session, session.scalars(select(Plan)).one(), TODAY)
        (first, *_) = rows = session.scalars(select(Occurrence.id).order_by(Occurrence.id)).all()
        work.changes += [FieldChange("occurrence", first + n, "note", None, n) for n in range(MOST_PARAMETERS + 1)]
        assert what_changed(work)["count"] == len(rows)


def test_what_changes_nothing_tells_nothing(cli, outbox, imported):
    outbox.add("https://receiver.example.org/")
    (row, *_) = [row["row"] for row in cli.json("plan", "show", "--tenant", "t")["rows"]]
    cli.ok("task", "set", row, "progress=", "--tenant", "t")
    assert outbox.all() == []


def test_rounds_and_conflicts(served, cli, outbox, imported):
    cli.ok("plan", "confirm", "--tenant", "t")
    outbox.add("https://receiver.example.org/")
    ids, _link = handed_out(served, "t")
    (sent, *_) = said(outbox, "round.sent")
    assert (sent["round"], sent["plan"]) == (ids["round"][0], imported)
    returned = said(outbox, "round.returned")
    assert {one["round"] for one in returned} <= set(ids["round"])
    assert returned
    opened = said(outbox, "conflict.opened")
    assert {one["owner"] for data in opened for one in data["conflicts"]} >= set(ids["conflict"])
