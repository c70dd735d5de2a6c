"""Core as a part: units and plans, and the commands on tenants, people, plans, documents, metrics, plugins and the
service."""

from flask import Flask

from core.commands.account import account_group, role_group
from core.commands.audit import audit_group
from core.commands.backup import backup_group, restore_group
from core.commands.compare import plan_compare
from core.commands.document import decompose_command
from core.commands.idp import idp_group
from core.commands.leaving import tenant_erase, tenant_erased, tenant_export, tenant_leave, tenant_stay
from core.commands.member import member_group
from core.commands.metrics import metrics_command
from core.commands.onboarding import (
    tenant_applications,
    tenant_apply,
    tenant_approve,
    tenant_link,
    tenant_plugins,
    tenant_refuse,
    tenant_steps,
)
from core.commands.periods import plan_periods
from core.commands.plan import plan_group
from core.commands.plugin import plugin_group
from core.commands.rules import plan_rules
from core.commands.service import db_group, doctor_command, serve_command
from core.commands.task import task_group
from core.commands.tenant import tenant_group
from core.commands.token import token_group
from core.commands.unit import unit_group
from core.commands.webhook import webhook_group
from core.commands.worker import worker_command
from core.onboarding.checklist import OWN

models = (
    *("tenants.models", "tenants.people.models", "tenants.identity.models", "tenants.audit.models"),
    *("core.units.models", "core.plans.models"),
    *("core.files.models", "core.jobs.models", "core.webhooks.models", "core.onboarding.models"),
)
jobs = ("core.plans.jobs", "core.units.jobs", "core.audit.jobs", "core.leaving.jobs")
steps = OWN
commands = (
    tenant_group,
    account_group,
    member_group,
    idp_group,
    role_group,
    token_group,
    webhook_group,
    unit_group,
    decompose_command,
    plan_group,
    task_group,
    metrics_command,
    plugin_group,
    audit_group,
    backup_group,
    restore_group,
    db_group,
    serve_command,
    worker_command,
    doctor_command,
)

for _command in (plan_compare, plan_periods, plan_rules):
    plan_group.add_command(_command)
for _command in (
    *(tenant_apply, tenant_applications, tenant_approve, tenant_refuse, tenant_link, tenant_steps, tenant_plugins),
    *(tenant_export, tenant_leave, tenant_stay, tenant_erase, tenant_erased),
):
    tenant_group.add_command(_command)


def serve(app: Flask) -> None:
    """Register the views of the HTTP interface; core's pages are a part of their own (`core.web.part`)."""
    from core.api.part import api_of
    from core.views import VIEWS

    for views in VIEWS:
        api_of(app).register_blueprint(views)
