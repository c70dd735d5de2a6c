"""Onboarding: a tenant with its agency's plugin, and the units and groups that the plugin knows."""

from flask import Flask

from core.plugin_manager import PluginManager
from core.units.services import add_unit, read_directory
from tenants.models import Tenant
from tenants.services import add_tenant, find_tenant
from tenants.sessions import tenant_session


def onboard(plugins: PluginManager, slug: str, name: str, plugin: str) -> tuple[Tenant, int]:
    """Add a tenant with an agency plugin; returns it and the number of units made.

    Raises `plugin_unknown`, `SlugInvalid`, `TenantExists`; then nothing is left behind.
    """
    enabled = plugins.enabled_for([plugin])
    groups = plugins.unit_groups(enabled)
    tenant = add_tenant(slug, name, [plugin])
    with tenant_session(slug, "platform", "command") as session:
        for group in groups:
            for member in group.members:
                if read_directory(session).find(member) is None:
                    add_unit(session, member)
            add_unit(session, group.name, group.kind, group.members, group.aliases)
        return tenant, len(read_directory(session).by_id)


def plugins_of(app: Flask, slug: str) -> tuple[PluginManager, list[str]]:
    """The application's plugins, and the keys of those enabled for a tenant. Raises `TenantUnknown`."""
    return app.extensions["zwgk_plugins"], find_tenant(slug).plugins
