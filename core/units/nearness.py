"""Which known names an unknown one may mean: 区教委 → 区教育局, 区人社局 → 区人力资源社会保障局. Pure.

It only proposes; a person answers.
"""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import cache

MOST = 5
"""Proposals for one name."""
_ALIKE, _LONG = 0.75, 5
"""From where on two names are alike, and from how many characters on: 马陆镇 is no slip of the pen for 马桥镇."""
_ENDING = re.compile(r"(?:委员会|办公室|[局委办处科室厅院所站部])$")
_SOME = re.compile(r"^各?(?:其[他它]|相关|有关)")  # 有关处室 and 各相关处室 say the same, 各处室 does not
_BETWEEN = re.compile(r"[（()）]+")


def near_names(name: str, known: Iterable[str]) -> list[str]:
    """The known names that `name` may be short for, long for, or a slip of the pen for; the likeliest first."""
    alike = SequenceMatcher(b=_plain(name), autojunk=False)  # the second text is looked through once
    rated = ((_likeness(alike, name, other), other) for other in known if other != name)
    return [other for rate, other in sorted(rated, key=lambda pair: (-pair[0], pair[1])) if rate][:MOST]


def _likeness(alike: SequenceMatcher, name: str, other: str) -> float:
    """0 for names that have nothing to do with each other."""
    alike.set_seq1(_plain(other))
    if any(_short_for(one, two) or _short_for(two, one) for one in _stems(name) for two in _stems(other)):
        return 1 + alike.ratio()
    likely = len(name) >= _LONG and alike.quick_ratio() >= _ALIKE
    return ratio if likely and (ratio := alike.ratio()) >= _ALIKE else 0


def _plain(name: str) -> str:
    return _SOME.sub("有关", name)


@cache
def _stems(name: str) -> tuple[str, ...]:
    """What a name says, without the word for the kind of body; 甲中心(乙中心) is two bodies."""
    parts = (_ENDING.sub("", _plain(part)) for part in _BETWEEN.split(name))
    return tuple(filter(None, parts))  # 办公室 says nothing else


def _short_for(short: str, long: str) -> bool:
    """Whether both begin alike and the characters of one stand, in their order, in the other."""
    rest = iter(long)
    return short == long or (len(short) > 1 and short[0] == long[0] and all(char in rest for char in short))
