"""`zwgk plan compare`: next year's document against this year's plan, or our plan against the superior one."""

import re
from pathlib import Path

import click
from flask import current_app

from core.commands.output import csv_text, echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.plans.comparisons import compare, drafted
from core.plans.models import Plan
from core.plans.services import NoPlan, find_plan, list_plans
from core.runtime import Runtime, with_app
from core.tenancy import templates_in
from tenants.sessions import ScopedSession, tenant_session


@click.command("compare")
@click.argument("other", metavar="FILE|P", type=TypedPath())
@tenant_option
@plan_option
@click.option("--superior", is_flag=True, help="所写是上级的要点：看上级哪些任务本级没有对应。")
@click.option("--year", type=click.IntRange(2000, 2100), help="文件的年份，默认取文中所写。")
@click.option("--csv", "as_csv", is_flag=True, help="以 CSV 输出，可存为文件用 Excel 打开。")
@json_option
@with_app
def plan_compare(
    _runtime: Runtime,
    other: Path,
    tenant: str,
    plan: int | None,
    superior: bool,
    year: int | None,
    as_csv: bool,
    as_json: bool,
) -> None:
    """对照两份要点：一份文件或已导入的要点（写编号），对照租户的要点；不写数据库。年份较早的一份视为旧的。"""
    number = _plan_number(other)
    document = drafted(other, year) if number is None else None
    with tenant_session(tenant, "office", "command") as session:
        ours = _other_plan(session, number) if plan is None else find_plan(session, plan)
        second = document or find_plan(session, number)
        found = compare(session, ours, second, templates_in(current_app, session), superior)
    if as_json:
        echo_json(found.whole)
    elif as_csv:
        click.echo(csv_text([found.header, *found.table]), nl=False)
    else:
        click.echo(found.summary)
        echo_table(found.header, found.table)


def _plan_number(other: Path) -> int | None:
    """The number of a plan, unless there is a file of that name."""
    return int(str(other)) if re.fullmatch(r"\d{1,18}", str(other)) and not other.exists() else None


def _other_plan(session: ScopedSession, number: int | None) -> Plan:
    """The newest plan that is not the one typed."""
    newest = next((plan.id for plan in list_plans(session) if plan.id != number), None)
    if newest is None:
        raise NoPlan
    return find_plan(session, newest)
