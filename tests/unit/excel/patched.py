"""One edit of a workbook, and what it changed, for the tests of the traps."""

import io
import zipfile

from bridges.excel.patch import Edit, patch

SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"


def one(source: bytes, ref: str, value="新", **more) -> bytes:
    return patch(source, [Edit("表", ref, value, **more)])


def changed_parts(seen, before: bytes, after: bytes) -> set[str]:
    old, new = seen.raw(before), seen.raw(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def part(source: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        return archive.read(name).decode()
