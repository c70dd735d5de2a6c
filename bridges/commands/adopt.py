"""`zwgk sheet adopt`: a sheet that the office has kept so far becomes a copy of the plan, on consent."""

from pathlib import Path
from shlex import quote  # a shell makes something else of ! and *

import click

from bridges.adoption.adopting import Adopting, own_columns
from bridges.adoption.study import Adoption
from bridges.commands.shown import echo_messages, echo_plan
from bridges.excel.address import column_letters
from bridges.finding.lines import Kind, spans
from bridges.finding.tables import counted
from bridges.store.plan_store import PlanStore
from bridges.sync.model import OFFICE
from bridges.sync.plan import Plan
from bridges.table import Table
from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.plans.services import find_plan
from core.runtime import Runtime, china_now, with_app
from tenants.sessions import tenant_session

KINDS: dict[Kind, str] = {
    "row": "任务行",
    "section": "章节行",
    "subtotal": "合计行",
    "header": "重复的表头",
    "note": "说明行",
    "blank": "空行",
}


@click.command("adopt")
@click.argument("file", type=TypedPath(dir_okay=False))
@tenant_option
@plan_option
@click.option("--sheet", default="", metavar="名", help="只看这张工作表。")
@click.option("--answer", "typed", multiple=True, metavar="KEY=VALUE", help="回答预览中的问题，可重复。")
@click.option("--yes", is_flag=True, help="按预览接管：加入隐藏的编号列和“同步提示”列，双方数据合并。")
@json_option
@with_app
def sheet_adopt(
    runtime: Runtime,
    file: Path,
    tenant: str,
    plan: int | None,
    sheet: str,
    typed: tuple[str, ...],
    yes: bool,
    as_json: bool,
) -> int:
    """接管一张现有的任务分解表：先预览找到了什么，加 --yes 才作更改。"""
    with tenant_session(tenant, OFFICE, "command") as session:
        adopting = Adopting(session, find_plan(session, plan), file, typed, sheet, yes, china_now)
    done = adopting.carry_out(PlanStore(tenant, OFFICE, f"sheet:{file.name}", runtime.today))
    if as_json:
        echo_json(adopting.as_json(done))
    else:
        _echo(adopting, done)
    return adopting.status(done)


def _echo(adopting: Adopting, done: Plan) -> None:
    if adoption := adopting.seen.adoption:
        _echo_found(adoption, adopting.declared)
    for question in adopting.seen.questions:
        click.echo(f"{'请回答' if question.needed else '可以回答'}：{question.text}")
        for value, meaning in question.options:
            click.echo(f"    --answer {quote(f'{question.key}={value}')}  {meaning}")
    if adopting.agreed or not adopting.seen.open:
        echo_plan(done, dry_run=not adopting.agreed)
    else:
        echo_messages(done)


def _echo_found(adoption: Adoption, declared: Table) -> None:
    one, matching = adoption.one, adoption.matching
    click.echo(f"找到的表：{one.name}，表头{spans(range(one.header.top, one.header.bottom + 1))}")
    headers = {column.key: column.header for column in declared.columns}
    fits = [(headers[f.key], column_letters(f.column), f.header, f"{f.sureness}%") for f in one.fits.values()]
    echo_table(("系统中的列", "列", "表头", "把握"), fits)
    if own := "、".join(f"{header}（{at}）" for header, at in own_columns(one)):
        click.echo(f"自用的列，不读不改：{own}")
    kinds = counted(one, declared)
    click.echo("，".join(f"{name} {kinds[kind]}" for kind, name in KINDS.items() if kinds[kind]))
    alike = "、".join(f"第 {pair.at} 行（{pair.sureness}%）" for pair in matching.pairs if pair.how == "alike")
    click.echo(f"与系统对应 {len(matching.pairs)} 行" + (f"，其中按相近文字：{alike}" if alike else ""))
    if matching.absent:
        click.echo(f"系统中另有 {len(matching.absent)} 行不在表中。")
