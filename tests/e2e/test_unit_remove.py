"""`zwgk unit remove`: what nothing refers to is removed and can be brought back; everything else says what holds it."""

import pytest

DOCUMENT = "2024年示例区政务公开工作要点\n一、公开\n(一)做好公开。做好信息公开。(责任单位:甲处)\n"


@pytest.fixture
def remove(cli, add_tenant):
    add_tenant("a")
    for name in ("甲处", "乙处", "乙出"):
        cli.ok("unit", "add", name, "--tenant", "a")

    def give(*names, refused=""):
        outcome = cli("unit", "remove", *names, "--tenant", "a")
        assert (outcome.status, "未作任何更改" in outcome.err) == ((2, True) if refused else (0, False)), outcome
        assert refused in outcome.err
        return outcome

    return give


@pytest.fixture
def units(cli):
    return lambda: cli.json("unit", "list", "--tenant", "a")


def test_removed_and_brought_back_as_it_was(cli, remove, units):
    cli.ok("unit", "add", "协会", "--kind", "outside", "--alias", "行业协会", "--tenant", "a")
    before = units()
    assert "zwgk unit undo" in remove("协会", "乙出").out
    assert [unit["name"] for unit in units()] == ["乙处", "甲处"]
    looked = cli.json("unit", "undo", "--tenant", "a")
    assert {(one["name"], one["what"]) for one in looked["units"]} == {("协会", "returned"), ("乙出", "returned")}
    assert len(units()) == 2
    assert "恢复" in cli.ok("unit", "undo", "--tenant", "a", "--apply")
    assert units() == before  # its number too
    assert "unit_nothing_to_undo" in cli("unit", "undo", "--tenant", "a", "--apply").err


def test_a_name_that_is_anothers_by_now_stays_his(cli, remove, units):
    remove("乙出")
    cli.ok("unit", "add", "丙处", "--alias", "乙出", "--tenant", "a")
    outcome = cli("unit", "undo", "--tenant", "a", "--apply")
    assert (outcome.status, "已属于另一单位" in outcome.out) == (1, True)
    assert [unit["name"] for unit in units()] == ["丙处", "乙处", "甲处"]


def test_whoever_names_an_alias_does_not_mean_the_unit(cli, remove, units):
    cli.ok("unit", "add", "办公室", "--alias", "秘书处", "--tenant", "a")
    assert "它是“办公室”的别名" in cli("unit", "remove", "秘书处", "--tenant", "a").err
    assert "办公室" in [unit["name"] for unit in units()]


def test_what_refers_to_it_is_said_and_what_to_do(cli, remove, units, tmp_path):
    paper = tmp_path / "要点.txt"
    paper.write_text(DOCUMENT, "utf-8")
    cli.ok("plan", "import", paper, "--tenant", "a")
    remove("乙出", "甲处", refused="zwgk unit answer 甲处=另一单位")
    assert "乙出" in [unit["name"] for unit in units()]  # all or none
    row = cli.json("plan", "show", "--tenant", "a")["rows"][0]["row"]
    cli.ok("task", "set", row, "unit=乙处", "--tenant", "a")
    remove("甲处", refused="含已关闭的行")  # its history would go with it
    cli.ok("unit", "add", "各处室", "--member", "乙出", "--tenant", "a")
    remove("乙出", refused="zwgk unit leave 各处室 乙出")
    remove("各处室", refused="zwgk unit leave 各处室 乙出")
    cli.ok("unit", "leave", "各处室", "乙出", "--tenant", "a")
    cli.ok("unit", "change", "乙出", "--into", "丁处", "--since", "2024-03-01", "--tenant", "a")
    remove("乙出", refused="zwgk unit change 乙出 --cancel")
    remove("丁处", refused="zwgk unit change 乙出 --cancel")
    cli.ok("unit", "change", "乙出", "--cancel", "--tenant", "a")
    remove("乙出", "丁处", "各处室")


def test_people_and_programs_hold_it_too(cli, remove):
    bound = ("--unit", "乙处", "--tenant", "a")
    cli.ok("member", "add", "zhang", "--name", "张三", "--role", "unit_contact", *bound)
    token = cli.json("token", "add", "--name", "报表", "--right", "plans.read", *bound)
    remove("乙处", refused="zwgk member remove zhang")
    cli.ok("member", "remove", "zhang", "--tenant", "a")
    remove("乙处", refused=f"zwgk token revoke {token['id']}")
    cli.ok("token", "revoke", token["id"], "--tenant", "a")
    remove("乙处")
