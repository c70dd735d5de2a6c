"""`zwgk plan periods`: what a timer runs each day."""

import click

from core.commands.output import echo_json, json_option, plan_option, tenant_option
from core.plans.opening import open_now
from core.plans.periods import period_words
from core.plans.services import find_plan
from core.runtime import Runtime, with_app
from tenants.sessions import tenant_session


@click.command("periods")
@tenant_option
@plan_option
@json_option
@with_app
def plan_periods(runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """为定期任务（每月、每季度、每半年）生成已开始周期的任务行；可每日定时运行，重复运行不会重复生成。"""
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        opened = open_now(session, found, runtime.today)
        title, coming = found.title, found.opens_on
    if as_json:
        echo_json({"plan": title, "opened": opened, "next": coming})
        return
    for period, rows in sorted(opened.items()):
        click.echo(f"{period_words(period)}：新增任务行 {rows} 行。")
    if not opened:
        click.echo(f"《{title}》没有新开始的周期。")
    if coming:
        click.echo(f"下一个周期于 {coming} 开始。")
