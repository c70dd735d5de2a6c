"""Text with separators (.csv and its kin) as rows of texts: what programs save when somebody chooses another format."""

import codecs
import csv
from collections import Counter

from bridges.excel.errors import FileText, FileTooLarge

MAX_CELLS = 2_000_000
SEPARATORS = ",\t;"
LOOKED_AT = 50
"""Lines from which the separator is told."""
MARKUP = ("<", "{", "%PDF", "MIME-Version", "From:")
"""How files begin that are text, and no table: pages saved under the name .xls above all."""
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text_table(source: bytes) -> list[list[str]]:
    """The cells of the file, rows of equal length. Raises FileText for other text, FileTooLarge."""
    lines = _decoded(source).replace("\0", "").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if lines[0].lstrip().startswith(MARKUP):
        raise FileText
    separator = max(SEPARATORS, key=lambda one: _columns(lines[:LOOKED_AT], one))
    try:
        rows = list(csv.reader((line + "\n" for line in lines), delimiter=separator))
    except csv.Error as error:
        raise FileText from error
    wide = max(map(len, rows), default=0)
    if wide * len(rows) > MAX_CELLS:
        raise FileTooLarge(what="单元格数", limit=f"{MAX_CELLS:,}")
    return [[*(cell.removesuffix("\n") for cell in row), *[""] * (wide - len(row))] for row in rows if row or wide]


def _decoded(source: bytes) -> str:
    """UTF-8 with or without mark, UTF-16 with one, else the encoding of Chinese Windows (GB18030, which holds GBK)."""
    encodings = ("utf-16",) if source.startswith(WIDE) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileText


def _columns(lines: list[str], separator: str) -> int:
    """How many columns most lines would have."""
    try:
        widths = Counter(map(len, csv.reader((line + "\n" for line in lines), delimiter=separator)))
    except csv.Error:
        return 0
    return max(widths, key=lambda wide: (wide > 1, widths[wide], wide), default=0)
