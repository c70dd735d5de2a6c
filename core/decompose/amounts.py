"""How many and how fast: quotas and working-day limits."""

import re
from collections.abc import Iterator

from core.decompose.draft import DayLimit, Quota
from core.decompose.fold import Folded
from core.decompose.numerals import NUMBER, read_int, read_number

_STOPS = "。,;:!?\n\t"
_GAP = rf"[^{_STOPS}、\d]{{0,12}}?"
# Measure words of things that are done or made. 元, 人以上 and 岁 are thresholds, 日 and 月 are time.
_MEASURE = (
    r"(?:[人场批件篇轮期]次|[次场期篇项条件名份家部批类轮种套幅户例集讲课]|个(?!工作日|月|小时|百分点)|学时|课时|%)"
)

# (operator, pattern with the groups number and unit); a phrase taken by a row is not read again by those below.
_QUOTA_RULES = (
    (">=", re.compile(rf"不(?:得|能)?(?:少|低)于(?P<number>{NUMBER})(?P<unit>{_MEASURE})")),
    (">=", re.compile(rf"至少{_GAP}(?P<number>{NUMBER})(?P<unit>{_MEASURE})")),
    (">=", re.compile(rf"累计{_GAP}(?P<number>\d+(?:\.\d+)?[万千百]?)(?P<unit>{_MEASURE})")),
    (">=", re.compile(r"(?:达到?|提高到|提升至|保持在|率为?)(?P<number>\d+(?:\.\d+)?)(?P<unit>%)(?:以上)?")),
    (">=", re.compile(rf"达到(?P<number>\d+(?:\.\d+)?[万千百]?)(?P<unit>{_MEASURE})(?:以上)?")),
    (">=", re.compile(rf"(?P<number>{NUMBER})(?P<unit>[次场期篇])以上")),
    (
        "=",
        re.compile(
            rf"(?<=[每按逐][年月周])(?:度)?[^{_STOPS}、\d每]{{1,6}}?(?P<number>{NUMBER})(?P<unit>[次场期篇])(?!性)"
        ),
    ),
)
# Every rule above needs one of these: most tasks have none, and one look is cheaper than seven
_SIGN = re.compile(r"[少低]于|至少|累计|达|提高到|提升至|保持在|率|以上|[每按逐][年月周]")
_LIMIT = re.compile(
    r"(?P<how>不(?:得)?超过|提前)?(?P<days>\d{1,3}|[一二三四五六七八九十百]{1,4})个?工作日(?:之内|以内|内|前)?"
)
_EACH = re.compile(r"各[^,。;:、的]{0,8}?(?:单位|部门|街镇|乡镇|镇|街道|处室|科室|机关|区|县|委办局)")
_SENTENCE_STOPS = "。;!?\n"
_SENTENCE_LENGTH = 400
_AFTER = re.compile(r"([^,。;:!?\n\t]{1,30}?(?:之日起|日起|之后|以后|后|起))的?$")
_ABOUT = re.compile(r"对([^,。;:!?\n\t]{1,40}),(?:[必应须需要当该]{1,2})?在?$")
_SUBJECT = re.compile(r"([^,。;:!?\n\t]{2,20})在$")


def find_quotas(folded: Folded, start: int, end: int) -> list[Quota]:
    """Numeric minima and targets in the folded range, in order."""
    text, taken, covered = folded.text, [], set()
    if not _SIGN.search(text, start, end):
        return []
    for op, pattern in _QUOTA_RULES:
        for found in pattern.finditer(text, start, end):
            places = range(*found.span())
            if covered.isdisjoint(places) and read_number(found["number"]) is not None:
                covered.update(places)
                taken.append((op, found))
    taken.sort(key=lambda pair: pair[1].start())
    quotas, seen_to = [], start
    for op, found in taken:
        number, unit = read_number(found["number"]), found["unit"]
        sentence = _after_last(text, _SENTENCE_STOPS, seen_to, found.start())
        scope = "each" if _EACH.search(text, sentence, found.start()) else "total"
        clause = _after_last(text, _STOPS, start, found.start()), _next_of(text, _STOPS, found.end(), end)
        quote, source = folded.phrase(*found.span()), folded.span(*found.span())
        quotas.append(Quota(quote, source, op, number, unit, scope, folded.plain(*clause)))
        seen_to = found.end()
    return quotas


def find_day_limits(folded: Folded, start: int, end: int) -> Iterator[DayLimit]:
    """N个工作日 in the folded range, each with what starts its clock where the text says so."""
    if folded.text.find("工作日", start, end) < 0:
        return
    for found in _LIMIT.finditer(folded.text, start, end):
        if found.string[max(found.start() - 1, start) : found.start()] in ("第", "每"):
            continue
        lead = found.string[max(start, found.start() - 60) : found.start()]
        trigger = next((match[1] for rule in (_AFTER, _ABOUT, _SUBJECT) if (match := rule.search(lead))), None)
        days = read_int(found["days"])
        if days:
            quote, source = folded.phrase(*found.span()), folded.span(*found.span())
            yield DayLimit(quote, source, days, trigger, before=found["how"] == "提前")


def _after_last(text: str, stops: str, start: int, end: int) -> int:
    """Place after the last of `stops` in `text[start:end]`, looking back no further than a sentence is long."""
    start = max(start, end - _SENTENCE_LENGTH)
    return max((text.rfind(stop, start, end) + 1 for stop in stops), default=0) or start


def _next_of(text: str, stops: str, start: int, end: int) -> int:
    end = min(end, start + _SENTENCE_LENGTH)
    return min((place for stop in stops if (place := text.find(stop, start, end)) >= 0), default=end)
