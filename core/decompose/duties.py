"""Who does it, where the sentence says so and no bracket does: …，由甲局牵头，乙局配合，6月底前完成。

What closes its sentence is read, with nothing behind it but a time; and 甲局负责编印目录 where a task begins so or its
supporters follow. 由甲局牵头，逐项核对 says how work is done, and names no units.
"""

import re
from itertools import dropwhile, islice, takewhile
from typing import NamedTuple

from core.decompose.draft import UnitMention
from core.decompose.fold import Folded
from core.decompose.labels import COOP
from core.decompose.names import Names, is_body, read_names
from core.decompose.times import is_deadline, opening_limit

_SIGN = re.compile("牵头|负责|[承主]办|由")
_PART = re.compile(rf"牵头|负责|{COOP}|[承主]办|办理|落实|实施|组织|完成|指导")
_LONGEST = 400
"""Characters of a sentence that is read."""
_SENTENCE = re.compile(r"[^。!?\n\t]+")
_CLAUSE = re.compile(r"[^,;:]+")
# 该项工作由甲局负责; what opens a task is its work: 依申请公开由甲局负责
_THIS = re.compile(r"(?:[此该本这]|上述|以上)项?(?:工作|任务|事项)?(?=由)")
_OF_TASK = re.compile(r"[^由]{2,30}(?=由)")
_OPENS = re.compile(r"由|.*(?:牵头|负责|[承主]办)")
_NO_BODY = re.compile("交由|[到在以将把按]|对(?![口外])")
# 各科室指定专人负责: by whom each does it
_APPOINTS = re.compile("指定|专人")
# 甲局负责编印目录: what it does stands behind; its place, or 乙局配合 at the end, tells that it is the assignment
_DOES = re.compile(r"由?[^由]{2,60}?(?:牵头|(?:共同|具体|分别)?负责)(?![人的])")
_HELPS = re.compile(rf".{{2,60}}?{COOP}(?!的)")


class Duty(NamedTuple):
    """The units that a sentence names for its work, and the folded range in which it does."""

    start: int
    end: int
    units: tuple[UnitMention, ...]


class _Clause(NamedTuple):
    """One clause that names bodies, from their first name to their part.

    `says`: it says their part; `opens`: the part of those who do the work; `by`: it begins with 由; `goes_on`: what
    they do stands behind.
    """

    start: int
    end: int
    units: tuple[UnitMention, ...]
    says: bool
    opens: bool
    by: bool
    goes_on: bool = False


def find_duties(folded: Folded, start: int, end: int) -> list[Duty]:
    """The duties of all sentences in the folded range, which is the text of one task; in order."""
    if not _SIGN.search(folded.text, start, end):
        return []
    sentences = (one.span() for one in _SENTENCE.finditer(folded.text, start, end))
    return [duty for one in sentences if one[1] - one[0] <= _LONGEST and (duty := _duty(folded, *one, start))]


def _duty(folded: Folded, start: int, end: int, task: int) -> Duty | None:
    """The duty of one sentence; `task` is where its task begins."""
    text = folded.text
    if not _SIGN.search(text, start, end) or not _PART.search(text, start, end):
        return None
    places = [one.span() for one in _CLAUSE.finditer(text, start, end)]
    clauses = [_clause(folded, *one, one[0] == task) for one in places if not _is_time(text, *one)]
    said = _closing(clauses) or _leading(clauses, task)
    return Duty(said[0].start, said[-1].end, tuple(unit for one in said for unit in one.units)) if said else None


def _closing(clauses: list[_Clause | None]) -> list[_Clause]:
    """由甲局牵头，乙局配合 at the end of a sentence; who leads may stand before what is to be done."""
    last = list(takewhile(bool, reversed(clauses)))[::-1]
    if not last or not last[-1].says:
        return []
    said = list(dropwhile(lambda clause: not clause.opens, last))
    if not said:
        before = (clause for clause in reversed(clauses) if clause and clause.opens)
        said = [*islice(before, 1), *(clause for clause in last if clause.says)]
    return said if said[0].opens and (len(said) > 1 or not said[0].goes_on) else []


def _leading(clauses: list[_Clause | None], task: int) -> list[_Clause]:
    """甲局负责编印目录，乙局配合，… at its beginning; alone only where the task begins with it.

    Of 甲局牵头编印目录 the lead is certain, and no more; 由甲局 … may say anything.
    """
    said = [clause for clause in takewhile(bool, clauses) if clause.says]
    if not said or not said[0].goes_on or not said[0].opens or said[0].by:
        return []
    alone = said[0].start == task and all(unit.role != "lead" for unit in said[0].units)
    return said if alone or len(said) > 1 else []


def _clause(folded: Folded, start: int, end: int, opens_task: bool) -> _Clause | None:
    """What a clause says of bodies, where it names nothing else before their part."""
    text, start = folded.text, _head(folded.text, start, end, opens_task)
    by, says = text.startswith("由", start), _PART.search(text, start, end)
    whole = _names(folded, start, end) if says or is_body(text, start, end) else None
    if whole and whole.spoken:
        return _Clause(start, end, whole.units, True, bool(_OPENS.match(text, start, end)), by)
    for pattern, opens in ((_DOES, True), (_HELPS, False)) if says else ():
        found = pattern.match(text, start, end)
        if found and (names := _names(folded, *found.span())):
            return _Clause(*found.span(), names.units, True, opens, by, True)
    return _Clause(start, end, whole.units, False, by, by) if whole else None


def _is_time(text: str, start: int, end: int) -> bool:
    """Whether a clause opens with a time and does not say who does it (6月底前报甲办公室)."""
    head = _head(text, start, end, False)
    return (head > start or is_deadline(text, start, end)) and not _OPENS.match(text, head, end)


def _names(folded: Folded, start: int, end: int) -> Names | None:
    """The names of a range that is nothing but bodies and their part."""
    if start == end or _NO_BODY.match(folded.text, start, end) or _APPOINTS.search(folded.text, start, end):
        return None
    names = read_names(folded, start, end, "responsible")
    return names if names.certain(folded.text) and not names.deadlines else None


def _head(text: str, start: int, end: int, opens_task: bool) -> int:
    """Where the names of a clause begin: behind its time (9月底前由甲局负责), 该项工作 and what is the task itself."""
    start = opening_limit(text, start, end) or start
    found = _THIS.match(text, start, end) or (_OF_TASK.match(text, start, end) if opens_task else None)
    return found.end() if found else start
