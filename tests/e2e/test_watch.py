"""A folder that is watched: whole files are taken, answered and moved; nothing is taken twice, overwritten or lost."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bridges.excel.disk import lock_file
from bridges.watching.folder import DONE, REFUSED, UNFINISHED, WatchedFolder
from bridges.watching.taking import Taker
from bridges.watching.watcher import Watcher
from tests.conftest import TODAY
from tests.e2e.test_rounds import HEADER, fill, out, plan, rows, sent

__all__ = ["fill", "out", "plan", "rows", "sent"]

LONG_AGO = 1_600_000_000


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "共享"
    folder.mkdir()
    return folder


@pytest.fixture
def look(cli, inbox):
    """One run over the folder: file → what became of it."""

    def run(status=0):
        outcome = cli("sheet", "watch", "--tenant", "t", inbox, "--once", "--every", 0, "--json")
        assert outcome.status in ((0, 1) if status is None else (status,)), outcome
        events = map(json.loads, outcome.out.splitlines())
        return {event["file"]: event for event in events}

    return run


@pytest.fixture
def lying(inbox):
    """Everything in the folder, without the lock of the watcher."""

    def paths():
        found = (str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file())
        return sorted(path for path in found if not path.endswith(".lock"))

    return paths


def test_returns_and_the_offices_own_copy_are_taken(cli, look, fill, rows, inbox, lying):
    fill("甲处", "1.xlsx", (1, "完成情况", "不知道"), (1, "进展情况", "初稿"))
    fill("乙处", "乙/2.xlsx", (1, "进展情况", "乙的"))
    before = (inbox / "1.xlsx").read_bytes()
    cli.ok("sheet", "export", "--tenant", "t", inbox / "总表.xlsx")
    book = load_workbook(inbox / "总表.xlsx")
    columns = {cell.value: cell.column for cell in book.active[HEADER]}
    book.active.cell(HEADER + 6, columns["备注"]).value = "办公室写的"
    book.save(inbox / "总表.xlsx")
    found = look(1)
    assert {file: (one["state"], one["place"]) for file, one in found.items()} == {
        "1.xlsx": ("done", "已收/1.xlsx"),
        "乙/2.xlsx": ("done", "已收/乙/2.xlsx"),
        "总表.xlsx": ("done", "已收/总表.xlsx"),
    }
    (reply,) = found["1.xlsx"]["replies"]
    assert lying() == sorted(["已收/1.xlsx", "已收/乙/2.xlsx", "已收/总表.xlsx", "已收/总表.xlsx.bak", reply])
    assert (inbox / "已收/1.xlsx").read_bytes() == before
    answer = load_workbook(inbox / reply).active
    assert "不知道" in answer.cell(HEADER + 1, columns["同步提示"]).value
    assert rows()["一(一)", "乙处"]["progress"] == "乙的"
    assert rows()["一(五)", "丙处"]["note"] == "办公室写的"
    synced = load_workbook(inbox / "已收/总表.xlsx").active
    assert synced.cell(HEADER + 1, columns["进展情况"]).value == "初稿"
    assert look() == {}


def test_what_is_not_complete_waits(look, fill, inbox, lying):
    whole = fill("甲处", "1.xlsx", (1, "进展情况", "初稿"))
    content = whole.read_bytes()
    whole.write_bytes(content[: len(content) // 2])
    (inbox / "占位.xlsx").write_bytes(bytes(5000))
    opened = fill("乙处", "2.xlsx", (1, "进展情况", "乙的"))
    (inbox / "~$2.xlsx").write_bytes(b"x")
    (inbox / ".隐藏.xlsx").write_bytes(content)
    (inbox / "3.xlsx.tmp").write_bytes(content)
    before = lying()
    found = look()
    assert {file: (one["state"], one["code"]) for file, one in found.items()} == {
        "1.xlsx": ("waiting", "changing"),
        "2.xlsx": ("waiting", "file_open"),
        "占位.xlsx": ("waiting", "changing"),
    }
    assert lying() == before
    whole.write_bytes(content)
    (inbox / "~$2.xlsx").unlink()
    os.utime(inbox / "占位.xlsx", (LONG_AGO, LONG_AGO))
    found = look(1)
    assert {file: one["place"] for file, one in found.items()} == {
        "1.xlsx": "已收/1.xlsx",
        "2.xlsx": "已收/2.xlsx",
        "占位.xlsx": "退回/占位.xlsx",
    }
    assert not opened.exists()


def test_what_is_refused_is_put_aside_with_the_reason(look, fill, inbox, lying):
    cut = fill("丙处", "缺行.xlsx")
    book = load_workbook(cut)
    book.active.delete_rows(HEADER + 1, 2)
    book.save(cut)
    bare = fill("甲处", "无标记.xlsx")
    book = load_workbook(bare)
    book.active.delete_cols(1)
    book.save(bare)
    with zipfile.ZipFile(inbox / "包.zip", "w") as archive:
        archive.write(bare, "无标记.xlsx")
        archive.write(fill("乙处", "好.xlsx", (1, "进展情况", "乙的")), "好.xlsx")
    (inbox / "好.xlsx").unlink()
    (inbox / "照片.jpg").write_bytes(b"\xff\xd8")
    found = look(1)
    assert {file: (one["state"], one["code"]) for file, one in found.items()} == {
        "包.zip": ("refused", "no_stamp"),
        "无标记.xlsx": ("refused", "no_stamp"),
        "照片.jpg": ("skipped", "skipped"),
        "缺行.xlsx": ("refused", "empty"),
    }
    assert lying() == sorted(
        [f"退回/{name}{more}" for name in ("包.zip", "无标记.xlsx", "缺行.xlsx") for more in ("", "_退回原因.txt")]
        + ["照片.jpg"]
    )
    told = (inbox / "退回/包.zip_退回原因.txt").read_text(encoding="utf-8")
    assert "请用办公室下发的那份表填报" in told
    assert "其余已收：包.zip/好.xlsx" in told
    texts = [path.read_text(encoding="utf-8") for path in (inbox / "退回").glob("*.txt")]
    assert not [text for text in texts if "--" in text or "zwgk" in text]


def test_who_has_no_command_line_is_told_whom_to_ask(look, fill, inbox):
    path = fill("乙处", "1.xlsx")
    book = load_workbook(path)
    for one, other in zip(*(book.active[HEADER + number][1:] for number in (1, 2)), strict=True):
        one.value, other.value = other.value, one.value
    book.save(path)
    assert look(1)["1.xlsx"]["code"] == "ids_slid"
    told = (inbox / "退回/1.xlsx_退回原因.txt").read_text(encoding="utf-8")
    assert "请告知牵头办公室" in told
    assert "--" not in told


@pytest.fixture
def elsewhere(inbox):
    """Our folders on another file system, behind links."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == inbox.stat().st_dev:
        pytest.skip("no second file system to move to")
    with tempfile.TemporaryDirectory(dir=shared) as place:
        for name in (DONE, REFUSED):
            (Path(place) / name).mkdir()
            (inbox / name).symlink_to(Path(place) / name)
        yield Path(place)


def test_files_are_moved_to_another_file_system(look, fill, inbox, elsewhere):
    path = fill("甲处", "1.xlsx", (1, "完成情况", "不知道"), (1, "进展情况", "初稿"))
    content, bare = path.read_bytes(), inbox / "空.csv"
    os.utime(path, (LONG_AGO, LONG_AGO))
    bare.write_text("任务,责任单位\n", encoding="utf-8")
    (elsewhere / DONE / UNFINISHED).write_bytes(b"cut off")
    found = look(1)
    assert {file: one["place"] for file, one in found.items()} == {"1.xlsx": "已收/1.xlsx", "空.csv": "退回/空.csv"}
    moved = elsewhere / DONE / "1.xlsx"
    assert (moved.read_bytes(), moved.stat().st_mtime) == (content, LONG_AGO)
    assert (elsewhere / REFUSED / "空.csv_退回原因.txt").exists()
    assert [one for one in (path, bare, elsewhere / DONE / UNFINISHED) if one.exists()] == []
    assert [Path(one).name for one in found["1.xlsx"]["replies"]] == ["甲处_答复_1.xlsx"]


def test_a_folder_that_cannot_be_written_keeps_its_files(cli, look, fill, inbox, lying):
    fill("甲处", "1.xlsx", (1, "进展情况", "初稿"))
    fill("乙处", "乙/2.xlsx", (1, "进展情况", "乙的"))
    (inbox / DONE).mkdir()
    (inbox / DONE / "乙").touch()
    found = look()
    assert (found["1.xlsx"]["state"], found["乙/2.xlsx"]["state"]) == ("done", "waiting")
    assert lying() == ["乙/2.xlsx", "已收/1.xlsx", "已收/乙"]
    (inbox / DONE / "乙").unlink()
    assert look()["乙/2.xlsx"]["place"] == "已收/乙/2.xlsx"
    shutil.rmtree(inbox / DONE)
    (inbox / DONE).touch()
    outcome = cli("sheet", "watch", "--tenant", "t", inbox, "--once", "--every", 0)
    assert (outcome.status, "file_unreadable" in outcome.err) == (2, True)


def test_the_same_again_and_the_same_name_overwrite_nothing(look, fill, rows, inbox, lying):
    first = fill("甲处", "1.xlsx", (1, "进展情况", "初稿"))
    content = first.read_bytes()
    look()
    first.write_bytes(content)
    assert look()["1.xlsx"]["returns"][0]["state"] == "double"
    fill("甲处", "1.xlsx", (1, "进展情况", "初稿"), (1, "备注", "再报"))
    assert look()["1.xlsx"]["place"] == "已收/1-3.xlsx"
    assert lying() == ["已收/1-2.xlsx", "已收/1-3.xlsx", "已收/1.xlsx"]
    assert rows()["一(一)", "甲处"]["note"] == "再报"
    shutil.copy(inbox / "已收/1.xlsx", inbox / "1.xlsx")
    assert look()["1.xlsx"]["place"] == "已收/1-4.xlsx"
    assert rows()["一(一)", "甲处"]["note"] == "再报"


def test_a_watch_goes_on_and_tells_once(runtime, fill, inbox, tmp_path):
    content = fill("甲处", "a.xlsx", (1, "进展情况", "初稿")).read_bytes()
    (inbox / "a.xlsx").unlink()
    growing, gbk = inbox / "长.xlsx", inbox / os.fsdecode("表".encode("gbk") + b".xlsx")
    moments = [
        lambda: growing.write_bytes(content[:1000]),
        lambda: growing.write_bytes(content[:2000]),
        lambda: growing.write_bytes(content[:3000]),
        lambda: (growing.write_bytes(content), (inbox / "说明.txt").write_bytes(b"x")),
        lambda: None,
        lambda: gbk.write_bytes(content),
        lambda: None,
        lambda: None,
    ]
    folder = WatchedFolder(inbox)
    taker = Taker("t", folder, lambda: TODAY, lambda: datetime.now(UTC))
    watcher = Watcher(folder, taker, lambda: moments.pop(0)(), lambda: not moments)
    with folder.held(), runtime.app.app_context():
        events = [(event.file, event.state, event.place) for event in watcher.watch(once=False)]
    assert events == [
        ("长.xlsx", "waiting", ""),
        ("说明.txt", "skipped", ""),
        ("长.xlsx", "done", "已收/长.xlsx"),
        ("??.xlsx", "done", "已收/??.xlsx"),
    ]


def test_one_watcher_at_a_time(cli, sent, inbox):
    watch = ("sheet", "watch", "--tenant", "t", inbox)
    assert "tenant_unknown" in cli("sheet", "watch", "--tenant", "x", inbox, "--once", "--every", 0).err
    assert "watch_too_fast" in cli(*watch, "--every", 0).err
    with closing((inbox / ".zwgk-watch.lock").open("a")) as lock:
        lock_file(lock)
        outcome = cli(*watch, "--once", "--every", 0)
    assert (outcome.status, "folder_watched" in outcome.err) == (2, True)
    assert cli(*watch, "--once", "--every", 0).status == 0


# ------------------------------------------------------------ processes that end


@pytest.fixture
def start(inbox, runtime):
    """Starts a process in the environment of the test."""

    def run(*command):
        return subprocess.Popen(
            [sys.executable, "-m", *command, "--tenant", "t", inbox],
            cwd=Path(__file__).parents[2],
            env=os.environ | runtime.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return run


def test_ctrl_c_ends_it(start, sent):
    with start("core.cli", "sheet", "watch", "--every", "3600") as process:
        assert "正在监视" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (0, "", "")


STEPS = {
    3: "its answer is committed",
    17: "its answer is put into its place",
    23: "it is moved",
    34: "the office's copy is replaced",
    38: "its backup is moved",
}
"""The durable steps (of some forty, those of the temporary folders included) before which the process is killed."""


@pytest.fixture
def dropped(cli, fill, inbox):
    """A return to be answered, and the office's own copy."""
    fill("甲处", "1.xlsx", (1, "完成情况", "不知道"), (1, "进展情况", "初稿"))
    cli.ok("sheet", "export", "--tenant", "t", inbox / "总表.xlsx")


@pytest.fixture
def die(start):
    """A run that is killed just before its n-th durable step: (status, its steps)."""

    def run(step):
        with start("tests.support.dying", str(step), "sheet", "watch", "--once", "--every", "0") as process:
            err = process.communicate(timeout=60)[1]
        return process.returncode, [line for line in err.splitlines() if line.startswith("step ")]

    return run


@pytest.mark.usefixtures("dropped")
@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step}-{STEPS[step]}")
def test_killed_before_a_step(die, look, rows, lying, step):
    status, steps = die(step)
    assert (status, len(steps)) == (-signal.SIGKILL, step)
    look(None)
    assert lying() == ["已收/1.xlsx", "已收/总表.xlsx", "已收/总表.xlsx.bak", "已收/甲处_答复_1.xlsx"]
    assert rows()["一(一)", "甲处"]["progress"] == "初稿"
    assert look() == {}
