"""Files that cannot be written in place (.xls, .csv) as a new workbook: every value at its address, looks are lost."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from io import BytesIO

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from bridges.excel.cellxml import stored_text
from bridges.excel.reader import Grid
from bridges.finding.sheet import text_at, width

WIDEST, NARROWEST = 34, 9
"""Characters of a column."""


def as_workbook(grids: Mapping[str, Grid]) -> bytes:
    """A new .xlsx with these sheets. Raises BadValue for text that no cell can hold."""
    book = Workbook()
    book.remove(book.active)
    for grid in grids.values():
        sheet = book.create_sheet(grid.name)
        for number, row in enumerate(grid.values, 1):
            for column, value in enumerate(row, 1):
                if value == "":
                    continue
                cell = sheet.cell(number, column)
                if isinstance(value, str):
                    cell.value = stored_text(value, cell.coordinate)
                    cell.data_type = "s"  # or "=…" would become a formula
                elif isinstance(value, int | float | date | datetime | time | timedelta):
                    cell.value = value
        for top, left, bottom, right in grid.merged:
            sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        for column in range(1, width(grid) + 1):
            longest = max((2 * len(text_at(grid, row, column)) for row in range(1, len(grid.values) + 1)), default=0)
            sheet.column_dimensions[get_column_letter(column)].width = max(NARROWEST, min(WIDEST, longest))
    target = BytesIO()
    book.save(target)
    return target.getvalue()
