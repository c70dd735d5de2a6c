"""What can be said of a field of a drafted task: where it was read, how sure that is, and the reason why. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.decompose.fold import Span

FIELDS = {
    "title": "任务",
    "text": "任务内容",
    "units": "责任单位",
    "roles": "牵头/配合",
    "deadlines": "完成时限",
    "quotas": "数量指标",
    "cadence": "周期",
    "working_day_limits": "工作日时限",
}
"""The fields of a task, as people call them. `roles` is who leads and who supports."""

LEVELS = {"certain": "确定", "likely": "较有把握", "doubtful": "请核对"}
"""From sure to doubtful."""

CERTAIN = "certain"
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_C, _L, _D = LEVELS
REASONS: dict[str, tuple[str, str]] = {
    "written": (_C, "按原文所写"),
    "labelled": (_C, "写在“{}”之后"),
    "cell": (_C, "写在表格的这一栏"),
    "nothing": (_C, "原文没有写"),
    "inherited": (_L, "单位沿用上一级括号，几项任务共用"),
    "unlabelled": (_L, "括号里没有写“责任单位”之类的字样，按单位名单读取"),
    "tail": (_L, "写在这一段末尾，没有标签也没有括号，按单位名单读取"),
    "sentence": (_L, "读自正文的句子，不在责任单位的括号里"),
    "odd_label": (_L, "这一处的写法（{}）与本文其他任务不同"),
    "parted": (_L, "“{}”与“{}”按两个单位读取，也可能是一个单位的名称“{}”"),
    "joined": (_L, "“{2}”按一个单位读取，也可能是“{0}”和“{1}”两个单位"),
    "aside": (_L, "“{}”按一个单位读取，括号里的也可能是另外的单位"),
    "long_title": (_L, "任务名称取自第一句，但这一句很长"),
    "same_title": (_L, "与另一项任务同名"),
    "due_part": (_L, "同一处写了几个日期，以最后一个为准"),
    "holds": (_L, "“{}”里含有另一个单位的名称“{}”，可能是两个单位"),
    "shortened": (_L, "“{}”可能是“{}”，缺了字"),
    "odd_number": (_L, "编号“{}”的样式与本文其他任务不同，可能不是单独的任务"),
    "odd_title": (_L, "“{}”像是单位、时限或者数量，不像任务名称"),
    "cut": (_L, "其他任务都以句号结尾，这一段没有，可能缺了字"),
    "names_inside": (_D, "这一段里有几个单位的名称单独成行或在末尾，没有当作责任单位，可能混入了别的内容"),
    "verb": (_D, "“{}”中夹有牵头、配合之类的字样，可能是几个单位"),
    "odd_name": (_D, "“{}”不像单位名称"),
    "missing": (_D, "本文其他任务写了责任单位，这一项没有读到"),
    "no_day": (_D, "这一时限无法换算为日期"),
    "gap": (_D, "下一项的编号“{}”不连续，其间的文字可能并入了这一项"),
    "unbalanced": (_D, "括号不成对，可能缺了半个括号"),
    "leftover": (_D, "这里有没有看懂的文字：{}"),
    "attached": (_D, "与附件不一致：{}"),
}
"""Code → level, and the sentence that says why; {} is what was written. Tasks keep codes: none may be taken away."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was read for a field, or missed: how sure it is (`level`), why (`code`), and where it stands.

    `names`: what the sentence quotes; for two readings of a list, both names and the one that they may be together.
    """

    field: str
    code: str
    source: Span | None = None
    names: tuple[str, ...] = ()

    @property
    def level(self) -> str:
        """certain, likely or doubtful."""
        return REASONS[self.code][0]

    @property
    def reason(self) -> str:
        """The reason as a Chinese sentence."""
        return REASONS[self.code][1].format(*self.names)

    @property
    def telling(self) -> bool:
        """Whether it says more than that a field is as written, or is not written at all."""
        return self.source is not None or self.level != CERTAIN

    def as_json(self) -> dict[str, object]:
        """As it is kept with a task; `from_json` is the way back."""
        start, end = (self.source.start, self.source.end) if self.source else (None, None)
        return {"field": self.field, "code": self.code, "start": start, "end": end, "names": list(self.names)}

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Reading":
        """The reading that was kept."""
        source = Span(kept["start"], kept["end"]) if kept["start"] is not None else None
        return cls(kept["field"], kept["code"], source, tuple(kept["names"]))


def worst(readings: Iterable[Reading]) -> str:
    """The level of a field with these readings."""
    return max((reading.level for reading in readings), key=_RANK.__getitem__, default=CERTAIN)


def confidence_json(readings: Sequence[Reading]) -> dict[str, Any]:
    """What is said of one task, by field, ready for `json.dumps`."""
    by_field = {field: [one for one in readings if one.field == field] for field in FIELDS}
    return {
        field: {"level": worst(mine), "reasons": [one.as_json() | {"reason": one.reason} for one in mine]}
        for field, mine in by_field.items()
    }
