"""A pass in words, for people at a terminal."""

from collections.abc import Iterator, Sequence

import click

from bridges.finding.lines import spans
from bridges.sync.plan import CellItem, Plan, RowItem
from core.agencies import COLUMNS
from core.terminal import clip

TITLES = {
    "applied": "收入系统",
    "written": "写入表格",
    "settled": "已处理的冲突",
    "conflicts": "冲突，待处理",
    "open": "仍待处理",
    "rejected": "未能识别，保留原样",
    "restored": "未收，已按系统恢复",
    "proposals": "修改建议，待处理",
    "added": "新增的行",
    "missing": "表中缺少的行（未作删除）",
    "duplicated": "重复的行",
    "waiting": "未处理",
}
ADVICE = {"no_stamp": "可用 zwgk sheet adopt。"}
"""What who has the command line can do, by the code of a stop."""
WIDEST = 30


def echo_plan(plan: Plan, dry_run: bool) -> None:
    """Print what a pass did (or would do)."""
    if plan.stopped:
        advice = ADVICE.get(plan.stopped.code, "")
        click.echo(f"已停止（{plan.stopped.code}）：{plan.stopped.message}{advice}", err=True)
        if plan.stopped.confirmable:
            click.echo(f"如确属有意，请加 --confirm {plan.stopped.code} 重试。", err=True)
        return
    if plan.empty:
        counts = counts_of(plan)
        click.echo(f"没有新的更改；{counts}" if counts else "双方一致，没有更改。")
    else:
        click.echo(f"{'预演（未作更改）' if dry_run else f'同步 {plan.pass_id}'}：{counts_of(plan) or '更新标记'}")
    for name, title in TITLES.items():
        for line in _lines(name, _items(plan, name)):
            click.echo(f"  {title}  {line}")
    echo_messages(plan)


def echo_messages(plan: Plan) -> None:
    """Print what is to be said about the file; the other messages stand in the sheet."""
    for item in plan.report.messages:
        if not item.at:
            click.echo(item.message)


def counts_of(plan: Plan) -> str:
    """How much of what there was in it."""
    return "，".join(f"{title} {len(items)}" for name, title in TITLES.items() if (items := _items(plan, name)))


def _items(plan: Plan, name: str) -> Sequence[CellItem | RowItem]:
    return getattr(plan.report, name)


def _lines(name: str, items: Sequence[CellItem | RowItem]) -> Iterator[str]:
    """A line for each item; lines of the sheet of which the same is said share one."""
    alike: dict[str, list[int]] = {}
    for item in items:
        if isinstance(item, CellItem):
            header, message = COLUMNS.get(item.field, ""), f"  {item.message}" if item.message else ""
            yield f"{item.at or item.row} {header}  {_values(name, item)}{message}"
        elif item.message and item.at.isdecimal():
            alike.setdefault(item.message, []).append(int(item.at))
        else:
            yield f"{item.at or item.row}  {item.message}".strip()
    for message, numbers in alike.items():
        yield f"{spans(numbers)}  {message}"


def _values(name: str, item: CellItem) -> str:
    base, sheet, database = (clip("（空）" if v is None else str(v).replace("\n", " "), WIDEST) for v in _three(item))
    if name == "applied":  # an undo stands in no sheet: it goes back to the base
        return f"{database} → {sheet if item.at else base}"
    if name == "written":
        return f"{sheet} → {database}"
    return f"表格“{sheet}” 系统“{database}”"


def _three(item: CellItem) -> tuple[object, object, object]:
    return item.base, item.sheet, item.database
