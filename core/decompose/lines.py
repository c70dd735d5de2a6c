"""The lines of a document and what each of them is, before anything is put together."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from core.decompose.fold import Folded
from core.decompose.labels import ROLES
from core.decompose.numbering import BARE_NUMBER, Label, bare_label, read_label
from core.decompose.runs import run_on

# What stands before the first word of a line: cells that are empty, the marks of a heading (## 一、).
_MARKUP = re.compile(r"\t*#{0,6}\t*")
_PAGE_WORDS = re.compile(
    r"(?:分享到|打印|关闭|字号|字体|栏目导航|返回|上一[篇页]|下一[篇页]|扫一扫|相关(?:文档|链接|阅读|附件)|责任编辑"
    r"|浏览(?:次数|量)|阅读(?:次数|量)|当前位置|您?的?位置|版权所有|联系我们|网站地图|收藏|来源:|发布(?:日期|时间|机构):"
    r"|建议使用|\(此件\w{0,6}公开(?:发布)?\)$|.*(?:网站标识码:|[A-Z]ICP备\d|公网安备\d))"
)
# Who gets a copy, who printed it and when: nothing of a task opens or ends like that
_COPIES = re.compile(
    r"(?:抄[送报]|[主分]送|报|送|发):|.{2,40}(?:办公室|办公厅|秘书处|委|局)\d{4}年\d{1,2}月\d{1,2}日印发$"
)
# 甲局办公室 over 2025年3月12日印发: the two lines under a document
_PRINTED = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日印[发制]?$")
# Under the body, as far down as nothing else follows: within it a task may have its own 联系人
_FOOT = re.compile(
    r"\(?(?:联系(?:人|电话|方式|科室)|电话|传真|(?:电子)?邮箱|地址|邮编|填[报表](?:单位|人|日期)|制表|审核人?|经办人|主题词|校对|打字)(?:\(.{1,8}\))?:"
)
# Who keeps the page; but a document may say so of its tasks
_KEEPER = re.compile(r"(?:主办|承办|维护)(?:单位)?:|技术支持:")
_AROUND = frozenset(("page", "page_number", "date", "signoff", "attachment"))
PAGE_NUMBER = re.compile(r"[-—–·]*\d{1,4}[-—–·]*|第\d{1,4}页(?:[,/]?共\d{1,4}页)?")
_DATE = re.compile(
    r"\(?(?:(?P<year>\d{4})[年.\-/](?P<month>\d{1,2})[月.\-/](?P<day>\d{1,2})日?"
    r"|(?P<chinese>[二〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
    r"|(?P<run>20\d{4,6}))\)?"
)
# 一、抓好公开 (一)公开预算。…: a heading and its first item on one line
_HEADING_ALONE = re.compile(r"[^。;:!?()|│┃\t]{2,60}(?=\([一二三四五六七八九十]+\)(?![款项]).{4})")
# 一、总体要求……3: the line of a table of contents
_CONTENTS = re.compile(r".*(?:…|\.{3,}|·{3,})\d{1,3}")
_OPEN_LABEL = re.compile(rf"(?:{'|'.join(words for _, words in ROLES)}):")
_ATTACHMENT = re.compile(r"附件\d*[:：]|附件\d*$|附[:：]")
_SIGN_OFF = re.compile(
    r"(?![及和与])[^,。;:!?、《》\d\t]{1,30}(?:局|委|办|厅|院|府|公室|委员会|中心|镇|街道办事处|管委会|领导小组|集团|公司)"
)

# 甲局牵头,乙局配合 without a full stop: a cell
_DUTY = re.compile(r"[^。;:!?]{2,80}(?:牵头|负责|配合|落实)")


class Line(NamedTuple):
    """One line that is not blank. `start` and `end` are folded places; `number` counts from 1.

    `kind`: label, text, page, page_number, date, signoff, attachment.
    """

    number: int
    start: int
    end: int
    text: str
    kind: str
    label: Label | None = None


def read_lines(folded: Folded) -> list[Line]:
    """All lines that are not blank, each with its kind."""
    lines: list[Line] = []
    place = 0
    for number, raw in enumerate(folded.text.split("\n"), start=1):
        opened = _MARKUP.match(raw).end()
        text = raw[opened:].rstrip("\t")
        for line in _parted(number, place + opened, text) if text else ():
            lines[-1:] = _with_neighbour(lines[-1], line) if lines else [line]
        place += len(raw) + 1
    return _with_foot(_with_bare_numbers(lines))


def _parted(number: int, start: int, text: str) -> Iterator[Line]:
    """A line; several where paragraphs were run together, or a heading and its first item."""
    for begin, end in pairwise([*run_on(text), len(text)]):
        label = read_label(text[begin:end])
        cut = begin + _heading_end(text[begin:end], label)
        if cut > begin:
            yield Line(number, start + begin, start + cut, text[begin:cut], "label", label)
            label = read_label(text[cut:end])
        part = text[cut:end]
        yield Line(number, start + cut, start + end, part, _kind(part, label), label)


def opens_line(text: str, ended: bool, listing: bool) -> bool:
    """Whether a text begins something new: it has a label or is no prose.

    `ended`: the one before it is over; `listing`: that is a list of units, in which no number stands.
    """
    label = read_label(text)
    if _kind(text, label) != "text" or opens_value(text):
        return True
    if ended and (_SIGN_OFF.fullmatch(text) or _DUTY.fullmatch(text)):
        return True
    return bool((ended or listing) and BARE_NUMBER.match(text))


def opens_value(text: str) -> bool:
    """Whether a text begins with a label like 责任单位: and so is a list, not prose."""
    return bool(_OPEN_LABEL.match(text))


def read_date_line(text: str) -> re.Match | None:
    """Match of a line that is nothing but a date."""
    return _DATE.fullmatch(text)


def _heading_end(text: str, label: Label | None) -> int:
    """Where the heading of a chapter ends that has its first item behind it; 0 elsewhere."""
    found = _HEADING_ALONE.match(text, label.length) if label and label.kind == "chapter" else None
    return found.end() if found else 0


def _kind(text: str, label: Label | None) -> str:
    if _DATE.fullmatch(text):
        return "date"
    if PAGE_NUMBER.fullmatch(text):
        return "page_number"
    if _ATTACHMENT.match(text):
        return "attachment"
    if len(text) <= 80 and "。" not in text and (_PAGE_WORDS.match(text) or _CONTENTS.fullmatch(text)):
        return "page"
    if _COPIES.match(text) or _PRINTED.fullmatch(text):
        return "page"
    return "label" if label else "text"


def _with_bare_numbers(lines: list[Line]) -> list[Line]:
    """3优化栏目 between 2.… and 4.… is an item that lost its dot, 3.12345热线 one whose title opens with a number: what
    numbers it follows the number before it."""
    last = 0
    for place, line in enumerate(lines):
        if line.label and line.label.kind == "digit":
            last = int(line.label.mark.strip("()"))
        elif line.kind == "text" and (label := bare_label(line.text, last + 1)):
            lines[place] = line._replace(kind="label", label=label)
            last += 1
    return lines


def _with_foot(lines: list[Line]) -> list[Line]:
    """Whom to call, who typed it and who keeps the page, at the foot of the document."""
    rules = [_FOOT, _KEEPER]
    place = _foot(lines, rules)
    if any(_KEEPER.match(line.text) for line in lines[:place]):  # it says who does a task
        rules.remove(_KEEPER)
        place = _foot(lines, rules)
    foot = [line._replace(kind="page") if _any(rules, line) else line for line in lines[place:]]
    return [*lines[:place], *foot]


def _foot(lines: list[Line], rules: list[re.Pattern]) -> int:
    """Where the lines begin of which nothing is body."""
    place = len(lines)
    while place and (lines[place - 1].kind in _AROUND or _any(rules, lines[place - 1])):
        place -= 1
    return place


def _any(rules: list[re.Pattern], line: Line) -> bool:
    return any(rule.match(line.text) for rule in rules)


def _with_neighbour(before: Line, line: Line) -> list[Line]:
    """What a line is can be told by the next one: the body that signs stands above a date."""
    dated = line.kind == "date" or _PRINTED.fullmatch(line.text)
    signs = before.kind == "text" and dated and _SIGN_OFF.fullmatch(before.text)
    return [before._replace(kind="signoff") if signs else before, line]
