"""Core as a part: units and plans, and the commands on tenants, plans, documents, metrics, plugins and the service."""

from flask import Flask

from core.commands.compare import plan_compare
from core.commands.document import decompose_command
from core.commands.metrics import metrics_command
from core.commands.plan import plan_group
from core.commands.plugin import plugin_group
from core.commands.rules import plan_rules
from core.commands.service import db_group, doctor_command, serve_command
from core.commands.task import task_group
from core.commands.tenant import tenant_group
from core.commands.unit import unit_group

models = ("tenants.models", "core.units.models", "core.plans.models")
commands = (
    tenant_group,
    unit_group,
    decompose_command,
    plan_group,
    task_group,
    metrics_command,
    plugin_group,
    db_group,
    serve_command,
    doctor_command,
)

for _command in (plan_compare, plan_rules):
    plan_group.add_command(_command)


def init_app(_app: Flask) -> None:
    """Nothing to register: core's pages are a part of their own (`core.web.part`)."""
