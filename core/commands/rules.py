"""`zwgk plan rules`: what the agency's own rules ask, and whether its plan says it."""

import click
from flask import current_app

from core.commands.output import echo_json, echo_table, json_option, plan_option, tenant_option
from core.comparing.rules import RuleRow
from core.plans.comparisons import hold_against_rules, rule_json
from core.plans.services import find_plan
from core.runtime import Runtime, with_app
from core.tenancy import plugins_of
from tenants.sessions import tenant_session

STATES = {"said": "已写明", "other": "所写不同", "silent": "没有写明", "no_task": "没有此项任务"}


@click.command("rules")
@tenant_option
@plan_option
@json_option
@with_app
def plan_rules(_runtime: Runtime, tenant: str, plan: int | None, as_json: bool) -> None:
    """本机关对时限、节点和数量的规定，要点是否写明：没有写明或所写不同的，由办公室决定是否补写。"""
    plugins, agency = plugins_of(current_app, tenant)
    templates = plugins.task_templates(agency.plugins)
    titles = {template.key: template.title for template in templates}
    with tenant_session(tenant, "office", "command") as session:
        rows = hold_against_rules(session, find_plan(session, plan), templates, plugins.rules(agency.plugins))
    if as_json:
        echo_json([rule_json(row) for row in rows])
        return
    table = [(titles[row.rule.template], row.rule.words, STATES[row.state], *_said(row)) for row in rows]
    echo_table(("任务模板", "规定", "要点", "序号", "任务", "所写"), table)


def _said(row: RuleRow) -> tuple[str, ...]:
    if row.task is None:
        return ("", "", "")
    return row.task.no, row.task.title, "；".join(filter(None, (row.task.deadline, row.task.quota)))
