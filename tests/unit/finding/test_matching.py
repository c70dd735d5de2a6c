"""Lines of a sheet and rows of the table: which is which, and what is asked."""

import pytest

from bridges.adoption.matching import SheetLine, match_rows
from bridges.sync.values import read
from bridges.table import TableCell, TableRow
from tests.unit.finding.grids import TABLE

COLUMNS = {column.key: column for column in TABLE.columns}


def row(id_: str, thing: str, title: str, unit: str | None, text: str | None = None) -> TableRow:
    cells = {"title": title, "unit": unit, "text": text}
    values = {key: TableCell(read(COLUMNS[key], raw, 2024).value, 1) for key, raw in cells.items()}
    return TableRow(id_, 1, values, {"task": thing})


ROWS = {
    one.id: one
    for one in (
        row("a1", "a", "编制并公布主动公开目录", "甲处"),
        row("a2", "a", "编制并公布主动公开目录", "乙处"),
        row("b", "b", "开展政府开放月活动", "丙处", "八月组织开放活动，邀请公众走进机关。"),
        row("c", "c", "做好政策解读工作", "甲处"),
        row("d", "d", "组织业务培训", None),
    )
}


def matched(*lines: tuple, **answers: str):
    sheet = [
        SheetLine(str(n), dict(zip(("title", "unit", "text"), line, strict=False))) for n, line in enumerate(lines, 5)
    ]
    return match_rows(sheet, TABLE, ROWS, {at[1:]: answer for at, answer in answers.items()})


def pairs(found) -> dict[str, tuple[str, str]]:
    return {pair.at: (pair.id, pair.how) for pair in found.pairs}


def test_equal_but_for_dress_and_unit_decides():
    found = matched(
        ("1.编制并公布 主动公开目录。", "乙处"), ("编制并公布主动公开目录", "甲处"), ("（五）做好政策解读工作", "")
    )
    assert pairs(found) == {"5": ("a2", "same"), "6": ("a1", "same"), "7": ("c", "same")}
    assert found.absent == ("b", "d")


def test_a_task_is_known_by_what_it_says():
    assert pairs(matched(("八月组织开放活动，邀请公众走进机关", "丙处"))) == {"5": ("b", "same")}
    assert pairs(matched(("别的名字", "丙处", "八月组织开放活动,邀请公众走进机关."))) == {"5": ("b", "same")}


def test_several_units_in_one_cell_stand_for_the_first_one():
    assert pairs(matched(("编制并公布主动公开目录", "乙处、甲处"))) == {"5": ("a2", "same")}


def test_a_unit_typed_beside_a_task_without_one():
    assert pairs(matched(("组织业务培训", "甲处"))) == {"5": ("d", "same")}


def test_what_is_clearly_alike_is_taken():
    found = matched(("开展政府开放月各项活动", "丙处"))
    assert pairs(found) == {"5": ("b", "alike")}
    assert 75 <= found.pairs[0].sureness < 100


@pytest.mark.parametrize(
    ("lines", "unclear"),
    [
        ([("编制并公布主动公开目录", "")], {"5": {"a1", "a2"}}),  # whose line?
        ([("做好政策解读工作", "甲处"), ("做好政策解读工作", "甲处")], {"5": {"c"}, "6": {"c"}}),  # twice
        ([("编制并公布主动公开目录", unit) for unit in ("甲处", "乙处", "丙处")], {"7": {"a1", "a2"}}),
        ([("政策解读的工作要做", "甲处")], {"5": {"c"}}),  # only faintly alike
    ],
)
def test_what_has_several_answers_is_asked(lines, unclear):
    found = matched(*lines)
    assert {at: set(ids) for at, ids in found.unclear.items()} == unclear
    assert not set(unclear) & set(pairs(found))


def test_what_is_like_nothing_is_unknown():
    found = matched(("采购一批打印机", "甲处"))
    assert (found.unknown, found.unclear, found.pairs) == (("5",), {}, ())


def test_lines_of_one_task_that_are_only_alike_are_told_apart_by_their_unit():
    found = matched(("编制并公布主动公开的目录", "乙处"), ("编制并公布主动公开的目录", "甲处"))
    assert pairs(found) == {"5": ("a2", "alike"), "6": ("a1", "alike")}


def test_a_person_answers():
    found = matched(
        ("编制并公布主动公开目录", ""), ("采购一批打印机", ""), ("做好政策解读工作", ""), r5="a2", r6="skip", r7="new"
    )
    assert pairs(found) == {"5": ("a2", "answered")}
    assert (found.skipped, found.unknown, found.unclear) == (("6",), ("7",), {})
