"""What a plugin says about an agency itself: who it is, the units its documents name, how its sheet is laid out."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from core.units.models import UNIT_KINDS

COLUMNS: Mapping[str, str] = {
    "no": "序号",
    "section": "章节",
    "title": "任务",
    "text": "任务内容",
    "unit": "责任单位",
    "role": "牵头/配合",
    "deadline": "完成时限",
    "quota": "数量指标",
    "period": "周期",
    "status": "完成情况",
    "percent": "完成率(%)",
    "count": "完成数量",
    "completed_on": "完成日期",
    "progress": "进展情况",
    "evidence": "佐证",
    "note": "备注",
}
"""The columns of a task sheet, in their order → the common word for each."""
AGENCY_KINDS = ("shared", "department", "district")  # shared: no agency, what all of them have in common


@dataclass(frozen=True)
class Agency:
    """The agency of a plugin: official name, kind, the year of the document its declarations follow, one line.

    `year` is None for what holds in every year. `line` says in one Chinese sentence what makes it different.
    """

    name: str
    kind: str
    year: int | None
    line: str

    def __post_init__(self) -> None:
        if self.kind not in AGENCY_KINDS:
            raise ValueError(f"agency kind {self.kind!r} is none of {AGENCY_KINDS}")


@dataclass(frozen=True)
class UnitGroup:
    """A name that stands in 责任单位, and what it means.

    `kind`: unit (an office of the agency), group (stands for `members`; empty: which ones is decided per task),
    role (resolved per item, 起草部门), outside (not part of the agency). `aliases` are other names of the same body.
    """

    name: str
    kind: str = "unit"
    members: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in UNIT_KINDS:
            raise ValueError(f"unit kind {self.kind!r} is none of {UNIT_KINDS}")
        if self.members and self.kind != "group":
            raise ValueError(f"{self.name!r} has members but is no group")


@dataclass(frozen=True)
class SheetLayout:
    """The task sheet as an agency is used to it: its own words over columns, and the columns that it does without.

    Columns go by the keys of `COLUMNS`; those that nobody mentions are there under the common word, and so is one that
    it does without in a copy of which some row says something in it.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if unknown := sorted({*self.words, *self.without} - set(COLUMNS)):
            raise ValueError(f"no such columns: {unknown}")
        if len(set(self.words.values())) < len(self.words):
            raise ValueError("one word over two columns")

    def word(self, key: str) -> str:
        """What stands over a column: the agency's own word, or the common one."""
        return self.words.get(key, COLUMNS[key])
