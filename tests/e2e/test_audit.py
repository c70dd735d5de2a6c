"""`zwgk audit`: what was done is listed, sealed, verified, exported; and what nothing did is not written."""

import json
import shutil

import psycopg
import pytest

from tests.e2e.test_sheet import book, sync
from tests.support.database import plain

__all__ = ["book", "sync"]


def acts(cli, *more):
    listed = cli.json("audit", "list", "--tenant", "t", *more)
    return [(one["action"], one["outcome"]) for one in reversed(listed)]


@pytest.fixture
def listed(cli):
    """The acts of tenant `t`, the oldest first, without changes of fields and without the looks at them."""
    return lambda: [one for one in acts(cli, "--limit", "1000") if one[0] not in ("changed", "audit_read")]


def test_what_is_done_is_listed(cli, book, sync, listed):
    book.type((1, "完成情况", "已完成"))
    made = sync()
    cli.ok("sheet", "undo", "--tenant", "t", made["pass"])
    wanted = ["plan_imported", "plan_confirmed", "sheet_exported", "sheet_synced", "sheet_changed_back"]
    assert listed() == [(action, "done") for action in wanted]
    [told] = cli.json("audit", "list", "--tenant", "t", "--action", "sheet_synced")
    assert (told["actor"], told["entity"], told["detail"]["pass"]) == ("office", "sync_pass", made["pass"])
    assert told["detail"]["applied"] == 1
    assert "已完成" not in str(told)  # that stands in the history, once


def test_a_pass_that_does_nothing_writes_nothing(book, sync, listed):
    before = listed()
    sync()
    sync()
    book.type((1, "完成情况", "已完成"))
    sync(0, "--dry-run")
    assert listed() == before


def test_a_pass_that_a_guard_stopped_is_listed(cli, book, sync, listed):
    before = listed()
    book.change(lambda sheet: sheet.delete_rows(4, 5))
    stopped = sync(2, "--dry-run")["stopped"]
    assert listed() == before
    assert sync(2)["stopped"] == stopped
    assert listed() == [*before, ("sheet_synced", "refused")]
    [told] = cli.json("audit", "list", "--tenant", "t", "--action", "sheet_synced")
    assert told["detail"] == {"code": stopped["code"]}


def test_a_round_is_listed(cli, book, tmp_path, listed):
    before = listed()
    out, back = tmp_path / "下发", tmp_path / "回收"
    cli.ok("round", "send", "--tenant", "t", "--out", out)
    back.mkdir()
    shutil.copy(next(out.glob("甲处*.xlsx")), back)
    cli("round", "collect", "--tenant", "t", back)
    written = listed()
    new = [action for action, _outcome in written[len(before) :]]
    assert new == [*["sheet_exported"] * 3, "round_sent", "round_collected"]
    cli("round", "collect", "--tenant", "t", back)
    assert listed() == written


def test_filters_and_the_looks_themselves(cli, book):
    assert acts(cli, "--actor", "nobody") == []
    assert acts(cli, "--since", "2001-01-01", "--until", "2001-12-31") == []
    assert [action for action, _ in acts(cli, "--limit", "1")] == ["audit_read"]
    [looked] = cli.json("audit", "list", "--tenant", "t", "--actor", "platform", "--limit", "1")
    assert looked["detail"] == {"limit": "1", "entries": 1}
    assert "导入要点" in cli.ok("audit", "list", "--tenant", "t")


def test_the_platforms_own(cli, book):
    actions = [(one["action"], one["detail"]) for one in cli.json("audit", "list", "--platform")]
    assert actions == [("cross_tenant", {"reason": "查看平台自身的审计"}), ("tenant_added", {"slug": "t"})]
    assert "跨租户操作" in cli.ok("audit", "list", "--platform", "--action", "cross_tenant")


def test_what_waits_too_long_is_told(cli, book, database):
    with psycopg.connect(plain(database.need_maint())) as connection:
        connection.execute("""
            INSERT INTO audit_entry (tenant_id, at, actor, via, address, action, outcome, entity, detail)
            VALUES (1, now() - interval '25 hours', 'x', 'x', '', 'sign_in', 'done', '', '{}')
        """)
    assert "请运行 zwgk audit seal" in cli("doctor").out
    assert cli("doctor").status == 1
    cli.ok("audit", "seal")
    cli.ok("doctor")


def test_sealing_verifying_and_doctor(cli, book):
    assert "已等待" in cli.ok("doctor")
    assert [one["tenant"] for one in cli.json("audit", "seal")] == ["t", None]
    sealed = cli.json("audit", "verify", "--tenant", "t")
    assert (sealed["seals"], sealed["faults"]) == (1, [])
    assert cli.json("audit", "verify", "--platform")["faults"] == []
    cli.ok("audit", "verify", "--tenant", "t", "--head", sealed["head"])
    assert (
        cli.json("audit", "verify", "--tenant", "t", "--head", "0" * 64, status=1)["faults"][0]["code"]
        == "head_unknown"
    )
    for options in ((), ("--tenant", "t", "--platform")):
        assert cli("audit", "verify", *options).status == 2


def test_an_export_holds_all_rows_and_seals(cli, book, tmp_path):
    for out, whose in ((tmp_path / "审计.jsonl", ("--tenant", "t")), (tmp_path / "平台.jsonl", ("--platform",))):
        cli.ok("audit", "export", *whose, out)
        lines = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
        assert lines[-1]["kind"] == "seal"
        assert sum(rows for _kind, rows, _digest in lines[-1]["parts"]) == len(lines) - 1


def test_the_term(cli, book):
    assert cli("tenant", "set", "t", "audit.days=179").status == 2
    cli.ok("tenant", "set", "t", "audit.days=180")
    cli.ok("audit", "seal")
    assert cli.json("audit", "prune") == {"t": 0}
