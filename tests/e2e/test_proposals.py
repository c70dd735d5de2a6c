"""What units may not change themselves: listed for the office until it is so."""

from tests.e2e.test_rounds import collect, fill, inbox, out, plan, rows, sent

__all__ = ["collect", "fill", "inbox", "out", "plan", "rows", "sent"]


def test_wishes_are_listed_until_the_office_does_so(cli, collect, fill, rows):
    listed = ("sheet", "proposals", "--tenant", "t")
    assert "没有待处理的修改建议" in cli.ok(*listed)
    fill("甲处", "1.xlsx", (1, "完成时限", "11月底前"), (1, "进展情况", "已启动"))
    collect()
    (wish,) = cli.json(*listed, status=1)
    row = rows()["一(一)", "甲处"]
    assert (wish["field"], wish["who"], wish["header"]) == ("deadline", "甲处", "完成时限")
    assert (wish["old"], wish["now"], wish["new"], wish["taken"]) == (row["deadline"],) * 2 + ("11月底前", False)
    shown = cli(*listed)
    assert shown.status == 1
    assert "zwgk task set 编号 字段=值" in shown.out
    cli.ok("task", "set", "--tenant", "t", wish["row"], f"{wish['field']}={wish['new']}")
    assert cli.json(*listed) == []
    assert rows()["一(一)", "甲处"]["deadline"] == "11月底前"


def test_a_row_that_a_unit_would_like_to_have(cli, collect, fill):
    fill("甲处", "1.xlsx", (2, "任务", "另办一期专刊"))
    collect()
    (wish,) = cli.json("sheet", "proposals", "--tenant", "t", status=1)
    assert (wish["row"], wish["where"], wish["taken"]) == ("", "新增任务行", False)
    assert "任务：另办一期专刊" in wish["new"]
