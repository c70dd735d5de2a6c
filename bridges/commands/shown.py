"""A pass in words, for people at a terminal."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import click

from bridges.excel.copy import ExcelCopy
from bridges.sync.plan import CellItem, Plan, RowItem, Stop
from core.terminal import clip
from tenants.errors import ZwgkError

TITLES = {
    "applied": "收入系统",
    "written": "写入表格",
    "settled": "已处理的冲突",
    "conflicts": "冲突，待处理",
    "open": "仍待处理",
    "rejected": "未能识别，保留原样",
    "restored": "空白，已按系统恢复",
    "proposals": "修改建议，待处理",
    "added": "新增的行",
    "missing": "表中缺少的行（未作删除）",
    "duplicated": "重复的行",
    "waiting": "等待下次",
}
WIDEST = 30
SAVED_BESIDE = "“{old}”的格式不能写入，结果写在新文件“{new}”中，原文件保持不变；今后请用新文件填报。"


def refused_plan(error: ZwgkError, at: datetime) -> Plan:
    """A refusal in the shape of a pass, for --json."""
    return Plan("", "", "", "", "", "", at.isoformat(), "", stopped=Stop(error.code, error.message))


def told_where(plan: Plan, copy: ExcelCopy) -> Plan:
    """With a message where the answer stands in a new file, because the old one cannot be written."""
    if plan.empty or copy.target == copy.path:
        return plan
    message = RowItem("", "", SAVED_BESIDE.format(old=copy.path.name, new=copy.target.name))
    return replace(plan, report=replace(plan.report, messages=(*plan.report.messages, message)))


def echo_plan(plan: Plan, dry_run: bool) -> None:
    """Print what a pass did (or would do)."""
    if plan.stopped:
        click.echo(f"已停止（{plan.stopped.code}）：{plan.stopped.message}", err=True)
        if plan.stopped.confirmable:
            click.echo(f"如确属有意，请加 --confirm {plan.stopped.code} 重试。", err=True)
        return
    if plan.empty:
        counts = counts_of(plan)
        click.echo(f"没有新的更改；{counts}" if counts else "双方一致，没有更改。")
    else:
        click.echo(f"{'预演（未作更改）' if dry_run else f'同步 {plan.pass_id}'}：{counts_of(plan) or '更新标记'}")
    for name, title in TITLES.items():
        for item in _items(plan, name):
            click.echo(f"  {title}  {_line(name, item)}")
    for item in plan.report.messages:
        if not item.at:  # about the file; the others stand in the sheet
            click.echo(item.message)


def counts_of(plan: Plan) -> str:
    """How much of what there was in it."""
    return "，".join(f"{title} {len(items)}" for name, title in TITLES.items() if (items := _items(plan, name)))


def _items(plan: Plan, name: str) -> Sequence[CellItem | RowItem]:
    return getattr(plan.report, name)


def _line(name: str, item: CellItem | RowItem) -> str:
    where = item.at or item.row
    if isinstance(item, RowItem):
        return f"{where}  {item.message}".rstrip()
    return f"{where} {item.field}  {_values(name, item)}{f'  {item.message}' if item.message else ''}"


def _values(name: str, item: CellItem) -> str:
    base, sheet, database = (clip("（空）" if v is None else str(v).replace("\n", " "), WIDEST) for v in _three(item))
    if name == "applied":  # an undo stands in no sheet: it goes back to the base
        return f"{database} → {sheet if item.at else base}"
    if name == "written":
        return f"{sheet} → {database}"
    return f"表格“{sheet}” 系统“{database}”"


def _three(item: CellItem) -> tuple[object, object, object]:
    return item.base, item.sheet, item.database
