"""How many and how fast: quotas and working-day limits."""

import re
from collections.abc import Iterator
from itertools import product

from core.decompose.draft import DayLimit, Quota
from core.decompose.fold import Folded
from core.decompose.numerals import CHINESE, NUMBER, read_int, read_number

_STOPS = "。,;:!?\n\t"
_GAP = rf"[^{_STOPS}、\d]{{0,12}}?"
# Measure words of things that are done or made. 元, 人以上 and 岁 are thresholds; so long is said by 不少于 alone.
_MEASURE = (
    r"(?:[人户场批件篇轮期]次|[次场期篇项条件名份家部批类轮遍种套幅户例集讲课所台]|处(?![室长级])"
    r"|个(?!工作日|月|小时|百分点)|学时|课时|%)"
)
# At least so many: there 人 counts too, unless it says which bodies are meant (不少于100人的企业).
_LEAST = rf"(?P<per>百分之)?(?P<number>{NUMBER})(?(per)|(?P<unit>{_MEASURE}|人(?!以上|的)))"
_RATE = rf"(?P<per>百分之)?(?P<number>\d+(?:\.\d+)?|(?<=百分之)[{CHINESE}]+)(?(per)|(?P<unit>%))"
_ABOUT_SO_MUCH = "(?:以上|左右)"
# What is made or held in so many: 打造示范点5个, 举办培训班1期
_MAKES = (
    r"(?<![已共未能])(?:评选|评出|遴选|选树|打造|培育|创建|建成|新建|新增|改造|推出|制作|拍摄|编印|编发|征集|曝光"
    r"|举办|召开|组织|开展|走访|发放|邀请)"
)
_MADE_SIGNS = "个家处场期篇件部条例份套集项批座块名册所台"
_MADE = rf"(?:[人户场]次|(?!个(?:工作日|月|小时|百分点|方面|环节|领域|阶段|层面))[{_MADE_SIGNS}])"
_CLAUSE_ENDS = rf"(?=[{_STOPS}、)]|$)"

# Every rule below needs one of these: most tasks have none, and one look for their last characters is the cheapest
_SIGN = re.compile(
    r"[≥≧]|[于少过计到上内下之次场期篇件集人%](?:(?<=[少低多高小大]于)|(?<=至少)|(?<=超过)|(?<=累计)|(?<=达到)|(?<=以[上内下])|(?<=百分之)"
    r"|(?<=[\d二两三四五六七八九十百千万][次场期篇件集人%]))"
)
# and those of what is made, one of these
_MADE_SIGN = re.compile(rf"[人户{_MADE_SIGNS}](?<=[\d二两三四五六七八九十百千万][人户{_MADE_SIGNS}])")
# (operator, pattern with the groups number and unit); a phrase taken by a row is not read again by those below.
_QUOTA_RULES = tuple(
    (op, re.compile(pattern), _MADE_SIGN if pattern.startswith(_MAKES) else _SIGN)
    for op, pattern in (
        (">=", rf"(?:不(?:得|能|应)?(?:少|低|小)于|[≥≧]){_LEAST}(?:/[年季月周]度?)?"),
        (
            ">=",
            rf"不(?:得|能|应)?(?:少|低|小)于(?P<number>{NUMBER})(?P<unit>[日天起家]|个月|小时|分钟|分(?!钟))(?![的以])",
        ),
        (">=", rf"不(?:得|能|应)?(?:少|低|小)于[^{_STOPS}、\d]{{1,12}}?的{_RATE}"),
        (">=", rf"至少(?:提前)?(?P<number>{NUMBER})(?P<unit>[日天起]|个月|小时)(?![的以])"),
        (">=", rf"至少{_GAP}{_LEAST}"),
        (
            "<=",
            rf"不(?:得|能|应)?(?:超过|多于|高于|大于)"
            rf"(?P<per>百分之)?(?P<number>{NUMBER})(?(per)|(?P<unit>[次场期项件份]|%))",
        ),
        ("<=", rf"(?:控制|保持|压[减缩降][至到]|降[低至到]+)在?{_LEAST}以[内下]"),
        (">=", rf"累计{_GAP}(?P<number>\d+(?:\.\d+)?[万千百]?)(?P<unit>{_MEASURE})"),
        (">=", rf"(?:达到?|提[高升][到至]|占比[至为]|保持在?|实现|[^\W\d_]{{2}}[率度]为?){_RATE}{_ABOUT_SO_MUCH}?"),
        (">=", rf"(?<![同环]比)(?:完成|压[减缩降]|精简|提[升高]|覆盖){_RATE}{_ABOUT_SO_MUCH}?"),
        (">=", rf"(?:增[长加]|下降|降低|减少|扩大|缩[短减]|上升){_RATE}{_ABOUT_SO_MUCH}"),
        ("=", r"(?P<number>100)(?P<unit>%)(?=在|及时|按时|按期|到位|公开|发布|上网|覆盖)"),
        (">=", rf"(?<=实现|达到|力争|完成)(?P<number>\d+[万千百]?)(?P<unit>{_MEASURE})以上"),
        (">=", rf"达到(?P<number>\d+(?:\.\d+)?[万千百]?)(?P<unit>{_MEASURE})(?:以上)?"),
        (">=", rf"(?P<number>{NUMBER})(?P<unit>[次场期篇]|[条项件](?!以上的))以上"),
        (">=", rf"(?P<per>百分之)?(?P<number>{NUMBER})(?(per)|(?P<unit>{_MEASURE}|人))以上{_CLAUSE_ENDS}"),
        (
            "=",
            rf"(?<=[每按逐][年月周])(?:度)?[^{_STOPS}、\d每]{{1,6}}?(?P<number>{NUMBER})(?P<unit>[次场期篇])(?!性)",
        ),
        ("=", rf"{_MAKES}[^{_STOPS}\d每各]{{2,24}}?(?P<number>(?!一){NUMBER})(?P<unit>{_MADE}){_CLAUSE_ENDS}"),
        (
            "=",
            rf"(?<![已共])(?:举办|召开|组织|开展|制作|编发|推出|培训)[^{_STOPS}、\d第已至—–]{{0,8}}?"
            rf"(?P<number>{NUMBER})(?P<unit>人次|[次场期篇件集])(?:左右)?(?![性以])",
        ),
        ("=", rf"{_MAKES}(?P<number>(?!一){NUMBER})(?P<unit>{_MADE})(?=[\u4e00-\u9fff“《])(?![以左性])"),
    )
)
_WITH = {
    signs: tuple((op, pattern) for op, pattern, sign in _QUOTA_RULES if signs[sign is _MADE_SIGN])
    for signs in product((False, True), repeat=2)
}
"""(one of `_SIGN` is there, one of `_MADE_SIGN`) → the rules that may find something."""
_RHYTHM = re.compile("[每按逐][年月周季]")
_LIMIT = re.compile(
    r"(?P<how>不(?:得|能|应)?(?:超过|少于)|至少|(?:至少)?提前)?(?P<days>\d{1,3}|[一二三四五六七八九十百]{1,4})个?工作日(?:之内|以内|内|前)?"
)
_BODY = (
    r"(?:单位|部门|街镇|乡镇|镇|街道|处室|科室|机关|区|县|委办局|村居?|居委会|社区|学校|中小学|高校|幼儿园|医院|机构|企业|公园"
    r"|中心|[图博美]\w{1,3}馆)"
)
# Whose number it is, not for whom something is done (为各单位培训); 各类, 各项 are no bodies.
_EACH = re.compile(rf"(?<![对向为给赴到])(?:各(?![类项种级]|方面)[^,。;:、的]{{0,8}}?|每[个家所]?){_BODY}")
_SENTENCE_STOPS = "。;!?\n"
_SENTENCE_LENGTH = 400
_CLAUSE = re.compile(rf"[^{_STOPS}]{{0,{_SENTENCE_LENGTH}}}")
_AFTER = re.compile(r"([^,。;:!?\n\t]{1,30}?(?:之日起|日起|之后|以后|后|起))的?$")
_ABOUT = re.compile(r"对([^,。;:!?\n\t]{1,40}),(?:[必应须需要当该]{1,2})?在?$")
_SUBJECT = re.compile(r"([^,。;:!?\n\t]{2,20})在$")


def find_quotas(folded: Folded, start: int, end: int) -> list[Quota]:
    """Numeric minima and targets in the folded range, in order."""
    text, taken, covered = folded.text, [], set()
    for op, pattern in _WITH[bool(_SIGN.search(text, start, end)), bool(_MADE_SIGN.search(text, start, end))]:
        for found in pattern.finditer(text, start, end):
            if op == "=" and found["number"] in ("1", "一") and _only_again(found, start):
                continue
            places = range(*found.span())
            number = read_number(found["number"])
            if number is not None and covered.isdisjoint(places):
                covered.update(places)
                taken.append((found, op, number))
    taken.sort(key=lambda one: one[0].start())
    quotas, seen_to = [], start
    for found, op, number in taken:
        sentence = _after_last(text, _SENTENCE_STOPS, seen_to, found.start())
        scope = "each" if _EACH.search(text, sentence, found.start()) else "total"
        clause = _after_last(text, _STOPS, start, found.start()), _CLAUSE.match(text, found.end(), end).end()
        quote, source = folded.phrase(*found.span()), folded.span(*found.span())
        quotas.append(Quota(quote, source, op, number, found["unit"] or "%", scope, folded.plain(*clause)))
        seen_to = found.end()
    return quotas


def _only_again(found: re.Match, start: int) -> bool:
    """Whether a one says nothing new: 更新一次, or the rhythm again (每月编发一期)."""
    clause = _after_last(found.string, _STOPS, start, found.start())
    return found["unit"] in ("次", "轮", "遍") or bool(_RHYTHM.search(found.string, clause, found.end()))


def find_day_limits(folded: Folded, start: int, end: int) -> Iterator[DayLimit]:
    """N个工作日 in the folded range, each with what starts its clock where the text says so."""
    if folded.text.find("工作日", start, end) < 0:
        return
    for found in _LIMIT.finditer(folded.text, start, end):
        if found.string.endswith(("第", "每", "由", "从", "最后"), start, found.start()):
            continue
        lead = found.string[max(start, found.start() - 60) : found.start()]
        trigger = next((match[1] for rule in (_AFTER, _ABOUT, _SUBJECT) if (match := rule.search(lead))), None)
        days = read_int(found["days"])
        if days:
            quote, source = folded.phrase(*found.span()), folded.span(*found.span())
            yield DayLimit(quote, source, days, trigger, before=(found["how"] or "").endswith("提前"))


def _after_last(text: str, stops: str, start: int, end: int) -> int:
    """Place after the last of `stops` in `text[start:end]`, looking back no further than a sentence is long."""
    start = max(start, end - _SENTENCE_LENGTH)
    return max([text.rfind(stop, start, end) for stop in stops]) + 1 or start
