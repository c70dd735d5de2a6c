"""The lossless writer, and its peer.

The start of the reading worker is not counted: it is warm in a service.
"""

import io
import random
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

COLUMNS = 15
SHARE = 0.01
"""Of the cells, the edited ones."""
SHEET = "任务分解表"


def writer_make(path: str, rows: str) -> float:
    """A task table as Excel stores one: shared strings, and `COLUMNS` columns."""
    from openpyxl import Workbook

    began = time.perf_counter()
    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append([f"第{n}列" for n in range(COLUMNS)])
    for n in range(1, int(rows) + 1):
        texts = (
            f"r{n:06}",
            f"做好第{n}项工作",
            f"围绕年度重点梳理第{n}项应当公开的事项",
            "办公室",
            "牵头",
            "6月底前",
            "进行中",
        )
        more = (n % 100, n % 7, date(2024, 1 + n % 12, 3), f"进展{n}", "见附件", None, n / 7, "备注")
        sheet.append((*texts, *more))
    book.save(path)
    return time.perf_counter() - began


def _edits(rows: int) -> Iterator[tuple[str, str]]:
    chance = random.Random(1)
    places = [(row, column) for row in range(2, rows + 2) for column in range(COLUMNS - 1)]
    for row, column in chance.sample(places, int(len(places) * SHARE)):
        yield f"{chr(ord('B') + column)}{row}", f"新的进展{row}"


def writer_patch(path: str) -> float:
    """Read the file, patch, write."""
    from bridges.excel.patch import Edit, patch

    edits = list(_edits(_rows(path)))
    began = time.perf_counter()
    patched = patch(Path(path).read_bytes(), [Edit(SHEET, ref, value) for ref, value in edits])
    Path(path + ".ours.xlsx").write_bytes(patched)
    return time.perf_counter() - began


def writer_wolfxl(path: str) -> float:
    """The peer, which keeps what it does not understand as well."""
    from wolfxl import load_workbook

    edits = list(_edits(_rows(path)))
    began = time.perf_counter()
    book = load_workbook(path, modify=True)
    sheet = book[SHEET]
    for ref, value in edits:
        sheet[ref] = value
    book.save(path + ".wolfxl.xlsx")
    return time.perf_counter() - began


def _rows(path: str) -> int:
    return len(_calamine(Path(path).read_bytes())[0]) - 1


def _calamine(source: bytes) -> list[list[list[object]]]:
    from python_calamine import CalamineWorkbook

    with CalamineWorkbook.from_filelike(io.BytesIO(source)) as book:
        return [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]


def writer_read(path: str) -> float:
    """Pre-scan, worker and hand-over; the worker is warm, and has seen a file of that size."""
    from bridges.excel.reader import read_grids

    source = Path(path).read_bytes()
    read_grids(source)
    began = time.perf_counter()
    read_grids(source)
    return time.perf_counter() - began


CASES: dict[str, Callable[..., float]] = {
    "writer_make": writer_make,
    "writer_patch": writer_patch,
    "writer_wolfxl": writer_wolfxl,
    "writer_read": writer_read,
}
