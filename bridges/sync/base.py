"""The base of a copy, packed: how each row was left, as text that is compared and mostly never parsed.

A row whose cells and note give the same text as they did when it was left was not touched: of 10,000 rows a pass
makes objects of the few hundred on which something happened.
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

from bridges.sync.model import BaseCell, BaseRow
from bridges.sync.values import is_blank, read
from bridges.table import Column, Odd, Raw, Table, TableCell, TableRow, Value


def _odd(value: object) -> list[str]:
    if isinstance(value, Odd):
        return [value.kind, value.text]
    raise TypeError(f"{type(value).__name__} is no cell")


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_odd).encode


_PLAIN = BaseRow("", (), 0)
_SETTLED = frozenset(("events", "words"))
"""What may be said beside the cells of a row that is in step with the table."""

_More = Mapping[str, Any]


def _more(row: BaseRow) -> _More:
    more: dict[str, Any] = {name: getattr(row, name) for name in ("events", "state", "kind", "words")}
    more["cells"] = {key: asdict(cell) for key, cell in row.cells.items()}
    return {name: value for name, value in more.items() if value and value != getattr(_PLAIN, name)}


class Base(Mapping[str, BaseRow]):
    """How the pass of a stamp left the rows of a copy, by id; a `BaseRow` is made of what is asked for."""

    def __init__(self) -> None:
        # by id: the history number; JSON of the cells and, last, the note; of few rows, what else there is to say.
        # Three flat mappings, since each object more is one that the collector visits again and again
        self._numbers: dict[str, int] = {}
        self._shown: dict[str, str] = {}
        self._more: dict[str, _More] = {}

    def _put(self, numbers: Mapping[str, int], shown: Iterable[str], more: Mapping[str, _More]) -> None:
        for id_ in self._more.keys() & numbers.keys():
            del self._more[id_]
        self._numbers.update(numbers)
        self._shown.update(zip(numbers, shown, strict=True))
        self._more.update(more)

    @classmethod
    def unpack(cls, blobs: Iterable[bytes]) -> "Base":
        """What a chain of passes left, the oldest first: each row as the last one of them left it."""
        base = cls()
        for blob in blobs:
            heads, *shown = zlib.decompress(blob).decode("utf-8", "surrogatepass").split("\n")
            numbers, more = json.loads(heads)
            base._put(numbers, shown, more)
        return base

    def pack(self) -> bytes:
        """All of it as a store keeps it: a line with what is said of rows, then a line for each row."""
        text = "\n".join((_text((self._numbers, self._more)), *map(self._shown.__getitem__, self._numbers)))
        return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)

    def having(self, rows: Iterable[BaseRow]) -> "Base":
        """This base with some rows left otherwise, or added."""
        rows, base = {row.id: row for row in rows}, Base()
        base._put(self._numbers, self._shown.values(), self._more)
        said = {id_: more for id_, row in rows.items() if (more := _more(row))}
        shown = (_text((*row.shown, row.note)) for row in rows.values())
        base._put({id_: row.number for id_, row in rows.items()}, shown, said)
        return base

    def __getitem__(self, id_: str) -> BaseRow:
        *shown, note = json.loads(self._shown[id_])
        more = dict(self._more.get(id_, {}))
        more["events"] = tuple(more.get("events", ()))
        more["words"] = {key: Value(*value) for key, value in more.get("words", {}).items()}
        more["cells"] = {key: _cell(cell) for key, cell in more.get("cells", {}).items()}
        return BaseRow(id_, tuple(map(_raw, shown)), self._numbers[id_], note, **more)

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._numbers

    def is_row(self, id_: str) -> bool:
        """Whether a row of this base is one of the table (and no spare or proposed one)."""
        return "kind" not in self._more.get(id_, {})

    def is_still(self, id_: str, number: int, cells: tuple[Raw, ...], note: str) -> bool:
        """A line of the copy shows to the letter what it was left with, nothing waits in it, and its row, of this
        history number, has not moved. A False says nothing: the same may be written otherwise (80.0 for 80)."""
        if id_ in self._more or number > self._numbers.get(id_, -1):
            return False
        return _text((*cells, note)) == self._shown[id_]

    def in_step(self, id_: str, number: int) -> bool:
        """A row of the table with this history number is, in each cell, as this base says."""
        return number <= self._numbers.get(id_, -1) and self._more.get(id_, {}).keys() <= _SETTLED


def _raw(data: Any) -> Raw:
    return Odd(*data) if isinstance(data, list) else data


def _cell(data: dict[str, Any]) -> BaseCell:
    return BaseCell(**data | {"value": Value(*data["value"]), "told": Value(*data["told"])})


# ---------------------------------------------------------------- the table's side of a row that did not move


def words_of(columns: Iterable[tuple[Column, Raw, Value]], year: int) -> dict[str, Value]:
    """The table's values that cannot be read from the cells beside them (80 where the cell shows 80%): with them a base
    row holds the table's side of a row that is in step."""
    return {
        column.key: value
        for column, raw, value in columns
        if not _is_plain(column, raw, value) and read(column, raw, year).value != value
    }


def _is_plain(column: Column, raw: Raw, value: Value) -> bool:
    """Most cells are text that shows itself, or nothing: that need not be read to be known."""
    return raw == value.norm == value.written and (raw is None or (column.kind == "text" and not is_blank(raw)))


class Mark(NamedTuple):
    """What a store reads of each active row of a table: its history number, and `TableRow.things`."""

    number: int
    things: Mapping[str, str]


class Rows(Mapping[str, TableRow]):
    """The rows of a table as a pass sees them. `read`: those that the store read whole, because they moved or because
    the base does not hold them in step; every other one is, in each cell, what the base says."""

    def __init__(self, marks: Mapping[str, Mark], read: Mapping[str, TableRow], base: Base, table: Table) -> None:
        self._marks, self._read, self._base, self._table = marks, read, base, table

    def __getitem__(self, id_: str) -> TableRow:
        row = self._read.get(id_)
        if row is None:
            mark = self._marks[id_]
            row = TableRow(id_, mark.number, _Cells(id_, self._base, self._table), mark.things)
        return row

    def __iter__(self) -> Iterator[str]:
        return iter(self._marks)

    def __len__(self) -> int:
        return len(self._marks)

    def __contains__(self, id_: object) -> bool:
        return id_ in self._marks

    def is_still(self, id_: str, cells: tuple[Raw, ...], note: str) -> bool:
        """A line of the copy shows to the letter what it was left with, nothing waits in it, and its row has not moved.
        Nothing is made of the row to tell; a False says nothing."""
        mark = self._marks.get(id_)
        if mark is None or id_ in self._read:
            return False
        return self._base.is_still(id_, mark.number, cells, note)


class _Cells(Mapping[str, TableCell]):
    """The cells of a row that is in step, made when one is asked for."""

    __slots__ = ("_base", "_id", "_known", "_table")

    def __init__(self, id_: str, base: Base, table: Table) -> None:
        self._id, self._base, self._table = id_, base, table
        self._known: dict[str, TableCell] | None = None

    def _cells(self) -> dict[str, TableCell]:
        if self._known is None:
            row, year = self._base[self._id], self._table.year
            pairs = zip(self._table.columns, row.shown, strict=True)
            self._known = {
                column.key: TableCell(row.words.get(column.key) or read(column, raw, year).value, row.number)
                for column, raw in pairs
            }
        return self._known

    def __getitem__(self, key: str) -> TableCell:
        return self._cells()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells())

    def __len__(self) -> int:
        return len(self._cells())
