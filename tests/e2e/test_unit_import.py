"""A unit directory from a file: looked at, taken, taken again, refused."""

import pytest
from openpyxl import Workbook

HEADER = ("序号", "单位名称", "类别", "成员", "简称")
LINES = (
    (1, "区教育局", "", "", "区教委、区教局"),
    (2, "东镇", "单位", "", ""),
    (3, "西镇", "", "", ""),
    (4, "各街镇", "单位组", "东镇、西镇、南镇", ""),
    (5, "行业协会", "外部单位", "", ""),
)


@pytest.fixture
def take(cli, tmp_path):
    def give(name, rows, *more, status=0):
        path = tmp_path / name
        if path.suffix == ".csv":
            path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="gb18030")
        else:
            book = Workbook()
            for row in rows:
                book.active.append(row)
            book.save(path)
        outcome = cli("unit", "import", path, *more, "--tenant", "a")
        assert outcome.status == status, outcome
        return outcome.err if status else outcome.out

    return give


@pytest.fixture
def units(cli, add_tenant):
    add_tenant("a")
    for name in ("南镇", "区教育局"):
        cli.ok("unit", "add", name, "--tenant", "a")
    return lambda: {unit["name"]: unit for unit in cli.json("unit", "list", "--tenant", "a")}


@pytest.mark.parametrize("name", ["名录.xlsx", "名录.csv"])
def test_looked_at_taken_and_taken_again(units, take, name):
    rows = [("示例区单位名录",), HEADER, *LINES]
    before = units()
    assert "将更改 6 处" in take(name, rows)
    assert units() == before
    assert "更改 6 处" in take(name, rows, "--apply")
    after = units()
    assert after["各街镇"]["members"] == ["东镇", "西镇", "南镇"]
    assert (after["区教育局"]["aliases"], after["行业协会"]["kind"]) == (["区教委", "区教局"], "outside")
    assert "没有更改" in take(name, rows, "--apply")
    assert units() == after


def test_a_line_lists_all_members_or_names_a_group_to_join(units, take):
    take("a.xlsx", [HEADER, *LINES], "--apply")
    assert "移出成员" in take("c.csv", [("名称", "成员"), ("各街镇", "东镇、西镇")], "--apply")
    out = take("b.csv", [("名称", "所属组"), ("东镇", "各街镇"), ("北镇", "各街镇"), ("甲处", "各处室")], "--apply")
    assert "更改 5 处" in out
    after = units()
    assert (after["各街镇"]["members"], after["各处室"]["members"]) == (["东镇", "西镇", "北镇"], ["甲处"])
    assert {"西镇", "南镇"} <= set(after)


def test_the_file_answers_what_would_be_asked(units, cli, take, tmp_path):
    paper = tmp_path / "要点.txt"
    paper.write_text(
        "2024年示例区政务公开工作要点\n一、公开\n(一)做好公开。做好信息公开。(责任单位:区教育处、北镇)\n",
        encoding="utf-8",
    )
    asked = {question["key"] for question in cli.json("plan", "import", paper, "--tenant", "a")["questions"]}
    assert asked == {"区教育处", "*"}
    assert "确认为单位" in take("a.csv", [("名称",), ("区教育处",), ("北镇",)], "--apply")
    assert cli.json("unit", "answer", "--tenant", "a")["questions"] == []


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        ([("甲", "乙"), ("区教育局", "x")], "listing_without_header"),
        ([HEADER, (1, "甲局", "科室", "", "")], "类别“科室”"),
        ([HEADER, (1, "甲局", "", "", ""), (2, "甲局", "", "", "")], "“甲局”列了 2 次"),
        ([HEADER, (1, "甲局", "", "", "老局"), (2, "乙局", "", "", "老局")], "“老局”列了 2 次"),
        ([HEADER, (1, "各处室", "", "丁处", "")], "成员“丁处”既不在表中"),
        ([HEADER, (1, "各处室", "单位", "南镇", "")], "类别须是单位组"),
        ([HEADER, (1, "各处室", "", "各街镇", ""), (2, "各街镇", "", "南镇", "")], "“各街镇”是单位组，请逐一写明"),
        ([HEADER, (1, "甲局", "", "", "南镇")], "“南镇”是另一个单位的名称"),
        ([HEADER, (1, "注：以上单位以编办文件为准。", "", "", "")], "不是单位名称"),
    ],
)
def test_a_file_that_cannot_be_taken_is_not(units, take, rows, word):
    before = units()
    assert word in take("a.xlsx", rows, "--apply", status=2)
    assert units() == before


def test_two_sheets(units, tmp_path, cli):
    book = Workbook()
    for row in (HEADER, *LINES[:3]):
        book.active.append(row)
    second = book.create_sheet("组")
    for row in (("名称", "成员"), ("各街镇", "东镇、西镇")):
        second.append(row)
    book.save(tmp_path / "a.xlsx")
    cli.ok("unit", "import", tmp_path / "a.xlsx", "--apply", "--tenant", "a")
    assert units()["各街镇"]["members"] == ["东镇", "西镇"]


def test_taken_back(units, take, cli):
    before = units()
    take("a.xlsx", [HEADER, *LINES], "--apply")
    after = units()
    looked = cli.json("unit", "undo", "--tenant", "a")
    assert units() == after
    undone = cli.json("unit", "undo", "--tenant", "a", "--apply")
    assert undone == looked | {"applied": True}
    assert {(one["name"], one["what"]) for one in undone["units"]} == {
        ("区教育局", "restored"),
        *((name, "removed") for name in ("东镇", "西镇", "各街镇", "行业协会")),
    }
    assert units() == before
    assert "unit_nothing_to_undo" in cli("unit", "undo", "--tenant", "a", "--apply").err


def test_what_was_changed_since_or_is_used_by_now_stays(units, take, cli, tmp_path):
    cli.ok("unit", "add", "各街镇", "--member", "南镇", "--tenant", "a")
    take("a.xlsx", [HEADER, *LINES], "--apply")
    cli.ok("unit", "leave", "各街镇", "东镇", "--tenant", "a")
    paper = tmp_path / "要点.txt"
    paper.write_text(
        "2024年示例区政务公开工作要点\n一、公开\n(一)做好公开。做好信息公开。(责任单位:行业协会)\n", "utf-8"
    )
    cli.ok("plan", "import", paper, "--tenant", "a")
    outcome = cli("unit", "undo", "--tenant", "a", "--apply")
    assert outcome.status == 1
    assert "已撤销 2 个单位的更改，3 个不动" in outcome.out
    now = units()
    assert (now["各街镇"]["members"], now["区教育局"]["aliases"]) == (["南镇", "西镇"], [])
    assert {"东镇", "行业协会"} - set(now) == {"东镇"}
    [row] = cli.json("plan", "show", "--tenant", "a")["rows"]
    assert row["unit"] == "行业协会"


def test_a_group_that_gets_its_members_from_a_file_is_asked_about_again(units, take, cli):
    take("a.csv", [("名称",), ("各街镇",)], "--apply")
    take("b.csv", [("名称", "成员"), ("各街镇", "南镇")], "--apply")
    assert units()["各街镇"]["settled"]
    assert "恢复原来的" in cli.ok("unit", "undo", "--tenant", "a", "--apply")
    assert (units()["各街镇"]["settled"], units()["各街镇"]["members"]) == (False, [])


def test_a_group_under_another_spelling_or_name_is_one_group(units, take, cli):
    cli.ok("unit", "add", "各街镇", "--alias", "各镇街", "--tenant", "a")
    lines = [
        ("名称", "成员", "所属组", "简称"),
        ("１组", "东镇", "", "一组"),
        ("各街镇", "东镇"),
        ("东镇", "", ""),
        ("西镇", "", "1组、各镇街"),
        ("南镇", "", "一组"),
    ]
    take("a.csv", lines, "--apply")
    assert "没有更改" in take("a.csv", lines)
    now = units()
    assert (now["１组"]["members"], now["各街镇"]["members"]) == (["东镇", "西镇", "南镇"], ["东镇", "西镇"])
