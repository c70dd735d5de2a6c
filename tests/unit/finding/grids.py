"""Worksheets as a person draws them in a test: one line per row, cells between bars, `^` merged with the cell above,
`<` merged with the cell to the left."""

from dataclasses import dataclass, field

from bridges.finding.headers import Matched
from bridges.table import Column, Table

TABLE = Table(
    "t",
    "任务分解表",
    (
        Column("no", "序号", owner="derived"),
        Column("title", "任务", owner="office", blank="keep", aliases=("工作任务", "任务名称"), required=True),
        Column("text", "任务内容", owner="office", blank="keep", aliases=("具体要求", "工作要求")),
        Column("unit", "责任单位", "units", owner="office", aliases=("责任处室", "牵头单位", "牵头")),
        Column("deadline", "完成时限", owner="office", aliases=("时限要求", "完成时间")),
        Column("status", "完成情况", "status", aliases=("状态",), words={"已完成": "done"}),
        Column("percent", "完成率(%)", "percent"),
        Column("done_on", "完成日期", "date", aliases=("完成时间",)),
        Column("progress", "进展情况", aliases=("工作进展",)),
        Column("note", "备注"),
    ),
    2024,
)


@dataclass(frozen=True)
class Sheet:
    name: str
    values: list[list[object]]
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def sheet(drawn: str, name: str = "表") -> Sheet:
    lines = [line.strip().removeprefix("|").removesuffix("|") for line in drawn.strip().splitlines()]
    marks = [[cell.strip() for cell in line.split("|")] for line in lines]
    wide = max(map(len, marks))
    marks = [[*row, *[""] * (wide - len(row))] for row in marks]
    areas: dict[tuple[int, int], list[int]] = {}
    for r, row in enumerate(marks):
        for c in range(len(row)):
            top, left = r, c
            while marks[top][left] in ("<", "^"):
                top, left = (top, left - 1) if marks[top][left] == "<" else (top - 1, left)
            if (top, left) != (r, c):
                area = areas.setdefault((top, left), [r, c])
                areas[top, left] = [max(area[0], r), max(area[1], c)]
    merged = [(top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in areas.items()]
    values = [[_value(mark) for mark in row] for row in marks]
    return Sheet(name, values, merged)


def _value(mark: str) -> object:
    text = "" if mark in ("<", "^") else mark.replace("\\n", "\n")
    return float(text) if text.isdigit() else text


def places(matched: Matched) -> dict[str, str]:
    """Column key → letter."""
    return {key: chr(64 + fit.column) for key, fit in matched.fits.items()}
