"""The reading worker: the process in which workbooks of strangers are opened. `python -m bridges.excel.worker`.

It checks a file, reads it, hands back plain values, and takes the next one. What goes wrong in it, a reader that
aborts or eats memory included, ends this process and no other. `sandbox.py` is the other end of its pipes.

Frames: 8 bytes of length (little-endian), then the content. In: a workbook. Out, each a marshalled tuple:
`("stamps", what looks like one)` as soon as the file is known to be harmless, `("sheet", name, values, those apart,
what the scan found)` …, then `("done", date1904)`, or `("refused", name of the error, its fields)`.
"""

import codecs
import gc
import marshal
import pickle
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

from python_calamine import CalamineError, CalamineWorkbook

from bridges.excel.errors import FileDamaged, FileLegacy, FileTooLarge, WorkbookRefused
from bridges.excel.magic import OLE2
from bridges.excel.prescan import prescan
from bridges.excel.sheetscan import MAX_BOX
from core.sandbox.limits import Limits

MEMORY = 400 * 2**20
"""Bytes that a file may make this process take, beyond what it has at the start."""
SECONDS = 25
"""Of processor time, for one file."""
LONGEST_ANSWER = 96 * 2**20
"""Bytes of the frames for one file: the other end holds three to five times as much."""
MARSHALLED = frozenset({str, float, int})


def main() -> None:
    """Answer until the other end closes."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    for encoding in ("cp437", "utf-16"):
        codecs.lookup(encoding)  # now: later on no file can be opened
    gc.disable()  # what one file leaves is freed by count; looking for cycles takes a third of the time
    limits = Limits(MEMORY, SECONDS)
    while len(size := requests.read(8)) == 8:
        limits.begin()
        _answer(requests.read(int.from_bytes(size, "little")), answers)


def _answer(source: bytes, answers: BinaryIO) -> None:
    sent = 0
    try:
        for frame in _read(source):
            content = marshal.dumps(frame)
            sent += len(content)
            if sent > LONGEST_ANSWER:
                raise FileTooLarge(what="内容", limit=f"{LONGEST_ANSWER // 2**20} MB")
            answers.write(len(content).to_bytes(8, "little"))
            answers.write(content)
            answers.flush()
    except WorkbookRefused as refusal:
        _refuse(answers, refusal)
    except CalamineError:
        _refuse(answers, FileDamaged(where="工作表的内容"))
    except MemoryError:
        _refuse(answers, FileTooLarge(what="读取所需内存", limit=f"{MEMORY // 2**20} MB"))
    answers.flush()


def _refuse(answers: BinaryIO, refusal: WorkbookRefused) -> None:
    fields = {name: str(value) for name, value in refusal.fields.items()}
    content = marshal.dumps(("refused", type(refusal).__name__, fields))
    answers.write(len(content).to_bytes(8, "little") + content)


def _read(source: bytes) -> Iterator[tuple[Any, ...]]:
    if source.startswith(OLE2):
        yield from _read_legacy(source)
        return
    scan = prescan(source)
    yield "stamps", scan.stamps
    box = 0
    with CalamineWorkbook.from_filelike(BytesIO(source)) as book:
        for name in [name for name in book.sheet_names if name in scan.sheets]:
            values = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            box += len(values) * len(values[0]) if values else 0
            if box > MAX_BOX:
                raise FileTooLarge(what="行数乘列数", limit=f"{MAX_BOX:,}")
            found = scan.sheets[name]
            beside = dict(found.formulas), dict(found.errors), found.percents, found.merged
            yield "sheet", name, *_packed(values), beside
    yield "done", scan.date1904


def _read_legacy(source: bytes) -> Iterator[tuple[Any, ...]]:
    """An .xls workbook: its formulas and the formats of its numbers are not known."""
    yield "stamps", ()
    try:
        with CalamineWorkbook.from_filelike(BytesIO(source)) as book:
            for name in book.sheet_names:
                sheet = book.get_sheet_by_name(name)
                values = sheet.to_python(skip_empty_area=False)
                ranges = sheet.merged_cell_ranges or ()
                merged = tuple((top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in ranges)
                yield "sheet", name, *_packed(values), ({}, {}, frozenset(), merged)
    except CalamineError as error:
        raise FileLegacy from error
    yield "done", False


def _packed(values: list[list[Any]]) -> tuple[bytes, bytes]:
    """The values, marshalled, and those that stand apart: pickled (row, column, value), counted from 0.

    Apart are dates, which marshal does not know; TRUE as its word, for Python holds it equal to 1; and texts without
    the NUL that `_x0000_` stands for: no person types it, and no database takes it.
    """
    apart = [
        (row, column, value)
        for row, cells in enumerate(values)
        for column, value in enumerate(cells)
        if value.__class__ not in MARSHALLED or (value.__class__ is str and "\0" in value)
    ]
    for row, column, _ in apart:
        values[row][column] = ""
    found = [(row, column, _clean(value)) for row, column, value in apart]
    return marshal.dumps(values, 2), pickle.dumps(found)  # without looking for equal objects: twice as fast


def _clean(value: object) -> object:
    if isinstance(value, bool):
        return str(value).upper()
    return value.replace("\0", "") if isinstance(value, str) else value


if __name__ == "__main__":
    main()
