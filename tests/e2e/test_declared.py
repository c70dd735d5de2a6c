"""Names that a document declares, and what is attached to it: read in its plan, proposed for later, imported once."""

import pytest

TITLE = "2024年示例区政务公开工作要点"
OPENING = "由区教育局（以下简称区教委）抓总，区民政局、区体育局（以下统称各业务局）参加。"


def paper(*items, opening=OPENING, year=2024):
    numbered = (
        f"（{n}）第{n}项。做好第{n}项公开。（责任单位：{units}）" for n, units in zip("一二三", items, strict=False)
    )
    return "\n".join((TITLE.replace("2024", str(year)), opening, "一、公开", *numbered))


@pytest.fixture
def give(cli, add_tenant, tmp_path):
    add_tenant("t")

    def imported(text, *attachments, name="要点.txt", status=0):
        paths = [tmp_path / name, *(tmp_path / f"附表{n}.txt" for n in range(len(attachments)))]
        for path, content in zip(paths, (text, *attachments), strict=True):
            path.write_text(content, "utf-8")
        if status:
            outcome = cli("plan", "import", *paths, "--tenant", "t")
            assert outcome.status == status, outcome
            return outcome.err
        return cli.json("plan", "import", *paths, "--tenant", "t")

    return imported


@pytest.fixture
def laid(cli):
    return lambda: [row["unit"] for row in cli.json("plan", "show", "--tenant", "t")["rows"]]


@pytest.fixture
def units(cli):
    return lambda: {unit["name"]: unit for unit in cli.json("unit", "list", "--tenant", "t")}


def asked(plan):
    return {question["key"]: [option["value"] for option in question["options"]] for question in plan["questions"]}


def test_a_declared_name_is_the_unit_in_its_plan_and_proposed_for_later(give, cli, laid, units):
    plan = give(paper("区教委", "区教育局、甲局", "各业务局"))
    assert laid() == ["区教育局", "区教育局", "甲局", "各业务局"]
    assert "区教委" not in units()
    assert asked(plan)["区教委"] == ["区教育局", "keep"]
    assert asked(plan)["各业务局"] == ["区民政局、区体育局", "keep"]
    left = cli.json("unit", "answer", "--tenant", "t", "区教委=区教育局", "各业务局=区民政局、区体育局")
    assert set(asked(left)) == {"*"}
    assert (units()["区教育局"]["aliases"], units()["各业务局"]["members"]) == (["区教委"], ["区民政局", "区体育局"])
    give(paper("区教委", opening="今年按此落实。", year=2025), name="明年.txt")
    assert laid() == ["区教育局"]


def test_it_may_hold_in_its_plan_only(give, cli, laid, units):
    give(paper("区教委"))
    assert asked(cli.json("unit", "answer", "--tenant", "t", "区教委=keep")).keys() == {"*"}
    assert (laid(), units()["区教育局"]["aliases"]) == (["区教育局"], [])
    give(paper("区教委", opening="今年按此落实。", year=2025), name="明年.txt")
    assert laid() == ["区教委"]


def test_a_name_that_the_directory_knows_as_another_unit_is_asked_about(give, cli, laid):
    cli.ok("unit", "add", "区教委", "--tenant", "t")
    assert asked(give(paper("区教委")))["区教委"] == ["区教育局", "keep"]
    assert laid() == ["区教育局"]


TABLE = "重点任务分解表\n序号\t工作任务\t责任单位\n1\t第一项。做好第一项公开。\t教育处\n"


def test_an_attachment_may_use_another_name(give, cli):
    cli.ok("unit", "add", "区教育局", "--alias", "教育处", "--tenant", "t")
    codes = [question["code"] for question in give(paper("区教育局"), TABLE)["questions"]]
    assert not [code for code in codes if code.startswith("text_attached")]


def test_a_document_is_known_with_and_without_its_attachment(give, cli):
    number = give(paper("区教育局"))["id"]
    for attachments in ((TABLE,), (TABLE, "附件：无"), ()):
        err = give(paper("区教育局"), *attachments, status=2)
        assert f"要点编号 {number}" in err
        assert ("zwgk sheet adopt" in err) == bool(attachments)
    with_table = give(paper("甲局"), TABLE, name="另一份.txt")["id"]
    assert f"要点编号 {with_table}" in give(paper("甲局"), status=2)
    assert len(cli.json("plan", "list", "--tenant", "t")) == 2
