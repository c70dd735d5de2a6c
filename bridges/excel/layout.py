"""How a table is laid out in a new workbook: which column is how wide, shaded, centred, with which choices."""

from collections.abc import Mapping
from datetime import date, datetime

from bridges.excel.cellxml import Value
from bridges.excel.export import Layout, SheetColumn
from bridges.excel.locate import NOTE_HEADER
from bridges.sync.messages import CHOICES
from bridges.sync.plan import Plan
from bridges.table import Column, Kind, Scalar, Table

WIDTHS: Mapping[Kind, float] = {"status": 10, "date": 12, "number": 9, "percent": 10, "units": 14}
"""Characters. Text columns are as wide as their longest cell, between the bounds below."""
NARROWEST, WIDEST, TO_BE_FILLED_IN = 6, 34, 20
NOTE_WIDTH = 32
FORMATS: Mapping[Kind, str] = {"date": "yyyy-mm-dd"}
CENTERED: frozenset[Kind] = frozenset({"status", "date", "number", "percent"})
SUBTITLE = "灰底各列由牵头办公室维护，请填写白底各列；排序、筛选不受影响，请勿删除隐藏的编号列。"


def layout_of(table: Table, plan: Plan, stamp: str) -> Layout:
    """The sheet of a first pass: hidden ids first, the table's columns, 同步提示 last."""
    kinds = ("text", *(column.kind for column in table.columns), "text")
    rows = tuple((row.id, *row.cells, row.note or None) for row in plan.writes.rows)
    return Layout(
        title=table.title,
        subtitle=SUBTITLE,
        columns=(
            SheetColumn(stamp, NARROWEST, hidden=True),
            *(_column(column, [row[index] for row in rows]) for index, column in enumerate(table.columns, 1)),
            SheetColumn(NOTE_HEADER, NOTE_WIDTH, choices=tuple(CHOICES)),
        ),
        rows=tuple(tuple(map(cell_value, row, kinds)) for row in rows),
        created=datetime.fromisoformat(plan.at).replace(tzinfo=None),
    )


def _column(column: Column, values: list[Scalar]) -> SheetColumn:
    return SheetColumn(
        header=column.header,
        width=WIDTHS.get(column.kind) or _text_width(column, values),
        number_format=FORMATS.get(column.kind, "General"),
        centered=column.kind in CENTERED,
        choices=column.choices,
        shaded=column.owner != "unit",
    )


def _text_width(column: Column, values: list[Scalar]) -> float:
    """Chinese characters are two wide."""
    longest = max((len(str(value)) for value in values if value is not None), default=0)
    least = TO_BE_FILLED_IN if column.owner == "unit" else max(NARROWEST, 2 * len(column.header))
    return min(WIDEST, max(least, 2 * longest))


def cell_value(value: Scalar, kind: str) -> Value:
    """A value of the table as a cell holds it: ISO text of a date column becomes a date."""
    if kind == "date" and isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return value
    return value
