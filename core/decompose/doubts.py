"""What was not understood, with its place and a sentence that says why. Nothing is dropped in silence."""

import re
from bisect import bisect_right
from collections.abc import Iterator

from core.decompose.draft import DraftTask, Leftover
from core.decompose.fold import Folded, Span
from core.decompose.numerals import NUMBER

REASONS = {
    "page": "正文以外的文字，未拆解",
    "intro": "章节开头的说明文字，未列为任务",
    "heading": "责任单位写在标题上或各项任务之前，没有分到下面的各项任务",
    "text": "没有编号也没有责任单位的文字，未列为任务",
    "uncovered": "最后一个责任单位括号之后的文字，列为未写明单位的任务，请核对",
    "bracket": "责任单位括号没有看懂",
    "names": "括号里像是单位名单，但没有写“责任单位”之类的字样，未采用",
    "duty": "像是责任单位，但写法没有看懂，未采用",
    "number": "数量要求没有看懂",
    "limit": "不是按工作日写的期限，未计算到期日",
    "date": "日期没有看懂，请核对",
    "table": "表格没有看懂，单位和时限未拆出",
    "cell": "表格这一行没有写责任单位，可能与邻行合并，请核对",
    "day": "出现了日期，但没有写明是不是完成时限",
}
_NUMBER = re.compile(rf"(?:不(?:得|能)?(?:少|低)于|至少|不(?:得)?超过)[^。,;:!?\n]{{0,12}}?{NUMBER}[^。,;:!?\n]?")
_LIMIT = re.compile(rf"{NUMBER}(?:个月|小时|分钟|个?自然日|[日天周年])(?:之内|以内|内)")
_DUTY = re.compile(
    r"(?:(?:责任|牵头|配合|承办)(?:单位|部门|处室|科室)[为是]"
    r"|(?<=[(【\[〔。;,\n])(?!各|有关|相关)[\u4e00-\u9fff]{2,6}(?:单位|部门|处室|科室|股室):)[^。;\n]*"
)
# who does it, in a task of which nothing says so in a way that is read
_DOER = re.compile(r"由[^由,。;:!?\n]{2,30}?(?:负责|承办|组织实施)(?!人)")
_DAY = re.compile(r"\d{1,2}月\d{1,2}[日号]")
# (code, what every match contains, pattern): looking for that first makes the search several times faster.
_RULES = (
    ("number", re.compile("[少低]于|至少|超过"), _NUMBER),
    ("limit", re.compile("[月时钟日天周][之以]?内"), _LIMIT),
    ("day", re.compile(r"\d月\d"), _DAY),
    ("duty", re.compile("[位门室][为是:]"), _DUTY),
)


class Doubts:
    """Collects leftovers by folded ranges; lines are counted in the original text."""

    def __init__(self, folded: Folded) -> None:
        self._folded = folded
        self._line_ends = [found.start() for found in re.finditer("\n", folded.source)]
        self._found: list[Leftover] = []

    def add(self, code: str, start: int, end: int) -> None:
        """Note one folded range that must not be empty."""
        self._note(code, self._folded.quote(start, end), self._folded.span(start, end))

    def look_into(self, task: DraftTask) -> None:
        """Numbers, limits, days and lists of names in a task that no rule has quoted, and deadlines without a day."""
        known = (*task.deadlines, *task.quotas, *task.cadence, *task.working_day_limits)
        place = bisect_right(self._folded.offsets, task.source.start - 1)
        end = bisect_right(self._folded.offsets, task.source.end - 1)
        suspects = list(_suspects(self._folded.text, place, end))
        if not task.all_units:
            suspects += [("duty", *found.span()) for found in _DOER.finditer(self._folded.text, place, end)]
        covered = (
            {place for item in known for place in range(item.source.start, item.source.end)} if suspects else set()
        )
        for code, start, stop in suspects:
            span = self._folded.span(start, stop)
            if covered.isdisjoint(range(span.start, span.end)):
                covered.update(range(span.start, span.end))
                self._note(code, self._folded.quote(start, stop), span)
        for deadline in task.deadlines:
            if deadline.kind == "unclear":
                code = "limit" if _LIMIT.search(deadline.text) else "date"
                self._note(code, deadline.text, deadline.source)

    def listed(self) -> tuple[Leftover, ...]:
        """All of them, in the order of the text."""
        return tuple(sorted(self._found, key=lambda leftover: leftover.source))

    def _note(self, code: str, text: str, source: Span) -> None:
        line = bisect_right(self._line_ends, source.start - 1) + 1
        self._found.append(Leftover(code, REASONS[code], text.strip(), source, line))


def _suspects(text: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    for code, sign, pattern in _RULES:
        if sign.search(text, start, end):
            for found in pattern.finditer(text, start, end):
                yield code, found.start(), found.end()
