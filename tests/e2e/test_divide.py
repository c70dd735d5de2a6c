"""A packet divided among the divisions of its unit: each gets its rows, and everything is one again when it is back."""

import pytest
from openpyxl import load_workbook

from tests.e2e.test_rounds import HEADER, collect, fill, inbox, of, out, plan, rows, sent

__all__ = ["collect", "fill", "inbox", "out", "plan", "rows", "sent"]


@pytest.fixture
def packet(sent, out):
    """乙处's packet, with a column of its own in which the divisions are written."""
    path = out / "乙处_上半年填报.xlsx"
    book = load_workbook(path)
    last = book.active.max_column + 1
    for number, text in enumerate(("科室", "一科、二科", "二科")):
        book.active.cell(HEADER + number, last).value = text
    book.save(path)
    return path


@pytest.fixture
def divide(cli, packet, tmp_path):
    def run(*options, folder="科室"):
        return cli.json("round", "divide", "--tenant", "t", packet, "--out", tmp_path / folder, *options)

    return run


def tasks(path):
    sheet = load_workbook(path).active
    return [sheet.cell(row, 2).value for row in range(HEADER + 1, sheet.max_row + 1)]


def test_each_division_gets_its_rows(divide, packet, tmp_path, cli):
    done = divide("--by", "科室")
    assert [(one["unit"], one["rows"]) for one in done["parts"]] == [("一科", 1), ("二科", 2)]
    assert tasks(tmp_path / "科室/乙处（一科）_上半年填报.xlsx") == ["一(一)"]
    assert tasks(tmp_path / "科室/乙处（二科）_上半年填报.xlsx") == ["一(一)", "一(二)"]
    assert "乙处（一科）" in load_workbook(tmp_path / "科室/乙处（一科）_上半年填报.xlsx").active["B2"].value
    assert [one["kept"] for one in divide("--by", "科室")["parts"]] == [True, True]
    done = divide("--into", "三科=5", folder="另")
    assert ([one["rows"] for one in done["parts"]], done["left"]) == ([1], 1)
    assert tasks(tmp_path / "另/乙处（三科）_上半年填报.xlsx") == ["一(二)"]
    command = ("round", "divide", "--tenant", "t", packet, "--out", tmp_path / "科室")
    for options, code in (
        (("--into", "一科=5"), "packet_exists"),
        (("--by", "没有"), "column_unknown"),
        (("--into", "一科=99"), "row_unknown"),
        (("--into", "一科=9-4"), "wrong_use"),
        ((), "nothing_to_divide"),
    ):
        outcome = cli(*command, *options)
        assert (outcome.status, code in outcome.err) == (2, True), outcome
    part = tmp_path / "科室/乙处（一科）_上半年填报.xlsx"
    assert "not_a_packet" in cli("round", "divide", "--tenant", "t", part, "--out", tmp_path, "--into", "四科").err


def test_parts_are_one_again(cli, divide, collect, fill, rows, packet, tmp_path):
    divide("--by", "科室")
    first, second = (tmp_path / f"科室/乙处（{name}）_上半年填报.xlsx" for name in ("一科", "二科"))
    fill("乙处", "一.xlsx", (1, "进展情况", "一科的话"), packet=first)
    found = collect("--replies", tmp_path / "答复")
    assert found["divisions_not_returned"] == ["乙处（二科）"]
    assert "乙处" not in found["not_returned"]
    status = cli.json("round", "status", "--tenant", "t", status=1)
    assert [one["unit"] for one in status["chase"]] == ["丙处", "乙处（二科）", "甲处"]
    fill("乙处", "二.xlsx", (1, "备注", "二科的备注"), (1, "进展情况", "二科的话"), (2, "完成数量", 2), packet=second)
    found = collect("--replies", tmp_path / "答复")
    assert found["divisions_not_returned"] == []
    assert [one["sheet"] for one in of(found, "二.xlsx")["conflicts"]] == ["二科的话"]
    assert rows()["一(一)", "乙处"]["note"] == "二科的备注"
    assert rows()["一(二)", "乙处"]["count"] == 2
    cli("sheet", "sync", "--tenant", "t", packet)
    sheet = load_workbook(packet).active
    columns = {cell.value: cell.column for cell in sheet[HEADER]}
    assert sheet.cell(HEADER + 1, columns["备注"]).value == "二科的备注"
    assert sheet.cell(HEADER + 2, columns["完成数量"]).value == 2
    assert sheet.cell(HEADER + 1, columns["进展情况"]).value == "一科的话"
    cli("sheet", "sync", "--tenant", "t", first)
    assert tasks(first) == ["一(一)"]
    assert len(tasks(second)) == 2


def test_what_was_typed_into_the_packet_comes_first(cli, packet, tmp_path):
    book = load_workbook(packet)
    columns = {cell.value: cell.column for cell in book.active[HEADER]}
    book.active.cell(HEADER + 1, columns["备注"]).value = "联络员先填的"
    book.save(packet)
    divide = ("round", "divide", "--tenant", "t", packet, "--out", tmp_path / "科室", "--by", "科室")
    assert "packet_not_read" in cli(*divide).err
    cli("round", "collect", "--tenant", "t", packet)
    assert cli(*divide).status == 0
    sheet = load_workbook(tmp_path / "科室/乙处（一科）_上半年填报.xlsx").active
    assert sheet.cell(HEADER + 1, columns["备注"]).value == "联络员先填的"
