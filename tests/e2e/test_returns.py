"""What units really send: another one's packet, other kinds of files, rows that are not theirs; folders that fail."""

import os
import shutil
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bridges.rounds.collecting import Collector, Task
from tests.conftest import TODAY
from tests.e2e.test_other_formats import SOFFICE, as_rows, write_csv
from tests.e2e.test_rounds import HEADER, collect, fill, inbox, of, out, plan, rows, sent

__all__ = ["collect", "fill", "inbox", "out", "plan", "rows", "sent"]


@pytest.fixture
def answers(tmp_path):
    return tmp_path / "答复"


def cells(path, number):
    """Header → value in one row of a workbook."""
    sheet = load_workbook(path).active
    return {head.value: cell.value for head, cell in zip(sheet[HEADER], sheet[HEADER + number], strict=True)}


def without_stamp(path):
    book = load_workbook(path)
    book.active.delete_cols(1)
    book.save(path)


# ------------------------------------------------------------ whose it is


def test_who_fills_in_another_ones_packet_does_not_speak_for_it_unseen(cli, collect, fill, rows, inbox):
    fill("甲处", "乙处_填好.xlsx", (1, "进展情况", "乙处代填"))
    fill("甲处", "甲处、乙处.xlsx", (1, "备注", "两家一起"))
    found = collect("--dry-run")
    doubt = of(found, "乙处_填好.xlsx")["doubt"]
    assert "文件名写的是“乙处”" in doubt
    assert "发给“甲处”" in doubt
    assert (of(found, "乙处_填好.xlsx")["state"], of(found, "甲处、乙处.xlsx")["doubt"]) == ("merged", "")
    (inbox / "甲处、乙处.xlsx").unlink()
    said = cli("round", "collect", "--tenant", "t", inbox)
    assert doubt in said.out
    assert rows()["一(一)", "甲处"]["progress"] == "乙处代填"
    assert not rows()["一(一)", "乙处"]["progress"]


def test_a_row_of_another_unit_is_named_to_the_office_only(cli, collect, fill, rows, add_tenant, answers, tmp_path):
    add_tenant("u")
    document = tmp_path / "u.txt"
    document.write_text("2024年另一要点\n一、公开\n(一)编目录。(责任单位:别家处)\n", encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "u")
    stranger = cli.json("plan", "show", "--tenant", "u")["rows"][0]["row"]
    path = fill("甲处", "1.xlsx", (2, "进展情况", "写到别人行里"), (3, "进展情况", "写到外面"), (4, "进展情况", "乱写"))
    book = load_workbook(path)
    for number, id_ in enumerate((rows()["一(二)", "乙处"]["row"], stranger, "zzzzzzzz"), 2):
        book.active.cell(HEADER + number, 1).value = id_
    book.save(path)
    found = of(collect("--replies", answers), "1.xlsx")
    assert ["“乙处”" in item["message"] for item in found["foreign_rows"]] == [True]
    outside, nobodys = (item["message"] for item in found["waiting"])
    assert outside == nobodys
    told = [cells(answers / found["reply"], number)["同步提示"] for number in (2, 3, 4)]
    assert len(set(told)) == 1
    assert "可能是别的单位的" in told[0]
    assert not rows()["一(二)", "乙处"]["progress"]


def test_the_report_speaks_of_headers(cli, fill, inbox):
    fill("甲处", "1.xlsx", (1, "完成率(%)", "八成"), (1, "任务", "改了的任务"))
    said = cli("round", "collect", "--tenant", "t", inbox).out
    assert "完成率(%)" in said
    assert not [word for word in ("percent", "title") if word in said]


# ------------------------------------------------------------ answers


def test_doubles_and_files_without_a_stamp_are_answered(collect, fill, rows, answers):
    fill("甲处", "1.xlsx", (1, "完成情况", "不知道"))
    collect()
    fill("甲处", "又一份.xlsx", (1, "完成情况", "不知道"))
    without_stamp(fill("丙处", "抄.xlsx", (1, "完成情况", "不清楚"), (2, "进展情况", "抄来的")))
    found = collect("--replies", answers, "--accept", "抄.xlsx=丙处")
    assert [of(found, name)["state"] for name in ("1.xlsx", "又一份.xlsx", "抄.xlsx")] == ["double", "double", "merged"]
    assert of(found, "1.xlsx")["reply"] == of(found, "又一份.xlsx")["reply"]
    assert "不知道" in cells(answers / of(found, "1.xlsx")["reply"], 1)["同步提示"]
    copied = answers / of(found, "抄.xlsx")["reply"]
    assert (cells(copied, 1)["完成情况"], cells(copied, 2)["进展情况"]) == ("不清楚", "抄来的")
    assert "不清楚" in cells(copied, 1)["同步提示"]
    assert len(list(answers.iterdir())) == 2
    again = collect("--replies", answers, "--accept", "抄.xlsx=丙处")
    assert {one["reply"] for one in again["files"]} == {path.name for path in answers.iterdir()}
    assert len(list(answers.iterdir())) == 2
    fill("丙处", "2.xlsx", (1, "完成情况", "已完成"), packet=copied)
    assert of(collect(), "2.xlsx")["state"] == "merged"
    assert rows()["一(四)", "丙处"]["status"] == "done"


@pytest.mark.usefixtures("app")
def test_an_answer_that_cannot_be_written_is_made_up_for(fill, inbox, answers):
    fill("甲处", "1.xlsx", (1, "完成情况", "不知道"), (1, "进展情况", "初稿"))

    def lose(what, *_):
        if what == "答复":
            answers.rmdir()

    def run(progress):
        task = Task((inbox,), replies=answers, again=True)
        return Collector("t", task, TODAY, lambda: datetime.now(UTC), progress).collect().files[0]

    lost = run(lose)
    assert (lost.state, lost.code, lost.reply, lost.needs_person) == ("merged", "not_answered", "", True)
    made_up = run(lambda *_: None)
    assert (made_up.state, made_up.code) == ("double", "")
    assert "不知道" in cells(answers / made_up.reply, 1)["同步提示"]


# ------------------------------------------------------------ other kinds of files, stops


def test_a_csv_is_collected_and_answered_as_a_workbook(collect, fill, rows, inbox, answers):
    path = fill("甲处", "1.xlsx", (1, "进展情况", "逐项在编,已过半"), (1, "完成情况", "差不多"))
    write_csv(inbox / "回收.csv", as_rows(path), "gbk")
    path.unlink()
    found = of(collect("--replies", answers), "回收.csv")
    assert (found["state"], len(found["applied"]), len(found["rejected"])) == ("merged", 1, 1)
    assert rows()["一(一)", "甲处"]["progress"] == "逐项在编,已过半"
    assert "差不多" in cells(answers / found["reply"], 1)["同步提示"]


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is missing: apt-get install libreoffice-calc")
def test_an_xls_is_collected_and_answered_as_a_workbook(collect, fill, rows, inbox, answers, tmp_path):
    path = fill("甲处", "1.xlsx", (1, "进展情况", "逐项在编"), (1, "完成率(%)", 40), (1, "完成情况", "差不多"))
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    command = [SOFFICE, profile, "--headless", "--convert-to", "xls", "--outdir", str(inbox), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    path.unlink()
    found = of(collect("--replies", answers), "1.xls")
    assert {one["field"] for one in found["applied"]} == {"progress", "percent"}
    assert rows()["一(一)", "甲处"]["progress"] == "逐项在编"
    assert "差不多" in cells(answers / found["reply"], 1)["同步提示"]


def test_what_a_guard_stops_is_taken_when_it_is_meant(cli, collect, fill, rows, inbox):
    path = fill("乙处", "1.xlsx")
    book = load_workbook(path)
    first, second = (book.active[HEADER + number][1:] for number in (1, 2))
    for one, other in zip(first, second, strict=True):
        one.value, other.value = other.value, one.value
    book.save(path)
    assert of(collect(), "1.xlsx")["code"] == "ids_slid"
    assert "--confirm 1.xlsx=ids_slid" in cli("round", "collect", "--tenant", "t", inbox).out
    assert of(collect("--confirm", "1.xlsx=rows_missing"), "1.xlsx")["state"] == "stopped"
    confirmed = of(collect("--confirm", "1.xlsx=ids_slid"), "1.xlsx")
    assert (confirmed["state"], "proposals" in confirmed) == ("merged", True)


# ------------------------------------------------------------ a run that dies


STEPS = {1: "anything is taken", 2: "the second return is taken", 3: "the answer is taken", 5: "the answer lies there"}
"""The durable steps before which the process is killed."""


@pytest.fixture
def killed(runtime, inbox, answers):
    def run(step):
        argv = ("round", "collect", inbox, "--replies", answers, "--tenant", "t")
        return subprocess.run(
            [sys.executable, "-m", "tests.support.dying", str(step), *map(str, argv)],
            cwd=Path(__file__).parents[2],
            env=os.environ | runtime.environ,
            capture_output=True,
            text=True,
        )

    return run


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step}-{STEPS[step]}")
def test_killed_before_a_step(killed, collect, fill, rows, answers, step):
    fill("甲处", "1.xlsx", (1, "进展情况", "初稿"), (1, "完成情况", "不知道"))
    fill("乙处", "2.xlsx", (1, "进展情况", "乙的"))
    died = killed(step)
    assert died.returncode == -signal.SIGKILL, died.stderr
    found = collect("--replies", answers)
    assert {one["state"] for one in found["files"]} <= {"merged", "double"}
    assert (rows()["一(一)", "甲处"]["progress"], rows()["一(一)", "乙处"]["progress"]) == ("初稿", "乙的")
    assert "不知道" in cells(answers / of(found, "1.xlsx")["reply"], 1)["同步提示"]
    assert [path.name for path in answers.iterdir()] == [of(found, "1.xlsx")["reply"]]
    assert {one["state"] for one in collect("--replies", answers)["files"]} == {"double"}
    shutil.rmtree(answers)
