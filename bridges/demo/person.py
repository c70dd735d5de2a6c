"""A unit's contact at the spreadsheet, for the demo: opens the workbook, types, saves, in a program of their own.

Any program would do; openpyxl stands for it. The product itself never saves a person's workbook this way.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from openpyxl import load_workbook

HEADER_ROW = 3


class Typed(NamedTuple):
    """Something typed: into the row with this id, under this header."""

    row: str
    header: str
    value: object


def type_into(path: Path, typed: Iterable[Typed]) -> None:
    """Type into the cells and save."""
    book = load_workbook(path)
    sheet = book.active
    columns = {cell.value: cell.column for cell in sheet[HEADER_ROW]}
    rows = {row[0].value: row[0].row for row in sheet.iter_rows(min_row=HEADER_ROW + 1)}
    for edit in typed:
        sheet.cell(rows[edit.row], columns[edit.header]).value = edit.value
    book.save(path)
