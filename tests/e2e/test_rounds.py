"""Handing out and collecting by the command line, on PostgreSQL and real workbooks: nothing lost, nothing twice."""

import shutil
import zipfile

import pytest
from openpyxl import Workbook, load_workbook

from tests.support.books import TEXT

HEADER = 3


@pytest.fixture
def plan(confirmed):
    confirmed(TEXT)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "下发"


@pytest.fixture
def sent(cli, plan, out):
    return cli.json("round", "send", "--tenant", "t", "--out", out, "--due", "2024-06-20", "--title", "上半年填报")


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "收回"
    folder.mkdir()
    return folder


@pytest.fixture
def collect(cli, inbox):
    def run(*options, status=1, path=None):
        return cli.json("round", "collect", "--tenant", "t", path or inbox, *options, status=status)

    return run


@pytest.fixture
def rows(cli):
    def read():
        return {(r["no"], r["unit"]): r for r in cli.json("plan", "show", "--tenant", "t")["rows"]}

    return read


@pytest.fixture
def fill(out, sent, inbox):
    """A unit fills its packet in and sends it back under some name: `fill("甲处", "a.xlsx", (1, "进展情况", "…"))`."""
    files = {one["unit"]: one["file"] for one in sent["packets"]}

    def back(unit, name, *edits, packet=None):
        book = load_workbook(packet or out / files[unit])
        sheet = book.active
        columns = {cell.value: cell.column for cell in sheet[HEADER]}
        for number, header, value in edits:
            sheet.cell(HEADER + number, columns[header]).value = value
        path = inbox / name
        path.parent.mkdir(exist_ok=True)
        book.save(path)
        return path

    return back


class Gbk(zipfile.ZipInfo):
    """A member as Chinese systems name it: GBK, and no flag that says so."""

    def _encodeFilenameFlags(self):
        return self.filename.encode("gbk"), 0


def of(found, file):
    return next(one for one in found["files"] if one["file"] == file)


def test_one_packet_for_each_unit(sent, out):
    assert [(one["unit"], one["rows"]) for one in sent["packets"]] == [("丙处", 2), ("乙处", 2), ("甲处", 1)]
    names = sorted(path.name for path in out.iterdir())
    assert names == sorted(("下发清单.xlsx", "下发表.zip", *(one["file"] for one in sent["packets"])))
    with zipfile.ZipFile(out / "下发表.zip") as archive:
        assert sorted(archive.namelist()) == sorted(("下发清单.xlsx", *(one["file"] for one in sent["packets"])))
    sheet = load_workbook(out / "乙处_上半年填报.xlsx").active
    assert sheet["B1"].value == "上半年填报"
    assert "2024年6月20日" in sheet["B2"].value
    assert [cell.value for cell in sheet["F"][HEADER:]] == ["乙处", "乙处"]
    assert sheet.column_dimensions["A"].hidden
    assert any("已完成" in rule.formula1 for rule in sheet.data_validations.dataValidation)
    assert not sheet.protection.sheet
    listed = load_workbook(out / "下发清单.xlsx").active
    assert [[cell.value for cell in row[1:4]] for row in listed.iter_rows(min_row=HEADER + 1)] == [
        [one["unit"], one["file"], one["rows"]] for one in sent["packets"]
    ]


def test_an_interrupted_round_goes_on_and_overwrites_nothing(cli, plan, out):
    send = ("round", "send", "--tenant", "t", "--out", out)
    (out / "..").resolve().mkdir(exist_ok=True)
    out.mkdir()
    stranger = out / "乙处_2024年示例机关政务公开工作要点.xlsx"
    stranger.write_bytes(b"mine")
    outcome = cli(*send)
    assert (outcome.status, "packet_exists" in outcome.err) == (2, True)
    assert stranger.read_bytes() == b"mine"
    first = (out / "丙处_2024年示例机关政务公开工作要点.xlsx").read_bytes()
    stranger.unlink()
    assert cli(*send, "--due", "2024-09-01").status == 2
    done = cli.json(*send)
    assert (done["key"], [one["kept"] for one in done["packets"]]) == ("1", [True, False, False])
    assert (out / "丙处_2024年示例机关政务公开工作要点.xlsx").read_bytes() == first
    assert [r["state"] for r in cli.json("round", "list", "--tenant", "t")] == ["sent"]


def test_everything_comes_back_under_any_name(cli, collect, fill, rows, inbox, tmp_path):
    fill("甲处", "1.xlsx", (1, "完成情况", "推进中"), (1, "进展情况", "初稿"))
    lost = fill("乙处", "sub/新建 工作表 (3).xlsx", (1, "进展情况", "乙的"), (2, "完成数量", 2))
    with zipfile.ZipFile(inbox / "乙处.zip", "w") as archive:
        archive.writestr(Gbk("../../乙处.xlsx"), lost.read_bytes())
    lost.unlink()
    (inbox / "~$1.xlsx").write_bytes(b"x")
    (inbox / "说明.docx.bak").write_bytes(b"x")
    (inbox / "坏.xlsx").write_bytes(b"PK\x03\x04broken")
    found = collect()
    assert {one["file"]: one["state"] for one in found["files"]} == {
        "1.xlsx": "merged",
        "~$1.xlsx": "skipped",
        "乙处.zip/乙处.xlsx": "merged",
        "坏.xlsx": "refused",
        "说明.docx.bak": "skipped",
    }
    assert found["not_returned"] == ["丙处"]
    assert rows()["一(一)", "甲处"]["progress"] == "初稿"
    assert rows()["一(一)", "乙处"]["progress"] == "乙的"
    assert not list(tmp_path.parent.glob("*.xlsx"))
    status = cli.json("round", "status", "--tenant", "t", "--csv", tmp_path / "催办.csv", status=1)
    assert status["chase"] == [{"unit": "丙处", "due": "2024-06-20", "days_over": 11}]
    assert (tmp_path / "催办.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_collecting_again_changes_nothing_also_after_an_undo(cli, collect, fill, rows):
    fill("甲处", "1.xlsx", (1, "进展情况", "初稿"))
    done = of(collect(), "1.xlsx")
    again = collect()
    assert [one["state"] for one in again["files"]] == ["double"]
    cli.ok("sheet", "undo", "--tenant", "t", done["pass"])
    collect()
    fill("甲处", "又一次.xlsx", (1, "进展情况", "初稿"))
    assert of(collect(), "又一次.xlsx")["state"] == "double"
    assert not rows()["一(一)", "甲处"]["progress"]


def test_a_correction_replaces_and_divisions_conflict(cli, collect, fill, rows):
    fill("乙处", "b 终稿.xlsx", (1, "进展情况", "已公布"), (1, "备注", "见网站"), (1, "完成情况", "已完成"))
    collect()
    fill("乙处", "a 初稿.xlsx", (1, "备注", "见网站"), (1, "完成情况", "推进中"))
    found = collect()
    assert of(found, "a 初稿.xlsx")["corrected"] == [
        {"row": rows()["一(一)", "乙处"]["row"], "field": "status", "value": "推进中"}
    ]
    assert rows()["一(一)", "乙处"]["status"] == "done"
    cli.ok("round", "restore", "--tenant", "t", rows()["一(一)", "乙处"]["row"], "status")
    assert rows()["一(一)", "乙处"]["status"] == "in_progress"
    fill("乙处", "另一科.xlsx", (1, "进展情况", "未公布"))
    fill("乙处", "又一科.xlsx", (2, "进展情况", "第二项"))
    found = collect()
    assert [one["sheet"] for one in of(found, "另一科.xlsx")["conflicts"]] == ["未公布"]
    assert rows()["一(二)", "乙处"]["progress"] == "第二项"


def test_replies_are_a_new_version(cli, collect, fill, rows, tmp_path):
    back = fill("甲处", "1.xlsx", (1, "完成情况", "不知道"), (1, "进展情况", "初稿"), (1, "任务", "改了的任务"))
    before = back.read_bytes()
    answers = tmp_path / "答复"
    found = of(collect("--replies", answers), "1.xlsx")
    assert back.read_bytes() == before
    assert [path.name for path in answers.iterdir()] == [found["reply"]]
    sheet = load_workbook(answers / found["reply"]).active
    columns = {cell.value: cell.column for cell in sheet[HEADER]}
    note = sheet.cell(HEADER + 1, columns["同步提示"]).value
    assert "不知道" in note
    assert "改了的任务" in note
    assert sheet.cell(HEADER + 1, columns["任务"]).value != "改了的任务"
    fill("甲处", "2.xlsx", (1, "完成情况", "已完成"), (1, "进展情况", "终稿"), packet=answers / found["reply"])
    found = of(collect(), "2.xlsx")
    assert (found["state"], "conflicts" in found) == ("merged", False)
    assert (rows()["一(一)", "甲处"]["status"], rows()["一(一)", "甲处"]["progress"]) == ("done", "终稿")


def test_other_rounds_other_tenants_and_files_without_a_stamp(cli, add_tenant, collect, fill, rows, out, tmp_path):
    fill("甲处", "迟.xlsx", (1, "进展情况", "迟交的"))
    cli.json("round", "send", "--tenant", "t", "--out", tmp_path / "二")
    assert of(collect("--round", "2"), "迟.xlsx")["state"] == "not_taken"
    late = of(collect(), "迟.xlsx")
    assert (late["state"], late["late"], late["round"]) == ("wrong_round", True, "1")
    assert rows()["一(一)", "甲处"]["progress"] == "迟交的"

    bare = fill("丙处", "抄.xlsx", (1, "进展情况", "抄来的"))
    book = load_workbook(bare)
    book.active.delete_cols(1)
    book.save(bare)
    unknown = of(collect(), "抄.xlsx")
    assert (unknown["state"], unknown["code"], unknown["unit"]) == ("unknown", "no_stamp", "丙处")
    for option in ("--accept", "--confirm"):
        refused = cli("round", "collect", "--tenant", "t", bare, option, "别的.xlsx=丙处")
        assert (refused.status, "no_such_file" in refused.err) == (2, True)
    assert of(collect("--accept", "抄.xlsx=丙处"), "抄.xlsx")["state"] == "merged"
    assert rows()["一(四)", "丙处"]["progress"] == "抄来的"

    add_tenant("u")
    document = tmp_path / "u.txt"
    document.write_text(TEXT.replace("示例", "另一"), encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "u")
    cli.ok("plan", "confirm", "--tenant", "u")
    cli.json("round", "send", "--tenant", "u", "--out", tmp_path / "u")
    foreign = next((tmp_path / "u").glob("甲处*.xlsx"))
    stranger = tmp_path / "改过.xlsx"
    book = load_workbook(out / "甲处_上半年填报.xlsx")
    stamp = book.active.cell(HEADER, 1)
    stamp.value = stamp.value[:-1] + ("0" if stamp.value[-1] != "0" else "1")
    book.save(stranger)
    answers = [collect(path=path)["files"][0] for path in (foreign, stranger)]
    assert [(one["state"], one["code"], one["message"]) for one in answers] == [
        ("unknown", "unknown_stamp", answers[0]["message"])
    ] * 2


def test_a_dry_run_tells_and_changes_nothing(cli, collect, fill, rows):
    fill("乙处", "1.xlsx", (1, "进展情况", "一"))
    fill("乙处", "2.xlsx", (1, "进展情况", "二"))
    told = collect("--dry-run")
    assert not rows()["一(一)", "乙处"]["progress"]
    done = collect()

    def plain(found):
        return [{key: value for key, value in one.items() if key not in ("pass",)} for one in found["files"]]

    assert plain(told) == plain(done)
    assert sum("conflicts" in one for one in done["files"]) == 1


def test_odd_input_is_said_and_stops_nothing(cli, collect, fill, inbox, out):
    fill("甲处", "好.xlsx", (1, "进展情况", "好"))
    Workbook().save(inbox / "空.xlsx")
    with zipfile.ZipFile(inbox / "a.zip", "w") as archive, zipfile.ZipFile(inbox / "b.zip", "w") as inner:
        inner.writestr("x.txt", "x")
        archive.writestr("inner.zip", (inbox / "a.zip").read_bytes())
        archive.writestr("笔记.txt", "文字")
    cli.ok("sheet", "export", "--tenant", "t", inbox / "总表.xlsx")
    shutil.copy(inbox / "好.xlsx", inbox / "没有后缀")
    found = {one["file"]: one for one in collect()["files"]}
    assert {found["好.xlsx"]["state"], found["没有后缀"]["state"]} == {"merged", "double"}
    assert (found["空.xlsx"]["state"], found["空.xlsx"]["code"]) == ("unknown", "no_stamp")
    assert (found["总表.xlsx"]["state"], found["总表.xlsx"]["code"]) == ("unknown", "master")
    assert found["a.zip/笔记.txt"]["state"] == "skipped"


def test_a_folder_that_cannot_be_made_leaves_nothing_behind(cli, sent, fill, inbox, out, rows, tmp_path):
    (tmp_path / "文件").touch()
    below = tmp_path / "文件" / "下级"
    fill("甲处", "1.xlsx", (1, "进展情况", "初稿"))
    packet = out / sent["packets"][0]["file"]
    for argv in (
        ("round", "send", "--tenant", "t", "--out", below),
        ("round", "collect", "--tenant", "t", inbox, "--replies", below),
        ("round", "divide", packet, "--tenant", "t", "--out", below, "--into", "一科"),
    ):
        assert cli(*argv, "--json").status == 2, argv
    assert len(cli.json("round", "list", "--tenant", "t")) == 1
    assert not rows()["一(一)", "甲处"]["progress"]


def test_the_chasing_list_takes_no_workbook_away(cli, sent, out):
    packet = out / sent["packets"][0]["file"]
    before = packet.read_bytes()
    assert cli("round", "status", "--tenant", "t", "--csv", packet, "--json").status == 2
    assert packet.read_bytes() == before
