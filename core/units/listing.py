"""A unit directory in a file (.xlsx, .xls, .csv …): which lines it has, and what they say."""

import csv
import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from core.documents.reader import read_document
from core.units.models import KIND_NAMES, UNIT_KINDS
from core.units.services import names_in
from tenants.errors import ZwgkError

HEADERS = {
    "name": ("单位名称", "名称", "单位", "责任单位", "部门名称", "全称"),
    "kind": ("类别", "类型", "单位类别", "性质"),
    "members": ("成员", "成员单位", "包括"),
    "groups": ("所属组", "所属单位组", "单位组", "分组"),
    "aliases": ("别名", "简称", "又称", "其他名称", "曾用名"),
}
KINDS = {word: kind for kind in UNIT_KINDS for word in (kind, KIND_NAMES[kind])} | {
    "组": "group",
    "角色": "role",
    "外部": "outside",
}
_FIELDS = {header: field for field, headers in HEADERS.items() for header in headers}
_HEADER_WITHIN = 10
_SPACE = re.compile(r"\s+")


class ListingWithoutHeader(ZwgkError):
    """No line that says which column the names are in."""

    code = "listing_without_header"
    sentence = "“{name}”中没有找到表头：第一列须写“单位名称”，其后可有“类别”“成员”“所属组”“简称”各列。"


class Entry(NamedTuple):
    """A line of the file: a unit, and what is said of it; `kind` as it was written, blank where nothing was."""

    name: str
    kind: str
    members: tuple[str, ...]
    groups: tuple[str, ...]
    aliases: tuple[str, ...]


def read_listing(path: Path) -> list[Entry]:
    """The units that a file lists, sheet after sheet. Raises DocumentError, `ListingWithoutHeader`."""
    found = [entry for block in _blocks(_rows(path)) for entry in _entries(block)]
    if not found:
        raise ListingWithoutHeader(name=path.name)
    return found


def _rows(path: Path) -> list[list[str]]:
    if path.suffix.lower() == ".csv":
        return list(csv.reader(read_document(path, ".txt").text.split("\n")))
    return [line.split("\t") for line in read_document(path).text.split("\n")]


def _blocks(rows: Sequence[list[str]]) -> Iterator[list[list[str]]]:
    """The sheets of a workbook; a blank line stands between two."""
    for filled, block in groupby(rows, key=lambda row: any(cell.strip() for cell in row)):
        if filled:
            yield list(block)


def _entries(block: Sequence[list[str]]) -> Iterator[Entry]:
    headers = (place for place, row in enumerate(block[:_HEADER_WITHIN]) if "name" in _columns(row))
    place = next(headers, None)
    if place is None:
        return
    fields = _columns(block[place])
    for row in block[place + 1 :]:
        said = {field: row[n].strip() if n < len(row) else "" for field, n in fields.items()}
        if said["name"]:
            name = _SPACE.sub("", said["name"])
            members, groups, aliases = (names_in(said.get(field, "")) for field in ("members", "groups", "aliases"))
            others = tuple(alias for alias in aliases if alias != name)
            yield Entry(name, said.get("kind", ""), tuple(members), tuple(groups), others)


def _columns(row: Sequence[str]) -> dict[str, int]:
    """Field → the first column that has a header of it."""
    named = [(_FIELDS.get(_SPACE.sub("", cell)), column) for column, cell in enumerate(row)]
    return {field: column for field, column in reversed(named) if field}
