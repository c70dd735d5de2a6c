"""The table of docs/rounds.md, in every order of arrival."""

from itertools import permutations
from pathlib import Path

import pytest

from bridges.sync.values import read
from tests.support.returns import COLUMN, Cells, Office, filled
from tests.support.sheets import UNIT, markdown_table

PAGE = Path(__file__).parents[3] / "docs/rounds.md"
RULES = markdown_table(PAGE.read_text(encoding="utf-8"), "returns")


def cells(text: str) -> Cells:
    pairs = (pair.partition("=") for pair in text.split() if pair != "–")
    return {("r0", field): int(value) if value.isdigit() else value for field, _, value in pairs}


def norms(cell: tuple[str, str], values: object) -> set[object]:
    """Normal forms of values with a stroke between them."""
    column = COLUMN[cell[1]]
    raws = (f"{value}r0" if column.kind == "text" else value for value in str(values).split("/"))
    return {read(column, raw, 2024).value.norm for raw in raws}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["because"])
def test_the_rules_of_the_page(rule):
    said = [cells(text) for text in rule["returns"].split("·")]
    for order in permutations(said):
        office = Office()
        packet = office.desk.export(UNIT)
        for one in order:
            office.collect(filled(packet, one))
        values = office.values()
        for cell, stands in cells(rule["stands"]).items():
            assert values[cell] == norms(cell, stands), order
        left = [edit for found in office.received.values() for one in found for edit in one.corrected]
        gone = {
            (edit.cell, edit.value.norm) for edit in left if edit.valid and edit.value.norm not in values[edit.cell]
        }
        assert gone == {(cell, norm) for cell, said in cells(rule["corrected"]).items() for norm in norms(cell, said)}


def test_an_undone_return_stays_undone():
    office = Office()
    packet = office.desk.export(UNIT)
    first = office.collect(filled(packet, cells("text=甲")))
    office.desk.undo(first.pass_id)
    office.seen.clear()
    assert not office.collect(filled(packet, cells("text=甲"))).records.changes
    assert office.desk.value("r0", "text") == "文0"
