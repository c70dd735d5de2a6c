"""`zwgk plan compare`: next year's document against this year's plan, or our plan against the superior one."""

import re
from pathlib import Path
from typing import NamedTuple

import click
from flask import current_app

from core.attachments.reading import read_plan
from core.commands.output import csv_text, echo_json, echo_table, json_option, plan_option, tenant_option
from core.commands.paths import TypedPath
from core.comparing import shown
from core.comparing.levels import compare_levels
from core.comparing.tasks import Side
from core.comparing.years import compare_years
from core.decompose.draft import Draft
from core.plans.compared import Reading, draft_side, plan_side
from core.plans.drafting import year_of
from core.plans.models import Plan
from core.plans.services import NoPlan, find_plan, list_plans
from core.runtime import Runtime, with_app
from core.tenancy import plugins_of
from core.units.services import read_directory
from tenants.sessions import ScopedSession, tenant_session


class _Drafted(NamedTuple):
    """A document that is no plan of the tenant."""

    name: str
    year: int
    draft: Draft


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
    drafted = _drafted(other, year) if number is None else None
    plugins, agency = plugins_of(current_app, tenant)
    with tenant_session(tenant, "office", "command") as session:
        ours = _other_plan(session, number) if plan is None else find_plan(session, plan)
        second = drafted or find_plan(session, number)
        templates = plugins.task_templates(agency.plugins)
        reading = Reading(templates, read_directory(session), max(ours.year, second.year))
        sides = [_side(session, one, reading) for one in (ours, second)]
    if superior:
        mine, theirs = sides
        levels = compare_levels(theirs, mine)
        table, header = shown.level_table(levels), shown.LEVEL_HEADER
        summary, whole = shown.level_summary(theirs, mine, levels), shown.level_json(theirs, mine, levels)
    else:
        old, new = sorted(sides, key=lambda side: side.year)
        rows = compare_years(old, new)
        table, header = shown.year_table(rows), shown.YEAR_HEADER
        summary, whole = shown.year_summary(old, new, rows), shown.year_json(old, new, rows)
    if as_json:
        echo_json(whole)
    elif as_csv:
        click.echo(csv_text([header, *table]), nl=False)
    else:
        click.echo(summary)
        echo_table(header, table)


def _plan_number(other: Path) -> int | None:
    """The number of a plan, unless there is a file of that name."""
    return int(str(other)) if re.fullmatch(r"\d{1,18}", str(other)) and not other.exists() else None


def _drafted(file: Path, year: int | None) -> _Drafted:
    document, draft = read_plan(file, year=year)
    return _Drafted(document.file_name, year_of(document, draft, year), draft)


def _other_plan(session: ScopedSession, number: int | None) -> Plan:
    """The newest plan that is not the one typed."""
    newest = next((plan.id for plan in list_plans(session) if plan.id != number), None)
    if newest is None:
        raise NoPlan
    return find_plan(session, newest)


def _side(session: ScopedSession, one: Plan | _Drafted, reading: Reading) -> Side:
    if isinstance(one, Plan):
        return plan_side(session, one, reading)
    return draft_side(one.draft, one.name, one.year, reading)
