"""Passes from end to end: stamps, parents and forks, a table that moves, dry runs."""

import pytest

from bridges.sync.plan import Plan
from tests.support.sheets import Desk, listed


def traces(desk: Desk) -> tuple:
    store = desk.store
    return (store.revision, dict(store.cells), list(store.passes), store.known, store.candidates, store.proposals)


def test_a_pass_with_nothing_to_do_leaves_no_trace_but_its_time() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    before, fingerprint = repr(traces(desk)), copy.fingerprint()
    plan = desk.sync(copy)
    assert plan.empty
    assert plan.as_json()["pass"] is None
    assert (repr(traces(desk)), copy.fingerprint()) == (before, fingerprint)
    assert desk.store.last_checked_at == plan.at


def test_an_old_copy_saved_over_a_newer_one_reverts_nothing() -> None:
    desk = Desk()
    copy = desk.export()
    old = copy.save_as()
    copy.row("r0")["text"] = "新"
    desk.put("r1", "text", "库")
    desk.sync(copy)
    plan = desk.sync(old)
    assert not plan.report.applied
    assert not plan.records.changes
    assert desk.value("r0", "text") == "新"
    assert (old.row("r0")["text"], old.row("r1")["text"]) == ("新", "库")


def test_an_edit_in_an_old_copy_still_counts() -> None:
    desk = Desk()
    copy = desk.export()
    old = copy.save_as()
    copy.row("r0")["text"] = "新"
    desk.sync(copy)
    old.row("r1")["text"] = "补"
    old.row("r0")["text"] = "别的"
    plan = desk.sync(old)
    assert listed(plan, "r1", "text") == ["applied"]
    assert listed(plan, "r0", "text") == ["conflicts"]


def test_a_taken_edit_is_never_taken_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    same = copy.save_as()
    first = desk.sync(copy)
    desk.undo(first.pass_id)
    plan = desk.sync(same)
    assert not plan.records.changes
    assert desk.value("r0", "text") == same.row("r0")["text"] == "文0"


def test_a_dry_run_shows_the_same_plan_and_does_nothing() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    desk.put("r1", "text", "库")
    before, fingerprint = repr(traces(desk)), copy.fingerprint()
    dry = desk.sync(copy, dry_run=True)
    assert (repr(traces(desk)), copy.fingerprint()) == (before, fingerprint)
    real = desk.sync(copy)
    assert dry.report == real.report
    assert dry.writes == real.writes


@pytest.mark.parametrize(
    ("text", "code"),
    [("", "no_stamp"), ("编号", "bad_stamp"), ("other", "unknown_stamp")],
)
def test_a_copy_without_our_stamp_is_refused(text: str, code: str) -> None:
    desk, other = Desk(), Desk()
    copy = desk.export()
    if text == "other":
        copy.row("r0")["text"] = "新"
        desk.sync(copy)
        desk = other
    else:
        copy.stamp_text = text
    plan = desk.sync(copy)
    assert plan.stopped.code == code
    assert plan.status == 2


def test_a_table_that_moves_between_reading_and_commit_is_read_again() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    commit, moved = desk.store.commit, []

    def moving_commit(plan: Plan, revision: int) -> None:
        if not moved:
            moved.append(True)
            desk.put("r0", "text", "抢先")
        commit(plan, revision)

    desk.store.commit = moving_commit
    plan = desk.sync(copy)
    assert listed(plan, "r0", "text") == ["conflicts"]
    assert desk.value("r0", "text") == "抢先"


def test_a_table_that_never_rests_is_reported() -> None:
    desk = Desk()
    copy = desk.export()
    copy.row("r0")["text"] = "新"
    commit = desk.store.commit

    def moving_commit(plan: Plan, revision: int) -> None:
        desk.put("r0", "count", desk.store.revision)
        commit(plan, revision)

    desk.store.commit = moving_commit
    plan = desk.sync(copy)
    assert (plan.stopped.code, plan.status) == ("busy", 2)
    assert desk.value("r0", "text") == "文0"
