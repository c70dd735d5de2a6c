"""The lines of a document and what each of them is, before anything is put together."""

import re
from dataclasses import dataclass

from core.decompose.fold import Folded
from core.decompose.numbering import Label, read_label

_PAGE_WORDS = re.compile(
    r"(?:分享到|打印|关闭|字号|字体|栏目导航|返回|上一[篇页]|下一[篇页]|扫一扫|相关(?:文档|链接|阅读|附件)|责任编辑"
    r"|浏览(?:次数|量)|阅读(?:次数|量)|当前位置|您?的?位置|版权所有|联系我们|网站地图|收藏|来源:|发布(?:日期|时间|机构):)"
)
_PAGE_NUMBER = re.compile(r"[-—–·]*\d{1,4}[-—–·]*|第\d{1,4}页(?:[,/]?共\d{1,4}页)?")
_DATE = re.compile(
    r"\(?(?:(?P<year>\d{4})[年.\-/](?P<month>\d{1,2})[月.\-/](?P<day>\d{1,2})日?"
    r"|(?P<chinese>[二〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日)"
    r"|(?P<run>20\d{4,6}))\)?"
)
_ATTACHMENT = re.compile(r"附件\d*[:：]|附件\d*$|附[:：]")
_TABLE_HEADER = re.compile(r"序号(?![为是的])")
_SIGN_OFF = re.compile(
    r"[^,。;:!?、《》\d\t]{2,30}(?:局|委|办|厅|院|府|公室|委员会|中心|镇|街道办事处|管委会|领导小组|集团|公司)"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank. `start` and `end` are folded places; `number` counts from 1.

    `kind`: label, text, page, page_number, date, signoff, attachment, table_title, table_header.
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
        text = raw.strip("\t")
        if text:
            start = place + len(raw) - len(raw.lstrip("\t"))
            label = read_label(text)
            line = Line(number, start, start + len(text), text, _kind(text, label), label)
            lines[-1:] = _with_neighbour(lines[-1], line) if lines else [line]
        place += len(raw) + 1
    return lines


def read_date_line(text: str) -> re.Match | None:
    """Match of a line that is nothing but a date."""
    return _DATE.fullmatch(text)


def _kind(text: str, label: Label | None) -> str:
    if _TABLE_HEADER.match(text):
        return "table_header"
    if _DATE.fullmatch(text):
        return "date"
    if _PAGE_NUMBER.fullmatch(text):
        return "page_number"
    if _ATTACHMENT.match(text):
        return "attachment"
    if len(text) <= 80 and "。" not in text and _PAGE_WORDS.match(text):
        return "page"
    return "label" if label else "text"


def _with_neighbour(before: Line, line: Line) -> list[Line]:
    """What a line is can be told by the next one: the body that signs above a date, the title above a table."""
    kind = before.kind
    if kind == "text" and line.kind == "date" and _SIGN_OFF.fullmatch(before.text):
        kind = "signoff"
    if kind == "text" and line.kind == "table_header" and before.text.endswith(("表", "清单", "目录", "台账")):
        kind = "table_title"
    before = Line(before.number, before.start, before.end, before.text, kind, before.label)
    return [before, line]
