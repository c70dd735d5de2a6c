"""A tenant that was backed up and restored: sheets and packets handed out before find what they belong to."""

import pytest

from tests.e2e.test_rounds import fill, inbox, out, plan, sent
from tests.e2e.test_sheet import Book
from tests.support.database import contents
from tests.support.http import Caller

pytestmark = pytest.mark.usefixtures("served")

__all__ = ["fill", "inbox", "out", "plan", "sent"]


@pytest.fixture
def handed_out(cli, sent, fill, tmp_path, add_tenant):
    """A plan with a round under way and a workbook in the office, and another tenant."""
    add_tenant("u", name="另一机关")
    path = tmp_path / "总表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", path)
    cli.ok("member", "add", "zhang", "--tenant", "t", "--name", "张三", "--role", "office")
    token = cli.json("token", "add", "--tenant", "t", "--name", "报表", "--right", "plans.read")["secret"]
    cli.ok("audit", "seal")
    cli.ok("backup", "tenant", tmp_path / "t.zip", "--tenant", "t")
    return path, token


def test_the_restored_tenant_works(cli, app, database, handed_out, fill, inbox, tmp_path):
    path, token = handed_out
    before, others = contents(database, "t"), contents(database, "u")
    foreseen = cli.json("restore", "tenant", tmp_path / "t.zip", "--as", "t2", "--dry-run")
    assert contents(database, "t2") == {table: [] for table in contents(database, "t2")}
    done = cli.json("restore", "tenant", tmp_path / "t.zip", "--as", "t2")
    assert foreseen | {"dry_run": False} == done
    assert (done["accounts_matched"], done["faults"]) == (["zhang"], [])
    assert cli.json("plan", "show", "--tenant", "t2") == cli.json("plan", "show", "--tenant", "t")

    Book(path).type((1, "进展情况", "备份之后写的"))
    synced = cli.json("sheet", "sync", "--tenant", "t2", path)
    assert [item["sheet"] for item in synced["applied"]] == ["备份之后写的"]
    assert synced["conflicts"] == synced["rejected"] == synced["missing"] == []

    fill("乙处", "乙处.xlsx", (1, "进展情况", "已报送"))
    collected = cli.json("round", "collect", "--tenant", "t2", inbox, status=1)
    assert "乙处.xlsx" in str(collected)
    shown = {row["progress"] for row in cli.json("plan", "show", "--tenant", "t2")["rows"]}
    assert shown >= {"备份之后写的", "已报送"}

    secret = cli.json("token", "add", "--tenant", "t2", "--name", "报表", "--right", "plans.read")["secret"]
    assert len(Caller(app, secret).get("/plans")) == 1
    cli.ok("audit", "verify", "--tenant", "t2", "--head", done["head"])
    assert (contents(database, "t"), contents(database, "u")) == (before, others)
    assert len(Caller(app, token).get("/plans")) == 1  # what was issued before holds in its own tenant, as it did
