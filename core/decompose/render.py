"""A draft as a readable table for a terminal; Chinese characters take two columns."""

import unicodedata
from collections.abc import Iterable, Sequence

from core.decompose.draft import Draft, DraftTask

_HEADINGS = ("编号", "任务", "责任单位", "完成时限", "数量指标", "周期", "工作日时限")
_WIDEST = (10, 36, 34, 24, 22, 12, 18)
_WIDE = frozenset("WF")


def render_table(draft: Draft) -> str:
    """Title, one row per task under its section, then what was not understood. Cells that are too wide end in …."""
    rows = [_HEADINGS, *(_cells(task) for task in draft.tasks)]
    clipped = [[_clip(cell, limit) for cell, limit in zip(row, _WIDEST, strict=True)] for row in rows]
    widths = [max(_width(row[column]) for row in clipped) for column in range(len(_HEADINGS))]
    lines = [
        draft.meta.title or "(没有找到标题)",
        "",
        _line(clipped[0], widths),
        _line(["-" * width for width in widths], widths),
    ]
    section = None
    for task, row in zip(draft.tasks, clipped[1:], strict=True):
        if task.section != section:
            section = task.section
            lines.append(f"【{section}】" if section else "")
        lines.append(_line(row, widths))
    without = sum(not task.units for task in draft.tasks)
    lines += ["", f"共 {len(draft.tasks)} 项任务,{without} 项没有写责任单位,{len(draft.non_tasks)} 段不是任务。"]
    if draft.leftovers:
        lines += ["", f"没有看懂、请人工核对的有 {len(draft.leftovers)} 处:"]
        lines += [f"  第 {one.line} 行 {one.reason}:{_clip(_flat(one.text), 60)}" for one in draft.leftovers]
    return "\n".join(lines) + "\n"


def _cells(task: DraftTask) -> tuple[str, ...]:
    return (
        task.no,
        task.title if task.part_head is None else f"{task.title}:{task.part_head}",
        _units(task),
        _joined(f"{one.text}→{one.due}" if one.due else one.text for one in task.deadlines),
        _joined(f"{one.text}(各单位)" if one.scope == "each" else one.text for one in task.quotas),
        _joined(one.text for one in task.cadence),
        _joined(one.text for one in task.working_day_limits),
    )


def _units(task: DraftTask) -> str:
    """The names in their order; a lead that only the sentence names comes first."""
    lead = task.lead_unit
    names = task.unit_names if lead is None or lead in task.unit_names else (lead, *task.unit_names)
    return "、".join(f"{name}(牵头)" if name == lead else name for name in names)


def _joined(texts: Iterable[str]) -> str:
    return ";".join(_flat(text) for text in texts)


def _flat(text: str) -> str:
    return " ".join(text.split())


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell + " " * (width - _width(cell)) for cell, width in zip(cells, widths, strict=True))
    return "  ".join(padded).rstrip()


def _clip(text: str, limit: int) -> str:
    if _width(text) <= limit:
        return text
    kept, used = [], 0
    for char in text:
        used += _width(char)
        if used > limit - 2:
            break
        kept.append(char)
    return "".join(kept) + "…"


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in _WIDE else 1 for char in text
    )
