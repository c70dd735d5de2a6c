"""What is asked before somebody's sheet is adopted, and the answers as they are typed: `--answer KEY=VALUE`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bridges.adoption.matching import Which
from bridges.excel.address import column_number
from bridges.table import Table
from tenants.errors import ZwgkError

NOWHERE = "-"
"""In place of a column: it is not in this sheet."""
SIDES: Mapping[str, Literal["mine", "system"]] = {"sheet": "mine", "database": "system"}
FORMS = (
    *("table=工作表!行", "column.字段=列", "row.行=编号|new|skip", "row.行-行=new|skip", "period=open|last"),
    *("new=yes|no", "cells[.字段]=sheet|database"),
)
EVERY = "*"
RANGE = re.compile(r"(\d{1,7})-(\d{1,7})", re.ASCII)


class AnswerInvalid(ZwgkError):
    """An answer to a question that nobody asked, or one that is none of the possible ones."""

    code = "answer_invalid"
    sentence = "无法理解回答“{answer}”：{hint}。"


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
    `rows`: row number → id of a row, `new` or `skip`; also `12-20`, all lines among these that are not clear, and `*`,
    all lines of which several rows may be meant; `new`: lines that no row is like become rows; `cells`: key → whose
    value stands where sheet and table differ; `period`: which one is meant where a line does not say."""

    table: str = ""
    columns: Mapping[str, int | None] = field(default_factory=dict)
    rows: Mapping[str, str] = field(default_factory=dict)
    new: bool = False
    cells: Mapping[str, Literal["mine", "system"]] = field(default_factory=dict)
    period: Which = ""

    @property
    def for_many(self) -> bool:
        """One answer for several lines was given."""
        return any(not at.isdigit() for at in self.rows)

    def new_rows(self, unknown: Iterable[str]) -> tuple[str, ...]:
        """The lines that become rows, of those that no row is like."""
        every = self.new or self.rows.get(EVERY) == "new"
        return tuple(at for at in unknown if every or self.of_rows((), [at]).get(at) == "new")

    def of_rows(self, unclear: Iterable[str], unknown: Iterable[str]) -> Mapping[str, str]:
        """The answer for each line: its own, that of a range for lines that are `unclear` or `unknown`, that of `*` for
        those that are `unclear`."""
        answers = dict.fromkeys(unclear, self.rows[EVERY]) if EVERY in self.rows else {}
        for among, answer in self.rows.items():
            if found := RANGE.fullmatch(among):
                first, last = int(found[1]), int(found[2])
                answers |= {at: answer for at in (*unclear, *unknown) if first <= int(at) <= last}
        return answers | {at: answer for at, answer in self.rows.items() if at.isdigit()}


def read_answers(typed: Iterable[str], table: Table) -> Answers:
    """`KEY=VALUE` as typed. Raises `AnswerInvalid`."""
    keys = [column.key for column in table.columns]
    columns: dict[str, int | None] = {}
    rows: dict[str, str] = {}
    cells: dict[str, Literal["mine", "system"]] = {}
    period: Which = ""
    where, new = "", False
    for answer in typed:
        key, _, value = answer.partition("=")
        name, _, which = key.partition(".")
        if name == "table" and value:
            where = value
        elif name == "column" and which in keys:
            columns[which] = _column(answer, value)
        elif name == "row" and (which.isdigit() or which == EVERY or RANGE.fullmatch(which)) and value:
            rows[which] = value
        elif key == "period" and value in ("open", "last"):
            period = value
        elif key == "new" and value in ("yes", "no"):
            new = value == "yes"
        elif name == "cells" and value in SIDES and which in ("", *keys):
            cells |= dict.fromkeys([which] if which else [k for k in keys if k not in cells], SIDES[value])
        else:
            raise AnswerInvalid(answer=answer, hint=f"应为 {'、'.join(FORMS)}")
    return Answers(where, columns, rows, new, cells, period)


def _column(answer: str, value: str) -> int | None:
    if value == NOWHERE:
        return None
    if not (value.isascii() and value.isalpha() and len(value) <= 3):
        raise AnswerInvalid(answer=answer, hint=f"列应写作字母，如 C；表中没有这一列则写 {NOWHERE}")
    return column_number(value.upper())
