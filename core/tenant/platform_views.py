"""All tenants and plugins over HTTP, for the system administrator of the platform."""

from typing import Any

from flask import current_app

from core.api.access import Acting, access
from core.api.blueprint import ApiBlueprint
from core.tenancy import onboard
from core.tenant.plugins import change_plugin
from core.tenant.schemas import (
    NewTenantSchema,
    PluginChangeSchema,
    PluginEffectSchema,
    PluginSchema,
    TenantListedSchema,
)
from tenants.people.rights import Right
from tenants.services import list_tenants

platform = ApiBlueprint("platform", __name__, "", "平台：租户与插件")


@platform.get("/tenants")
@access(Right.PLATFORM_TENANTS)
@platform.response(200, TenantListedSchema(many=True))
def all_tenants(_acting: Acting) -> Any:
    """全部租户。"""
    return list_tenants()


@platform.post("/tenants")
@access(Right.PLATFORM_TENANTS)
@platform.arguments(NewTenantSchema)
@platform.response(201, NewTenantSchema)
def add_tenant(acting: Acting, given: dict[str, Any]) -> Any:
    """开通租户，并按插件建立责任单位；units 是预置的单位数。"""
    added, units = onboard(current_app.extensions["zwgk_plugins"], **given, by=acting.by)
    return {"slug": added.slug, "name": added.name, "plugins": added.plugins, "units": units}


@platform.get("/plugins")
@access(Right.PLATFORM_OPERATE)
@platform.response(200, PluginSchema(many=True))
def all_plugins(_acting: Acting) -> Any:
    """可用的机关插件。"""
    return current_app.extensions["zwgk_plugins"].catalogue()


@platform.put("/tenants/<tenant>/plugins")
@access(Right.PLATFORM_TENANTS)
@platform.arguments(PluginChangeSchema)
@platform.response(200, PluginEffectSchema)
def enable(acting: Acting, given: dict[str, Any], tenant: str) -> Any:
    """为租户启用或停用插件，可先预演（dry_run）。停用不删除任何数据；有任务用到的不能停用。"""
    return change_plugin(current_app.extensions["zwgk_plugins"], tenant, given.pop("plugin"), by=acting.by, **given)
