"""`zwgk task split`, `merge` and `move`, on drafts and on plans whose sheets are already out."""

import pytest
from openpyxl import load_workbook

from bridges.demo.person import HEADER_ROW, Typed, type_into
from tests.support.database import contents

TEXT = """2024年示例机关政务公开工作要点
一、信息公开
(一)做好目录编制。编制并公布目录，于3月31日前向社会公开。邀请公众代表列席本单位会议，
6月 底前办结，全年不少于4次。(牵头单位:甲处，配合单位:乙处，完成时限:年底前)
(二)优化专栏。持续优化专栏设置。(责任单位:丙处)
(三)做好解读。10月底前完成解读，不少于3次。(责任单位:乙处)
"""
AT = "邀请公众代表"


@pytest.fixture
def draft(cli, add_tenant, tmp_path):
    add_tenant("t")
    document = tmp_path / "要点.txt"
    document.write_text(TEXT, encoding="utf-8")
    cli.ok("plan", "import", document, "--tenant", "t")
    return document.read_text("utf-8")


@pytest.fixture
def rows(cli):
    return lambda: cli.json("plan", "show", "--tenant", "t")["rows"]


@pytest.fixture
def keys(rows):
    """The keys of the rows of a task by its number."""
    return lambda no: [row["row"] for row in rows() if row["no"] == no]


@pytest.fixture
def task(cli):
    """Run a mending; options last."""
    return lambda *argv, **more: cli.json("task", *argv, "--tenant", "t", **more)


@pytest.fixture
def views(cli):
    """Each task of the plan as its draft shows it, by number."""
    return lambda: {view["no"]: view for view in cli.json("plan", "draft", "--tenant", "t")["tasks"]}


def texts(view, draft):
    return [draft[start:end] for start, end in view["sources"]]


def value(view, field):
    return view["fields"][field]["value"]


def test_a_split_shares_out_what_was_read(draft, task, keys, views):
    task("split", keys("一(一)")[0], "--at", AT)
    first, second = views()["一(一)"], views()["一(一)#2"]
    assert texts(first, draft) == ["做好目录编制。编制并公布目录，于3月31日前向社会公开。"]
    assert texts(second, draft) == ["邀请公众代表列席本单位会议，\n6月 底前办结，全年不少于4次。"]
    assert [row["unit"] for row in second["rows"]] == ["甲处", "乙处"]
    assert value(second, "roles") == "甲处（牵头）、乙处（配合）"
    # the bracket behind the text binds both
    assert (value(first, "deadlines"), value(second, "deadlines")) == ("3月31日前；年底前", "6月 底前；年底前")
    assert (value(first, "quotas"), value(second, "quotas")) == ("", "全年不少于4次")
    for view, mine in ((first, "3月31日前"), (second, "6月 底前")):
        marked = [piece["text"] for piece in view["source"] if piece["mark"] == "deadlines"]
        assert marked == [mine, "年底前"]


def test_white_space_is_no_difference(draft, task, keys, views):
    task("split", keys("一(一)")[0], "--at", "会议,6月底前")
    assert texts(views()["一(一)#2"], draft) == ["会议，\n6月 底前办结，全年不少于4次。"]


def test_merging_after_a_split_gives_back_what_was(draft, task, keys, views, rows):
    before, shown = views(), rows()
    task("split", keys("一(一)")[0], "--at", AT)
    done = task("merge", keys("一(一)")[0], keys("一(一)#2")[0])
    assert len(done["closed"]) == 2
    after = views()
    assert {no: (view["sources"], view["rows"]) for no, view in after.items()} == {
        no: (view["sources"], view["rows"]) for no, view in before.items()
    }
    for name in ("title", "units", "roles", "quotas", "cadence"):
        assert value(after["一(一)"], name) == value(before["一(一)"], name)
    assert set(value(after["一(一)"], "deadlines").split("；")) == {"3月31日前", "6月 底前", "年底前"}
    assert rows()[0]["due_on"] == shown[0]["due_on"]


@pytest.mark.parametrize(
    ("words", "code"), [("没有这些字", "words_missing"), ("，", "words_twice"), ("做好目录", "nothing_before")]
)
def test_a_split_at_no_clear_place_is_refused(draft, cli, keys, database, words, code):
    row, before = keys("一(一)")[0], contents(database)
    outcome = cli("task", "split", row, "--at", words, "--tenant", "t")
    assert (outcome.status, outcome.out, contents(database)) == (2, "", before)
    assert f"错误（{code}）" in outcome.err


def test_a_dry_run_changes_nothing(draft, cli, task, keys, database):
    row, other, last = (keys(no)[0] for no in ("一(一)", "一(二)", "一(三)"))
    before = contents(database)
    tried = task("split", row, "--at", AT, "--dry-run")
    assert [view["no"] for view in tried["tasks"]] == ["一(一)", "一(一)#2"]
    task("merge", row, other, "--dry-run")
    task("move", last, "--before", row, "--dry-run")
    assert "以上为预览" in cli.ok("task", "split", row, "--at", AT, "--tenant", "t", "--dry-run")
    assert contents(database) == before
    done = task("split", row, "--at", AT)
    same = ("no", "title", "sources", "fields")
    assert [[view[key] for key in same] for view in done["tasks"]] == [
        [view[key] for key in same] for view in tried["tasks"]
    ]


def test_what_the_office_wrote_stays_with_the_first_part(draft, cli, task, keys, views):
    row = keys("一(一)")[0]
    cli.ok("task", "set", row, "deadline=9月30日前", "--tenant", "t")
    done = task("split", row, "--at", AT)
    assert done["notes"] == ["完成时限“9月30日前”是人工填写的，归前一项。"]
    assert value(views()["一(一)"], "deadlines") == "9月30日前"
    assert value(views()["一(一)#2"], "deadlines") == "6月 底前"


def by_hand(view):
    return [name for name, field in view["fields"].items() if "by_hand" in [why["code"] for why in field["why"]]]


def test_a_hand_edit_stays_one_through_mending_and_mending_is_none(draft, cli, task, keys, views):
    row = keys("一(一)")[0]
    task("merge", row, keys("一(二)")[0])
    task("split", row, "--at", AT)
    assert not any(map(by_hand, views().values()))
    cli.ok("task", "set", row, "deadline=9月30日前", "--tenant", "t")
    task("split", row, "--at", "于3月31日前")
    assert "deadlines" in by_hand(views()["一(一)"])
    task("merge", row, keys("一(三)")[0])
    assert "deadlines" in by_hand(views()["一(一)"])
    assert "工作日时限" not in cli.ok("plan", "draft", "--tenant", "t", "--task", row)


def test_a_text_written_anew_keeps_its_sources_where_no_place_is_found(draft, cli, task, keys, views):
    row = keys("一(二)")[0]
    cli.ok("task", "set", row, "text=办好专栏。另开一个栏目。", "--tenant", "t")
    done = task("split", row, "--at", "另开")
    assert "找不到拆分之处" in done["notes"][0]
    assert views()["一(二)"]["sources"] == views()["一(二)#2"]["sources"]


def test_a_merge_unites_units_limits_and_sources(draft, task, keys, views):
    task("merge", keys("一(二)")[0], keys("一(三)")[0], keys("一(一)")[0])
    (view,) = views().values()
    assert (view["no"], value(view, "units")) == ("一(二)", "丙处、乙处、甲处")
    assert value(view, "roles") == "乙处（配合）、甲处（牵头）"
    assert value(view, "deadlines") == "10月底前；3月31日前；6月 底前；年底前"
    assert value(view, "quotas") == "不少于3次；全年不少于4次"
    assert [text[:4] for text in texts(view, draft)] == ["优化专栏", "做好解读", "做好目录"]


def test_units_reach_a_task_that_nobody_had(cli, draft, task, keys, rows):
    first, last = keys("一(二)")[0], keys("一(三)")[0]
    cli.ok("task", "set", first, "unit=", "--tenant", "t")
    task("merge", first, last)
    assert [(row["row"], row["unit"]) for row in rows() if row["no"] == "一(二)"] == [(first, "乙处")]


def test_what_was_reported_is_not_merged_away(draft, cli, task, keys, rows, database):
    first, last = keys("一(一)")[0], keys("一(三)")[0]
    cli.ok("task", "set", last, "progress=已起草", "--tenant", "t")
    before = contents(database)
    outcome = cli("task", "merge", first, last, "--tenant", "t")
    assert (outcome.status, contents(database)) == (2, before)
    assert "rows_reported" in outcome.err
    assert f"{last}（一(三) 乙处）" in outcome.err
    task("merge", last, first)  # the other way round
    assert next(row for row in rows() if row["row"] == last)["progress"] == "已起草"


def test_a_task_is_not_merged_with_itself_nor_after_it_is_gone(draft, cli, task, keys):
    one, two = keys("一(一)")
    last = keys("一(三)")[0]
    assert "one_task" in cli("task", "merge", one, two, "--tenant", "t").err
    assert "one_task" in cli("task", "move", one, "--after", two, "--tenant", "t").err
    task("merge", one, last)
    for argv in (("split", last, "--at", "不少于"), ("merge", one, last), ("move", last, "--after", one)):
        assert "task_gone" in cli("task", *argv, "--tenant", "t").err
    assert cli("task", "move", one, "--tenant", "t").status == 2
    assert cli.json("plan", "list", "--tenant", "t")[0]["tasks"] == 2


def test_moving_changes_the_order_and_nothing_else(draft, task, keys, rows):
    before = {row["row"]: row for row in rows()}
    task("move", keys("一(三)")[0], "--before", keys("一(一)")[1])
    assert list(dict.fromkeys(row["no"] for row in rows())) == ["一(三)", "一(一)", "一(二)"]
    task("move", keys("一(一)")[0], "--after", keys("一(二)")[0])
    assert list(dict.fromkeys(row["no"] for row in rows())) == ["一(三)", "一(二)", "一(一)"]
    assert {row["row"]: row for row in rows()} == before


def test_history_tells_what_was_done(draft, cli, task, keys):
    row = keys("一(一)")[0]
    task("split", row, "--at", AT)
    task("move", row, "--after", keys("一(三)")[0])
    fields = [change["field"] for change in cli.json("task", "history", row, "--tenant", "t")]
    assert fields == ["deadline", "quota", "text", "sources", "position"]


def test_a_part_that_comes_back_gets_its_periods(cli, confirmed, task, keys, rows):
    confirmed(
        "2024年示例机关政务公开工作要点\n一、信息公开\n"
        "(一)公开目录。3月31日前公开目录。每季度通报一次情况。(责任单位:甲处)\n"
    )
    task("split", keys("一(一)")[0], "--at", "每季度")
    shown = [(row["no"], row["due_on"]) for row in rows()]
    assert shown == [("一(一)", "2024-03-31"), ("一(一)#2", "2024-09-30")]


def test_a_merge_says_that_a_task_comes_back_no_more(cli, confirmed, task, keys):
    confirmed(
        "2024年示例机关政务公开工作要点\n一、信息公开\n"
        "(一)报送进展。每月25日前报送进展。(责任单位:甲处)\n"
        "(二)报送数据。每月25日前报送数据。(责任单位:甲处)\n"
        "(三)公开目录。3月31日前公开目录。(责任单位:甲处)\n"
    )
    monthly, other, once = (keys(no)[0] for no in ("一(一)", "一(二)", "一(三)"))
    assert task("merge", monthly, other)["notes"] == []
    (note,) = task("merge", monthly, once)["notes"]
    assert "每月25日前；3月31日前" in note
    assert "不再" in note
    row = cli.ok("task", "split", monthly, "--at", "3月31日", "--tenant", "t", "--dry-run")
    assert f"{monthly}（甲处 2024年7月）" in row


# ---------------------------------------------------------------- with a sheet that is out


@pytest.fixture
def book(cli, draft, tmp_path):
    """The path of an exported workbook of the confirmed plan."""
    cli.ok("plan", "confirm", "--tenant", "t")
    path = tmp_path / "任务分解表.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", path)
    return path


@pytest.fixture
def sync(cli, book):
    return lambda status=0: cli.json("sheet", "sync", "--tenant", "t", book, status=status)


def lines(book):
    """Row id → header → value."""
    sheet = load_workbook(book).active
    headers = [cell.value for cell in sheet[HEADER_ROW]]
    return {
        row[0]: dict(zip(headers[1:], row[1:], strict=True))
        for row in sheet.iter_rows(min_row=HEADER_ROW + 1, values_only=True)
    }


def test_a_copy_gets_the_rows_of_a_split(book, sync, task, keys, rows):
    first = keys("一(一)")[0]
    type_into(book, [Typed(first, "进展情况", "已起草")])
    task("split", first, "--at", AT)
    sync()
    shown = lines(book)
    assert shown[first]["进展情况"] == "已起草"
    assert shown[first]["任务内容"].endswith("公开。")
    for key in keys("一(一)#2"):
        assert shown[key]["任务"].startswith("邀请公众代表")
    assert next(row for row in rows() if row["row"] == first)["progress"] == "已起草"
    assert sync()["pass"] is None


def test_a_copy_keeps_the_row_that_was_merged_away_and_says_so(book, sync, task, keys):
    first, gone = keys("一(一)")[0], keys("一(三)")[0]
    before = lines(book)[gone]
    task("merge", first, gone)
    sync()
    shown = lines(book)
    assert "做好解读" in shown[first]["任务内容"]
    assert "本行已不在本表范围内" in shown[gone]["同步提示"]
    assert shown[gone] | {"同步提示": None} == before
    assert sync()["pass"] is None


def test_what_a_unit_typed_meanwhile_becomes_a_proposal(book, sync, task, keys, rows):
    first, gone = keys("一(一)")[0], keys("一(三)")[0]
    type_into(book, [Typed(gone, "进展情况", "已解读两次")])
    task("merge", first, gone)
    (proposal,) = sync(1)["proposals"]
    assert (proposal["row"], proposal["field"], proposal["sheet"]) == (gone, "progress", "已解读两次")
    assert "已作为建议提交" in lines(book)[gone]["同步提示"]
    assert gone not in {row["row"] for row in rows()}
    assert sync()["pass"] is None


def test_what_a_unit_reported_before_forbids_the_merge(cli, book, sync, keys):
    first, gone = keys("一(一)")[0], keys("一(三)")[0]
    type_into(book, [Typed(gone, "进展情况", "已解读两次")])
    sync()
    assert "rows_reported" in cli("task", "merge", first, gone, "--tenant", "t").err


def test_a_new_sheet_follows_the_new_order(cli, book, sync, task, keys, tmp_path):
    before = list(lines(book))
    task("move", keys("一(三)")[0], "--before", keys("一(一)")[0])
    assert sync()["pass"] is None
    assert list(lines(book)) == before
    new = tmp_path / "新.xlsx"
    cli.ok("sheet", "export", "--tenant", "t", new)
    assert next(iter(lines(new))) == keys("一(三)")[0]
