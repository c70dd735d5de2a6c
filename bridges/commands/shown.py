"""A pass in words, for people at a terminal."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

import click

from bridges.excel.copy import ExcelCopy
from bridges.excel.disk import read_workbook
from bridges.excel.magic import kind_of
from bridges.finding.lines import spans
from bridges.store.plan_table import HEADERS
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
    "restored": "未收，已按系统恢复",
    "proposals": "修改建议，待处理",
    "added": "新增的行",
    "missing": "表中缺少的行（未作删除）",
    "duplicated": "重复的行",
    "waiting": "未处理",
}
WIDEST = 30
SAVED_BESIDE = "“{old}”的格式不能写入，结果写在新文件“{new}”中，原文件保持不变；今后请用新文件填报。"

NO_FORMULAS = "这是 .xls 文件，其中的公式与填写的内容无法区分，公式的结果按填写的内容读取；有公式的表请先另存为 .xlsx。"


def refused_plan(error: ZwgkError, at: datetime) -> Plan:
    """A refusal in the shape of a pass, for --json."""
    return Plan("", "", "", "", "", "", at.isoformat(), "", stopped=Stop(error.code, error.message))


def told_where(plan: Plan, copy: ExcelCopy) -> Plan:
    """With messages on a file that cannot be written, so that the answer stands in a new one: where, and what could
    not be read in the old one."""
    if plan.empty or copy.target == copy.path:
        return plan
    texts = [SAVED_BESIDE.format(old=copy.path.name, new=copy.target.name)]
    if kind_of(read_workbook(copy.path)) == "xls":
        texts.append(NO_FORMULAS)
    messages = (*plan.report.messages, *(RowItem("", "", text) for text in texts))
    return replace(plan, report=replace(plan.report, messages=messages))


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
            header, message = HEADERS.get(item.field, ""), f"  {item.message}" if item.message else ""
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
