"""What the columns of a table hold, told by the words over them. Another word is one more word in `_COLUMNS`."""

import re
from collections.abc import Sequence

from core.decompose.labels import ROLES

_WORDS = {role: "|".join(words for known, words in ROLES if known == role) for role, _ in ROLES}
_NOTE = r"(?:\([^()]*\))?"
# (role, pattern of the whole cell); the first that fits. `beside` is filled in during the year, or is for no machine;
# `other` names bodies whose part nobody can tell (督导单位).
_COLUMNS = tuple(
    (role, re.compile(rf"(?:{words}){_NOTE}"))
    for role, words in (
        ("number", r"(?:指标|任务|项目)?(?:序号|编号)|项次|No\.?"),
        ("deadline", rf"{_WORDS['deadline']}|时间"),
        ("lead", _WORDS["lead"]),
        ("coop", _WORDS["coop"]),
        ("responsible", rf"{_WORDS['responsible']}|单位|部门|分工"),
        (
            "beside",
            rf"{_WORDS['person']}|.{{0,6}}(?:进展|进度|情况|状态|问题|措施及|下一步|领导|电话|说明|自评|得分|分值|佐证).{{0,6}}"
            r"|是否.*|完成率.*|负责人|.{0,4}(?:依据|来源)",
        ),
        ("category", r".{0,10}(?:领域|类别|分类|类型|板块|方面|章节|大类|模块)|[一二三]级(?:指标|任务)|项目"),
        ("text", r".{0,12}(?:任务|内容|要求|事项|举措|措施|名称|要点|工作|目标|标准|做法)"),
        ("other", r"[^\W\d_]{2,6}(?:单位|部门|处室|科室|股室)"),
    )
)
_LEVEL = re.compile(r"[二三]级(?:指标|任务)")
_LONGEST = 20
_UNITS = frozenset(("lead", "coop", "responsible"))
# what a word over columns stands over, and what a cell below can be: text, number, units, deadline
_OVER = {"text": "t", "": "t", "category": "t", "number": "n", "units": "u", "deadline": "d"} | dict.fromkeys(
    _UNITS, "u"
)
_PLACED = frozenset(("number", "lead", "coop", "responsible", "deadline"))


def column_role(cell: str) -> str | None:
    """The role of a column by its header, folded: one of `_COLUMNS`, or None."""
    if not 0 < len(cell) <= _LONGEST:
        return None
    return next((role for role, pattern in _COLUMNS if pattern.fullmatch(cell)), None)


def spread_roles(roles: tuple[str | None, ...], kinds: Sequence[str]) -> tuple[str | None, ...]:
    """The roles of all columns, where the words over them stand over several and left blanks at the end of the header.

    `kinds` is what the cells of a full row can only be: number, units, deadline, or (empty) text. Where the words do
    not fit them in order, and with a text over each column more, the roles stay.
    """
    words = "".join(_OVER.get(role, "x") for role in roles if role)
    shape = "".join(_OVER[kind] for kind in kinds)
    fitting = words.replace("t", "[tn]+")
    if None not in roles or any(roles[len(words) :]) or shape.count("n") > 1 or not re.fullmatch(fitting, shape):
        return roles
    typed = iter([role for role in roles if role and role != "number" and _OVER.get(role) != "t"])
    return with_categories(["number" if one == "n" else "text" if one == "t" else next(typed) for one in shape])


def header_roles(cells: list[str]) -> tuple[str | None, ...] | None:
    """The roles of a row of cells if it is the header of a table of tasks: it names a text and one column more."""
    roles = [column_role(cell) for cell in cells]
    if "number" in roles and "text" not in roles:
        # 序号 民生实事 责任单位: what stands between the number and the units is the task, whatever it is called
        place = roles.index("number") + 1
        if _UNITS.intersection(roles[place + 1 : place + 2]):
            roles[place] = "text"
    levels = [place for place, cell in enumerate(cells) if _LEVEL.fullmatch(cell)]
    if levels and "text" not in roles:
        roles[levels[-1]] = "text"  # 一级指标 二级指标 三级指标: the last is what is to be done
    known = sum(role is not None for role in roles)
    if 2 * known <= len(roles) or "text" not in roles or not _PLACED.intersection(roles):
        return None
    roles = list(with_categories(roles))
    # 工作任务 工作路径 责任单位: what stands between the task and its units goes on with the task
    for place in range(1, len(roles) - 1):
        if roles[place] is None and roles[place - 1] == "text" and not _UNITS.isdisjoint(roles[place + 1 :]):
            roles[place] = "text"
    return tuple(roles) if "text" in roles else None


def with_categories(roles: Sequence[str | None]) -> tuple[str | None, ...]:
    """A text before the number of the row is the heading of several rows: a category."""
    number = roles.index("number") if "number" in roles else 0
    return tuple("category" if place < number and role == "text" else role for place, role in enumerate(roles))
