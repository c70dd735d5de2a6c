"""What is asked before somebody's sheet is adopted, and the answers as they are typed: `--answer KEY=VALUE`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bridges.excel.address import column_number
from bridges.table import Table
from tenants.errors import ZwgkError

NOWHERE = "-"
"""In place of a column: it is not in this sheet."""
SIDES: Mapping[str, Literal["mine", "system"]] = {"sheet": "mine", "database": "system"}
EVERY = "*"


class AnswerInvalid(ZwgkError):
    """An answer to a question that nobody asked, or one that is none of the possible ones."""

    code = "answer_invalid"
    sentence = "无法理解 --answer {answer}：{hint}。"


@dataclass(frozen=True)
class Question:
    """`key`: what to answer to; `options`: the possible answers, each with its meaning. `needed`: without an answer the
    sheet is not adopted."""

    key: str
    text: str
    options: tuple[tuple[str, str], ...]
    needed: bool = True


@dataclass(frozen=True)
class Answers:
    """What a person answered. `table`: sheet and header row; `columns`: key → column number (None: not in this sheet);
    `rows`: row number (or `*`) → id of a row, `new` or `skip`; `new`: lines that no row is like become rows; `cells`:
    key → whose value stands where sheet and table differ."""

    table: str = ""
    columns: Mapping[str, int | None] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    new: bool = False
    cells: Mapping[str, Literal["mine", "system"]] = field(default_factory=dict)

    @property
    def for_every_row(self) -> bool:
        """One answer for all lines that are unclear was given."""
        return EVERY in self.rows

    def new_rows(self, unknown: Iterable[str]) -> tuple[str, ...]:
        """The lines that become rows, of those that no row is like."""
        every = self.rows.get(EVERY) == "new"
        return tuple(at for at in unknown if self.new or self.rows.get(at) == "new" or every)

    def of_rows(self, unclear: Iterable[str]) -> Mapping[str, str]:
        """The answer for each line; `*` answers for those that are `unclear`."""
        every = dict.fromkeys(unclear, self.rows[EVERY]) if self.for_every_row else {}
        return every | {at: answer for at, answer in self.rows.items() if at != EVERY}


def read_answers(typed: Iterable[str], table: Table) -> Answers:
    """`KEY=VALUE` as typed. Raises `AnswerInvalid`."""
    keys = [column.key for column in table.columns]
    columns: dict[str, int | None] = {}
    rows: dict[str, str] = {}
    cells: dict[str, Literal["mine", "system"]] = {}
    where, new = "", False
    for answer in typed:
        key, _, value = answer.partition("=")
        name, _, which = key.partition(".")
        if name == "table" and value:
            where = value
        elif name == "column" and which in keys:
            columns[which] = _column(answer, value)
        elif name == "row" and (which.isdigit() or which == EVERY) and value:
            rows[which] = value
        elif key == "new" and value in ("yes", "no"):
            new = value == "yes"
        elif name == "cells" and value in SIDES and which in ("", *keys):
            cells |= dict.fromkeys([which] if which else [k for k in keys if k not in cells], SIDES[value])
        else:
            hint = "应为 table=工作表!行、column.字段=列、row.行=编号|new|skip、new=yes|no、cells[.字段]=sheet|database"
            raise AnswerInvalid(answer=answer, hint=hint)
    return Answers(where, columns, rows, new, cells)


def _column(answer: str, value: str) -> int | None:
    if value == NOWHERE:
        return None
    if not (value.isascii() and value.isalpha() and len(value) <= 3):
        raise AnswerInvalid(answer=answer, hint=f"列应写作字母，如 C；表中没有这一列则写 {NOWHERE}")
    return column_number(value.upper())
