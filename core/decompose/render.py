"""A draft as a readable table for a terminal."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from core.decompose.draft import Draft, DraftTask
from core.decompose.readings import Reading
from core.terminal import clip, columns, flat

_HEADINGS = ("编号", "任务", "责任单位", "完成时限", "数量指标", "周期", "工作日时限")
_FIELDS = (None, "title", "units", "deadlines", "quotas", "cadence", "working_day_limits")
DOUBTFUL = "？"
"""Before what a person should look at."""
_WIDEST = (10, 36, 40, 16, 20, 12, 16)


def render_table(draft: Draft, read: Sequence[Sequence[Reading]] = ()) -> str:
    """Title, one row per task under its section, then what was not understood. Cells that are too wide end in ….

    `read`: what `core.decompose.confidence` says of each task; ？ stands before cells of which it is in doubt.
    """
    cells = [_cells(task) for task in draft.tasks]
    marked = [_marked(row, readings) for row, readings in zip_longest(cells, read, fillvalue=())]
    heading, *rows = columns([_HEADINGS, *marked], _WIDEST)
    lines = [draft.meta.title or "（没有找到标题）", "", heading]
    section = None
    for task, row in zip(draft.tasks, rows, strict=True):
        if task.section != section:
            section = task.section
            lines.append(f"【{section}】" if section else "")
        lines.append(row)
    without = sum(not task.units for task in draft.tasks)
    lines += ["", f"共 {len(draft.tasks)} 项任务，{without} 项没有写责任单位，{len(draft.non_tasks)} 段不是任务。"]
    if any(reading.level == "doubtful" for readings in read for reading in readings):
        lines.append(f"{DOUBTFUL} 之后的内容请核对；导入后用 zwgk plan draft 对照原文，可见原因。")
    if draft.leftovers:
        lines += ["", f"没有看懂、请人工核对的有 {len(draft.leftovers)} 处："]
        lines += [f"  第 {one.line} 行 {one.reason}：{clip(flat(one.text), 60)}" for one in draft.leftovers]
    return "\n".join(lines) + "\n"


def _cells(task: DraftTask) -> tuple[str, ...]:
    lead = task.lead_unit
    return (
        task.no,
        task.title if task.part_head is None else f"{task.title}：{task.part_head}",
        "、".join(f"{name}（牵头）" if name == lead else name for name in task.all_units),
        _joined(f"{one.text}→{one.due}" if one.due else one.text for one in task.deadlines),
        _joined(f"{one.text}（各单位）" if one.scope == "each" else one.text for one in task.quotas),
        _joined(one.text for one in task.cadence),
        _joined(one.text for one in task.working_day_limits),
    )


def _marked(cells: Sequence[str], readings: Sequence[Reading]) -> tuple[str, ...]:
    doubtful = {reading.field for reading in readings if reading.level == "doubtful"}
    return tuple(f"{DOUBTFUL}{cell}" if field in doubtful else cell for field, cell in zip(_FIELDS, cells, strict=True))


def _joined(texts: Iterable[str]) -> str:
    return "；".join(texts)
