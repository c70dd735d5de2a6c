"""Workbooks made to hurt: small files of which each has brought down, filled up or misled some reader.

`FILES` is the list: name → (how it is made, codes of the refusals that are right; none = it must be read, as what it
is). The kinds are those that were measured on openpyxl and calamine before our reader was written.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
ONE = '<row r="1"><c r="A1"><v>1</v></c></row>'
MEBIBYTE = 2**20

Part = str | bytes
Made = Callable[[], bytes]


def relationships(*entries: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(entries)
    )
    return f'<Relationships xmlns="{PACKAGE}">{inner}</Relationships>'


def sheet(data: str = ONE, before: str = "", after: str = "") -> str:
    return f'<worksheet xmlns="{MAIN}">{before}<sheetData>{data}</sheetData>{after}</worksheet>'


def parts(**changed: Part) -> dict[str, Part]:
    """The parts of a workbook with one sheet 表; `sheet`, `strings`, `workbook`, `core` replace them."""
    named = {"sheet": SHEET, "strings": STRINGS, "workbook": "xl/workbook.xml", "core": "docProps/core.xml"}
    usual: dict[str, Part] = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
        '<sheet name="表" sheetId="1" r:id="r0"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": relationships(
            ("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")
        ),
        STRINGS: f'<sst xmlns="{MAIN}" uniqueCount="1"><si><t>甲</t></si></sst>',
        SHEET: sheet(),
    }
    return usual | {named[name]: content for name, content in changed.items()}


def zipped(contents: Mapping[str, Part]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return target.getvalue()


def book(**changed: Part) -> bytes:
    return zipped(parts(**changed))


# ---------------------------------------------------------------- bombs


def bomb(
    part: str, front: bytes, block: bytes, times: int, back: bytes, size: int | None = None, **changed: Part
) -> bytes:
    """A workbook with a part of `times` equal blocks, packed without making them; `size`: what the directory claims."""
    stream = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    begun = stream.compress(front) + stream.flush(zlib.Z_FULL_FLUSH)
    packed_block = stream.compress(block) + stream.flush(zlib.Z_FULL_FLUSH)
    packed = begun + packed_block * times + stream.compress(back) + stream.flush()
    checksum = zlib.crc32(front)
    for _ in range(times):
        checksum = zlib.crc32(block, checksum)
    whole = len(front) + times * len(block) + len(back)
    return _with_member(parts(**changed), part, packed, zlib.crc32(back, checksum), whole if size is None else size)


def _with_member(contents: dict[str, Part], part: str, packed: bytes, checksum: int, size: int) -> bytes:
    """`zipfile` writes a placeholder, which is replaced: it packs only what it has got whole."""
    contents[part] = "placeholder"
    source = zipped({name: contents[name] for name in sorted(contents, key=lambda name: name == part)})
    directory = source.rindex(b"PK\x01\x02")
    start = struct.unpack_from("<L", source, directory + 42)[0]
    sizes = struct.pack("<3L", checksum, len(packed), size)
    local = source[start : start + 14] + sizes + source[start + 26 : start + 30] + part.encode()
    record = source[directory : directory + 16] + sizes + source[directory + 28 :]
    first = source.index(b"PK\x01\x02")
    end = record.index(b"PK\x05\x06")
    place = start + len(local) + len(packed)
    return (
        source[:start]
        + local
        + packed
        + source[first:directory]
        + record[: end + 16]
        + struct.pack("<L", place)
        + record[end + 20 :]
    )


def one_part(part: str, times: int, size: int | None = None) -> Made:
    front, back = sheet().encode().split(b"</sheetData>")
    return lambda: bomb(part, front, b" " * MEBIBYTE, times, b"</sheetData>" + back, size)


def long_string() -> bytes:
    front = f'<sst xmlns="{MAIN}" uniqueCount="1"><si><t>'.encode()
    shown = sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    return bomb(STRINGS, front, b"x" * MEBIBYTE, 120, b"</t></si></sst>", sheet=shown)


def many_cells(cell: bytes) -> Made:
    front, back = sheet("").encode().split(b"</sheetData>")
    row = b"<row>" + cell * 5000 + b"</row>"
    return lambda: bomb(SHEET, front, row, 1000, b"</sheetData>" + back)


# ---------------------------------------------------------------- other tricks


def entities(count: int) -> str:
    lines = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, count))
    return f'<!DOCTYPE x [<!ENTITY e0 "ha">{lines}]><x>&e{count - 1};</x>'


def encrypted_flag() -> bytes:
    source = bytearray(book())
    place = source.index(b"PK\x01\x02")
    source[place + 8] |= 1
    return bytes(source)


def twice() -> bytes:
    target = io.BytesIO(book())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr(SHEET.upper(), sheet('<row r="1"><c r="A1"><v>999</v></c></row>'))
    return target.getvalue()


def cut(share: float) -> Made:
    return lambda: (source := book(core=bytes(range(256)) * 40))[: int(len(source) * share)]


def corrupt_middle() -> bytes:
    source = bytearray(book())
    place = source.index(SHEET.encode()) + len(SHEET) + 20
    source[place : place + 8] = b"\xff" * 8
    return bytes(source)


def foreign_names() -> bytes:
    return zipped(parts() | {"../../etc/passwd": "x", "xl/\udcd5\udcd5.bin".encode("utf-8", "replace").decode(): "x"})


def cells(*values: str) -> bytes:
    return book(sheet=sheet("".join(f'<row r="{n}"><c r="A{n}"{value}</c></row>' for n, value in enumerate(values, 1))))


def nested_workbook() -> bytes:
    whole = str(parts()["xl/workbook.xml"])
    return book(workbook=whole.replace("</workbook>", "<x>" * 200_000 + "</x>" * 200_000 + "</workbook>"))


def many_merges() -> bytes:
    merged = "".join(f'<mergeCell ref="A{n}:XFD{n}"/>' for n in range(1, 2001))
    return book(sheet=sheet(after=f"<mergeCells>{merged}</mergeCells>"))


def strings_xml(count: str) -> str:
    return f'<sst xmlns="{MAIN}" uniqueCount="{count}"><si><t>甲</t></si></sst>'


def strings(count: str) -> bytes:
    return book(strings=strings_xml(count))


TOO_LARGE, HOSTILE, DAMAGED, ODD = "file_too_large", "file_hostile", "file_damaged", "file_unsupported"
BREAKS = "file_breaks_reader"
FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1")

FILES: Mapping[str, tuple[Made, tuple[str, ...]]] = {
    "a sheet of 1 GB of blanks": (one_part(SHEET, 1024), (TOO_LARGE,)),
    "the same, and the directory lies": (one_part(SHEET, 1024, 1000), (DAMAGED,)),
    "120 MB of blanks: below the limit": (one_part(SHEET, 120), ()),
    "a part that nobody reads": (one_part("xl/media/image1.bin", 1024), ()),
    "a part that we need not read": (one_part("docProps/app.xml", 1024), (TOO_LARGE,)),
    "one string of 120 MB": (long_string, (TOO_LARGE, BREAKS)),
    "5 million cells": (many_cells(b"<c><v>1</v></c>"), (TOO_LARGE,)),
    "5 million empty cells": (many_cells(b"<c/>"), (TOO_LARGE,)),
    "billion laughs": (lambda: book(core=entities(10)), (HOSTILE,)),
    "billion laughs in the sheet": (lambda: book(sheet=entities(10)), (HOSTILE,)),
    "billion laughs in UTF-16": (lambda: book(workbook=entities(10).encode("utf-16")), (HOSTILE,)),
    "quadratic entity": (
        lambda: book(strings=f'<!DOCTYPE x [<!ENTITY e "{"x" * 9999}">]><x>{"&e;" * 9999}</x>'),
        (HOSTILE,),
    ),
    "a file of the server": (
        lambda: book(strings='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'),
        (HOSTILE,),
    ),
    "a dimension too large": (lambda: book(sheet=sheet(before='<dimension ref="A1:XFD1048576"/>')), ()),
    "a dimension too small": (lambda: book(sheet=sheet(before='<dimension ref="B2"/>')), ()),
    "one cell far away": (
        lambda: book(sheet=sheet(ONE + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')),
        (TOO_LARGE,),
    ),
    "the same under another prefix": (
        lambda: book(sheet=sheet(f'{ONE}<row r="9"><x:c xmlns:x="{MAIN}" r="XFD1048576"><v>1</v></x:c></row>')),
        (BREAKS, TOO_LARGE),
    ),
    "row four thousand million": (
        lambda: book(sheet=sheet('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>')),
        (ODD,),
    ),
    "only the last row": (lambda: book(sheet=sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')), ()),
    "four thousand million strings": (lambda: strings("4000000000"), (HOSTILE,)),
    "the same behind a comment": (
        lambda: book(strings=f"<!--{'-' * 5000} -->" + strings_xml("4000000000")),
        (BREAKS, TOO_LARGE, DAMAGED),
    ),
    "2,000 merged rows": (many_merges, (TOO_LARGE,)),
    "nothing": (lambda: b"", ("file_empty",)),
    "cut in the middle": (cut(0.5), (DAMAGED,)),
    "cut at the end": (cut(0.99), (DAMAGED,)),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 99, ("file_is_image",)),
    "a Word document": (lambda: zipped(WORD), ("file_not_xlsx",)),
    "protected by a password": (
        lambda: OLE2 + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
        ("file_encrypted",),
    ),
    "an old file that is none": (lambda: OLE2 + b"\0" * 3000, (DAMAGED, "file_legacy_office")),
    "corrupt in the middle": (corrupt_middle, (DAMAGED,)),
    "encrypted members": (encrypted_flag, (ODD,)),
    "a member twice": (twice, (ODD,)),
    "names of other folders and encodings": (foreign_names, ()),
    "GBK in the sheet": (
        lambda: book(sheet=b'<?xml version="1.0" encoding="GBK"?>' + sheet().encode("gbk")),
        (ODD,),
    ),
    "GBK in the workbook": (
        lambda: book(workbook='<?xml version="1.0" encoding="GBK"?><workbook>表</workbook>'.encode("gbk")),
        (ODD, DAMAGED),
    ),
    "a string that is not there": (lambda: cells(' t="s"><v>77</v>'), (DAMAGED,)),
    "numbers that are none": (lambda: cells("><v>NaN</v>", "><v>1e999</v>", ' t="d"><v>2024-13-99</v>'), ()),
    "text that looks like a formula": (
        lambda: cells(*(f' t="inlineStr"><is><t xml:space="preserve">{f}</t></is>' for f in FORMULAS)),
        (),
    ),
    "200,000 nested elements": (lambda: book(sheet=sheet("<x>" * 200_000 + "</x>" * 200_000)), ()),
    "the same in the workbook": (nested_workbook, ()),
    "comments that do not end": (lambda: book(sheet=sheet("<!--" * 500_000)), (ODD,)),
    "200,000 formulas in one cell": (
        lambda: book(sheet=sheet('<row r="1"><c r="A1">' + "<f/>" * 200_000 + "</c></row>")),
        (),
    ),
    "cells that do not end": (lambda: book(sheet=sheet('<row r="1">' + "<c>" * 300_000 + "</row>")), (ODD, DAMAGED)),
}

WORD = {
    "[Content_Types].xml": TYPES,
    "_rels/.rels": relationships(("officeDocument", "word/document.xml")),
    "word/document.xml": "<document/>",
}
