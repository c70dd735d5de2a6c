"""The packed base says what its rows said, and a still row is told without unpacking it."""

from dataclasses import replace

import pytest

from bridges.sync.base import Base, Mark, Rows, words_of
from bridges.sync.model import OWN, BaseCell, BaseRow
from bridges.sync.values import read
from bridges.table import Odd, Raw, Value
from tests.support.sheets import COLUMNS, TABLE, Desk

PLAIN = BaseRow("r0", ("任务\n一", None, 2.5, 80, True, ""), 7)
FULL = BaseRow(
    id="r1",
    shown=("文", None, 1e300, 10**300, Odd("formula", "A1"), "\ud800"),
    number=OWN,
    note="【同步】",
    events=("一",),
    state="cancelled",
    kind="spare",
    cells={"text": BaseCell("candidate", Value("a", "a"), 3, Value("c", "c"), OWN, "p1")},
    words={"count": Value(80, 80)},
)


def packed(*rows: BaseRow) -> Base:
    return Base.unpack((Base().having(rows).pack(),))


def test_a_base_gives_back_what_was_packed() -> None:
    base = packed(PLAIN, FULL)
    assert dict(base) == {"r0": PLAIN, "r1": FULL}
    assert [type(raw) for raw in base["r0"].shown] == [type(raw) for raw in PLAIN.shown]
    assert base.is_row("r0")
    assert not base.is_row("r1")


def test_the_last_pass_of_a_chain_says_how_a_row_was_left() -> None:
    blobs = [Base().having([replace(PLAIN, number=number), replace(FULL, id=f"x{number}")]).pack() for number in (1, 2)]
    base = Base.unpack(blobs)
    assert {id_: row.number for id_, row in base.items()} == {"r0": 2, "x1": OWN, "x2": OWN}


@pytest.mark.parametrize(
    ("row", "number", "cells", "note", "still"),
    [
        (PLAIN, 7, PLAIN.shown, "", True),
        (PLAIN, 3, PLAIN.shown, "", True),
        (PLAIN, 8, PLAIN.shown, "", False),  # the table moved
        (PLAIN, 7, (*PLAIN.shown[:3], 81, True, ""), "", False),  # the copy did
        (PLAIN, 7, (*PLAIN.shown[:3], 80.0, True, ""), "", False),  # the same, written otherwise: nothing is said
        (PLAIN, 7, (*PLAIN.shown[:3], 80, True, None), "", False),
        (PLAIN, 7, PLAIN.shown, "看", False),
        (replace(PLAIN, events=("一",)), 7, PLAIN.shown, "", False),
        (replace(PLAIN, kind="spare"), 7, PLAIN.shown, "", False),
    ],
)
def test_a_still_row_is_told_by_its_text(row: BaseRow, number: int, cells: tuple[Raw, ...], note: str, still) -> None:
    assert packed(row).is_still("r0", number, cells, note) is still


def test_a_row_that_waits_or_left_is_not_in_step() -> None:
    waits = replace(PLAIN, cells=FULL.cells)
    assert packed(replace(PLAIN, events=("一",), words=FULL.words)).in_step("r0", 7)
    assert not packed(PLAIN).in_step("r0", 8)
    assert not packed(waits).in_step("r0", 7)
    assert not packed(replace(PLAIN, state="left")).in_step("r0", 7)
    assert not packed(PLAIN).in_step("r9", 0)


DRESSES = {"status": "推进中 ", "count": "3", "text": "文  ", "title": "一\r\n二"}


@pytest.mark.parametrize("key", DRESSES)
def test_the_table_side_of_a_row_in_step_follows_from_its_base(key: str) -> None:
    """However the copy writes a value: what the base row says of the table is the table's own."""
    desk = Desk()
    column, raw = desk.columns[key], DRESSES[key]
    for dress in (raw, read(column, raw, 2024).value.norm, desk.value("r0", key)):
        value = read(column, raw, 2024).value
        cells = [dress if other is column else None for other in COLUMNS]
        pairs = [
            (other, cell, value if other is column else read(other, cell, 2024).value)
            for other, cell in zip(COLUMNS, cells, strict=True)
        ]
        row = BaseRow("r0", tuple(cells), 7, words=words_of(pairs, 2024))
        rows = Rows({"r0": Mark(3, {"task": "k0"})}, {}, packed(row), TABLE)
        assert rows["r0"].cell(key) == (value, 7)
        assert rows["r0"].owner_of(desk.columns["title"]) == "k0"
