"""`zwgk metrics`: the figures of a plan, each with its formula and the rows behind it."""

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.metrics.schemas import FigureSchema
from core.metrics.services import metrics_of, plan_facts
from core.metrics.shown import shown_value
from core.plans.opening import NOT_OPENED, NOT_OPENED_BY_COMMAND, has_begun
from core.plans.services import find_plan
from core.runtime import Runtime, with_app
from core.tenancy import plugins_of
from tenants.sessions import tenant_session

MET = {True: "达标", False: "未达标", None: ""}


@click.command("metrics")
@tenant_option
@plan_option
@json_option
@with_app
def metrics_command(runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """统计指标：数值、目标、公式，以及依据的任务行。"""
    plugins, agency = plugins_of(current_app, tenant)
    with tenant_session(tenant, "office", "command") as session:
        found = find_plan(session, plan)
        facts, waiting = plan_facts(session, found, runtime.today), has_begun(found, runtime.today)
    figures = metrics_of(facts, plugins.metrics(agency.plugins))
    if as_json:
        echo_json(FigureSchema(many=True).dump(figures))
        return
    table = [(f.metric.title, shown_value(f), f.metric.target, MET[f.value.met], f.metric.formula) for f in figures]
    echo_table(("指标", "数值", "目标", "", "公式"), table, widest=60)
    if waiting:
        click.echo(NOT_OPENED + NOT_OPENED_BY_COMMAND)
