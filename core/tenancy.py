"""Tenants and their plugins: onboarding, and what the plugins of a tenant say together with its own settings."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask

from core.agencies import SheetLayout
from core.plans.rollup import LampRule
from core.plans.templates import TaskTemplate
from core.plugin_manager import PluginManager
from core.settings import LAMPS
from core.units.services import add_groups, read_directory
from tenants.errors import ZwgkError
from tenants.models import Tenant
from tenants.people.tracing import BY_COMMAND, By
from tenants.services import adding_tenant, find_tenant
from tenants.sessions import ScopedSession


class SettingsInvalid(ZwgkError):
    """A tenant's settings hold what this version cannot use."""

    code = "settings_invalid"
    sentence = "租户“{slug}”的设置 {name} 不合要求（{detail}），请改正后重试。"


@contextmanager
def onboarding(
    plugins: PluginManager, slug: str, name: str, chosen: Sequence[str], by: By = BY_COMMAND
) -> Iterator[tuple[Tenant, ScopedSession, int]]:
    """A new tenant with the units that its plugins know, their number, and its session: what else is put into it comes
    with it in one transaction, all or nothing.

    `by`: who does it, by which way, from which address. Raises `PluginUnknown`, `PluginUnavailable`, `SlugInvalid`,
    `TenantNameInvalid`, `TenantExists`, and `UnitExists` for plugins that name one body twice.
    """
    enabled = plugins.enabled_for(chosen)
    groups = plugins.unit_groups(enabled)
    with adding_tenant(slug, name, list(dict.fromkeys(chosen)), *by) as (tenant, session):
        add_groups(session, groups)
        yield tenant, session, len(read_directory(session).by_id)


def onboard(plugins: PluginManager, slug: str, name: str, plugin: str, by: By = BY_COMMAND) -> tuple[Tenant, int]:
    """Add a tenant with an agency plugin; returns it and the number of its units. Raises as `onboarding`."""
    with onboarding(plugins, slug, name, [plugin], by) as (tenant, _session, units):
        return tenant, units


def plugins_of(app: Flask, slug: str) -> tuple[PluginManager, Tenant]:
    """The application's plugins, and the tenant, whose `plugins` are enabled for it. Raises `TenantUnknown`."""
    return app.extensions["zwgk_plugins"], find_tenant(slug)


def plugins_in(app: Flask, session: ScopedSession) -> tuple[PluginManager, Tenant]:
    """As `plugins_of`, for the tenant of a session."""
    return app.extensions["zwgk_plugins"], session.get_one(Tenant, session.scope.tenant_id)


def templates_in(app: Flask, session: ScopedSession) -> list[TaskTemplate]:
    """The task templates of the tenant of a session."""
    plugins, tenant = plugins_in(app, session)
    return plugins.task_templates(tenant.plugins)


def sheet_layout_of(app: Flask, slug: str) -> SheetLayout:
    """How new task sheets of the tenant are laid out. Raises `TenantUnknown`, `PluginUnknown`."""
    plugins, tenant = plugins_of(app, slug)
    return plugins.sheet_layout(tenant.plugins)


def lamp_rule_of(plugins: PluginManager, tenant: Tenant, settings: Mapping[str, Any]) -> LampRule:
    """The rule of the tenant's plugins, with what its settings `lamps.…` say otherwise. Raises `SettingsInvalid`."""
    lamps = {name.removeprefix(LAMPS): value for name, value in settings.items() if name.startswith(LAMPS)}
    try:
        return plugins.lamp_rule(tenant.plugins).with_settings(lamps)
    except TypeError as error:
        raise SettingsInvalid(slug=tenant.slug, name="lamps", detail=error) from None
