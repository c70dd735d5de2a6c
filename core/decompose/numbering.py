"""The levels of numbering. A house style with another label is one more row of `RULES`."""

import re
from dataclasses import dataclass
from typing import NamedTuple

_NUMERAL = "一二三四五六七八九十百"


class Label(NamedTuple):
    """A numbering label at the start of a line: `rank` 1 is the outermost, `mark` is its part of a task's `no`."""

    kind: str
    rank: int
    mark: str
    length: int


@dataclass(frozen=True, slots=True)
class LabelRule:
    """`pattern` matches the label; group 1 is its numeral, printed by `mark`."""

    kind: str
    rank: int
    pattern: re.Pattern
    mark: str


# 9.7月底前公布 is item 9 with a day at its head, 3.5万元 an amount
_DOT = r"[.、)](?!\d(?!\d?(?:月|日前|个?工作日)|0\d\d年))"

RULES = (
    LabelRule("chapter", 1, re.compile(rf"([{_NUMERAL}]+)、|第([{_NUMERAL}]+)[章部](?:分)?[、:]?"), "{}"),
    LabelRule("paren", 2, re.compile(rf"\(([{_NUMERAL}]+)\)[、.]?"), "({})"),
    LabelRule("digit", 3, re.compile(rf"(\d{{1,3}}){_DOT}"), "({})"),
    LabelRule("paren_digit", 4, re.compile(r"\((\d{1,3})\)[、.]?"), "({})"),
    LabelRule("circled", 5, re.compile(r"([①-⑳㉑-㉟㊱-㊿])"), "({})"),
    LabelRule("ordinal", 6, re.compile(rf"([{_NUMERAL}]+是)"), "({})"),
)

# A number without a dot (3优化栏目), unless what follows makes it an amount or a day (3月底前, 5家企业).
BARE_NUMBER = re.compile(
    r"(\d{1,2})(?=[\u4e00-\u9fff《“])(?![年月日号时分秒点个次场期篇项条名份家部批类轮件套种大位人万千百亿元季度周天级届倍成类米岁户])"
)
# 2.12345热线 is an item between 1. and 3., 2.5万元 an amount
_BEFORE_NUMBER = re.compile(r"(\d{1,3})[.、](?=\d)(?!\d+(?:\.\d+)?[%元万千百亿倍米吨年月日])")
# 一是 … 二是 … opening a sentence inside a paragraph; after a semicolon they only list parts of one sentence.
INLINE_ORDINAL = re.compile(rf"(?<=[。:\n)])([{_NUMERAL}]+)是")
# But a paragraph that opens with 一是 and closes with a bracket is nothing but that list.
LISTED_ORDINAL = re.compile(rf"(?<=[。;:\n)])([{_NUMERAL}]+)是")


def read_label(line: str) -> Label | None:
    """The label that opens a folded line, or None."""
    for rule in RULES:
        found = rule.pattern.match(line)
        if found:
            numeral = next(group for group in found.groups() if group)
            return Label(rule.kind, rule.rank, rule.mark.format(numeral), found.end())
    return None


def bare_label(line: str, number: int) -> Label | None:
    """The label of a folded line that opens with this number and nothing behind it, or a title that opens with another
    number; else None."""
    found = BARE_NUMBER.match(line) or _BEFORE_NUMBER.match(line)
    return Label("digit", 3, f"({number})", found.end()) if found and int(found[1]) == number else None
