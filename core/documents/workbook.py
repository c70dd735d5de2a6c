"""Workbooks (.xlsx, .xls, .et): each visible sheet as a table, in the order of its tabs."""

import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from core.documents.errors import DocumentBroken, DocumentEncrypted
from core.documents.package import check_package
from core.documents.sniff import OLE, is_locked
from core.documents.tables import Cell, table_lines


def workbook_text(data: bytes) -> tuple[str, tuple[str, ...]]:
    """The sheets as text, a blank line between two, and a note for those that are hidden. Raises DocumentError."""
    if not data.startswith(OLE) or is_locked(data):
        check_package(data, "xl/workbook.xml", "Excel(.xlsx)")
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            sheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
            shown = [sheet.name for sheet in sheets if sheet.visible == SheetVisibleEnum.Visible]
            texts = ["\n".join(table_lines(_cells(book.get_sheet_by_name(name)))) for name in shown]
    except PasswordError:
        raise DocumentEncrypted from None
    except CalamineError:
        raise DocumentBroken from None
    hidden = [sheet.name for sheet in sheets if sheet.name not in shown]
    notes = (f"隐藏的工作表未读入：{'、'.join(hidden)}。",) if hidden else ()
    return "\n\n".join(filter(None, texts)), notes


def _cells(sheet: CalamineSheet) -> Iterator[Cell]:
    covered = {start: end[0] - start[0] + 1 for start, end in sheet.merged_cell_ranges or ()}
    for row, values in enumerate(sheet.to_python(skip_empty_area=False)):
        for column, value in enumerate(values):
            if value != "":
                yield Cell(row, column, _shown(value), covered.get((row, column), 1))


def _shown(value: Any) -> str:
    """A value as a person reads it; how its cell is formatted is not known."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return f"{value.year}年{value.month}月{value.day}日"
    return str(value)
