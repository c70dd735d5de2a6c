"""Comparisons as tables and as JSON, the same on the command line, in a file and on a page. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from core.comparing.levels import Answer, Levels
from core.comparing.tasks import Side, SideTask
from core.comparing.years import Also, Change, YearRow

KIND_NAMES = {"kept": "保留", "changed": "有变化", "new": "新增", "dropped": "取消"}
FIELD_NAMES = {"title": "标题", "text": "正文", "units": "责任单位", "deadline": "完成时限", "quota": "数量指标"}
SIDE_NAMES = {"old": "旧", "new": "新"}
YEAR_HEADER = ("情形", "新序号", "旧序号", "任务", "相似度", "变化", "未完成", "依据", "也可能是")
LEVEL_HEADER = ("情形", "上级序号", "上级任务", "本级序号", "本级任务", "含有", "依据")
Table = list[tuple[str, ...]]


def year_table(rows: Iterable[YearRow]) -> Table:
    """Rows under `YEAR_HEADER`."""
    return [
        (
            KIND_NAMES[row.kind],
            row.new.no if row.new else "",
            row.old.no if row.old else "",
            (row.new or row.old).title,
            "" if row.score is None else f"{row.score}%",
            "；".join(map(_change, row.changes)),
            _carried(row),
            row.reason,
            "；".join(map(_also, row.also)),
        )
        for row in rows
    ]


def _change(change: Change) -> str:
    if change.field in ("text", "units"):
        said = [f"{word}“{what}”" for word, what in (("删", change.old), ("增", change.new)) if what]
        return f"{FIELD_NAMES[change.field]}：{'，'.join(said) or '次序有变'}"
    return f"{FIELD_NAMES[change.field]}：{change.old or '（空）'}→{change.new or '（空）'}"


def _carried(row: YearRow) -> str:
    if not row.carried_over:
        return ""
    return "结转" if row.new else "未完成即取消，请确认"


def _also(also: Also) -> str:
    return f"{SIDE_NAMES[also.side]}{also.no} {also.title}（{also.score}%）"


def year_summary(old: Side, new: Side, rows: Sequence[YearRow]) -> str:
    """One sentence: how many of each kind."""
    counts = Counter(row.kind for row in rows)
    said = "，".join(f"{name} {counts[kind]} 项" for kind, name in KIND_NAMES.items())
    carried = sum(row.carried_over and row.new is not None for row in rows)
    lost = sum(row.carried_over and row.new is None for row in rows)
    ties = sum(bool(row.also) and row.score is not None for row in rows)
    return (
        f"《{new.title}》（{new.year}年）对照《{old.title}》（{old.year}年）：{said}；"
        f"上年未完成而结转 {carried} 项，未完成即取消 {lost} 项；另有相近任务、须核对的对应 {ties} 项。"
    )


def year_json(old: Side, new: Side, rows: Iterable[YearRow]) -> dict[str, Any]:
    """The whole comparison."""
    shown = [
        {
            "kind": row.kind,
            "old": _task_json(row.old),
            "new": _task_json(row.new),
            "score": row.score,
            "reason": row.reason,
            "changes": [change._asdict() for change in row.changes],
            "carried_over": row.carried_over,
            "also": [also._asdict() for also in row.also],
        }
        for row in rows
    ]
    return {"old": _side_json(old), "new": _side_json(new), "rows": shown}


def level_table(levels: Levels) -> Table:
    """Rows under `LEVEL_HEADER`: a line for each answer, or one for a task that has none; then our own tasks."""
    lines: Table = []
    for row in levels.rows:
        theirs = (row.task.no, row.task.title)
        lines += [("有对应", *theirs, *_answer(answer)) for answer in row.answers]
        if not row.answers:
            lines.append(
                ("没有对应", *theirs, *(_answer(row.nearest, "最接近：") if row.nearest else ("", "", "", "")))
            )
    return lines + [("本级自有", "", "", task.no, task.title, "", "") for task in levels.own]


def _answer(answer: Answer, before: str = "") -> tuple[str, ...]:
    return answer.task.no, answer.task.title, f"{answer.score}%", before + answer.reason


def level_summary(theirs: Side, ours: Side, levels: Levels) -> str:
    """One sentence: how many of theirs have a task of ours."""
    without = sum(not row.answers for row in levels.rows)
    return (
        f"《{ours.title}》对照上级《{theirs.title}》：上级任务 {len(levels.rows)} 项，"
        f"有对应 {len(levels.rows) - without} 项，没有对应 {without} 项；本级自有任务 {len(levels.own)} 项。"
    )


def level_json(theirs: Side, ours: Side, levels: Levels) -> dict[str, Any]:
    """The whole comparison."""
    shown = [
        {
            "task": _task_json(row.task),
            "answers": [_answer_json(answer) for answer in row.answers],
            "nearest": row.nearest and _answer_json(row.nearest),
        }
        for row in levels.rows
    ]
    own = [_task_json(task) for task in levels.own]
    return {"theirs": _side_json(theirs), "ours": _side_json(ours), "rows": shown, "own": own}


def _answer_json(answer: Answer) -> dict[str, Any]:
    return {"task": _task_json(answer.task), "score": answer.score, "reason": answer.reason}


def _side_json(side: Side) -> dict[str, Any]:
    return {"title": side.title, "year": side.year, "tasks": len(side.tasks)}


def _task_json(task: SideTask | None) -> dict[str, Any] | None:
    if task is None:
        return None
    shown = {"no": task.no, "title": task.title, "units": list(task.units), "deadline": task.deadline}
    return shown | {"quota": task.quota, "templates": sorted(task.templates), "status": task.status}
