"""`zwgk round`: handing a plan out to its units, collecting what comes back, and who has not answered."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from bridges.commands.divide import round_divide
from bridges.commands.progress import Progress, progress_option
from bridges.commands.returned import echo_collection
from bridges.commands.shown import echo_plan
from bridges.excel.disk import write_atomically
from bridges.rounds.collecting import Collector, Task
from bridges.rounds.errors import BadOption, NotCsv
from bridges.rounds.restoring import restore
from bridges.rounds.sending import Order, Sender
from bridges.rounds.status import CHASING_HEADER, chasing_list, list_rounds, round_status
from bridges.rounds.store import RoundStore
from bridges.sync.model import OFFICE
from core.commands.output import csv_text, echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.runtime import Runtime, china_now, with_app
from tenants.sessions import tenant_session

FOLDER = TypedPath(file_okay=False)


@click.group("round")
def round_group() -> None:
    """下发与汇总：每个责任单位一份下发表，收回、合并、催办。"""


round_group.add_command(round_divide)


def _day(_context: click.Context, _option: click.Parameter, given: str | None) -> date | None:
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise click.BadParameter(f"“{given}”不是日期，应如 2024-06-30。") from None


@round_group.command("send")
@tenant_option
@plan_option
@click.option("--out", required=True, type=FOLDER, help="下发表写入的文件夹；不存在则建立，已有文件不覆盖。")
@click.option("--due", callback=_day, metavar="日期", help="交回期限，如 2024-06-30。")
@click.option("--title", default="", help="下发表的标题，默认为要点的标题。")
@click.option("--unit", "units", multiple=True, metavar="单位", help="只发给这个单位，可重复；默认所有有任务的单位。")
@progress_option
@json_option
@with_app
def round_send(
    runtime: Runtime,
    tenant: str,
    plan: int | None,
    out: Path,
    due: date | None,
    title: str,
    units: tuple[str, ...],
    progress: bool | None,
    as_json: bool,
) -> int:
    """下发：为每个责任单位生成一份只含其任务的下发表，另有压缩包和下发清单。

    中断后再次运行同一命令，从中断处继续。
    """
    sender = Sender(tenant, Order(plan, out, title, due, units), runtime.today, china_now)
    shown = Progress(progress)
    with shown.until_interrupted(lambda: len(sender.done)):
        done = sender.send(lambda number, total, file: shown.step("下发", number, total, file))
    if as_json:
        echo_json(asdict(done))
        return 0
    click.echo(f"第 {done.key} 批《{done.title}》：已生成 {len(done.packets)} 份下发表，在 {done.folder}。")
    echo_table(("责任单位", "文件", "行数"), [(one.unit, one.file, one.rows) for one in done.packets])
    if done.without_unit:
        click.echo(f"另有 {done.without_unit} 行未写明责任单位，未下发。")
    return 0


@round_group.command("list")
@tenant_option
@json_option
@with_app
def round_list(_runtime: Runtime, tenant: str, as_json: bool) -> int:
    """列出各批下发。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        rounds = list_rounds(session)
    if as_json:
        echo_json([one._asdict() for one in rounds])
    elif rounds:
        states = {"sending": "未发完", "sent": "已下发"}
        rows = [(r.key, r.title, r.due or "", states[r.state], r.packets, r.returned) for r in rounds]
        echo_table(("批次", "标题", "期限", "状态", "单位", "已交回"), rows)
    else:
        click.echo("还没有下发过。")
    return 0


@round_group.command("status")
@click.argument("key", metavar="[ROUND]", required=False)
@tenant_option
@click.option("--csv", "out", type=TypedPath(dir_okay=False), help="把催办名单写成 .csv 文件。")
@json_option
@with_app
def round_status_(runtime: Runtime, key: str | None, tenant: str, out: Path | None, as_json: bool) -> int:
    """谁已交回、谁还没有：各单位收到的版本、交回的文件，以及催办名单。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        current, units = round_status(session, key, runtime.today)
    missing = [one for one in units if one.owes]
    if out:
        if out.suffix.lower() != ".csv":
            raise NotCsv(name=out.name)
        write_atomically(out, csv_text((CHASING_HEADER, *chasing_list(units))).encode("utf-8"))
    if as_json:
        chase = [{"unit": one.shown, "due": one.due, "days_over": one.days_over} for one in missing]
        echo_json({"round": current._asdict(), "units": [asdict(one) for one in units], "chase": chase})
        return 1 if missing else 0
    all_, owing = {one.unit for one in units}, {one.unit for one in missing}
    click.echo(f"第 {current.key} 批《{current.title}》：{len(all_)} 个单位，{len(all_ - owing)} 个已交回。")
    rows = [(one.shown, one.file, one.rows, one.version, "、".join(c.file for c in one.returns)) for one in units]
    echo_table(("责任单位", "下发表", "行数", "版本", "交回的文件"), rows)
    if missing:
        click.echo("催办名单：")
        late = [(one.shown, one.due or "", f"{one.days_over} 天" if one.days_over else "") for one in missing]
        echo_table(("责任单位", "期限", "已逾期"), late)
    return 1 if missing else 0


def _pairs(given: tuple[str, ...], what: str) -> list[tuple[str, str]]:
    """FILE=… of an option; the file's name may itself hold an equals sign."""
    pairs = [one.rpartition("=") for one in given]
    for (file, _, said), one in zip(pairs, given, strict=True):
        if not file or not said:
            raise BadOption(given=one, what=what)
    return [(file, said) for file, _, said in pairs]


@round_group.command("collect")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True, type=TypedPath(exists=True))
@tenant_option
@click.option("--round", "key", metavar="R", help="只汇总这一批；默认最近一批，其他批次的也收，并注明。")
@click.option("--replies", type=FOLDER, help="把需要答复的表连同提示写入这个文件夹，供发回；原文件不动。")
@click.option("--accept", "accepted", multiple=True, metavar="文件=单位", help="没有标记的文件是哪个单位的，可重复。")
@click.option("--confirm", "confirmed", multiple=True, metavar="文件=CODE", help="确认一个文件的停止原因属实，可重复。")
@click.option("--dry-run", is_flag=True, help="只显示将会发生什么，不作任何更改。")
@progress_option
@json_option
@with_app
def round_collect(
    runtime: Runtime,
    paths: tuple[Path, ...],
    tenant: str,
    key: str | None,
    replies: Path | None,
    accepted: tuple[str, ...],
    confirmed: tuple[str, ...],
    dry_run: bool,
    progress: bool | None,
    as_json: bool,
) -> int:
    """汇总交回的下发表：文件夹、压缩包或单个文件，文件名、先后、重复、迟交都不影响结果。

    已汇总的文件再次汇总，不会有任何改变；中断后再次运行即可。
    """
    codes: dict[str, frozenset[str]] = {}
    for file, code in _pairs(confirmed, "CODE"):
        codes[file] = codes.get(file, frozenset()) | {code}
    task = Task(paths, key, replies, dict(_pairs(accepted, "单位")), codes, dry_run, again=replies is not None)
    shown = Progress(progress)
    collector = Collector(tenant, task, runtime.today, china_now, shown.step)
    with shown.until_interrupted(lambda: collector.done):
        found = collector.collect()
    if as_json:
        echo_json(found.as_json())
    else:
        echo_collection(found)
    return found.status


@round_group.command("restore")
@click.argument("row")
@click.argument("field")
@tenant_option
@click.option("--value", help="有多个被更正的值时，写明恢复哪一个。")
@json_option
@with_app
def round_restore(runtime: Runtime, row: str, field: str, tenant: str, value: str | None, as_json: bool) -> int:
    """恢复一个被后来的回收件更正过的值。"""
    store = RoundStore(tenant, OFFICE, "command", runtime.today)
    done = restore(store, row, field, value, china_now, OFFICE)
    if as_json:
        echo_json(done.as_json())
    else:
        echo_plan(done, dry_run=False)
    return done.status
