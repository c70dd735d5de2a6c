"""A collection in words, for people at a terminal."""

from typing import Any

import click

from bridges.rounds.report import TITLES, Collection, FileReport
from core.agencies import COLUMNS
from core.terminal import clip, flat

STATES = {
    "merged": "已汇总",
    "nothing_new": "未填写",
    "double": "重复，已汇总过",
    "wrong_round": "其他批次，已汇总",
    "not_taken": "其他批次，未汇总",
    "stopped": "已停止",
    "refused": "无法读取",
    "unknown": "未识别",
    "skipped": "跳过",
}
ADVICE = {
    "no_stamp": "如确认是哪个单位的，请加 --accept {file}=单位",
    "master": "请用 zwgk sheet sync",
    "rows_missing": "如确属有意，请加 --confirm {file}={code}",
    "ids_slid": "如确属有意，请加 --confirm {file}={code}",
}
"""What who has the command line can do, by the code of what was not taken."""
WIDEST = 30


def echo_collection(found: Collection) -> None:
    """Print what each file brought, and who has not returned."""
    of = found.round
    came = len(found.units) - len(found.not_returned)
    rehearsed = "预演（未作更改）：" if found.dry_run else ""
    click.echo(f"{rehearsed}第 {of.key} 批《{of.title}》：{len(found.units)} 个单位，{came} 个已交回。")
    for file in found.files:
        _echo_file(file)
    if found.not_returned:
        click.echo(f"未交回：{'、'.join(found.not_returned)}")
    if found.divisions:
        click.echo(f"未交回的科室：{'、'.join(found.divisions)}")


def _echo_file(file: FileReport) -> None:
    whose = f"  {file.unit}（第 {file.round} 批）" if file.late else f"  {file.unit}" if file.unit else ""
    advice = ADVICE.get(file.code, "").format(file=file.file, code=file.code)
    reply = f"答复 {file.reply}" if file.reply else ""
    said = "；".join(filter(None, (counts_of(file), file.doubt, file.message, advice, reply)))
    passed = f"（同步 {file.pass_id}）" if file.pass_id else ""
    click.echo(flat(f"{STATES[file.state]}  {file.file}{whose}{passed}{f'：{said}' if said else ''}"))
    if file.lists.get("corrected"):
        click.echo("    恢复已更正的值，可用 zwgk round restore。")
    for name, title in TITLES.items():
        for item in file.lists.get(name, ()) if name not in ("applied", "missing") else ():
            click.echo(flat(f"    {title}  {_item(item)}"))


def counts_of(file: FileReport) -> str:
    """How much of what there was in it."""
    return "，".join(f"{title} {len(file.lists[name])}" for name, title in TITLES.items() if file.lists.get(name))


def _item(item: dict[str, Any]) -> str:
    where = " ".join(filter(None, (item.get("at") or item["row"], COLUMNS.get(item.get("field", ""), ""))))
    if "value" in item:
        return f"{where}  “{_shown(item['value'])}”"
    if "sheet" in item:
        where = f"{where}  表格“{_shown(item['sheet'])}” 系统“{_shown(item['database'])}”"
    return f"{where}  {item['message']}".rstrip() if item.get("message") else where


def _shown(value: object) -> str:
    return clip("（空）" if value is None else flat(str(value)), WIDEST)
