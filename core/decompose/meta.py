"""What stands around the tasks: title, who issued it, its number and its days."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.decompose.draft import DecomposeHints, Meta
from core.decompose.fold import Folded
from core.decompose.lines import Line, read_date_line
from core.decompose.names import UNIT_NAME_END
from core.decompose.numerals import read_int

_TITLE = re.compile(
    r"((?!根据|[按依]照|[为现将])(?:[^。《》,:;]|《[^《》]*》){4,60}?(?:要点|方案|计划|安排|意见|表|清单|台账|任务书|分工|分解)(?:\((?!\d{4}年\d{1,2}月)[^()]{2,20}\))?)(?:\((\d{4}年\d{1,2}月\d{1,2}日)\))?"
)
# What stands above a title, and is no half of it
_NO_TITLE = re.compile(r"[。,:;]|20\d{2}[-/.]|\d月|通知$|号$|公开\)$")
_PAGE_TITLE = re.compile(r".*关于印发《(.+?)》的通知")
# 甲县人民政府办公室关于分解重点工作的通知: what is issued has no name of its own
_NOTICE = re.compile(r"(?P<agency>[^。《》,:;]{0,30}?)关于[^。《》:;]{4,60}的(?:通知|意见|函)")
# 2023—2025年 is several years
_TITLE_YEAR = re.compile(r"(?<![—–\-~至到\d])(\d{4}|[二〇○零一二三四五六七八九]{4})年(?!度?[—–\-~至到])")
_AGENCY = re.compile(rf"(?:{_TITLE_YEAR.pattern}度?)?(.+?)(?:{_TITLE_YEAR.pattern}度?)?(?:政务公开|政府信息公开)")
_DOC_NUMBER = re.compile(r"[^\s\d〔\[(]{1,12}[〔\[(]\d{4}[〕\])]\d+号")
_APPROVED = re.compile(r"经([^,。;]{2,40}?(?:会议|会))(?:审议|讨论|研究)?(?:通过|同意)")
_BOOK = re.compile(r"《([^《》\n]+)》")
_PREAMBLE = re.compile(r"制定|印发|制订|特此通知|如下")
_ATTACHMENT = re.compile(r"附件?\d*:?(.*)")
_FIELDS = {
    "发布机构": "agency",
    "来源": "source",
    "信息来源": "source",
    "发布日期": "published",
    "发布时间": "published",
    "时间": "published",
    "更新时间": "published",
    "索取号": "index_number",
    "索引号": "index_number",
    "文件编号": "doc_number",
    "发文字号": "doc_number",
    "文号": "doc_number",
    "公开类别": "openness",
    "公开属性": "openness",
    "发布单位": "agency",
    "成文日期": "dated",
    "发文日期": "dated",
    "印发日期": "dated",
    "生成日期": "dated",
} | dict.fromkeys(
    (
        "作者",
        "阅读次数",
        "浏览次数",
        "阅读量",
        "浏览量",
        "点击数",
        "字号",
        "字体",
        "有效性",
        "主题分类",
        "文种",
        "名称",
    ),
    "other",
)
_FIELD = re.compile("(" + "|".join(sorted(_FIELDS, key=len, reverse=True)) + "):")
_MOMENT = re.compile(r"(\d{4})[-/年.](\d{1,2})[-/月.](\d{1,2})日?(?:(\d{1,2}):(\d{2})(?::(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The meta data, the lines that gave nothing, and date lines that lost characters (their reading wants a look)."""

    meta: Meta
    unread: tuple[Line, ...]
    doubtful_dates: tuple[Line, ...]


class MetaReader:
    """Reads the lines before and after the body."""

    def __init__(self, folded: Folded, head: list[Line], tail: list[Line]) -> None:
        self._folded, self._head, self._tail = folded, head, tail
        self._read: set[int] = set()
        # of a title on two lines: its lower line → its upper one
        self._upper: dict[int, int] = {}
        self._doubtful: list[Line] = []

    def read(self, hints: DecomposeHints, unit_label: str | None, table: str | None) -> Surroundings:
        """`unit_label` and `table` come from the body and are only passed on."""
        title_line = self._title_line()
        title, published = self._title(title_line)
        page_title, inner_title = self._page_title()
        fields = self._fields()
        notice, notice_agency = (None, None) if title or inner_title else self._notice()
        title = title or inner_title or notice
        folded_title = title_line.text if title_line else inner_title or ""
        found = _AGENCY.match(folded_title)
        from_title = found[2] if found and not _TITLE_YEAR.fullmatch(found[2]) else notice_agency
        issued, issued_as_written = self._issued()
        if dated := None if issued else _moment(fields.get("dated", "")):
            issued, issued_as_written = date.fromisoformat(dated[:10]), fields["dated"]
        preamble = self._preamble(title_line)
        year = _year(folded_title) or self._only_year() or hints.year or (issued.year if issued else None)
        meta = Meta(
            title=title,
            page_title=page_title,
            issuing_agency=fields.get("agency") or self._signature() or fields.get("source") or from_title,
            issuing_agency_full=from_title,
            doc_number=fields.get("doc_number") or self._whole_line(_DOC_NUMBER),
            index_number=fields.get("index_number"),
            openness=fields.get("openness"),
            issue_date=issued,
            issue_date_as_written=issued_as_written,
            published_at=_moment(fields.get("published", "")) or published,
            year=year,
            addressees=self._addressees(),
            approved_at=self._approved(),
            attachment=self._attachment(),
            embedded_table=table,
            unit_label=unit_label,
            based_on=tuple(dict.fromkeys(preamble)),
        )
        unread = tuple(line for line in self._all() if line.number not in self._read and line.kind != "page_number")
        return Surroundings(meta, unread, tuple(self._doubtful))

    def _all(self) -> Iterable[Line]:
        return (*self._head, *self._tail)

    def _title_line(self) -> Line | None:
        """The last line of the head that reads like a title."""
        texts = [line for line in self._head if line.kind == "text"]
        for place in reversed(range(len(texts))):
            line = self._with_line_above(*texts[max(0, place - 1) : place + 1])
            if _TITLE.fullmatch(line.text):
                return line
        return None

    def _with_line_above(self, above: Line, line: Line | None = None) -> Line:
        """A title on two lines as one line: the upper one leaves a 《 open, or has the year and what it is of."""
        if line is None:
            return above
        opened = above.text.count("《") > above.text.count("》")
        parted = _TITLE_YEAR.search(above.text) and not _TITLE_YEAR.search(line.text)
        whole = parted and not (_TITLE.fullmatch(above.text) or _NO_TITLE.search(above.text))
        if not (opened or whole) or UNIT_NAME_END.search(above.text):
            return line
        self._upper[line.number] = above.number
        return line._replace(start=above.start, text=above.text + line.text)

    def _title(self, line: Line | None) -> tuple[str | None, str | None]:
        """The title, and the day in brackets behind it: when it was published."""
        if line is None:
            return None, None
        self._read |= {line.number, self._upper.get(line.number, line.number)}
        found = _TITLE.fullmatch(line.text)
        end = line.end - len(line.text) + found.end(1)
        return self._folded.plain(line.start, end), _moment(found[2] or "")

    def _page_title(self) -> tuple[str | None, str | None]:
        for line in self._head:
            found = _PAGE_TITLE.fullmatch(line.text)
            if found:
                self._read.add(line.number)
                return self._plain(line), found[1]
        return None, None

    def _notice(self) -> tuple[str | None, str | None]:
        """The title of a notice and who issued it, which may stand on the line above."""
        for place, line in enumerate(self._head):
            if not (found := _NOTICE.fullmatch(line.text)):
                continue
            above = self._head[place - 1] if place and not found["agency"] else None
            first = above if above and UNIT_NAME_END.search(above.text) else line
            self._read |= {first.number, line.number}
            agency = first.text if first is above else found["agency"]
            return self._folded.plain(first.start, line.end), agency or None
        return None, None

    def _fields(self) -> dict[str, str]:
        """Labelled values of a page head (several may share a line); the first of a kind counts."""
        values: dict[str, str] = {}
        for line in self._all():
            labels = list(_FIELD.finditer(self._folded.text, line.start, line.end))
            ends = [found.start() for found in labels[1:]] + [line.end]
            if labels and labels[0].start() == line.start:
                self._read.add(line.number)
                for found, end in zip(labels, ends, strict=True):
                    kind, place = _FIELDS[found[1]], (found.end(), end)
                    value = self._folded.text[slice(*place)] if kind == "published" else self._folded.plain(*place)
                    values.setdefault(kind, value)
        return {kind: value for kind, value in values.items() if value}

    def _only_year(self) -> int | None:
        """The year that the lines above the body name, where it is one and the same."""
        years = {_year(line.text) for line in self._head if "公开" in line.text and _TITLE_YEAR.search(line.text)}
        return years.pop() if len(years) == 1 else None

    def _preamble(self, title_line: Line | None) -> list[str]:
        """Titles in 《》 that the opening paragraphs name; those paragraphs count as read."""
        books = []
        for line in self._head:
            if line.kind == "text" and _PREAMBLE.search(line.text):
                self._read.add(line.number)
                if title_line is None or line.number > title_line.number:
                    books += _BOOK.findall(line.text)
        return books

    def _issued(self) -> tuple[date | None, str | None]:
        """The last line that is nothing but a day; with lost characters (2024513) only if one reading is a day."""
        for line in reversed(list(self._all())):
            found = read_date_line(line.text)
            if not found or line.kind != "date":
                continue
            days = _days(found)
            if len(days) == 1:
                self._read.add(line.number)
                if found["run"] and len(found["run"]) < len("20240513"):
                    self._doubtful.append(line)
                return days[0], self._plain(line)
        return None, None

    def _signature(self) -> str | None:
        for line in reversed(list(self._all())):
            if line.kind == "signoff":
                self._read.add(line.number)
                return self._plain(line)
        return None

    def _addressees(self) -> str | None:
        for line in self._head:
            if line.kind == "text" and line.text.endswith(":") and "各" in line.text:
                self._read.add(line.number)
                return self._folded.plain(line.start, line.end - 1)
        return None

    def _approved(self) -> str | None:
        found = next((found for line in self._head if (found := _APPROVED.search(line.text))), None)
        return found[1] if found else None

    def _attachment(self) -> str | None:
        for line in self._all():
            found = _ATTACHMENT.fullmatch(line.text)
            if line.kind == "attachment" and found and found[1]:
                self._read.add(line.number)
                return found[1]
        return None

    def _whole_line(self, pattern: re.Pattern) -> str | None:
        for line in self._head:
            if pattern.fullmatch(line.text):
                self._read.add(line.number)
                return self._plain(line)
        return None

    def _plain(self, line: Line) -> str:
        return self._folded.plain(line.start, line.end)


def _year(title: str) -> int | None:
    found = _TITLE_YEAR.search(title)
    return read_int(found[1]) if found else None


def _days(found: re.Match) -> list[date]:
    """Every day that a date line can mean."""
    if found["chinese"]:
        year, rest = found["chinese"].split("年")
        month, day = rest.rstrip("日").split("月")
        parts = [(read_int(year), read_int(month), read_int(day))]
    elif found["run"]:
        year, rest = found["run"][:4], found["run"][4:]
        splits = [(rest[:cut], rest[cut:]) for cut in range(1, len(rest))]
        parts = [(int(year), int(m), int(d)) for m, d in splits if len(m) <= 2 and len(d) <= 2]
    else:
        parts = [(int(found["year"]), int(found["month"]), int(found["day"]))]
    return [day for part in parts if (day := _date(*part))]


def _date(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month, day)
    except (TypeError, ValueError):
        return None


def _moment(text: str) -> str | None:
    """ISO form of a day, with the time when it is written."""
    found = _MOMENT.search(text)
    if not found or not (day := _date(*(int(part) for part in found.groups()[:3]))):
        return None
    if found[4] is None:
        return day.isoformat()
    return f"{day.isoformat()}T{int(found[4]):02}:{found[5]}:{found[6] or '00'}"
